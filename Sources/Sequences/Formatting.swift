extension TextSequence {
    /// A sequence's text with its words in columns, as `tcpwitness fmt` writes it; comments and loops stay.
    ///
    /// - Throws: `SequenceError` where the text is none.
    package static func formatted(_ text: String, file: String) throws(SequenceError) -> String {
        _ = try TextSequence(reading: text, file: file)
        var formattedLines: [FormattedLine] = []
        var depth = 0
        for line in lines(of: text) {
            let formatted = FormattedLine(line, depth: depth)
            // One empty line is enough, and none is needed at the beginning.
            if formatted.isEmpty, formattedLines.last?.isEmpty ?? true { continue }
            depth = formatted.depthAfter
            formattedLines.append(formatted)
        }
        while formattedLines.last?.isEmpty == true { formattedLines.removeLast() }
        let columns = Columns(formattedLines.map(\.widthOfSubject))
        return formattedLines.map { $0.text(columns) + "\n" }.joined()
    }
}

/// Subjects stand in a column of their own, unless they are very long.
struct Columns {
    private let width: Int

    init(_ widths: [Int]) { width = min(12, widths.max() ?? 0) }

    func line(_ subject: String, _ rest: String) -> String {
        rest.isEmpty ? subject : subject + String(repeating: " ", count: max(1, width - subject.count + 1)) + rest
    }
}

/// One line: what it is about, what is said of it, and what is for the reader.
private struct FormattedLine {
    private var subject = ""
    private var rest = ""
    private var comment = ""
    private var depth: Int
    private(set) var depthAfter: Int

    init(_ line: String, depth: Int) {
        self.depth = depth
        depthAfter = depth
        // A line that is wrong has been told before.
        guard let words = try? Words(line) else { return }
        comment = words.comment
        guard let first = words.next else { return }
        let texts = words.rest.map { $0.isQuoted ? $0.text.quoted : $0.text }
        subject = texts[0]
        rest = words.prose.isEmpty ? texts.dropFirst().joined(separator: " ") : words.prose
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

    func text(_ columns: Columns) -> String {
        let indent = isEmpty ? "" : String(repeating: "    ", count: max(0, depth))
        guard !subject.isEmpty else { return indent + comment }
        return indent + columns.line(subject, rest) + (comment.isEmpty ? "" : "  " + comment)
    }
}
