internal import Acts
internal import Linux
internal import Record

// The lines before the first act, which say what the sequence is and what it starts from.
extension SequenceReader {
    /// What these lines begin with.
    static let headers: Set<String> = [
        "id", "claim", "cites", "link", "sysctl", "scaled", "timer", "alone", "rests", "ipv6", "pace",
    ]

    mutating func readHeader(_ words: inout Words) throws(LineError) {
        let first = try words.take("a line")
        switch first.text {
        case "id": sequence.id = try words.take("an id").text
        case "claim": sequence.claim += (sequence.claim.isEmpty ? "" : " ") + (try words.prose("what is claimed"))
        case "cites":
            let text = try words.prose("a document and its section")
            // The last word is the section: `RFC 9293 3.6`, `man 7 tcp SO_LINGER`.
            guard let space = text.lastIndex(of: " ") else {
                throw LineError(column: first.column, problem: "a citation is a document and a section: RFC 9293 3.6")
            }
            sequence.citations.append(
                Citation(source: String(text[..<space]), section: String(text[text.index(after: space)...])))
        case "link": sequence.setting.link = try words.link()
        case "alone": sequence.setting.isAlone = true
        case "ipv6": sequence.setting.isOverIPv6 = true
        case "sysctl":
            let (name, value) = try words.sysctl()
            sequence.setting.sysctls[name] = value
        case "pace": sequence.setting.pace = try words.duration()
        case "timer": sequence.setting.longestTimer = try words.duration()
        case "scaled":
            if words.accept("timer") {
                sequence.setting.scaledLongestTimer = try words.duration()
            } else {
                try words.expect("sysctl")
                let (name, value) = try words.sysctl()
                sequence.setting.scaledSysctls[name] = value
            }
        default:
            try words.expect("on")
            try words.expect("paths")
            sequence.setting.restsOnPaths = true
        }
    }
}

extension Words {
    /// `tcp_fin_timeout = 5`; the value is the rest.
    mutating func sysctl() throws(LineError) -> (name: String, value: String) {
        let column = column
        let name = try take("a sysctl").text
        guard !name.contains("/"), !name.contains(".."), name.first != "." else {
            throw LineError(column: column, problem: "\"\(name)\" is no name of a sysctl")
        }
        try expect("=")
        var values = [try take("its value").text]
        while !isEmpty { values.append(try take("a value").text) }
        return (name, values.joined(separator: " "))
    }

    /// `relay`, `direct`, `loopback` or `impaired delay 50ms jitter 5ms loss 1%`.
    mutating func link() throws(LineError) -> Link {
        if accept("relay") { return .relay }
        if accept("direct") { return .direct }
        if accept("loopback") { return .loopback }
        guard accept("impaired") else {
            throw LineError(column: column, problem: "a link is relay, direct, loopback or impaired")
        }
        var (delay, jitter, loss) = (Duration.zero, Duration.zero, 0.0)
        while !isEmpty {
            if accept("delay") {
                delay = try duration()
            } else if accept("jitter") {
                jitter = try duration()
            } else {
                try expect("loss")
                loss = try value("a share such as 1%") { text in
                    guard text.last == "%", let share = Double(text.dropLast()), (0...100).contains(share) else {
                        return nil
                    }
                    return share / 100
                }
            }
        }
        return .impaired(delay: delay, jitter: jitter, loss: loss)
    }
}
