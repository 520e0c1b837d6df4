internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// shutdown(): closing one direction.
enum HalfClosing {
    static let all = [wrHalfClose, rdBufferedData]

    static let wrHalfClose = Scenario(
        "shutdown.wr-half-close",
        claim: "After shutdown(SHUT_WR) the other direction goes on: the peer's data is acknowledged in FIN_WAIT2 and "
            + "read, and the connection then closes in order.",
        cites: [
            .document("002", "shutdown"), .document("004", "半关闭"), .document("001", "四次挥手"),
            .rfc(9293, "3.6"), .kernel("tcp.c", "tcp_shutdown"),
        ],
        link: .direct,
        steps: [
            "A sends a request and shuts down its sending side", "B reads it and the end, answers, closes",
            "A reads the answer and the end, closes",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        try client.send("req")
        try client.shutdown(.SHUT_WR)
        lab.expect(try server.ask(.recv(100)), reads: "req")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned))
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))

        let place = lab.wire.log.count
        try server.send("fifteen bytes !")
        try lab.requireCarried("<DATA len=15", since: place)
        try lab.requireCarried("ACK> ack=16", since: place)  // acknowledged although A has sent its FIN
        lab.expect(try client.ask(.recv(100)), reads: "fifteen bytes !")
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0))
        try server.close()
        try lab.requireCarried("<FIN", since: place)
        lab.expect(try client.ask(.recv(100)), returns: 0)
        try client.close()
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        try lab.requireGone(server)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        let resets = lab.carried().filter { $0.segment.isRST }
        lab.expect(
            "no reset on the wire", resets.isEmpty, seen: SegmentView.describe(resets.map(\.view)),
            witnesses: ["segments"])
        try lab.expect(lab.a, counts: ["OutRsts": 0])
        try lab.expect(lab.b, counts: ["OutRsts": 0])
    }

    static let rdBufferedData = Scenario(
        "shutdown.rd-buffered-data",
        claim: "shutdown(SHUT_RD) does not throw away what has already been received: it stays readable, then comes "
            + "the end.",
        says: "shutdown(SHUT_RD) throws away what is in the receive buffer.",
        cites: [.document("002", "shutdown"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        verdict: .refuted,
        link: .direct,
        steps: ["A sends; B has it in its buffer", "B shuts down its receiving side and reads"]
    ) { lab in
        let pair = try lab.connectedPair()
        try pair.client.send("buffered")
        try lab.require(pair.server, shows: .row(.ESTABLISHED, receiveQueue: 8))
        try lab.require(pair.client, shows: .row(.ESTABLISHED, sendQueue: 0))
        let place = lab.wire.log.count
        try pair.server.shutdown(.SHUT_RD)
        try lab.expect(pair.server, polls: [.IN, .OUT, .RDHUP])
        lab.expect(try pair.server.ask(.recv(100)), reads: "buffered")
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 0))
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expect("<ANY", carried: 0, since: place)  // the peer is told nothing
    }
}
