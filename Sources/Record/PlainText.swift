extension String {
    /// The text with what would command a terminal or reorder a line in words: `\x1b`, `\u{202e}`.
    ///
    /// Newlines and tabs stay. This is the one place that says which characters those are, for terminals, Markdown,
    /// KTAP and annotations; what is read from a record has passed here already, see `RecordText`.
    package var plain: String {
        guard utf8.contains(where: Self.isSuspicious) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isControl {
                text += scalar.inWords
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Whether a byte may begin a control character; most texts have none.
    private static func isSuspicious(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x0a && byte != 0x09 || byte == 0x7f || byte == 0xc2 || byte == 0xe2
    }
}

extension Unicode.Scalar {
    /// C0 and C1 controls, what turns the direction of text, and line ends that are no newline.
    package var isControl: Bool {
        switch value {
        case 0x09, 0x0a: false
        case 0x00..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// As an escape that anybody can read.
    package var inWords: String {
        let digits = String(value, radix: 16)
        return value < 0x100 ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{\(digits)}"
    }
}

/// Lines of a record before they are parsed.
enum RecordText {
    /// The line with the control characters of its texts in words, so that no reader of records meets one.
    ///
    /// Both the escapes of JSON and the characters themselves are replaced; bytes that are no JSON stay as they are.
    static func plain(_ line: [UInt8]) -> [UInt8] {
        guard isSuspicious(line) else { return line }
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var place = 0
        while place < line.count {
            let (scalar, length) = scalar(line, place)
            if let scalar, scalar.isControl {
                // The backslash of the escape has to be escaped in its turn.
                result += "\\\(scalar.inWords)".utf8
            } else {
                result += line[place..<place + length]
            }
            place += length
        }
        return result
    }

    private static func isSuspicious(_ line: [UInt8]) -> Bool {
        line.withUnsafeBufferPointer { bytes in
            bytes.contains { $0 == UInt8(ascii: "\\") || $0 == 0x7f || $0 == 0xc2 || $0 == 0xe2 }
        }
    }

    /// What stands at a place and how many bytes it takes; nil where it is no character that could be a control.
    private static func scalar(_ line: [UInt8], _ place: Int) -> (Unicode.Scalar?, Int) {
        func byte(_ offset: Int) -> UInt8 { place + offset < line.count ? line[place + offset] : 0 }
        switch line[place] {
        case UInt8(ascii: "\\"):
            switch byte(1) {
            case UInt8(ascii: "b"): return ("\u{8}", 2)
            case UInt8(ascii: "f"): return ("\u{c}", 2)
            case UInt8(ascii: "r"): return ("\r", 2)
            case UInt8(ascii: "u") where place + 6 <= line.count:
                let number = UInt32(String(decoding: line[place + 2..<place + 6], as: UTF8.self), radix: 16)
                return (number.flatMap { Unicode.Scalar($0) }, 6)
            default: return (nil, min(2, line.count - place))
            }
        case 0x7f: return ("\u{7f}", 1)
        case 0xc2 where byte(1) & 0xc0 == 0x80: return (Unicode.Scalar(UInt32(byte(1))), 2)
        case 0xe2 where byte(1) & 0xc0 == 0x80 && byte(2) & 0xc0 == 0x80:
            return (Unicode.Scalar(0x2000 | UInt32(byte(1) & 0x3f) << 6 | UInt32(byte(2) & 0x3f)), 3)
        default: return (nil, 1)
        }
    }
}
