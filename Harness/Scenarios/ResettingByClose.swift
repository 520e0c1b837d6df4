internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Closes that end in a reset, and what the peer's process is told.
enum ResettingByClose {
    static let all = [rstOnCrossingData, rstThenRead, lingerZero]

    static let rstOnCrossingData = Scenario(
        "close.rst-on-crossing-data",
        claim:
            "Data that crosses the FIN of a closed socket is answered by RST, and both ends are gone at once; the reset "
            + "does not count the FIN that is still under way.",
        cites: [
            .document("001", "四次挥手"), .rfc(1122, "4.2.2.13"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        steps: ["A closes; the wire holds its FIN", "B sends eight bytes", "the wire delivers the FIN"]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let fin = try crossing(lab, pair)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_DATA", in: .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1, "OutRsts": 1, "sockstat.tw": 0])
        try lab.expect(lab.b, counts: ["EstabResets": 1])
        lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try server.ask(.recv(100)), returns: 0)
        lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)

        try pair.listener.close()
        let place = lab.wire.log.count
        try lab.wire.release(fin)
        try lab.requireCarried("<RST seq=1", since: place)
        try lab.expect(lab.b, tracesReset: "NO_SOCKET")
    }

    static let rstThenRead = Scenario(
        "close.rst-then-read",
        claim:
            "After a reset, recv() fails with ECONNRESET only if no FIN came before it, and only once; after FIN and "
            + "RST it returns 0, and SO_ERROR is EPIPE.",
        says: "A read after the reset fails with \"connection reset by peer\".",
        cites: [
            .document("001", "四次挥手"), .kernel("tcp_input.c", "tcp_reset"),
            .kernel("tcp.c", "tcp_recvmsg_locked"),
        ],
        verdict: .refuted,
        steps: [
            "A closes; B sends, is reset in CLOSE_WAIT, and reads", "the same with B's data crossing A's FIN",
            "A closes with unread data: B is reset in ESTABLISHED, and reads, sends or asks SO_ERROR first",
        ]
    ) { lab in
        try lab.chapter("FIN, then RST")
        let ordinary = try lab.connectedPair()
        try lab.awaitFinWait2(of: ordinary.client) { try ordinary.client.close() }
        try lab.require(ordinary.server, shows: .row(.CLOSE_WAIT))
        try ordinary.server.send("x")
        try lab.requireCarried("RST> seq=2")
        try lab.requireGone(ordinary.server)
        try lab.expect(ordinary.server, polls: afterReset)
        lab.expect(try ordinary.server.ask(.recv(100)), returns: 0)
        lab.expect(try ordinary.server.ask(.recv(100)), returns: 0)
        try lab.expect(ordinary.server, soError: .EPIPE)
        try lab.expect(ordinary.server, soError: nil)
        try ordinary.listener.close()

        try lab.chapter("RST for data that crossed the FIN")
        let crossed = try lab.connectedPair()
        let fin = try crossing(lab, crossed)
        try lab.expect(crossed.server, polls: afterReset)
        lab.expect(try crossed.server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try crossed.server.ask(.recv(100)), returns: 0)
        lab.expect(try crossed.server.ask(.recv(100)), returns: 0)
        try lab.expect(crossed.server, polls: afterReset.subtracting(.ERR))
        try lab.wire.lift(fin)
        try crossed.listener.close()

        for first in ["recv", "send", "SO_ERROR"] {
            try lab.chapter("RST in ESTABLISHED, then \(first)")
            let pair = try lab.connectedPair()
            try pair.server.send("unread")
            try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, receiveQueue: 6))
            try pair.client.close()
            try lab.requireCarried("RST/ACK>")
            try lab.requireGone(pair.server)
            try lab.expect(pair.server, polls: afterReset)
            switch first {
            case "recv": lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
            case "send": lab.expect(try pair.server.ask(.send("x", .MSG_NOSIGNAL)), fails: .ECONNRESET)
            default: try lab.expect(pair.server, soError: .ECONNRESET)
            }
            lab.expect(try pair.server.ask(.recv(100)), returns: 0)
            lab.expect(try pair.server.ask(.recv(100)), returns: 0)
            try lab.expect(pair.server, soError: nil)
            lab.expect(try pair.server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            try pair.listener.close()
        }
    }

    static let lingerZero = Scenario(
        "close.linger-zero-rst",
        claim: "With SO_LINGER on and a time of zero, close() resets the connection at once, in any state: neither end "
            + "has a TIME_WAIT, and what has not been delivered is lost.",
        cites: [.document("001", "常见问题"), .rfc(9293, "3.10.4"), .kernel("tcp.c", "tcp_disconnect")],
        steps: [
            "A sends, B does not read; A closes", "the same with A's data held by the wire",
            "A closes after shutting down, in FIN_WAIT2", "B, the passive end, closes in CLOSE_WAIT",
        ]
    ) { lab in
        try lab.chapter("data delivered")
        var pair = try lab.connectedPair()
        try pair.client.setLinger(seconds: 0)
        try pair.client.send("delivered")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 9))
        try reset(lab, pair, by: pair.client, "RST/ACK> seq=10 ack=1")
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1])
        lab.expect(try pair.server.ask(.recv(100)), reads: "delivered")
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)

        try lab.chapter("data under way")
        pair = try lab.connectedPair()
        try pair.client.setLinger(seconds: 0)
        let data = try lab.wire.hold("DATA>")
        try pair.client.send("in flight")
        try lab.require(data, met: 1)
        // The reset overtakes the data: B asks whether it is meant (RFC 5961), and A, which has no socket, says so.
        try reset(lab, pair, by: pair.client, "RST/ACK> seq=10 ack=1", "<ACK seq=1 ack=1", "RST> seq=1")
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1])
        try lab.expect(lab.b, counts: ["TCPChallengeACK": 1])
        try lab.wire.release(data)
        try lab.requireCarried("<RST seq=1")
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)

        try lab.chapter("in FIN_WAIT2")
        pair = try lab.connectedPair()
        try pair.client.setLinger(seconds: 0)
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try reset(lab, pair, by: pair.client, "RST/ACK> seq=2 ack=1")
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1])
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)
        try lab.expect(pair.server, soError: .EPIPE)

        try lab.chapter("by the passive end, in CLOSE_WAIT")
        pair = try lab.connectedPair()
        try pair.server.setLinger(seconds: 0)
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try reset(lab, pair, by: pair.server, "<RST/ACK seq=1 ack=2")
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        try lab.expect(lab.b, counts: ["TCPAbortOnData": 1])
        lab.expect(try pair.client.ask(.recv(100)), fails: .ECONNRESET)
    }

    /// What poll(2) reports after a reset whose error nobody has taken.
    private static let afterReset: PollEvents = [.IN, .OUT, .ERR, .HUP, .RDHUP]

    /// Lets A close and B send before A's FIN arrives, up to the end of both sockets; gives the rule that holds the FIN.
    private static func crossing(_ lab: Lab, _ pair: Connection) throws -> WireRule {
        let fin = try lab.wire.hold("FIN>")
        try pair.client.close()
        try lab.require(fin, met: 1)
        try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
        lab.expect(try pair.server.ask(.send("crossing")), returns: 8)
        try lab.requireCarried("<DATA seq=1 ack=1 len=8")
        try lab.requireCarried("RST> seq=1")
        try lab.requireGone(pair.client)
        try lab.requireGone(pair.server)
        return fin
    }

    /// Lets one end close and expects these segments and no row at either end.
    private static func reset(
        _ lab: Lab, _ pair: Connection, by closer: Socket, _ segments: SegmentPattern...
    ) throws {
        let place = lab.wire.log.count
        lab.expect(try closer.ask(.close), returns: 0)
        try lab.expectCarried(segments, since: place)
        for end in [pair.client, pair.server] { try lab.requireGone(end) }
        for host in [lab.a!, lab.b!] { try lab.expect(host, counts: ["sockstat.tw": 0]) }
        try pair.listener.close()
    }
}
