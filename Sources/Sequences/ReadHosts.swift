internal import Acts
internal import Linux
internal import SockDiag
internal import Tracing

// Lines about processes and hosts.
extension SequenceReader {
    /// `connect client server`: B listens, A connects, B accepts, both are ESTABLISHED.
    mutating func connect(_ words: inout Words) throws(LineError) -> [Act] {
        let client = try new(&words, .socket)
        let server = try new(&words, .socket)
        let listener = words.accept("through") ? try known(&words, .socket) : nil
        let port: UInt16 = words.accept("port") ? try words.integer("a port") : 5000
        var acts: [Act] = []
        let through: String
        if let listener {
            through = listener
        } else {
            through = words.accept("listener") ? try new(&words, .socket) : spare("listener", .socket)
            acts += ownProcess(.b)
            acts.append(
                .process(
                    "B.p",
                    .listen(as: through, port: port, backlog: 16, receiveBuffer: nil, reuseAddress: true, v6: nil)))
        }
        acts += ownProcess(.a)
        acts.append(.process("A.p", .socket(as: client, v6: nil)))
        acts.append(.socket(client, .call(.connect(.host(.b, port)), .succeeds)))
        acts.append(.socket(through, .accept(as: server)))
        for end in [client, server] { acts.append(.socket(end, .shows(Row(.ESTABLISHED), of: .own, after: nil))) }
        return acts
    }

    /// Makes known the process that makes a host's calls where no other is named.
    private mutating func ownProcess(_ host: HostName) -> [Act] {
        let name = "\(host.rawValue).p"
        guard things[name] == nil else { return [] }
        things[name] = .process
        return [.process(name, .spawn(on: host, label: ""))]
    }

    /// What stands after A or B: what is said of the host, or what its process does.
    mutating func hostLine(_ words: inout Words, _ host: HostName) throws(LineError) -> [Act] {
        if let act = try hostAct(&words) { return [.host(host, act)] }
        guard let word = words.next, ["socket", "mptcp", "listen", "connects"].contains(word.text) else {
            throw LineError(
                column: words.column,
                problem: "\"\(words.next?.text ?? "")\" is nothing that a host does or shows"
                    + Verbs.hint(words.next?.text ?? "", Verbs.hosts))
        }
        return ownProcess(host) + [.process("\(host.rawValue).p", try processAct(&words))]
    }

    mutating func processAct(_ words: inout Words) throws(LineError) -> ProcessAct {
        if words.accept("forks") { return .fork(as: try new(&words, .process)) }
        if words.accept("socket") { return .socket(as: try new(&words, .socket), v6: family(&words)) }
        if words.accept("mptcp", "socket") { return .mptcpSocket(as: try new(&words, .socket)) }
        if words.accept("listen") {
            let name = try new(&words, .socket)
            let port: UInt16 = words.accept("port") ? try words.integer("a port") : 5000
            let backlog: Int32 = words.accept("backlog") ? try words.integer("a number") : 16
            let buffer: Int32? = words.accept("rcvbuf") ? try words.integer("a number of bytes") : nil
            let isExclusive = words.accept("without", "SO_REUSEADDR")
            return .listen(
                as: name, port: port, backlog: backlog, receiveBuffer: buffer, reuseAddress: !isExclusive,
                v6: family(&words))
        }
        if words.accept("connects") {
            let count: Int = try words.integer("a number")
            guard (1...10_000).contains(count) else {
                throw LineError(column: words.column, problem: "1 to 10000 sockets can be connected at once")
            }
            try words.expect("to")
            let endpoint = try words.endpoint()
            try words.expect("through")
            return .connect(count, to: endpoint, listener: try known(&words, .socket))
        }
        if words.accept("signal") {
            return .signal(try words.symbol("a signal"), try words.symbol("standard, ignored or handled"))
        }
        if words.accept("kill") { return .kill(try words.symbol("a signal")) }
        if words.accept("raise") { return .call(.raise(try words.symbol("a signal")), try words.outcomeIfAny()) }
        if words.accept("pipe") { return .call(.pipe, try words.outcomeIfAny()) }
        if words.accept("shutdown") {
            let (descriptor, how): (Int64, Int32) = (try words.integer("a descriptor"), try words.integer("a number"))
            return .call(.shutdown(descriptor: descriptor, how: how), try words.outcomeIfAny())
        }
        if words.accept("exits") { return .exit(words.isEmpty ? 0 : try words.integer("a status")) }
        if words.accept("stops") { return .stop }
        if words.accept("resumes") { return .resume }
        if words.accept("ends", "exited") { return .ends(.exited(try words.integer("a status"))) }
        if words.accept("ends", "killed") { return .ends(.killed(try words.symbol("a signal"))) }
        let word = try words.take("what the process does")
        throw LineError(
            column: word.column,
            problem: "\"\(word.text)\" is nothing that a process does" + Verbs.hint(word.text, Verbs.processes))
    }

    private func family(_ words: inout Words) -> Bool? {
        if words.accept("v4") { return false }
        return words.accept("v6") ? true : nil
    }

    private func hostAct(_ words: inout Words) throws(LineError) -> HostAct? {
        if words.accept("set") {
            let (name, value) = try words.sysctl()
            return .set(sysctl: name, to: value)
        }
        if words.accept("address") { return .addAddress(try words.take("an address").text) }
        if words.accept("counts") {
            var deltas: [String: Int64] = [:]
            repeat {
                let name = try words.take("a counter such as TCPAbortOnData").text
                deltas[name] = try words.integer("by how much it moves")
            } while !words.isEmpty
            return .counts(deltas)
        }
        if words.accept("traces", "reset") {
            let reason = try words.text("a reason")
            return .tracesReset(reason, in: words.accept("in") ? try words.symbol("a state") : nil)
        }
        if words.accept("traces", "no", "child", "of", "port") {
            return .tracesNoChild(port: try words.integer("a port"))
        }
        if words.accept("traces") {
            let tracepoint: Tracepoint = try words.symbol("a tracepoint")
            return .traces(tracepoint, try words.integer("how often"))
        }
        if words.accept("has") {
            let count: Int = try words.integer("a number of rows")
            let row = try words.row()
            return .hasRows(count, row, of: words.accept("of") ? try known(&words, .socket) : nil)
        }
        guard words.accept("end", "toward") else { return nil }
        let endpoint = try words.endpoint()
        if words.accept("shows") {
            let row = try words.row()
            return .endShows(toward: endpoint, row, after: try words.afterIfAny())
        }
        try words.expect("vanishes")
        try words.expect("called")
        let label = try words.text("a label")
        try words.expect("after")
        let timer = try words.duration()
        try words.expect("since")
        return .endVanishes(toward: endpoint, label: label, after: timer, since: try mark(&words))
    }
}
