internal import Acts
internal import Linux
internal import Record
internal import SockDiag
internal import Worker

// What stands in many kinds of line.
extension Words {
    mutating func endpoint() throws(LineError) -> Endpoint {
        try value("an address such as B:5000 or local(client)") { Endpoint(written: $0) }
    }

    mutating func number() throws(LineError) -> SequenceNumber {
        try value("a sequence number such as 1000 or end(syn)+1") { SequenceNumber(written: $0) }
    }

    /// `A` or `B`.
    mutating func host() throws(LineError) -> HostName { try value("A or B") { HostName(rawValue: $0) } }

    /// `after 60s`, where it stands.
    mutating func afterIfAny() throws(LineError) -> Duration? { accept("after") ? try duration() : nil }

    /// `first 2`, where it stands.
    mutating func firstIfAny() throws(LineError) -> Int? { accept("first") ? try integer("a number") : nil }

    /// `FIN_WAIT2 minisock timer timewait expires 59s..60s retransmits 0 rqueue 1 wqueue 0`
    mutating func row() throws(LineError) -> Row {
        var row = Row(try symbol("a state such as FIN_WAIT2", TCPState.self))
        row.kind = kindIfAny()
        while true {
            if accept("timer") {
                row.timer = try symbol("a timer such as retransmit or off")
            } else if accept("expires") {
                row.expires = try durations()
            } else if accept("retransmits") {
                row.retransmits = try integer("a number")
            } else if accept("rqueue") {
                row.receiveQueue = try integer("a number")
            } else if accept("wqueue") {
                row.sendQueue = try integer("a number")
            } else {
                return row
            }
        }
    }

    mutating func kindIfAny() -> RowKind? {
        guard let word = next, !word.isQuoted, let kind = RowKind(rawValue: word.text) else { return nil }
        _ = accept(word.text)
        return kind
    }

    /// What stands after `->`: `3`, `"req"`, `EPIPE SIGPIPE`, `killed SIGPIPE`, `exit 3`, `name A:1234`, `anything`.
    mutating func outcome() throws(LineError) -> Outcome {
        if let text = textIfAny() { return .reads(text) }
        if accept("killed") { return .killedBy(try symbol("a signal")) }
        if accept("exit") { return .exits(try integer("a number")) }
        if accept("name") { return .names(try endpoint()) }
        if accept("anything") { return .any }
        if let word = next, let value = Int64(word.text) {
            _ = accept(word.text)
            return .returns(value, within: accept("within") ? try durations() : nil)
        }
        let errno = try symbol("a number, a text, an errno or another outcome of a call", Errno.self)
        var signals: [Signal] = []
        while let signal = symbolIfAny(Signal.self) { signals.append(signal) }
        return .fails(errno, signals: signals)
    }

    /// `-> OUTCOME`, where it stands; the call must succeed where nothing is said.
    mutating func outcomeIfAny() throws(LineError) -> Outcome { accept("->") ? try outcome() : .succeeds }

    mutating func messageFlags() -> MessageFlags { symbolIfAny(MessageFlags.self) ?? [] }

    /// A call on a socket, without what comes of it.
    mutating func call() throws(LineError) -> Call {
        let word = try take("a call")
        if let call = try call(named: word.text) { return call }
        throw LineError(
            column: word.column, problem: "\"\(word.text)\" is no call on a socket" + Verbs.hint(word.text, Verbs.calls)
        )
    }

    /// The call of this name with its arguments; nil where there is none.
    mutating func call(named name: String) throws(LineError) -> Call? {
        switch name {
        case "bind": return .bind(try endpoint())
        case "connect": return .connect(try endpoint())
        case "disconnect": return .disconnect
        case "listen": return .listen(backlog: accept("backlog") ? try integer("a number") : 16)
        case "accept": return .accept
        case "send": return .send(try text("what is sent"), messageFlags())
        case "sendfill": return .sendFill(count: try integer("a number of bytes"), messageFlags())
        case "recv":
            let count: Int = next.flatMap { Int($0.text) } == nil ? 100 : try integer("a number of bytes")
            let flags = messageFlags()
            return accept("leaving") ? .recvLeaving(errno: try symbol("an errno"), count, flags) : .recv(count, flags)
        case "write": return .write(try text("what is written"))
        case "read": return .read(next.flatMap { Int($0.text) } == nil ? 100 : try integer("a number of bytes"))
        case "shutdown": return .shutdown(try symbol("SHUT_RD, SHUT_WR or SHUT_RDWR"))
        case "close": return .close
        case "dup": return .dup
        case "poll": return .poll
        case "getsockname": return .getsockname
        case "getpeername": return .getpeername
        case "SIOCOUTQ": return .outputQueue
        case "SO_ERROR": return .getError
        case "TCP_INFO": return .tcpInfo
        case "getsockopt": return .getOption(try symbol("an option such as TCP_KEEPIDLE"))
        case "setsockopt":
            return .setOption(try symbol("an option such as TCP_KEEPIDLE"), try integer("a number"))
        case "linger": return .setLinger(seconds: try integer("seconds"))
        case "nonblocking": return .setNonblocking(!accept("off"))
        default: return nil
        }
    }
}

/// The words that a line may have after its subject, to say what was meant.
enum Verbs {
    static let calls = [
        "bind", "connect", "disconnect", "listen", "accept", "send", "sendfill", "recv", "write", "read", "shutdown",
        "close", "dup", "poll", "getsockname", "getpeername", "SIOCOUTQ", "SO_ERROR", "TCP_INFO", "getsockopt",
        "setsockopt", "linger", "nonblocking",
    ]
    static let sockets =
        calls + [
            "begins", "accepts", "receives", "aborts", "duplicates", "shared", "fills", "reads", "crashes", "destroyed",
            "shows", "is", "passes", "goes", "has", "polls", "info", "mirrors", "timer", "netstat", "forges",
        ]
    static let runningCalls = ["->", "accepts", "sleeps", "blocks"]
    static let processes = [
        "forks", "socket", "listen", "connects", "signal", "kill", "raise", "pipe", "shutdown", "exits", "stops",
        "resumes", "ends",
    ]
    static let hosts = ["set", "address", "counts", "traces", "has", "end", "socket", "listen"]
    static let wire = [
        "hold", "drop", "allow", "duplicate", "delay", "freeze", "cut", "release", "lift", "carries", "never", "has",
        "quiet", "backs", "here", "forge", "repeat", "unreachable", "tolerates",
    ]

    /// `; did you mean "shows"?`, where a known word is much like it.
    static func hint(_ word: String, _ known: [String]) -> String {
        // Nobody mistypes what is much longer than any word of these.
        guard word.count <= 64, let nearest = nearestName(to: word, among: known, allowing: 1) else { return "" }
        return "; did you mean \"\(nearest)\"?"
    }
}
