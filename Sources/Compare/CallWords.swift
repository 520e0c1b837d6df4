internal import Record

/// Calls as one run shares them with another.
enum CallWords {
    /// The call with its answer, without descriptors, process ids, addresses and ports that the kernel chose.
    static func describe(_ fact: CallFact) -> String {
        var arguments = fact.arguments.split(separator: ", ", omittingEmptySubsequences: false).map { normalized($0) }
        // What a call is made on stands first, and the socket's name says it better.
        if let first = arguments.first, let descriptor = Int(first), descriptor >= 0, takesDescriptor(fact) {
            arguments[0] = "descriptor"
            if fact.socket != nil { arguments.removeFirst() }
        }
        let call = "\(fact.call)(\(arguments.joined(separator: ", ")))"
        guard let result = fact.result else { return "\(call) does not return" }
        var text = call + " = " + answer(fact, result)
        if let errno = fact.errno { text += " \(errno)" }
        if let output = fact.output {
            text += ", " + output.split(separator: ", ").map { normalized($0) }.joined(separator: ", ")
        }
        if !fact.signals.isEmpty { text += ", \(fact.signals.joined(separator: " "))" }
        return text
    }

    private static func answer(_ fact: CallFact, _ result: Int64) -> String {
        guard result > 0 else { return String(result) }
        if takesPart(fact) { return part }
        switch fact.call {
        case "socket", "accept", "accept4", "dup", "pipe": return "descriptor"
        case "fork": return "process"
        default: return String(result)
        }
    }

    /// Whether what stands first is a descriptor, which each run chooses for itself.
    private static func takesDescriptor(_ fact: CallFact) -> Bool { fact.call != "_exit" }

    /// How much of it fitted in is the memory's business.
    private static let part = "a part"

    /// Whether a buffer took less than it was offered.
    static func takesPart(_ fact: CallFact) -> Bool {
        guard ["send", "write"].contains(fact.call), let result = fact.result, result > 0 else { return false }
        return size(fact).map { $0 > result } ?? false
    }

    /// How many bytes a call was asked to move: the last number after the descriptor.
    private static func size(_ fact: CallFact) -> Int64? {
        fact.arguments.split(separator: ", ").dropFirst().lazy.reversed().compactMap { Int64($0) }.first
    }

    /// A read that asks for so much that it takes whatever has come of a stream by then.
    static func isStreamRead(_ fact: CallFact) -> Bool {
        guard ["recv", "read"].contains(fact.call), let result = fact.result, result > 0 else { return false }
        return size(fact).map { $0 >= Traffic.bulk } ?? false
    }

    /// Reads of a stream, one after the other, as one.
    ///
    /// - Parameter total: nil where the memory decided how much there was to read.
    static func reads(_ facts: [CallFact], total: Int64?) -> String {
        guard let first = facts.first else { return "" }
        let call = describe(first).prefix { $0 != "=" }
        // Which bytes there are: how many of them an output shows depends on how many there were.
        let bytes = Set(facts.flatMap { ($0.output ?? "").filter { !"\".".contains($0) } }).sorted()
        let signals = Set(facts.flatMap(\.signals)).sorted()
        return "\(call)= \(total.map { "\($0) in all" } ?? "what there is of the stream"), of \"\(String(bytes))\""
            + (signals.isEmpty ? "" : ", \(signals.joined(separator: " "))")
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
