internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What poll(2) and epoll report in each situation.
enum Polling {
    static let all = [table]

    static let table = Scenario(
        "poll.table",
        claim: "The bits that poll(2) reports follow from state, shutdowns, buffers and a pending error: HUP when both "
            + "directions have ended or in CLOSE, RDHUP and IN when the receiving one has, ERR while an error is unread.",
        cites: [.kernel("tcp.c", "tcp_poll")],
        verdict: .unclaimed,
        steps: [
            "fresh, listening, connecting and refused sockets", "open ones: idle, with data, with a full buffer",
            "sockets closing in order, crossing, and shut down on one side or both", "sockets that were reset",
        ]
    ) { lab in
        try unconnected(lab)
        try established(lab)
        try closingInOrder(lab)
        try closingAtOnce(lab)
        try shutDown(lab)
        try reset(lab)
    }

    private static func expect(_ lab: Lab, _ socket: Socket, _ state: TCPState, _ events: PollEvents) throws {
        try lab.expect(socket, tcpInfo: state)
        try lab.expect(socket, polls: events)
    }

    private static func pair(_ lab: Lab, _ title: String) throws -> Connection {
        try lab.chapter(title)
        let pair = try lab.connectedPair()
        try pair.listener.close()
        return pair
    }

    private static func unconnected(_ lab: Lab) throws {
        try lab.chapter("not connected")
        let fresh = try lab.a.socket("fresh")
        try expect(lab, fresh, .CLOSE, [.OUT, .HUP])

        let listener = try lab.b.listen(port: 6000)
        try expect(lab, listener, .LISTEN, [])
        try fresh.connect(SocketAddress(lab.b.ip, 6000))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
        try expect(lab, listener, .LISTEN, .IN)

        let crossing = try CrossingOpen(lab, ports: (7000, 7001), v6: false)
        for socket in crossing.sockets { try expect(lab, socket, .SYN_SENT, []) }
        try crossing.deliverSYNs()
        for socket in crossing.sockets { try expect(lab, socket, .SYN_RECV, []) }
        try crossing.deliverSYNACKs()
        for socket in crossing.sockets { try lab.require(socket, shows: .row(.ESTABLISHED)) }

        let refused = try lab.a.socket("refused")
        try refused.setNonblocking()
        lab.expect(try refused.ask(.connect(SocketAddress(lab.b.ip, 6001))), fails: .EINPROGRESS)
        try lab.requireGone(refused)
        try expect(lab, refused, .CLOSE, [.IN, .OUT, .ERR, .HUP, .RDHUP])
        try lab.expect(refused, soError: .ECONNREFUSED)
        try expect(lab, refused, .CLOSE, [.IN, .OUT, .HUP, .RDHUP])
    }

    private static func established(_ lab: Lab) throws {
        let pair = try pair(lab, "open")
        try expect(lab, pair.client, .ESTABLISHED, .OUT)
        try pair.server.send("x")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, receiveQueue: 1))
        try expect(lab, pair.client, .ESTABLISHED, [.IN, .OUT])

        // Nothing arrives and nothing is acknowledged, so a small buffer fills at once.
        try pair.server.setNonblocking()
        try pair.server.set(.SO_SNDBUF, 4096)
        let lost = try lab.wire.drop("<DATA")
        var answer = try pair.server.ask(.sendFill(0x61, count: 100_000))
        for _ in 0..<20 where answer.errno == nil { answer = try pair.server.ask(.sendFill(0x61, count: 100_000)) }
        lab.expect(answer, fails: .EAGAIN)
        try expect(lab, pair.server, .ESTABLISHED, [])
        // Or it would go on repeating what is lost.
        lab.tolerate(resets: "<RST", "<RST/ACK")
        try pair.server.setLinger(seconds: 0)
        try pair.server.close()
        try lab.wire.lift(lost)
    }

    private static func closingInOrder(_ lab: Lab) throws {
        let (client, server) = try ends(pair(lab, "closing in order"))
        let ack = try lab.wire.hold("<ACK")
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT1))
        try expect(lab, client, .FIN_WAIT1, .OUT)
        try lab.require(server, shows: .row(.CLOSE_WAIT))
        try expect(lab, server, .CLOSE_WAIT, [.IN, .OUT, .RDHUP])
        try lab.require(ack, met: 1)
        try lab.wire.release(ack)
        try lab.require(client, shows: .row(.FIN_WAIT2))
        try expect(lab, client, .FIN_WAIT2, .OUT)

        let last = try lab.wire.hold("ACK>")
        try server.shutdown(.SHUT_WR)
        try lab.require(server, shows: .row(.LAST_ACK))
        try expect(lab, server, .LAST_ACK, [.IN, .OUT, .HUP, .RDHUP])
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock))
        try expect(lab, client, .CLOSE, [.IN, .OUT, .HUP, .RDHUP])
        try lab.require(last, met: 1)
        try lab.wire.release(last)
        try lab.requireGone(server)
        try expect(lab, server, .CLOSE, [.IN, .OUT, .HUP, .RDHUP])
    }

    private static func closingAtOnce(_ lab: Lab) throws {
        let (client, server) = try ends(pair(lab, "closing at once"))
        let fins = try lab.wire.hold("FIN>", "<FIN")
        let acks = try lab.wire.hold("ACK>", "<ACK")
        for socket in [client, server] { try socket.shutdown(.SHUT_WR) }
        try lab.require(fins, met: 2)
        try lab.wire.release(fins)
        for socket in [client, server] {
            try lab.require(socket, shows: .row(.CLOSING))
            try expect(lab, socket, .CLOSING, [.IN, .OUT, .HUP, .RDHUP])
        }
        try lab.wire.release(acks)
        for socket in [client, server] { try lab.require(socket, shows: .row(.TIME_WAIT, .minisock)) }
    }

    private static func shutDown(_ lab: Lab) throws {
        let (client, _) = try ends(pair(lab, "shut down"))
        try client.shutdown(.SHUT_RD)
        try expect(lab, client, .ESTABLISHED, [.IN, .OUT, .RDHUP])
        try client.shutdown(.SHUT_RDWR)
        try lab.require(client, shows: .row(.FIN_WAIT2))
        try expect(lab, client, .FIN_WAIT2, [.IN, .OUT, .HUP, .RDHUP])
    }

    private static func reset(_ lab: Lab) throws {
        let (client, server) = try ends(pair(lab, "reset"))
        try server.setLinger(seconds: 0)
        try server.close()
        try lab.requireGone(client)
        try expect(lab, client, .CLOSE, [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try client.ask(.recv(100)), fails: .ECONNRESET)
        try expect(lab, client, .CLOSE, [.IN, .OUT, .HUP, .RDHUP])
    }

    private static func ends(_ pair: Connection) -> (client: Socket, server: Socket) { (pair.client, pair.server) }
}
