internal import Acts
internal import Linux
internal import SockDiag
internal import Packets

// Steps that many scenarios begin or end with.

/// A connection from A to B.
package struct Connection: Sendable {
    package let client: Socket
    package let server: Socket
    package let listener: Socket

    /// Both ends, for what is said of each.
    package var ends: [Socket] { [client, server] }
}

/// B listens on port 5000, A connects, B accepts; both are ESTABLISHED.
package func connect(file: StaticString = #fileID, line: Int = #line) -> (client: Socket, server: Socket) {
    let connection = connection(to: B.listen(file: file, line: line), file: file, line: line)
    return (connection.client, connection.server)
}

/// Another connection from A to a listener of B; its ends are called `client NAME` and `server NAME`.
///
/// - Parameter process: whose socket A's end is to be.
package func connect(
    _ name: String = "", to listener: Socket, port: UInt16 = 5000, from process: Process? = nil,
    file: StaticString = #fileID, line: Int = #line
) -> (client: Socket, server: Socket) {
    let connection = connection(name, to: listener, port: port, from: process, file: file, line: line)
    return (connection.client, connection.server)
}

/// The same with the listener, for scenarios that hand connections on.
package func connection(
    _ name: String = "", to listener: Socket? = nil, port: UInt16 = 5000, from process: Process? = nil,
    file: StaticString = #fileID, line: Int = #line
) -> Connection {
    let listener = listener ?? B.listen(port: port, file: file, line: line)
    let suffix = name.isEmpty ? "" : " \(name)"
    let client = (process ?? A.process).socket("client\(suffix)", file: file, line: line)
    client.connect(to: listener.host.port(port), file: file, line: line)
    let server = listener.accept("server\(suffix)", file: file, line: line)
    client.shows(.ESTABLISHED, file: file, line: line)
    server.shows(.ESTABLISHED, file: file, line: line)
    return Connection(client: client, server: server, listener: listener)
}

extension Socket {
    /// Is closed for good by `close` and becomes a FIN_WAIT2 minisock.
    ///
    /// The wire keeps the peer's ACK until `close` is over. An ACK that comes while close(2) still owns the socket is
    /// taken from the backlog, and tcp_rcv_state_process() ("sock_owned_by_user") then leaves a full orphan on the
    /// keepalive timer: as lawful, but a matter of microseconds.
    package func entersFinWait2(
        timer: ClosedRange<Duration>? = nil, file: StaticString = #fileID, line: Int = #line,
        by close: () throws -> Void
    ) rethrows {
        try isClosedBeforeTheAnswer(file: file, line: line, by: close) {
            shows(.FIN_WAIT2, .minisock, timer: .timewait, expires: timer, file: file, line: line)
        }
    }

    /// Is closed for good by `close` while the wire keeps the peer's ACK; `then` is what the ACK brings about.
    package func isClosedBeforeTheAnswer(
        file: StaticString = #fileID, line: Int = #line, by close: () throws -> Void, then: () throws -> Void
    ) rethrows {
        let (fin, ack): (SegmentPattern, SegmentPattern) = host == A ? ("FIN>", "<ACK") : ("<FIN", "ACK>")
        // Unacknowledged data would be sent again together with the FIN.
        shows(.ESTABLISHED, sendQueue: 0, file: file, line: line)
        // Should the FIN be sent again meanwhile, the answer to it would come at any time.
        let again = wire.drop(fin, file: file, line: line)
        let first = wire.allow(fin, first: 1, file: file, line: line)
        let answer = wire.hold(ack, file: file, line: line)
        try close()
        shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1, file: file, line: line)
        first.meets(1, file: file, line: line)
        answer.meets(1, file: file, line: line)
        answer.release(file: file, line: line)
        try then()
        for rule in [again, first] { rule.lift(file: file, line: line) }
    }
}

/// Closes a connection in order and leaves the end that closes first in TIME_WAIT, the other gone.
///
/// The first end keeps its descriptor until the other's FIN is there, so that it goes through FIN_WAIT2 as a full
/// socket, whatever the timing. Gives the time within which TIME_WAIT began.
///
/// - Parameter keepDescriptor: whether the first end's descriptor stays open even then.
@discardableResult
package func closeInOrder(
    first: Socket, then last: Socket, keepDescriptor: Bool = false, file: StaticString = #fileID, line: Int = #line
) -> Moment {
    first.shutdown(.SHUT_WR, file: file, line: line)
    first.shows(.FIN_WAIT2, .owned, timer: .off, file: file, line: line)
    last.shows(.CLOSE_WAIT, .owned, timer: .off, file: file, line: line)
    let began = moment {
        last.close(file: file, line: line)
        first.shows(.TIME_WAIT, .minisock, timer: .timewait, file: file, line: line)
        // From here on no FIN is sent again that would renew the minute.
        last.isGone(file: file, line: line)
    }
    if !keepDescriptor { first.close(file: file, line: line) }
    return began
}

/// Lets a minute that has begun run on until a new one can be told from it, with nothing on the wire meanwhile.
package func letRun(minute: Moment, file: StaticString = #fileID, line: Int = #line) {
    guard let blur = try? minute.length else { return }
    wire.staysQuiet(for: .milliseconds(200) + blur, file: file, line: line)
}
