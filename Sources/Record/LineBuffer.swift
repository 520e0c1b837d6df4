/// Cuts a stream into lines as it comes.
package struct LineBuffer {
    /// The begin of a line that has no end yet.
    package private(set) var partial: [UInt8] = []

    package init() {}

    /// The lines that these bytes complete, without their newlines. Throws a record error when one has no end.
    package mutating func add(_ bytes: [UInt8]) throws(RecordError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(partial + rest[..<end])
            partial = []
            rest = rest[(end + 1)...]
        }
        partial += rest
        guard partial.count <= RecordDecoder.longestLine else {
            partial = []
            throw RecordError("a line is longer than \(RecordDecoder.longestLine) bytes")
        }
        return lines
    }
}
