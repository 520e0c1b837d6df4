/// Writes an Encodable value as compact JSON with sorted keys, as Foundation's JSONEncoder does with `sortedKeys` and
/// `withoutEscapingSlashes`.
///
/// A guest pays for every instruction, and JSONEncoder, which makes a tree of everything first, took a third of all that
/// a run's events cost. Here each value goes straight into the line, and an object's fields are put in order once they
/// are all there.
struct LineEncoder {
    /// The value's bytes. Throws what its `encode(to:)` throws, or an error for a number that JSON does not have.
    func encode(_ value: some Encodable) throws -> [UInt8] {
        let line = LineBytes()
        try LineNode(line).encode(value)
        return line.bytes
    }
}

/// The line under way, shared by all that write to it.
private final class LineBytes {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    func put(literally text: StaticString) { bytes.append(contentsOf: UnsafeBufferPointer(text)) }

    func put(_ value: some BinaryInteger) { bytes.append(contentsOf: String(value).utf8) }

    func put(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        let text = value.description
        bytes.append(contentsOf: (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
    }

    func put(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put(literally: "\\\"")
            case UInt8(ascii: "\\"): put(literally: "\\\\")
            case 0x20...: bytes.append(byte)
            case 0x08: put(literally: "\\b")
            case 0x09: put(literally: "\\t")
            case 0x0a: put(literally: "\\n")
            case 0x0c: put(literally: "\\f")
            case 0x0d: put(literally: "\\r")
            default:
                put(literally: byte < 0x10 ? "\\u000" : "\\u001")
                bytes.append(contentsOf: String(byte & 0xf, radix: 16).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(_ text: StaticString) { self.init(start: text.utf8Start, count: text.utf8CodeUnitCount) }
}

/// One value on its way into the line: a plain one, an object or an array.
private final class LineNode: Encoder {
    private struct Field {
        var key: String
        /// Where in the line its value lies.
        var place: Range<Int>
        /// A container that is written to beside others; it goes into the line when this one ends.
        var child: LineNode?
    }

    private enum Kind { case plain, object, array }

    let line: LineBytes
    private var kind = Kind.plain
    private var start = 0
    private var fields: [Field] = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ line: LineBytes) { self.line = line }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        begin(.object)
        return KeyedEncodingContainer(LineFields(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        begin(.array)
        return LineElements(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { LinePlain(node: self) }

    private func begin(_ kind: Kind) {
        self.kind = kind
        start = line.bytes.count
    }

    var count: Int { fields.count }

    /// Writes a whole value into the line.
    func encode(_ value: some Encodable) throws {
        switch value {
        case let text as String: line.put(text)
        case let number as Int64: line.put(number)
        case let number as Int: line.put(number)
        default:
            let node = LineNode(line)
            try value.encode(to: node)
            try node.end()
        }
    }

    /// Writes a field's or an element's value; elements have no key.
    func add(_ key: String = "", _ write: () throws -> Void) rethrows {
        let start = line.bytes.count
        try write()
        fields.append(Field(key: key, place: start..<line.bytes.count))
    }

    /// A container of its own, which others may be written beside before it ends.
    func nest(_ key: String = "") -> LineNode {
        let node = LineNode(LineBytes())
        fields.append(Field(key: key, place: 0..<0, child: node))
        return node
    }

    /// Puts an object or an array together, now that nothing more comes.
    func end() throws {
        guard kind != .plain else { return }
        let isObject = kind == .object
        if isObject { fields.sort { $0.key < $1.key } }
        var whole: [UInt8] = []
        whole.reserveCapacity(line.bytes.count - start + 16 * fields.count + 2)
        whole.append(UInt8(ascii: isObject ? "{" : "["))
        for (number, field) in fields.enumerated() {
            if number > 0 { whole.append(UInt8(ascii: ",")) }
            if isObject {
                if field.key.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                    whole.append(UInt8(ascii: "\""))
                    whole.append(contentsOf: field.key.utf8)
                    whole.append(UInt8(ascii: "\""))
                } else {
                    // A key of a dictionary may be anything.
                    let key = LineBytes()
                    key.put(field.key)
                    whole.append(contentsOf: key.bytes)
                }
                whole.append(UInt8(ascii: ":"))
            }
            if let child = field.child {
                try child.end()
                whole.append(contentsOf: child.line.bytes)
            } else {
                whole.append(contentsOf: line.bytes[field.place])
            }
        }
        whole.append(UInt8(ascii: isObject ? "}" : "]"))
        line.bytes.replaceSubrange(start..., with: whole)
    }
}

private struct LineFields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: LineNode

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { node.add(key.stringValue) { node.line.put(literally: "null") } }
    func encode(_ value: Bool, forKey key: Key) {
        node.add(key.stringValue) { node.line.put(literally: value ? "true" : "false") }
    }
    func encode(_ value: String, forKey key: Key) { node.add(key.stringValue) { node.line.put(value) } }
    func encode(_ value: Int, forKey key: Key) { node.add(key.stringValue) { node.line.put(value) } }
    func encode(_ value: Int64, forKey key: Key) { node.add(key.stringValue) { node.line.put(value) } }
    func encode(_ value: Double, forKey key: Key) throws { try node.add(key.stringValue) { try node.line.put(value) } }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try node.add(key.stringValue) { try node.encode(value) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        node.nest(key.stringValue).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        node.nest(key.stringValue).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { node.nest("super") }
    func superEncoder(forKey key: Key) -> any Encoder { node.nest(key.stringValue) }
}

private struct LineElements: UnkeyedEncodingContainer {
    let node: LineNode

    var codingPath: [any CodingKey] { [] }
    var count: Int { node.count }

    func encodeNil() { node.add { node.line.put(literally: "null") } }
    func encode<Value: Encodable>(_ value: Value) throws { try node.add { try node.encode(value) } }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        node.nest().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.nest().unkeyedContainer() }
    func superEncoder() -> any Encoder { node.nest() }
}

private struct LinePlain: SingleValueEncodingContainer {
    let node: LineNode

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { node.line.put(literally: "null") }
    func encode(_ value: Bool) { node.line.put(literally: value ? "true" : "false") }
    func encode(_ value: String) { node.line.put(value) }
    func encode(_ value: Double) throws { try node.line.put(value) }
    func encode(_ value: Float) throws { try node.line.put(Double(value)) }
    func encode(_ value: Int) { node.line.put(value) }
    func encode(_ value: Int8) { node.line.put(value) }
    func encode(_ value: Int16) { node.line.put(value) }
    func encode(_ value: Int32) { node.line.put(value) }
    func encode(_ value: Int64) { node.line.put(value) }
    func encode(_ value: UInt) { node.line.put(value) }
    func encode(_ value: UInt8) { node.line.put(value) }
    func encode(_ value: UInt16) { node.line.put(value) }
    func encode(_ value: UInt32) { node.line.put(value) }
    func encode(_ value: UInt64) { node.line.put(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try node.encode(value) }
}
