/// Cuts a stream into lines as it comes.
struct LineBuffer {
    private var partial: [UInt8] = []

    /// The lines that these bytes complete, without their newlines.
    mutating func add(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines = (partial + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        partial = Array(lines.removeLast())
        return lines.map(Array.init)
    }
}
