internal import Acts
internal import Linux
internal import SockDiag
internal import Worker
internal import Packets

// Lines about sockets and their calls.
extension SequenceReader {
    mutating func socketActs(_ words: inout Words, _ name: String) throws(LineError) -> [Act] {
        if words.accept("receives") { return try receives(&words).map { .socket(name, $0) } }
        // RST instead of FIN: what SO_LINGER with no time and close(2) do.
        if words.accept("aborts") {
            return [.socket(name, .call(.setLinger(seconds: 0), .succeeds)), .socket(name, .call(.close, .succeeds))]
        }
        if words.accept("forges") { return [.wire(try imitation(&words, name))] }
        return [.socket(name, try socketAct(&words))]
    }

    private mutating func socketAct(_ words: inout Words) throws(LineError) -> SocketAct {
        if words.accept("begins") {
            let call = try words.call()
            try words.expect("as")
            return .begin(call, as: try new(&words, .call))
        }
        if words.accept("accepts") { return .accept(as: try new(&words, .socket)) }
        if words.accept("duplicates", "as") { return .duplicate(as: try new(&words, .socket)) }
        if words.accept("shared", "with") {
            let process = try known(&words, .process)
            try words.expect("as")
            return .share(with: process, as: try new(&words, .socket))
        }
        if words.accept("fills", "at", "most") { return .fill(atMost: try words.integer("a number of bytes")) }
        if words.accept("fills") { return .fill(atMost: nil) }
        if words.accept("reads", "to", "end") {
            return .readToEnd(words.isEmpty ? 100 : try words.integer("a number of bytes"))
        }
        if words.accept("crashes") { return .crash }
        if words.accept("destroyed") { return .destroy(.own) }
        if words.accept("timer", "lasts") {
            let bounds = try words.durations()
            try words.expect("since")
            return .timerLasts(bounds, since: try mark(&words))
        }
        if words.accept("goes") {
            let old: TCPState = try words.symbol("a state")
            let new: TCPState = try words.symbol("a state")
            return .goes(old, new, as: try asIfAny(&words, .moment, "\(old)>\(new)"))
        }
        if words.accept("netstat") { return .netstat(try netstat(&words)) }
        if words.accept("mirrors") { return .mirrors(try known(&words, .socket)) }
        if let expectation = try expectation(&words, of: .own) { return expectation }
        let word = try words.take("what the socket does or shows")
        guard let call = try words.call(named: word.text) else {
            throw LineError(
                column: word.column,
                problem: "\"\(word.text)\" is nothing that a socket does or shows"
                    + Verbs.hint(word.text, Verbs.sockets))
        }
        return .call(call, try words.outcomeIfAny())
    }

    /// Of the end that need have no descriptor.
    func peer(_ words: inout Words) throws(LineError) -> SocketAct {
        if words.accept("destroyed") { return .destroy(.other) }
        guard let act = try expectation(&words, of: .other), act.isOfEitherEnd else {
            throw LineError(
                column: words.column,
                problem: "of the peer is said what it shows, passes, or that it is gone or destroyed")
        }
        return act
    }

    private func expectation(_ words: inout Words, of end: End) throws(LineError) -> SocketAct? {
        if words.accept("shows") {
            let row = try words.row()
            return .shows(row, of: end, after: try words.afterIfAny())
        }
        if words.accept("is", "gone") { return .isGone(end, after: try words.afterIfAny()) }
        if words.accept("passes") {
            var path: [TCPState] = []
            while let state = words.symbolIfAny(TCPState.self) { path.append(state) }
            guard !path.isEmpty else { throw LineError(column: words.column, problem: "a path is missing") }
            return .passes(path, of: end)
        }
        if case .other = end { return nil }
        if words.accept("has", "no", "error") { return .hasError(nil) }
        if words.accept("has", "error") { return .hasError(try words.symbol("an errno")) }
        if words.accept("has") {
            return .option(try words.symbol("an option such as TCP_KEEPIDLE"), try words.integer("a number"))
        }
        if words.accept("polls") {
            return .polls(words.accept("nothing") ? [] : try words.symbol("poll bits such as IN|RDHUP"))
        }
        if words.accept("info", "shows") { return .tcpInfo(try words.symbol("a state")) }
        return nil
    }

    /// `"req" then end`, `nothing`, `ECONNRESET`: one call each.
    private func receives(_ words: inout Words) throws(LineError) -> [SocketAct] {
        var acts: [SocketAct] = []
        repeat {
            if let text = words.textIfAny() {
                acts.append(.call(.recv(), .reads(text)))
            } else if words.accept("end") {
                acts.append(.call(.recv(), .returns(0)))
            } else if words.accept("nothing") {
                acts.append(.call(.recv(100, .MSG_DONTWAIT), .fails(.EAGAIN, signals: [])))
            } else {
                acts.append(.call(.recv(), .fails(try words.symbol("a text, end, nothing or an errno"), signals: [])))
            }
        } while words.accept("then")
        return acts
    }

    private func netstat(_ words: inout Words) throws(LineError) -> Netstat {
        let state: TCPState = try words.symbol("a state")
        try words.expect("timer")
        let timer: DiagTimer = try words.symbol("a timer")
        let since = words.accept("since") ? try mark(&words) : nil
        try words.expect("lasts")
        let lasts = try words.durations()
        func figure(_ word: String) throws(LineError) -> Int {
            words.accept(word) ? try words.integer("a number") : 0
        }
        return Netstat(
            state, timer: timer, since: since, lasts: lasts, retransmits: try figure("retransmits"),
            probes: try figure("probes"), receiveQueue: try figure("rqueue"))
    }

    private mutating func imitation(_ words: inout Words, _ name: String) throws(LineError) -> WireAct {
        let flags: TCPFlags = try words.symbol("flags such as FIN|ACK")
        var (sequence, acknowledgement, payload) = (0, 0, "")
        var echo: Int?
        while !words.isEmpty, words.next?.text != "as" || words.next?.isQuoted == true {
            if words.accept("seq") {
                sequence = try words.integer("a number")
            } else if words.accept("ack") {
                acknowledgement = try words.integer("a number")
            } else if words.accept("echo") {
                echo = try words.integer("a number")
            } else {
                payload = try words.text("the payload")
            }
        }
        let imitation = Imitation(
            socket: name, flags: flags, sequence: sequence, acknowledgement: acknowledgement, payload: payload,
            echo: echo)
        return .imitate(imitation, as: try asIfAny(&words, .segment, "forged"))
    }

    mutating func callAct(_ words: inout Words) throws(LineError) -> CallAct {
        if words.accept("sleeps") { return .isAsleep }
        if words.accept("blocks") { return .isBlocked }
        if words.accept("accepts") {
            let name = try new(&words, .socket)
            return .accepts(as: name, after: try words.afterIfAny() ?? .zero)
        }
        guard words.accept("->") else {
            let word = words.next?.text ?? ""
            throw LineError(
                column: words.column,
                problem: "a call under way sleeps, blocks, accepts NAME or ends with -> OUTCOME"
                    + Verbs.hint(word, Verbs.runningCalls))
        }
        let outcome = try words.outcome()
        return .ends(outcome, after: try words.afterIfAny() ?? .zero)
    }
}

extension SocketAct {
    fileprivate var isOfEitherEnd: Bool {
        switch self {
        case .shows, .isGone, .passes: true
        default: false
        }
    }
}
