#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import Record

extension Comparison {
    /// The comparison for programs: `{"version": 1, "records": [...], "steps": [...], ...}`.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Document(self))) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and whole numbers are always expressible.
            fatalError("cannot encode a comparison: \(error)")
        }
    }
}

private struct Document: Encodable {
    struct Side: Encodable {
        let name: String
        let kernel: Kernel
        let lane: Lane
        let link: LinkChoice
        let place: String
        let caution: String?
    }

    struct Step: Encodable {
        let before: String
        let after: String
        /// How many scenarios were compared.
        let scenarios: Int
        let differences: [Difference]
        let notCompared: [Exemption]
    }

    let version = 1
    let records: [Side]
    let steps: [Step]
    let flips: [Flip]
    /// How many differences nothing explains.
    let unexplained: Int

    init(_ comparison: Comparison) {
        records = comparison.sides.map {
            Side(
                name: $0.name, kernel: $0.header.kernel, lane: $0.header.lane, link: $0.header.link,
                place: $0.header.place, caution: $0.caution)
        }
        steps = comparison.steps.map {
            Step(
                before: $0.before.name, after: $0.after.name, scenarios: $0.scenarios.count,
                differences: $0.scenarios.flatMap(\.differences), notCompared: $0.scenarios.flatMap(\.exemptions))
        }
        flips = comparison.flips
        unexplained = comparison.unexplained.count
    }
}
