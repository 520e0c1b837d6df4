/// Where a tracepoint keeps its fields, as the kernel's `format` file says; layouts differ between kernels.
package struct TracepointFormat: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let offset: Int
        package let size: Int
    }

    /// The id perf_event_open(2) wants.
    package let id: UInt64
    package let fields: [String: Field]
    /// The names of `REC->reason`, where the event has one.
    package let reasons: [Int32: String]

    /// Reads the text of a `format` file; nil when it has no id or no fields.
    package init?(parsing text: String) {
        var id: UInt64?
        var fields: [String: Field] = [:]
        var reasons: [Int32: String] = [:]
        for line in text.split(separator: "\n") {
            if line.hasPrefix("ID:") {
                id = UInt64(line.dropFirst(3).drop { $0 == " " })
            } else if line.hasPrefix("\tfield:") {
                if let (name, field) = Self.field(line) { fields[name] = field }
            } else if line.hasPrefix("print fmt:") {
                reasons = Self.reasons(line)
            }
        }
        guard let id, !fields.isEmpty else { return nil }
        self.id = id
        self.fields = fields
        self.reasons = reasons
    }

    /// One field of a text like `events/header_page`; nil when it has none of that name.
    static func field(_ name: String, in text: String) -> Field? {
        text.split(separator: "\n").compactMap { Self.field($0) }.first { $0.0 == name }?.1
    }

    /// `\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;`
    private static func field(_ line: Substring) -> (String, Field)? {
        let parts = line.split(separator: ";").map { $0.drop { $0 == "\t" || $0 == " " } }
        guard let declaration = parts.first else { return nil }
        func number(_ prefix: String) -> Int? {
            parts.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
        }
        let name = declaration.split(separator: " ").last.map { $0.prefix { $0 != "[" } }
        guard let name, let offset = number("offset:"), let size = number("size:") else { return nil }
        return (String(name), Field(offset: offset, size: size))
    }

    /// The pairs of `__print_symbolic(REC->reason, { 1, "NO_SOCKET" }, ...)`.
    private static func reasons(_ line: Substring) -> [Int32: String] {
        let marker = "__print_symbolic(REC->reason,"
        guard let start = line.firstOccurrence(of: marker) else { return [:] }
        var names: [Int32: String] = [:]
        for pair in line[start...].dropFirst(marker.count).prefix(while: { $0 != ")" }).split(separator: "{") {
            let parts = pair.split(separator: ",")
            guard parts.count >= 2, let number = Int32(parts[0].filter { !$0.isWhitespace }) else { continue }
            names[number] = String(parts[1].drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" })
        }
        return names
    }
}

extension Substring {
    fileprivate func firstOccurrence(of text: String) -> Index? {
        indices.first { self[$0...].hasPrefix(text) }
    }
}
