/// A piece of a page, written as a string literal in which whatever is interpolated is escaped.
///
/// Only markup goes in as it is, so text cannot become markup by oversight, and a placeholder that does not exist does
/// not compile:
///
///     let cell: HTML = "<td title=\"\(title)\">\(words)\(note.map { "<small>\($0)</small>" })</td>"
package struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// The markup.
    package let text: String

    package init(stringLiteral value: String) { text = value }

    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Text, escaped for elements and for attributes in quotes.
        package mutating func appendInterpolation(_ value: some StringProtocol) { text.append(escaping: value) }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }

        package mutating func appendInterpolation(_ number: Double) { text += "\(number)" }

        package mutating func appendInterpolation(_ html: HTML) { text += html.text }

        /// Markup for what may be missing.
        package mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }

        /// Markup for each of several.
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }

        /// What is part of the program and no HTML: a style sheet, a script, JSON that was escaped for scripts.
        package mutating func appendInterpolation(verbatim value: String) { text += value }
    }
}

extension String {
    /// By code units: a combining mark after a bracket makes one character of both, and the bracket is markup all the same.
    fileprivate mutating func append(escaping value: some StringProtocol) {
        guard value.utf8.contains(where: { $0.entity != nil }) else { return append(contentsOf: value) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.utf8.count + 16)
        for byte in value.utf8 {
            if let entity = byte.entity { bytes += entity.utf8 } else { bytes.append(byte) }
        }
        append(contentsOf: String(decoding: bytes, as: UTF8.self))
    }
}

extension UInt8 {
    fileprivate var entity: String? {
        switch self {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
