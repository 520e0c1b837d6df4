/// A value that the page's script reads, as JSON that may stand inside a script element.
///
/// A page has tens of thousands of them, so they are written without the detour of an encoder.
indirect enum ScriptValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByIntegerLiteral {
    case null
    case number(Int64)
    case text(String)
    case list([ScriptValue])
    /// In the order given; names are plain ASCII.
    case object([(String, ScriptValue)])

    init(stringLiteral value: String) { self = .text(value) }
    init(arrayLiteral elements: ScriptValue...) { self = .list(elements) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(_ number: Int) { self = .number(Int64(number)) }
    init(_ flag: Bool) { self = .number(flag ? 1 : 0) }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ texts: [String]) { self = .list(texts.map { .text($0) }) }

    /// Whether it is what a script takes for a value that is not there: 0 or null.
    var isEmpty: Bool {
        switch self {
        case .null, .number(0): true
        case .number, .text, .list, .object: false
        }
    }

    var json: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += Array("null".utf8)
        case .number(let number): bytes += Array(String(number).utf8)
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let values):
            bytes.append(UInt8(ascii: "["))
            for (place, value) in values.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.0, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            // A "<" could end the element that this stands in.
            case 0..<0x20, UInt8(ascii: "<"), 0x7f:
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Texts that occur again and again, each kept once; what stands for one is its number.
struct StringPool {
    private(set) var texts: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func add(_ text: String) -> ScriptValue {
        if let number = numbers[text] { return ScriptValue(number) }
        numbers[text] = texts.count
        texts.append(text)
        return ScriptValue(texts.count - 1)
    }
}
