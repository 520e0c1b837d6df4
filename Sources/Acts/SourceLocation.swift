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

/// `Closing.swift:31`.
package func shortLocation(_ file: StaticString, _ line: Int) -> String {
    "\(file)".split(separator: "/").last.map { "\($0):\(line)" } ?? "\(file):\(line)"
}
