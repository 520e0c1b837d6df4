internal import Record

/// Calls as one run shares them with another.
enum CallWords {
    /// The call with its answer, without descriptors, process ids, addresses and ports that the kernel chose.
    ///
    /// - Parameter isLeftToChance: how much a call moved is not told.
    static func describe(_ fact: CallFact, isLeftToChance: Bool) -> String {
        var arguments = fact.arguments.split(separator: ", ", omittingEmptySubsequences: false).map { normalized($0) }
        // What a call is made on stands first, and the socket's name says it better.
        if fact.socket != nil, let first = arguments.first, Int(first) != nil { arguments.removeFirst() }
        let call = "\(fact.call)(\(arguments.joined(separator: ", ")))"
        guard let result = fact.result else { return "\(call) does not return" }
        var text = call + " = " + answer(fact, result, isLeftToChance: isLeftToChance)
        if let errno = fact.errno { text += " \(errno)" }
        if let output = fact.output, !(isLeftToChance && result > 0) {
            text += ", " + output.split(separator: ", ").map { normalized($0) }.joined(separator: ", ")
        }
        if !fact.signals.isEmpty { text += ", \(fact.signals.joined(separator: " "))" }
        return text
    }

    private static func answer(_ fact: CallFact, _ result: Int64, isLeftToChance: Bool) -> String {
        guard result > 0 else { return String(result) }
        switch fact.call {
        case "socket", "accept", "accept4", "dup": return "descriptor"
        case "fork": return "process"
        // How much of it fitted in is the memory's business.
        case "send" where isMore(than: result, fact.arguments), "write" where isMore(than: result, fact.arguments):
            return "a part"
        default: return isLeftToChance ? "n" : String(result)
        }
    }

    /// Whether a call was asked for more than it did.
    private static func isMore(than result: Int64, _ arguments: String) -> Bool {
        arguments.split(separator: ", ").contains { Int64($0).map { $0 > result } ?? false }
    }

    /// An address without what differs from run to run; anything else as it is.
    private static func normalized(_ word: Substring) -> String {
        guard let colon = word.lastIndex(of: ":"), let port = UInt16(word[word.index(after: colon)...]) else {
            return String(word)
        }
        let host = word[..<colon]
        let isV6 = host.hasPrefix("[") && host.hasSuffix("]")
        let isV4 = !host.isEmpty && host.allSatisfy { $0.isNumber || $0 == "." }
        guard isV6 || isV4 else { return String(word) }
        let isFixed = ["0.0.0.0", "[::]", "127.0.0.1", "[::1]"].contains(host)
        // Ports from here on are the kernel's choice; scenarios bind lower ones.
        let name = port < 32768 ? String(port) : "port"
        return (isFixed ? String(host) : isV6 ? "[address]" : "address") + ":\(name)"
    }
}
