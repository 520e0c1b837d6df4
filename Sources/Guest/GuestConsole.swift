internal import FoundationEssentials
internal import Linux

/// What a guest's kernel prints, taken line by line while it runs.
package struct GuestConsole: Equatable {
    /// The first line of an oops, which comes before the panic it leads to.
    package private(set) var oops: String?
    /// What the kernel panicked of.
    package private(set) var panic: String?
    /// The lab's last word; the last, since what cannot be loaded comes before what the lab then lacks.
    package private(set) var complaint: String?

    private var partial: [UInt8] = []
    private var tail: [String] = []
    /// The lines from the first oops or panic on, as many as are shown of them.
    private var crash: [String] = []
    private var count = 0
    private var crashPlace = 0

    /// How many lines are shown of a console.
    package static let shown = 20
    /// A line that never ends is cut here.
    private static let longest = 1000

    package init() {}

    package init(_ text: String) {
        _ = take(Array(text.utf8))
        _ = finish()
    }

    /// Whether anything was printed at all.
    package var isEmpty: Bool { count == 0 && partial.isEmpty }

    /// The lines that these bytes complete, without what could not be shown on a terminal.
    package mutating func take(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            if !isEnd { partial.append(byte) }
            if isEnd || partial.count >= Self.longest, let line = completeLine() { lines.append(line) }
        }
        return lines
    }

    /// The line that was begun and never ended, if any.
    package mutating func finish() -> String? { completeLine() }

    /// The lines for whoever has to find the cause: the last ones, and the crash where they do not reach it.
    package var excerpt: [String] {
        guard !crash.isEmpty, count - crashPlace > Self.shown else { return tail }
        return crash.prefix(Self.shown / 2) + ["..."] + tail.suffix(Self.shown / 2)
    }

    private mutating func completeLine() -> String? {
        defer { partial = [] }
        let line = String(decoding: partial.map(Self.visible), as: UTF8.self).trimmed
        guard !line.isEmpty else { return nil }
        look(at: line)
        if (oops ?? panic) != nil && crash.count < Self.shown {
            if crash.isEmpty { crashPlace = count }
            crash.append(line)
        }
        tail.append(line)
        if tail.count > Self.shown { tail.removeFirst() }
        count += 1
        return line
    }

    /// Kernels print ASCII; what is beyond comes from a broken guest, or from one that means ill to a terminal.
    private static func visible(_ byte: UInt8) -> UInt8 {
        if byte == UInt8(ascii: "\t") { return UInt8(ascii: " ") }
        return byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: "?")
    }

    private mutating func look(at line: String) {
        if oops == nil, line.contains("Oops:") || line.hasPrefix("BUG:") || line.contains("] BUG:") {
            oops = Self.message(line)
        }
        let marker = "Kernel panic - not syncing: "
        // The kernel says it again at the end of all it has to say.
        if panic == nil, !line.contains("---["), let place = line.firstRange(of: marker) {
            panic = String(line[place.upperBound...])
        }
        // Before the kernel can panic in order, it says so in other words.
        if panic == nil, let place = line.firstRange(of: "PANIC: ") { panic = String(line[place.upperBound...]) }
        let prefix = "tcpwitness: "
        if line.hasPrefix(prefix) { complaint = String(line.dropFirst(prefix.count)) }
    }

    /// Without the kernel's time stamp.
    private static func message(_ line: String) -> String {
        guard line.hasPrefix("["), let close = line.firstIndex(of: "]") else { return line }
        return String(line[line.index(after: close)...]).trimmed
    }
}
