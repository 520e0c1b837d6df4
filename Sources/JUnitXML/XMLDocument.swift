/// Writes XML: elements, attributes and text, indented.
///
/// JUnit needs no more than that. A coder library brings Foundation with its 30 MB of ICU tables for it.
struct XMLDocument {
    private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    private var depth = 0

    /// An element without content, or with text alone. Attributes without a value are left out.
    mutating func element(_ name: String, _ attributes: [(String, String?)], text: String = "") {
        begin(name, attributes)
        guard !text.isEmpty else {
            bytes += "/>\n".utf8
            return
        }
        bytes += ">".utf8
        append(text, inAttribute: false)
        bytes += "</\(name)>\n".utf8
    }

    /// An element with whatever `content` writes.
    mutating func element(
        _ name: String, _ attributes: [(String, String?)], _ content: (inout XMLDocument) -> Void
    ) {
        begin(name, attributes)
        let start = bytes.count
        bytes += ">\n".utf8
        let inside = bytes.count
        depth += 1
        content(&self)
        depth -= 1
        guard bytes.count > inside else {
            bytes.removeSubrange(start...)
            bytes += "/>\n".utf8
            return
        }
        indent()
        bytes += "</\(name)>\n".utf8
    }

    private mutating func begin(_ name: String, _ attributes: [(String, String?)]) {
        indent()
        bytes += "<\(name)".utf8
        for case (let name, let value?) in attributes {
            bytes += " \(name)=\"".utf8
            append(value, inAttribute: true)
            bytes += "\"".utf8
        }
    }

    private mutating func indent() { bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth) }

    /// Appends text escaped, and what XML 1.0 cannot carry, not even escaped, as U+FFFD.
    private mutating func append(_ text: String, inAttribute: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            case "\"" where inAttribute: bytes += "&quot;".utf8
            // A reader makes a space of these where they stand as such in an attribute.
            case "\n" where inAttribute: bytes += "&#10;".utf8
            case "\t" where inAttribute: bytes += "&#9;".utf8
            case "\t", "\n", "\u{20}"..."\u{7e}": bytes.append(UInt8(scalar.value))
            // What turns the direction of text would show another text than there is, and controls command a terminal.
            case "\u{7f}"..."\u{9f}", "\u{200e}"..."\u{200f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
                bytes += "\u{fffd}".utf8
            case "\u{a0}"..."\u{fffd}", "\u{10000}"..."\u{10ffff}": bytes += scalar.utf8
            default: bytes += "\u{fffd}".utf8
            }
        }
    }
}
