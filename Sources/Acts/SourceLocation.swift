/// Where a verb stands in the source.
///
/// A verb takes `#fileID` and `#line` apart, since only a literal that is a default value by itself means the caller's
/// line, and makes one of these of them.
package struct SourceLocation: Sendable {
    package let file: StaticString
    package let line: Int

    package init(_ file: StaticString, _ line: Int) {
        self.file = file
        self.line = line
    }

    package var words: String { shortLocation(file, line) }
}

/// The text that the calling thread performs, which has no literals to say where a line stands.
package enum SequenceText {
    /// Stands for the file's name in a place whose file must be a literal.
    package static let marker: StaticString = "a sequence"
    /// The file's name.
    @TaskLocal package static var file: String?
}

/// `Closing.swift:31`.
package func shortLocation(_ file: StaticString, _ line: Int) -> String {
    if let text = SequenceText.file, "\(file)" == "\(SequenceText.marker)" { return "\(text):\(line)" }
    return "\(file)".split(separator: "/").last.map { "\($0):\(line)" } ?? "\(file):\(line)"
}
