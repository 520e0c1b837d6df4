internal import Vocabulary

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
        longestTimer: { _ in 1 }
    ) {
        let crossing = Crossing()
        let (a, b) = (crossing.a, crossing.b)
        // Whatever the loss makes B repeat must not come before we look.
        let again = wire.hold("<SYN/ACK")
        let lost = wire.drop("<SYN/ACK", first: 1)
        step("SYNs of A and B cross; the wire holds A's SYN/ACK and loses B's") {
            crossing.deliverSYN(of: A)
            crossing.deliverSYN(of: B)
            lost.meets(1)
            wire.carries("SYN/ACK> seq=0 ack=1")
            for socket in crossing.sockets { socket.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1) }
        }
        try step("the wire delivers A's SYN/ACK; B's answer opens A; B is open too, before 6.11 by its own timer") {
            crossing.deliverSYNACKs()
            let answer = wire.carries("<ACK seq=1 ack=1")
            a.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
            var said: [SegmentPattern] = ["SYN>", "<SYN", "SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1"]
            let reports = try answer.seen.view.reportsDuplicate
            if reports {
                variant("DSACK")
                said.append("<ACK seq=1 ack=1 dsack")
            } else {
                variant("challenge ACK")
                // The challenge has dropped A's SYN/ACK: it opened A, but not B.
                b.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1)
                again.meets(1, after: .seconds(1))
                again.release()
                said += ["<ACK seq=1 ack=1", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1"]
            }
            b.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
            // Data comes after anything that was still to be said about the opening.
            a.send("open")
            b.receives("open")
            wire.carriesOnly(
                said + ["DATA> seq=1 ack=1 len=4", "<ACK seq=1 ack=5"], inAnyOrder: true, since: .chapterBegan)
            for socket in crossing.sockets { socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED) }
            let repeated: Int64 = reports ? 0 : 1
            A.counts(["TCPSynRetrans": 0, "RetransSegs": 0])
            B.counts(["TCPTimeouts": repeated, "RetransSegs": repeated])
        }
    }

    static let rstInSynRecv = Scenario(
        "open.simultaneous-rst-in-syn-recv",
        claim: "A reset that meets a full socket in SYN_RECV ends it with ECONNRESET; only in SYN_SENT is it "
            + "ECONNREFUSED.",
        cites: [
            .requirement("MUST-11", .differs, only: "from SYN-SENT"), .rfc(9293, "3.10.7.4"),
            .kernel("tcp_input.c", "tcp_reset"),
        ]
    ) {
        let crossing = Crossing()
        let socket = crossing.a
        step("SYNs of A and B cross, so that both are in SYN_RECV; the wire holds the SYN/ACKs") {
            crossing.deliverSYNs()
            socket.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1)
        }
        step("A gets a reset with the very next sequence number of B, which knows nothing of it") {
            wire.forges(.RST, from: crossing.b)
            socket.isGone()
            socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .CLOSE)
            socket.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            socket.hasError(.ECONNRESET)
            socket.hasNoError()
            socket.polls([.IN, .OUT, .HUP, .RDHUP])
            A.counts(["AttemptFails": 1, "EstabResets": 0, "OutRsts": 0])
            A.traces(.receiveReset, 1)
            crossing.b.shows(.SYN_RECV, .owned, timer: .retransmit)
        }

        chapter("in SYN_SENT")
        step("for comparison: a socket of A in SYN_SENT gets a reset that acknowledges its SYN") {
            let lost = wire.drop("SYN>")
            let early = A.socket("early")
            early.beginConnecting(to: B.port(7002))
            early.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
            lost.meets(1)
            let syn = wire.carries("SYN> seq=0")
            wire.forges(
                [.RST, .ACK], from: syn.destination, to: syn.source, sequence: 0, acknowledgement: syn.end())
            early.isGone()
            early.passes(.CLOSE, .SYN_SENT, .CLOSE)
            early.hasError(.ECONNREFUSED)
            A.counts(["AttemptFails": 1, "EstabResets": 0])
        }
    }

    static let closeInSynRecv = Scenario(
        "open.simultaneous-close-in-syn-recv",
        claim: "close() in SYN_RECV of a simultaneous open sends a FIN at once, and the peer's connect() succeeds on a "
            + "connection that has already ended; close() or shutdown() in SYN_SENT sends nothing.",
        cites: [
            .rfc(9293, "3.10.4"), .kernel("tcp.c", "__tcp_close"), .kernel("tcp.c", "tcp_close_state"),
            .kernel("af_inet.c", "inet_shutdown"),
        ]
    ) {
        closesInSynRecv()
        chapter("in SYN_SENT")
        try closesInSynSent()
    }

    private static func closesInSynRecv() {
        let crossing = Crossing()
        let (a, b) = (crossing.a, crossing.b)
        let fin = wire.hold("FIN>")
        step("SYNs of A and B cross; the wire delivers B's alone, and A closes in SYN_RECV: it sends a FIN") {
            crossing.deliverSYN(of: B)
            a.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1)
            a.close()
            fin.meets(1)
            wire.carries("FIN> seq=1 ack=1")
            // SYN and FIN are both unacknowledged.
            a.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2)
            b.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
        }
        step("the wire delivers A's SYN, SYN/ACK and FIN; B sees an open connection and its end") {
            crossing.deliverSYN(of: A)
            b.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1)
            crossing.deliverSYNACKs()
            fin.release()
            b.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
            a.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            b.polls([.IN, .OUT, .RDHUP])
            b.calls(.connect(A.port(7000)), returns: 0)
            b.hasNoError()
            b.receives(.end)
        }
        step("B closes in order") {
            b.close()
            a.shows(.TIME_WAIT, .minisock, timer: .timewait)
            b.isGone()
            a.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            b.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            wire.carriesNoReset()
        }
    }

    private static func closesInSynSent() throws {
        let syns = wire.drop("SYN>")
        let (closed, shut) = (A.socket("closed"), A.socket("shut"))
        step("A closes one socket and shuts down another in SYN_SENT") {
            for (socket, port) in [(closed, B.port(7010)), (shut, B.port(7011))] {
                socket.beginConnecting(to: port)
                socket.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
            }
            syns.meets(2)
            closed.close()
            closed.isGone()
            shut.shutdown(.SHUT_WR)
            shut.isGone()
            shut.tcpInfo(shows: .CLOSE)
            shut.hasError(.ECONNRESET)
            for socket in [closed, shut] { socket.passes(.CLOSE, .SYN_SENT, .CLOSE) }
            syns.lift()
        }
        try step("A connects to B; whatever the two had to say would come before") {
            _ = connect()
            expect(
                "the wire carries a SYN of each and of a new connection, and nothing more of the first two",
                of: withoutLateSYNs(try wire.segments(since: .chapterBegan))
            ) { $0.map(\.view.kind) == [.SYN, .SYN, .SYN, .SYN_ACK, .ACK] }
            A.counts(["AttemptFails": 0, "OutRsts": 0])
        }
    }

    /// Leaves out SYNs that were sent again because a busy machine let a second pass.
    private static func withoutLateSYNs(_ segments: [CarriedSegment]) -> [CarriedSegment] {
        segments.filter { one in
            !segments.contains { first in
                one.segment.isSYN && first.segment.isSYN && one.segment.source == first.segment.source
                    && one.stamp.since(first.stamp) >= .milliseconds(988)
            }
        }
    }
}
