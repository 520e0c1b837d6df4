internal import Acts
internal import Linux
internal import SockDiag
internal import Packets

// Steps that many scenarios begin with.
extension Lab {
    /// A listens nowhere, B on port 5000; A connects, B accepts; both are ESTABLISHED.
    package func connectedPair(v6: Bool? = nil) throws -> Connection {
        let listener = try b.listen(port: 5000, v6: v6)
        let client = try a.socket("client", v6: v6)
        return try connect(
            client, to: SocketAddress(v6 ?? prefersIPv6 ? b.ip6 : b.ip4, 5000), of: listener, as: "server")
    }

    /// Another connection from A to a listener of B, whose ends are told apart by `name`.
    ///
    /// - Parameter process: whose socket A's end is to be.
    package func connection(
        _ name: String, to listener: Socket, port: UInt16 = 5000, from process: WorkerProcess? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Connection {
        let client = try (process ?? a.process()).socket("client \(name)")
        return try connect(
            client, to: SocketAddress(b.ip, port), of: listener, as: "server \(name)", file: file, line: line)
    }

    private func connect(
        _ client: Socket, to address: SocketAddress, of listener: Socket, as name: String,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Connection {
        try client.connect(address, file: file, line: line)
        let server = try listener.accept(name, file: file, line: line)
        try require(client, shows: .row(.ESTABLISHED), file: file, line: line)
        try require(server, shows: .row(.ESTABLISHED), file: file, line: line)
        return Connection(client: client, server: server, listener: listener)
    }
}

extension Lab {
    /// Lets a socket be closed for good and waits until it is a FIN_WAIT2 minisock.
    ///
    /// The wire keeps the peer's ACK until `close` is over. An ACK that comes while close(2) still owns the socket is
    /// taken from the backlog, and tcp_rcv_state_process() ("sock_owned_by_user") then leaves a full orphan on the
    /// keepalive timer: as lawful, but a matter of microseconds.
    package func awaitFinWait2(
        of socket: Socket, timer: ClosedRange<Duration>? = nil, file: StaticString = #fileID, line: Int = #line,
        closing close: () throws -> Void
    ) throws {
        try closeBeforeAnswer(socket, file: file, line: line, closing: close) {
            try require(
                socket, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait, expires: timer), file: file, line: line)
        }
    }

    /// The same up to the peer's ACK; `then` waits for what it brings about.
    package func closeBeforeAnswer(
        _ socket: Socket, file: StaticString = #fileID, line: Int = #line, closing close: () throws -> Void,
        then: () throws -> Void
    ) throws {
        let (fin, ack): (SegmentPattern, SegmentPattern) =
            socket.host.name == .a ? ("FIN>", "<ACK") : ("<FIN", "ACK>")
        // Unacknowledged data would be sent again together with the FIN.
        try require(socket, shows: .row(.ESTABLISHED, sendQueue: 0), file: file, line: line)
        // Should the FIN be sent again meanwhile, the answer to it would come at any time.
        let again = try wire.drop(fin)
        let first = try wire.allow(fin, first: 1)
        let answer = try wire.hold(ack)
        try close()
        try require(socket, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1), file: file, line: line)
        try require(first, met: 1, file: file, line: line)
        try require(answer, met: 1, file: file, line: line)
        try wire.release(answer)
        try then()
        for rule in [again, first] { try wire.lift(rule) }
    }
}

/// A connection from A to B, with the listener it came from.
package struct Connection {
    package let client: Socket
    package let server: Socket
    package let listener: Socket
}
