#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A baseline that cannot be read, in one line.
package struct BaselineError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension Baseline {
    /// Reads the file of a series.
    package init(json bytes: [UInt8]) throws(BaselineError) {
        let read: Baseline
        do {
            read = try JSONDecoder().decode(Baseline.self, from: Data(bytes))
        } catch {
            throw BaselineError("not a tcpwitness baseline")
        }
        guard read.version <= Baseline.newestVersion else {
            throw BaselineError("the baseline has version \(read.version): use a newer tcpwitness")
        }
        guard read.version > 0 else { throw BaselineError("not a tcpwitness baseline") }
        for (id, expectation) in read.lanes.values.joined() {
            for figure in expectation.measurements ?? []
            where !figure.value.isFinite || !figure.tolerance.isFinite || figure.tolerance < 0 {
                throw BaselineError("\(id): \(figure.name) is no measurement")
            }
        }
        self = read
    }

    /// The file of the series: sorted and a value a line, so that version control shows what changed.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            // Only a value JSON cannot express comes here, and a record cannot have held one.
            fatalError("cannot encode the baseline of \(series): \(error)")
        }
    }
}
