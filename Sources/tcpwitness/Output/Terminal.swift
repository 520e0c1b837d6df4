internal import Linux
internal import Record
internal import Report

/// Standard output and standard error, without stdio's buffers, so that the order of lines is the order of events.
enum Terminal {
    /// Whether standard output is a terminal that can overwrite a line.
    static var isInteractive: Bool { Descriptor.isTerminal(Descriptor.standardOutput) && variable("TERM") != "dumb" }

    /// Whether lines on standard output may have colour (no-color.org).
    static var hasColour: Bool { isInteractive && (variable("NO_COLOR") ?? "").isEmpty }

    /// How many characters fit into a line of standard output; 100 where it is no terminal.
    static var width: Int {
        if let size = Descriptor.size(of: Descriptor.standardOutput), size.columns > 0 { return size.columns }
        return variable("COLUMNS").flatMap(Int.init).map { max(1, min($0, 10_000)) } ?? 100
    }

    /// Whether more than ASCII can be shown, by the locale.
    static var isUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variable($0) }.first { !$0.isEmpty } ?? ""
        let name = locale.lowercased()
        return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
    }

    /// The value of an environment variable.
    static func variable(_ name: String) -> String? { Environment.variable(name) }

    /// Writes to standard output. Throws the error as a complaint: whoever reads it must not take a part for the whole.
    ///
    /// Only our own colours get through as commands: what else a text may hold is printed in words.
    static func print(_ text: String) throws { try write(text.plain(keepingColours: hasColour)) }

    /// Writes a command to the terminal itself, such as that which clears a line. Throws a complaint.
    static func command(_ sequence: String) throws { try write(sequence) }

    private static func write(_ text: String) throws {
        do {
            try Descriptor.write(Array(text.utf8), to: Descriptor.standardOutput)
        } catch {
            throw Complaint("cannot write to standard output: \(error.errno)")
        }
    }

    /// Writes prose to standard output; lines that are too long for the terminal are folded. Throws a complaint.
    static func tell(_ text: String) throws { try print(isInteractive ? text.folded(to: width) : text) }

    /// Prose as a program may show it that stands between this one and the terminal.
    static func folded(_ text: String) -> String { text.plain(keepingColours: hasColour).folded(to: width) }

    /// Writes to standard output where there is nothing left to do about a failure.
    static func printIgnoringFailure(_ text: String) {
        try? Descriptor.write(Array(text.plain.utf8), to: Descriptor.standardOutput)
    }

    /// Writes to standard error.
    static func printError(_ text: String) {
        try? Descriptor.write(Array(text.plain.utf8), to: Descriptor.standardError)
    }
}

extension String {
    /// The text with control characters in words, but for colours that reports have.
    fileprivate func plain(keepingColours: Bool) -> String {
        guard keepingColours, utf8.contains(0x1b) else { return plain }
        var parts = split(separator: "\u{1b}", omittingEmptySubsequences: false)[...]
        var text = parts.popFirst().map { String($0).plain } ?? ""
        for part in parts {
            if let colour = Verdict.colours.first(where: { part.hasPrefix("[\($0)m") }) {
                text += "\u{1b}[\(colour)m" + String(part.dropFirst("\(colour)".count + 2)).plain
            } else {
                text += "\u{1b}".plain + String(part).plain
            }
        }
        return text
    }
}
