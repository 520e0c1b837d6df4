internal import Acts
internal import Linux
package import SockDiag
internal import Worker

// What the kernel shows of a socket.
extension Socket {
    /// The peer's end of its connection, which need have no descriptor: a request, a child in the accept queue.
    package var otherEnd: OtherEnd { OtherEnd(socket: self) }

    /// Its sock_diag row shows this, and the tracepoint agrees; waits for it, and ends the scenario otherwise.
    ///
    /// - Parameters:
    ///   - expires: how far away the timer is, as the kernel says.
    ///   - receiveQueue: idiag_rqueue; a FIN counts 1.
    ///   - sendQueue: idiag_wqueue; an unacknowledged SYN or FIN counts 1.
    ///   - after: how long the kernel timer takes that brings it about.
    package func shows(
        _ state: TCPState, _ kind: RowKind? = nil, timer: DiagTimer? = nil, expires: ClosedRange<Duration>? = nil,
        retransmits: Int? = nil, receiveQueue: Int? = nil, sendQueue: Int? = nil, after: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) {
        let row = Row(
            state, kind, timer: timer, expires: expires, retransmits: retransmits, receiveQueue: receiveQueue,
            sendQueue: sendQueue)
        perform(.shows(row, of: .own, after: after), file, line)
    }

    /// The kernel shows no row of it; waits for that, and ends the scenario otherwise.
    package func isGone(after: Duration? = nil, file: StaticString = #fileID, line: Int = #line) {
        perform(.isGone(.own, after: after), file, line)
    }

    /// The tracepoint reports exactly this path.
    ///
    /// It never sees minisocks, so entering TIME_WAIT or FIN_WAIT2 without a descriptor shows as CLOSE.
    package func passes(_ path: TCPState..., file: StaticString = #fileID, line: Int = #line) {
        perform(.passes(path, of: .own), file, line)
    }

    /// It goes from one state to another; gives when, and ends the scenario otherwise.
    package func goes(
        _ old: TCPState, _ new: TCPState, file: StaticString = #fileID, line: Int = #line
    ) -> Moment {
        let moment = Moment(name: attempt.name("\(name) \(old)>\(new)"))
        perform(.goes(old, new, as: moment.name), file, line)
        return moment
    }

    /// SO_ERROR holds this error, which asking takes away.
    package func hasError(_ errno: Errno, file: StaticString = #fileID, line: Int = #line) {
        perform(.hasError(errno), file, line)
    }

    /// SO_ERROR is 0.
    package func hasNoError(file: StaticString = #fileID, line: Int = #line) {
        perform(.hasError(nil), file, line)
    }

    /// poll(2) reports exactly these bits.
    package func polls(_ events: PollEvents, file: StaticString = #fileID, line: Int = #line) {
        perform(.polls(events), file, line)
    }

    /// TCP_INFO gives this state.
    package func tcpInfo(shows state: TCPState, file: StaticString = #fileID, line: Int = #line) {
        perform(.tcpInfo(state), file, line)
    }

    /// What TCP_INFO gives.
    package func tcpInfo(file: StaticString = #fileID, line: Int = #line) throws -> TCPInfo {
        TCPInfo(bytes: try tries(.tcpInfo, file: file, line: line).bytes)
    }

