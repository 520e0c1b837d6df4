extension TextSequence {
    /// A sequence's text with its words in columns, as `tcpwitness fmt` writes it; comments and loops stay.
    ///
    /// - Throws: `SequenceError` where the text is none.
    package static func formatted(_ text: String, file: String) throws(SequenceError) -> String {
        _ = try TextSequence(reading: text, file: file)
        var lines: [FormattedLine] = []
        var depth = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let formatted = FormattedLine(String(line), depth: depth)
            // One empty line is enough, and none is needed at the beginning.
            if formatted.isEmpty, lines.last?.isEmpty ?? true { continue }
            depth = formatted.depthAfter
            lines.append(formatted)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        let width = min(12, lines.map(\.widthOfSubject).max() ?? 0)
        return lines.map { $0.text(width) + "\n" }.joined()
    }
}

/// One line: what it is about, what is said of it, and what is for the reader.
private struct FormattedLine {
    private var subject = ""
    private var rest = ""
    private var comment = ""
    private var depth: Int
    private(set) var depthAfter: Int

    private static let prose: Set<String> = ["claim", "cites", "step", "chapter", "note", "void", "variant"]

    init(_ line: String, depth: Int) {
        self.depth = depth
        depthAfter = depth
        // A line that is wrong has been told before.
        guard var words = try? Words(line), let first = words.next else {
            comment = line.trimmed
            return
        }
        subject = first.isQuoted ? first.text.quoted : first.text
        if Self.prose.contains(first.text), !first.isQuoted {
            rest = String(line.dropFirst(first.column - 1 + first.text.count)).trimmed
            return
        }
        var texts: [String] = []
        while let word = try? words.take("") { texts.append(word.isQuoted ? word.text.quoted : word.text) }
        rest = texts.dropFirst().joined(separator: " ")
        comment = Self.comment(of: line)
        switch (first.text, texts.dropFirst().first) {
        case ("for", _), ("over", "both"): depthAfter += 1
        case ("end", _):
            depthAfter -= 1
            self.depth = depthAfter
        default: break
        }
    }

    var isEmpty: Bool { subject.isEmpty && comment.isEmpty }

    /// Lines that begin or end a loop stand by themselves.
    var widthOfSubject: Int { ["for", "over", "end", "step"].contains(subject) || subject.isEmpty ? 0 : subject.count }

    func text(_ width: Int) -> String {
        let indent = String(repeating: "    ", count: max(0, depth))
        guard !subject.isEmpty else { return comment.isEmpty ? "" : indent + comment }
        let gap = rest.isEmpty ? "" : String(repeating: " ", count: max(1, width - subject.count + 1))
        return indent + subject + gap + rest + (comment.isEmpty ? "" : "  " + comment)
    }

    /// What follows a `#` that begins a word outside of quotes.
    private static func comment(of line: String) -> String {
        var isInText = false
        var isEscaped = false
        var isAtWord = true
        for index in line.indices {
            let character = line[index]
            if isEscaped {
                isEscaped = false
            } else if isInText {
                if character == "\\" { isEscaped = true }
                if character == "\"" { isInText = false }
            } else if character == "\"" {
                isInText = true
            } else if character == "#", isAtWord {
                return String(line[index...]).trimmed
            }
            isAtWord = character == " " || character == "\t"
        }
        return ""
    }
}

extension String {
    /// Without spaces at either end.
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
