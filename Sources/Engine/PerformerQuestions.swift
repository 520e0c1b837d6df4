internal import Acts
internal import Lab
internal import Linux
internal import Packets
internal import SockDiag

// What scenarios ask.
extension Performer: Laboratory {
    var isTraced: Bool { lab.configuration.trace != nil }

    func synchronize() throws { try lab.synchronize() }

    func overIPv6(_ scenario: Scenario) throws {
        try lab.chapter("\(scenario.id) over IPv6")
        lab.prefersIPv6 = true
        defer { lab.prefersIPv6 = false }
        try Self.run(scenario, in: lab)
        try lab.closeListeners()
    }

    // MARK: Names

    func address(_ endpoint: Endpoint) throws -> SocketAddress { try address(endpoint, lab) }
    func matched(by rule: String) throws -> [WireSegment] { Array(try self.rule(rule).met) }

    // MARK: Sockets and calls

    func row(of socket: String, _ end: End) throws -> DiagRow? {
        switch end {
        case .own: try lab.row(try self.socket(socket))
        case .other: try lab.row(oppositeOf: try self.socket(socket))
        }
    }

    func path(of socket: String) throws -> [TCPState] { try lab.requirePath(of: try self.socket(socket)) }
    func descriptor(of socket: String) throws -> Int32 { try self.socket(socket).descriptor }
    func localAddress(of socket: String) throws -> SocketAddress? { try self.socket(socket).local }
    func requests(of listener: String) throws -> [DiagRow] { try lab.requests(on: try socket(listener)) }

    func retransmissionTimeout(of socket: String) throws -> Duration {
        try lab.retransmissionTimeout(of: try self.socket(socket))
    }

    func tryDestroy(_ socket: String) throws -> Errno? { try lab.tryDestroy(try self.socket(socket)) }

    func hasReturned(_ call: String) throws -> Bool { try self.call(call).isDone }

    func result(of call: String, after timer: Duration, at location: SourceLocation) throws -> CallResult {
        let answer = try self.call(call).answer(after: timer, file: location.file, line: location.line)
        return CallResult(
            value: answer.result, errno: answer.errno, bytes: answer.output, integer: answer.integer,
            took: answer.took ?? .zero, words: answer.words)
    }

    // MARK: Hosts

    func sysctl(_ name: String, of host: HostName) throws -> String? { try self.host(host, lab).sysctl(name) }
    func freshSettings(beginning prefixes: [String]) throws -> [String: String] {
        try KernelDefaults.fresh(beginning: prefixes, but: lab.configuration.faults.sysctls)
    }
    func counter(_ name: String, of host: HostName) throws -> Int64 { try self.host(host, lab).counters()[name] ?? 0 }
    func rows(of host: HostName) throws -> [DiagRow] { try self.host(host, lab).rows() }
    func boundRows(of host: HostName) throws -> [DiagRow] { try self.host(host, lab).boundRows() }
    func finds(_ row: DiagRow, on host: HostName) throws -> Bool { try self.host(host, lab).finds(row) }
    func procNetTCP(of host: HostName) throws -> [Substring] { try self.host(host, lab).procNetTCP() }

    // MARK: Wire

    func carried(since: Since) throws -> [WireSegment] {
        try lab.synchronize()
        return lab.carried(since: try place(since, lab))
    }

    var worstLateness: Duration { lab.wire.worstLateness }
    func forgetLateness() { lab.wire.forgetLateness() }
    func tolerate(resets pattern: SegmentPattern) { lab.tolerate(resets: pattern) }

    // MARK: Expectations

    func expect(_ words: String, _ passed: Bool, seen: String, by witness: String, at location: SourceLocation) {
        lab.expect(
            words, passed, seen: seen, witnesses: [witness], file: location.file, line: location.line)
    }

    func expect(
        _ words: String, lasted duration: Duration, within bounds: ClosedRange<Duration>, by witness: String,
        at location: SourceLocation
    ) {
        lab.expect(
            words, lasted: duration, within: bounds, witnesses: [witness], file: location.file, line: location.line)
    }

    func expectBackoff(
        of what: String, _ sent: [WireSegment], givenUp end: Instant, retries: Int, at location: SourceLocation
    ) throws {
        try lab.requireBackoff(
            of: what, sent, givenUp: end, retries: retries, file: location.file, line: location.line)
    }

    func require(
        _ words: String, after timer: Duration, at location: SourceLocation, seen: () -> String,
        _ condition: () throws -> Bool
    ) throws {
        try lab.require(
            words, within: timer == .zero ? nil : lab.timeout(after: timer), file: location.file,
            line: location.line, seen: seen, until: condition)
    }

    func comesAbout(within time: Duration?, _ condition: () throws -> Bool) throws -> Bool {
        try lab.comesAbout(within: time ?? lab.timeout(after: .zero), condition)
    }
}