    /// getsockopt(2) gives this number.
    package func hasOption(
        _ option: SocketOption, _ value: Int32, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.option(option, value), file, line)
    }

    /// Both ends have each other's names: what one calls its own, the other calls its peer's.
    package func mirrors(_ other: Socket, file: StaticString = #fileID, line: Int = #line) {
        perform(.mirrors(other.name), file, line)
    }

    /// /proc/net/tcp says the same as netlink, as netstat prints it: `TIME_WAIT timewait (59.94/0/0)`.
    ///
    /// - Parameters:
    ///   - since: when the timer was set; nil where none runs.
    ///   - lasts: for how long it was set.
    ///   - probes: the last figure in netstat's parentheses.
    package func netstat(
        shows state: TCPState, timer: DiagTimer, since: (any Mark)? = nil,
        lasts: ClosedRange<Duration> = .zero ... .zero, retransmits: Int = 0, probes: Int = 0, receiveQueue: Int = 0,
        file: StaticString = #fileID, line: Int = #line
    ) {
        let shown = Netstat(
            state, timer: timer, since: since?.name, lasts: lasts, retransmits: retransmits, probes: probes,
            receiveQueue: receiveQueue)
        perform(.netstat(shown), file, line)
    }

    /// Its row's timer was set for this long at a moment.
    ///
    /// A moment that is known only to lie within some time adds that time to the upper bound.
    package func timerLasts(
        _ bounds: ClosedRange<Duration>, since moment: some Mark, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.timerLasts(bounds, since: moment.name), file, line)
    }

    /// Its row's timer was set for this length at a moment, or for a few ticks less or more.
    package func timerLasts(
        _ length: Duration, since moment: some Mark, file: StaticString = #fileID, line: Int = #line
    ) {
        let bounds = length - .milliseconds(8)...length + .milliseconds(24)
        timerLasts(bounds, since: moment, file: file, line: line)
    }

    /// Its minute in TIME_WAIT or FIN_WAIT2 began at a moment.
    package func minuteBegan(_ moment: some Mark, file: StaticString = #fileID, line: Int = #line) {
        timerLasts(.milliseconds(59_950) ... .milliseconds(60_050), since: moment, file: file, line: line)
    }

    /// Its row vanishes when a timer of this length, begun at a moment, runs out: not earlier, late by an eighth at most.
    package func vanishes(
        after timer: Duration, since moment: some Mark, file: StaticString = #fileID, line: Int = #line
    ) {
        let end = Vanishing(socket: name, since: moment.name)
        Vocabulary.perform(.attempt(.vanish([end], after: timer)), file, line)
    }

    /// Its row now; nil when the kernel shows none.
    package func row() throws -> DiagRow? { try attempt.ask { try $0.row(of: name, .own) } }

    /// Its latest path by the tracepoint; skips where there is none.
    package func path() throws -> [TCPState] {
        try attempt.ask { try $0.path(of: name) }
    }

    /// The number of its descriptor.
    package var descriptor: Int32 { get throws { try attempt.ask { try $0.descriptor(of: name) } } }

    /// The requests of a listener's port.
    package func requests() throws -> [DiagRow] {
        try attempt.ask { try $0.requests(of: name) }
    }

    /// The retransmission timeout that the kernel has reckoned for it.
    package func retransmissionTimeout() throws -> Duration {
        try attempt.ask { try $0.retransmissionTimeout(of: name) }
    }
}

/// The rows of several sockets vanish when their timers, all of one length, run out.
package func vanish(
    _ sockets: [(socket: Socket, since: any Mark)], after timer: Duration, file: StaticString = #fileID,
    line: Int = #line
) {
    let ends = sockets.map { Vanishing(socket: $0.socket.name, since: $0.since.name) }
    perform(.attempt(.vanish(ends, after: timer)), file, line)
}

/// The peer's end of a socket's connection.
package struct OtherEnd: Sendable {
    let socket: Socket

    /// Its row shows this; waits for it, and ends the scenario otherwise.
    package func shows(
        _ state: TCPState, _ kind: RowKind? = nil, timer: DiagTimer? = nil, expires: ClosedRange<Duration>? = nil,
        retransmits: Int? = nil, receiveQueue: Int? = nil, sendQueue: Int? = nil, after: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) {
        let row = Row(
            state, kind, timer: timer, expires: expires, retransmits: retransmits, receiveQueue: receiveQueue,
            sendQueue: sendQueue)
        socket.perform(.shows(row, of: .other, after: after), file, line)
    }

    /// SOCK_DESTROY, which must succeed; skips where the kernel was built without it.
    package func destroy(file: StaticString = #fileID, line: Int = #line) {
        socket.perform(.destroy(.other), file, line)
    }

    /// The kernel shows no row of it.
    package func isGone(after: Duration? = nil, file: StaticString = #fileID, line: Int = #line) {
        socket.perform(.isGone(.other, after: after), file, line)
    }

    /// The tracepoint reports exactly this path.
    package func passes(_ path: TCPState..., file: StaticString = #fileID, line: Int = #line) {
        socket.perform(.passes(path, of: .other), file, line)
    }

    /// Its row now; nil when the kernel shows none.
    package func row() throws -> DiagRow? {
        try attempt.ask { try $0.row(of: socket.name, .other) }
    }
}
