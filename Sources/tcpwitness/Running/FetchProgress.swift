internal import Linux

/// Says how far a download is, on standard error: a line that is overwritten where that is a terminal, else one line at
/// its beginning.
final class FetchProgress {
    private let isLive: Bool
    private var name = ""
    private var isShown = false

    /// - Parameter isQuiet: whether to show no line that moves.
    init(isQuiet: Bool = false) {
        isLive = !isQuiet && Descriptor.isTerminal(Descriptor.standardError) && Terminal.variable("TERM") != "dumb"
    }

    /// Shows how many bytes of a thing are here; there will be `size`, where that is known.
    func show(_ name: String, bytes: Int, size: Int) {
        let words = Self.words(name, bytes: bytes, size: size)
        if isLive {
            Terminal.printError("\r\u{1b}[K\(words)")
            isShown = true
        } else if self.name != name {
            let all = size > 0 ? ", \(Self.megabytes(size))" : ""
            Terminal.printError("tcpwitness: fetching \(name)\(all)\n")
        }
        self.name = name
    }

    /// Takes the line away.
    func end() {
        if isShown { Terminal.printError("\r\u{1b}[K") }
        isShown = false
    }

    static func words(_ name: String, bytes: Int, size: Int) -> String {
        guard size > 0 else { return "fetching \(name): \(megabytes(bytes))" }
        return "fetching \(name): \(megabytes(bytes)) of \(megabytes(size)), \(megabytes(max(0, size - bytes))) left"
    }

    private static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) MB"
    }
}
