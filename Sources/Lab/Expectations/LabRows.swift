internal import Acts
package import Linux
package import SockDiag
internal import Record

// What netlink shows of a socket, and its agreement with the tracepoint.
extension Lab {
    /// The socket's row now; nil when the kernel shows none.
    package func row(_ socket: Socket) throws -> DiagRow? {
        let row = try socket.host.rows().first { $0.cookie == socket.identity.cookie }
        if let row, row.local.port != 0 {
            socket.local = row.local
            if row.remote.port != 0 { socket.remote = row.remote }
        }
        return row
    }

    /// The row of the connection that a peer's socket belongs to, as its other host shows it; there need be no
    /// descriptor for it.
    package func row(oppositeOf socket: Socket) throws -> DiagRow? {
        if socket.local == nil || socket.remote == nil { _ = try row(socket) }
        guard let local = socket.local, let remote = socket.remote else { return nil }
        return try socket.host.peer.rows().first {
            $0.remote.port == local.port && $0.local.port == remote.port && $0.state != .LISTEN
        }
    }

    /// Waits until the socket's row shows this, and lets the tracepoint agree; ends the scenario otherwise.
    @discardableResult
    package func require(
        _ socket: Socket, shows expectation: RowExpectation, within timeout: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> DiagRow {
        try awaitRow(
            expectation, of: socket.label, host: socket.host, within: timeout, traced: socket,
            location: here(file, line)
        ) { try self.row(socket) }
    }

    /// The same for the end of a connection that has no descriptor (a request, a child in the accept queue).
    @discardableResult
    package func require(
        oppositeOf socket: Socket, shows expectation: RowExpectation, within timeout: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> DiagRow {
        try awaitRow(
            expectation, of: "the other end of \(socket.label)", host: socket.host.peer, within: timeout,
            traced: nil, location: here(file, line)
        ) { try self.row(oppositeOf: socket) }
    }

    /// The same for whatever a host has toward an address that no socket of ours need have.
    @discardableResult
    package func require(
        endToward remote: SocketAddress, on host: Host, shows expectation: RowExpectation,
        within timeout: Duration? = nil, file: StaticString = #fileID, line: Int = #line
    ) throws -> DiagRow {
        try awaitRow(
            expectation, of: "the end toward \(remote)", host: host, within: timeout, traced: nil,
            location: here(file, line)
        ) { try host.rows().first { $0.remote == remote } }
    }

    /// Waits until the kernel shows no row of the socket; ends the scenario otherwise.
    package func requireGone(
        _ socket: Socket, within timeout: Duration? = nil, file: StaticString = #fileID, line: Int = #line
    ) throws {
        if timeout != nil { try endStanding() }
        var last: DiagRow?
        let gone = try wait(until: .now + (timeout ?? configuration.timeout)) {
            last = try self.row(socket)
            return last == nil
        }
        let seen = last.map { "\(socket.label) \($0.words)" } ?? "no row"
        let isTraced = try gone && endIsTraced(socket)
        record(
            passed: gone, expected: "no row of \(socket.label) in netlink", seen: seen,
            witnesses: isTraced ? ["netlink", "trace"] : ["netlink"], location: here(file, line))
        if !gone { throw ScenarioStop.failed }
    }

    /// The same for the end of a connection that has no descriptor.
    package func requireGone(
        oppositeOf socket: Socket, within timeout: Duration? = nil, file: StaticString = #fileID, line: Int = #line
    ) throws {
        var last: DiagRow?
        let gone = try wait(until: .now + (timeout ?? configuration.timeout)) {
            last = try self.row(oppositeOf: socket)
            return last == nil
        }
        record(
            passed: gone, expected: "no row of the other end of \(socket.label) in netlink",
            seen: last.map(\.words) ?? "no row", witnesses: ["netlink"], location: here(file, line))
        if !gone { throw ScenarioStop.failed }
    }

    /// Whether the tracepoint confirms that a socket without a row has ended.
    ///
    /// Throws when it says that the socket lives.
    private func endIsTraced(_ socket: Socket) throws -> Bool {
        guard configuration.trace != nil, path(of: socket) != nil else { return false }
        guard try wait(until: .now + configuration.timeout, { self.path(of: socket)?.last == .CLOSE }) else {
            throw ScenarioStop.harness(
                "witnesses disagree on \(socket.label): netlink has no row, the tracepoint shows "
                    + (path(of: socket)?.words ?? "nothing"))
        }
        return true
    }

    private func awaitRow(
        _ expectation: RowExpectation, of subject: String, host: Host, within timeout: Duration?,
        traced socket: Socket?, location: String, _ look: () throws -> DiagRow?
    ) throws -> DiagRow {
        // Whoever names a time waits for a timer, which may bring about more.
        if timeout != nil { try endStanding() }
        var last: DiagRow?
        /// The last row there was, and when; it may have gone since.
        var sight: (row: DiagRow, at: Instant)?
        var before = Instant.now
        let reached = try wait(until: .now + (timeout ?? configuration.timeout)) {
            before = .now
            last = try look()
            if let last { sight = (last, before) }
            return last.map(expectation.matches) ?? false
        }
        if let last { note(last, of: subject, on: host) }
        var witnesses = ["netlink"]
        if reached, let socket, let row = last, try agrees(socket, row, between: before, and: .now) {
            witnesses.append("trace")
        }
        record(
            passed: reached, expected: "\(subject) \(expectation.words)",
            seen: last.map { row in
                let hint = expectation.queueHint(
                    row.shownState, receiveQueue: row.receiveQueue, sendQueue: row.sendQueue)
                return "\(subject) \(row.words)\(hint)"
            }
                ?? "\(subject) has no row" + goneWords(sight) + pathWords(socket),
            witnesses: witnesses, location: location)
        guard reached, let last else { throw ScenarioStop.failed }
        return last
    }

    /// When a row was seen last; nothing for one that never was.
    private func goneWords(_ sight: (row: DiagRow, at: Instant)?) -> String {
        guard let sight else { return "" }
        let at = (Double(timeline.relative(sight.at)) / 1e3).rounded() / 1e6
        return " any more; at \(at) s it had \(sight.row.words)"
    }

    private func pathWords(_ socket: Socket?) -> String {
        guard let socket, let path = path(of: socket) else { return "" }
        return "; its path was \(path.words)"
    }

    private func note(_ row: DiagRow, of subject: String, on host: Host) {
        let at = timeline.relative(.now)
        timeline.add(
            .row(
                RowFact(
                    attempt: timeline.attempt, at: at, host: host.name.rawValue, socket: subject,
                    state: row.shownState.description + (row.kind == .minisock ? " (minisock)" : ""),
                    timer: "\(row.timer)", expires: row.expires, retransmits: row.retransmits,
                    receiveQueue: row.receiveQueue, sendQueue: row.sendQueue, owned: row.kind == .owned,
                    local: row.local.description, remote: row.remote.description)), at: at)
    }

    /// Whether the tracepoint confirms a full socket's state; minisocks are never traced.
    ///
    /// Throws when it contradicts: then one of our witnesses lies, and no verdict may rest on either.
    private func agrees(_ socket: Socket, _ row: DiagRow, between before: Instant, and after: Instant) throws -> Bool {
        guard configuration.trace != nil, row.kind != .minisock else { return false }
        var states: [TCPState] = []
        // An event is stamped before it can be read: give it the time to arrive before calling it a contradiction.
        let confirmed = try wait(until: .now + configuration.timeout) {
            guard let life = self.paths.lives(of: socket, processes: self.processes).last else { return false }
            states = life.transitions.filter { $0.time > before && $0.time <= after }.map(\.new)
            if let last = life.transitions.last(where: { $0.time <= before }) { states.append(last.new) }
            return states.contains(row.shownState)
        }
        guard confirmed else {
            throw ScenarioStop.harness(
                "witnesses disagree on \(socket.label): netlink shows \(row.shownState), the tracepoint "
                    + (states.isEmpty ? "nothing" : states.map(\.description).joined(separator: ", ")))
        }
        return true
    }
}
