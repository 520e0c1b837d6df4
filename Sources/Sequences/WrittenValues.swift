internal import Acts
internal import Linux
internal import Packets

// How values stand in a sequence, there and back.

extension String {
    /// In quotes, with escapes for what cannot stand there.
    var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// A name, in quotes where it would not be one word or be taken for something else.
    var asName: String {
        let isPlain =
            first.map { $0.isASCII && $0.isLetter } == true
            && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-'#".contains($0)) }
        return isPlain && !SequenceReader.reserved.contains(self) ? self : quoted
    }
}

extension Endpoint {
    /// Reads `A:5000`, `B/v6:5000`, `any:5000`, `loopback/v6:5000`, `192.0.2.9:80`, `local(client)`, `sender(syn)`.
    init?(written text: String) {
        if text.hasSuffix(")"), let open = text.firstIndex(of: "(") {
            let name = String(text[text.index(after: open)...].dropLast())
            switch text[..<open] {
            case "local": self = .local(name)
            case "remote": self = .remote(name)
            case "sender": self = .sender(of: name)
            case "receiver": self = .receiver(of: name)
            default: return nil
            }
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        switch text[..<colon] {
        case "A": self = .host(.a, port)
        case "B": self = .host(.b, port)
        case "A/v4": self = .hostV4(.a, port)
        case "B/v4": self = .hostV4(.b, port)
        case "A/v6": self = .hostV6(.a, port)
        case "B/v6": self = .hostV6(.b, port)
        case "A/mapped": self = .hostMapped(.a, port)
        case "B/mapped": self = .hostMapped(.b, port)
        case "any": self = .any(port)
        case "any/v6": self = .anyV6(port)
        case "loopback": self = .loopback(port)
        case "loopback/v6": self = .loopbackV6(port)
        case let address:
            let bytes = address.split(separator: ".", omittingEmptySubsequences: false)
            guard bytes.count == 4, bytes.allSatisfy({ UInt8($0) != nil }) else { return nil }
            self = .address(String(address), port)
        }
    }

    var written: String {
        switch self {
        case .host(let host, let port): "\(host.rawValue):\(port)"
        case .hostV4(let host, let port): "\(host.rawValue)/v4:\(port)"
        case .hostV6(let host, let port): "\(host.rawValue)/v6:\(port)"
        case .hostMapped(let host, let port): "\(host.rawValue)/mapped:\(port)"
        case .any(let port): "any:\(port)"
        case .anyV6(let port): "any/v6:\(port)"
        case .loopback(let port): "loopback:\(port)"
        case .loopbackV6(let port): "loopback/v6:\(port)"
        case .address(let address, let port): "\(address):\(port)"
        case .local(let name): Self.call("local", name)
        case .remote(let name): Self.call("remote", name)
        case .sender(let name): Self.call("sender", name)
        case .receiver(let name): Self.call("receiver", name)
        }
    }

    /// `local(client)`; in quotes as a whole where the name is not one word.
    private static func call(_ word: String, _ name: String) -> String {
        let text = "\(word)(\(name))"
        return text.contains(" ") || text.contains("\"") ? text.quoted : text
    }
}

extension SequenceNumber {
    /// Reads `1000`, `begin(syn)`, `end(syn)+1`, `acknowledged(fin)-1`.
    init?(written text: String) {
        if let value = UInt32(text) {
            self = .absolute(value)
            return
        }
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
        let name = String(text[text.index(after: open)..<close])
        let after = text[text.index(after: close)...]
        guard let plus = after.isEmpty ? 0 : Int(after) else { return nil }
        switch text[..<open] {
        case "begin": self = .beginOf(name, plus: plus)
        case "end": self = .endOf(name, plus: plus)
        case "acknowledged": self = .acknowledgedBy(name, plus: plus)
        default: return nil
        }
    }

    var written: String {
        func with(_ word: String, _ name: String, _ plus: Int) -> String {
            let text = "\(word)(\(name))" + (plus == 0 ? "" : plus > 0 ? "+\(plus)" : "\(plus)")
            return text.contains(" ") ? text.quoted : text
        }
        return switch self {
        case .absolute(let value): String(value)
        case .beginOf(let name, let plus): with("begin", name, plus)
        case .endOf(let name, let plus): with("end", name, plus)
        case .acknowledgedBy(let name, let plus): with("acknowledged", name, plus)
        }
    }
}

extension Unreachable {
    private static let names: [(String, Unreachable)] = [
        ("network", .network), ("host", .host), ("port", .port), ("protocol", .transportProtocol),
        ("prohibited", .prohibited),
    ]

    /// Reads `host`, `mtu=1280` or `code=5`.
    init?(written text: String) {
        if let named = Self.names.first(where: { $0.0 == text }) {
            self = named.1
        } else if text.hasPrefix("mtu="), let mtu = Int(text.dropFirst(4)), (0...65_535).contains(mtu) {
            self = .tooBig(mtu: mtu)
        } else if text.hasPrefix("code="), let code = UInt8(text.dropFirst(5)) {
            self = .code(code)
        } else {
            return nil
        }
    }

    var written: String {
        switch self {
        case .tooBig(let mtu): "mtu=\(mtu)"
        case .code(let code): "code=\(code)"
        default: Self.names.first { $0.1 == self }!.0
        }
    }
}
