internal import Acts
internal import Linux
package import SockDiag
package import Tracing

/// One of the two hosts.
package struct Host: Hashable, Sendable {
    package let name: HostName

    /// `A` or `B`.
    package var letter: String { name.rawValue }
    /// The host at the other end of the wire.
    package var peer: Host { Host(name: name.other) }

    // MARK: What it has

    /// A port at the host's address, in the family that the scenario runs over.
    package func port(_ port: UInt16) -> Endpoint { .host(name, port) }
    /// A port at its IPv4 address.
    package func portV4(_ port: UInt16) -> Endpoint { .hostV4(name, port) }
    /// A port at its IPv6 address.
    package func portV6(_ port: UInt16) -> Endpoint { .hostV6(name, port) }
    /// A port at its IPv4 address as an AF_INET6 socket has it: `::ffff:192.0.2.1`.
    package func portMapped(_ port: UInt16) -> Endpoint { .hostMapped(name, port) }

    /// The process that makes its calls where no other is named.
    package var process: Process {
        let process = Process(name: "\(letter).p", host: self)
        perform(.process(process.name, .spawn(on: name, label: "")), #fileID, #line)
        return process
    }

    /// Starts another process.
    package func spawn(_ label: String, file: StaticString = #fileID, line: Int = #line) -> Process {
        let process = Process(name: attempt.name("\(letter).\(label)"), host: self)
        perform(.process(process.name, .spawn(on: name, label: label)), file, line)
        return process
    }

    /// A new TCP socket of its process.
    ///
    /// - Parameter v6: AF_INET6 or AF_INET, where it is not the family that the scenario runs over.
    package func socket(
        _ label: String, v6: Bool? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        process.socket(label, v6: v6, file: file, line: line)
    }

    /// A listening socket on all addresses, with SO_REUSEADDR where nothing else is said.
    ///
    /// - Parameter receiveBuffer: SO_RCVBUF of the listener, and so of the connections it makes.
    package func listen(
        _ label: String = "listener", port: UInt16 = 5000, backlog: Int32 = 16, receiveBuffer: Int32? = nil,
        reuseAddress: Bool = true, v6: Bool? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Socket {
        process.listen(
            label, port: port, backlog: backlog, receiveBuffer: receiveBuffer, reuseAddress: reuseAddress, v6: v6,
            file: file, line: line)
    }

    // MARK: Settings

    /// Sets a sysctl; one without `net.` is of net.ipv4.
    package func set(_ sysctl: String, to value: String, file: StaticString = #fileID, line: Int = #line) {
        perform(.host(name, .set(sysctl: sysctl, to: value)), file, line)
    }

    /// Gives the host one more IPv4 address, and the other host a way to it.
    package func add(address: String, file: StaticString = #fileID, line: Int = #line) {
        perform(.host(name, .addAddress(address)), file, line)
    }

    /// A sysctl's value; nil where this kernel has none of that name.
    package func sysctl(_ sysctl: String) throws -> String? {
        try attempt.ask { try $0.sysctl(sysctl, of: name) }
    }

    /// The settings of net.ipv4 whose names begin so, in a network namespace that is made for this look: the kernel's
    /// own values, which no laboratory has changed.
    package func freshSettings(beginning prefixes: String...) throws -> [String: String] {
        try attempt.ask { try $0.freshSettings(beginning: prefixes) }
    }

    // MARK: What is expected of it

    /// These counters have moved by exactly this much since the chapter began.
    package func counts(_ deltas: [String: Int64], file: StaticString = #fileID, line: Int = #line) {
        perform(.host(name, .counts(deltas)), file, line)
    }

    /// It has so many rows in a state.
    ///
    /// - Parameter socket: counts only those of its connection, whichever end they are.
    package func hasRows(
        _ count: Int, _ state: TCPState, _ kind: RowKind? = nil, timer: DiagTimer? = nil, of socket: Socket? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.host(name, .hasRows(count, Row(state, kind, timer: timer), of: socket?.name)), file, line)
    }

    /// Whatever it has toward an address shows this; no socket of the scenario need have it.
    package func shows(
        _ state: TCPState, _ kind: RowKind? = nil, toward remote: Endpoint, timer: DiagTimer? = nil,
        expires: ClosedRange<Duration>? = nil, retransmits: Int? = nil, receiveQueue: Int? = nil,
        sendQueue: Int? = nil, after: Duration? = nil, file: StaticString = #fileID, line: Int = #line
    ) {
        let row = Row(
            state, kind, timer: timer, expires: expires, retransmits: retransmits, receiveQueue: receiveQueue,
            sendQueue: sendQueue)
        perform(.host(name, .endShows(toward: remote, row, after: after)), file, line)
    }

    /// The tracepoint tcp_send_reset, with its reason where the kernel gives reasons.
    ///
    /// - Parameter state: the state of the socket that sends it, if it has one.
    package func tracesReset(
        _ reason: String, in state: TCPState? = nil, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.host(name, .tracesReset(reason, in: state)), file, line)
    }

    /// A tracepoint was passed so often.
    package func traces(
        _ tracepoint: Tracepoint, _ count: Int, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.host(name, .traces(tracepoint, count)), file, line)
    }

    /// No child of a listener on this port was traced.
    package func tracesNoChild(ofPort port: UInt16, file: StaticString = #fileID, line: Int = #line) {
        perform(.host(name, .tracesNoChild(port: port)), file, line)
    }

    // MARK: What it shows

    /// How far a counter has moved since the chapter began.
    package func counter(_ counter: String) throws -> Int64 {
        try attempt.ask { try $0.counter(counter, of: name) }
    }

    /// The row that it has toward an address vanishes when a timer of this length, begun at a moment, runs out.
    package func endVanishes(
        toward remote: Endpoint, called label: String, after timer: Duration, since moment: some Mark,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(
            .host(name, .endVanishes(toward: remote, label: label, after: timer, since: moment.name)), file, line)
    }

    /// Its sockets that are bound and neither listen nor are connected; kernels before 6.8 show none.
    package func boundRows() throws -> [DiagRow] { try attempt.ask { try $0.boundRows(of: name) } }

    /// Whether the kernel finds this very socket by its addresses and ports, as an arriving segment would.
    package func finds(_ row: DiagRow) throws -> Bool { try attempt.ask { try $0.finds(row, on: name) } }

    /// /proc/net/tcp as lines, without the heading.
    package func procNetTCP() throws -> [Substring] {
        try attempt.ask { try $0.procNetTCP(of: name) }
    }

    /// Its listening and connected sockets, as netlink shows them now.
    package func rows() throws -> [DiagRow] { try attempt.ask { try $0.rows(of: name) } }
}

/// Both hosts, for what is done on each.
package var bothHosts: [Host] { [A, B] }
