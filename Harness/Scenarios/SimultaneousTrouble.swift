internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing

/// Simultaneous opens that do not run smoothly.
enum SimultaneousTrouble {
    static let all = [synAckLost, rstInSynRecv, closeInSynRecv]

    static let synAckLost = Scenario(
        "open.simultaneous-synack-lost",
        claim: "When one SYN/ACK of a simultaneous open is lost, the end that it was meant for is opened by the ACK "
            + "with which the other answers its own SYN/ACK.",
        cites: [
            .rfc(9293, "3.5"), .kernel("tcp_input.c", "tcp_rcv_state_process"),
            .commit("23e89e8ee7be", "6.11: SYN/ACK accepted in SYN_RECV of a crossed open"),
            .commit("c1668292689a", "6.11: answered by an ACK with DSACK"),
        ],
        verdict: .unclaimed,
        steps: [
            "SYNs of A and B cross; the wire holds A's SYN/ACK and loses B's",
            "the wire delivers A's SYN/ACK; B's answer opens A", "before 6.11, B itself needs its timer to open",
            "A and B exchange data",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        let crossing = try CrossingOpen(lab, ports: (7000, 7001), v6: false)
        let lost = try lab.wire.drop("<SYN/ACK", first: 1)
        try crossing.deliverSYN(of: .a)
        try crossing.deliverSYN(of: .b)
        try lab.require(lost, met: 1)
        try lab.requireCarried("SYN/ACK> seq=0 ack=1")
        for socket in crossing.sockets {
            try lab.require(socket, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
        }

        // Whatever the loss makes B repeat must not come before we look.
        let again = try lab.wire.hold("<SYN/ACK")
        try crossing.deliverSYNACKs()
        let answer = try lab.requireCarried("<ACK seq=1 ack=1")
        try lab.require(crossing.a, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
        var others: [SegmentPattern] = ["SYN>", "<SYN", "SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1"]
        if answer.view.reportsDuplicate {
            lab.sawVariant("DSACK")
            try lab.require(crossing.b, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
            others.append("<ACK seq=1 ack=1 dsack")
        } else {
            lab.sawVariant("challenge ACK")
            // The challenge has dropped A's SYN/ACK: it opened A, but not B.
            try lab.require(crossing.b, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
            try lab.require(again, met: 1, within: lab.patience(after: .seconds(1)))
            try lab.wire.release(again)
            try lab.require(crossing.b, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
            others += ["<ACK seq=1 ack=1", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1"]
        }
        // Data comes after anything that was still to be said about the opening.
        try crossing.a.send("open")
        lab.expect(try crossing.b.ask(.recv(100)), reads: "open")
        try lab.expectCarried(others + ["DATA> seq=1 ack=1 len=4", "<ACK seq=1 ack=5"], inAnyOrder: true)
        for socket in crossing.sockets {
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
        }
        let repeated: Int64 = answer.view.reportsDuplicate ? 0 : 1
        try lab.expect(lab.a, counts: ["TCPSynRetrans": 0, "RetransSegs": 0])
        try lab.expect(lab.b, counts: ["TCPTimeouts": repeated, "RetransSegs": repeated])
    }

    static let rstInSynRecv = Scenario(
        "open.simultaneous-rst-in-syn-recv",
        claim: "A reset that meets a full socket in SYN_RECV ends it with ECONNRESET; only in SYN_SENT is it "
            + "ECONNREFUSED.",
        cites: [.rfc(9293, "3.10.7.4"), .kernel("tcp_input.c", "tcp_reset")],
        verdict: .unclaimed,
        steps: [
            "SYNs of A and B cross, so that both are in SYN_RECV; the wire holds the SYN/ACKs",
            "A gets a reset with the very next sequence number of B",
            "for comparison: a socket of A in SYN_SENT gets a reset that acknowledges its SYN",
        ]
    ) { lab in
        let crossing = try CrossingOpen(lab, ports: (7000, 7001), v6: false)
        try crossing.deliverSYNs()
        let socket = crossing.a
        try lab.require(socket, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
        try lab.forgery(of: crossing.b).send(.RST)
        try lab.requireGone(socket)
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .CLOSE)
        try lab.expect(socket, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        try lab.expect(socket, soError: .ECONNRESET)
        try lab.expect(socket, soError: nil)
        try lab.expect(socket, polls: [.IN, .OUT, .HUP, .RDHUP])
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "EstabResets": 0, "OutRsts": 0])
        try lab.expect(.receiveReset, on: lab.a, traced: 1)
        // B knows nothing of it.
        try lab.require(crossing.b, shows: .row(.SYN_RECV, .owned, timer: .retransmit))

        try lab.chapter("in SYN_SENT")
        let syn = try lab.wire.drop("SYN>")
        let early = try lab.a.socket("early")
        try early.setNonblocking()
        lab.expect(try early.ask(.connect(SocketAddress(lab.b.ip, 7002))), fails: .EINPROGRESS)
        try lab.require(early, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))
        try lab.require(syn, met: 1)
        let sent = try lab.requireCarried("SYN> seq=0").segment
        try lab.wire.inject(
            TCPSegment(
                source: sent.destination, destination: sent.source, sequence: 0,
                acknowledgement: sent.sequence &+ 1, flags: [.RST, .ACK]), to: .a)
        try lab.requireGone(early)
        try lab.expect(early, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(early, soError: .ECONNREFUSED)
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "EstabResets": 0])
    }

    static let closeInSynRecv = Scenario(
        "open.simultaneous-close-in-syn-recv",
        claim: "close() in SYN_RECV of a simultaneous open sends a FIN at once, and the peer's connect() succeeds on a "
            + "connection that has already ended; close() or shutdown() in SYN_SENT sends nothing.",
        cites: [
            .rfc(9293, "3.10.4"), .kernel("tcp.c", "__tcp_close"), .kernel("tcp.c", "tcp_close_state"),
            .kernel("af_inet.c", "inet_shutdown"),
        ],
        verdict: .unclaimed,
        steps: [
            "SYNs of A and B cross; the wire delivers B's alone; A, in SYN_RECV, closes",
            "the wire delivers A's SYN, SYN/ACK and FIN; B sees an open connection and its end, closes",
            "A closes one socket and shuts down another in SYN_SENT",
        ]
    ) { lab in
        let crossing = try CrossingOpen(lab, ports: (7000, 7001), v6: false)
        let (a, b) = (crossing.a, crossing.b)
        try crossing.deliverSYN(of: .b)
        try lab.require(a, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
        let fin = try lab.wire.hold("FIN>")
        try a.close()
        try lab.require(fin, met: 1)
        try lab.requireCarried("FIN> seq=1 ack=1")
        // SYN and FIN are both unacknowledged.
        try lab.require(a, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2))
        try lab.require(b, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))

        try crossing.deliverSYN(of: .a)
        try lab.require(b, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
        try crossing.deliverSYNACKs()
        try lab.wire.release(fin)
        try lab.require(b, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))
        try lab.require(a, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        try lab.expect(b, polls: [.IN, .OUT, .RDHUP])
        lab.expect(try b.ask(.connect(SocketAddress(lab.a.ip, 7000))), returns: 0)
        try lab.expect(b, soError: nil)
        lab.expect(try b.ask(.recv(100)), returns: 0)
        try b.close()
        try lab.require(a, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        try lab.requireGone(b)
        try lab.expect(a, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(
            b, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        let resets = lab.carried().filter { $0.segment.isRST }
        lab.expect(
            "no reset on the wire", resets.isEmpty, seen: SegmentView.describe(resets.map(\.view)),
            witnesses: ["segments"])

        try lab.chapter("in SYN_SENT")
        let syns = try lab.wire.drop("SYN>")
        let closed = try connecting(lab, "closed", port: 7010)
        let shut = try connecting(lab, "shut", port: 7011)
        try lab.require(syns, met: 2)
        try closed.close()
        try lab.requireGone(closed)
        try shut.shutdown(.SHUT_WR)
        try lab.requireGone(shut)
        try lab.expect(shut, tcpInfo: .CLOSE)
        try lab.expect(shut, soError: .ECONNRESET)
        for socket in [closed, shut] { try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE) }
        try lab.wire.lift(syns)
        // Whatever either had to say would come before this.
        _ = try lab.connectedPair()
        let said = inTime(lab.carried())
        lab.expect(
            "the wire carries a SYN of each and of a new connection, and nothing more of the first two",
            said.map(\.view.kind) == [.SYN, .SYN, .SYN, .SYN_ACK, .ACK], seen: SegmentView.describe(said.map(\.view)),
            witnesses: ["segments"])
        try lab.expect(lab.a, counts: ["AttemptFails": 0, "OutRsts": 0])
    }

    /// Without SYNs that were sent again because a busy machine let their second pass.
    private static func inTime(_ segments: [WireSegment]) -> [WireSegment] {
        segments.filter { one in
            !segments.contains { first in
                one.segment.isSYN && first.segment.isSYN && one.segment.source == first.segment.source
                    && one.stamp - first.stamp >= .milliseconds(988)
            }
        }
    }

    private static func connecting(_ lab: Lab, _ label: String, port: UInt16) throws -> Socket {
        let socket = try lab.a.socket(label)
        try socket.setNonblocking()
        lab.expect(try socket.ask(.connect(SocketAddress(lab.b.ip, port))), fails: .EINPROGRESS)
        try lab.require(socket, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))
        return socket
    }
}
