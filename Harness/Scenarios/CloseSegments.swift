internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// How many segments a close takes, and when they are sent.
enum CloseSegments {
    static let all = [fourSegments, threeSegments, finAckPrompt, FinAckInFinWait1.scenario, simultaneousSegmentCount]

    static let fourSegments = Scenario(
        "close.four-segments",
        claim: "An ordinary close takes four segments: a FIN each way, and an ACK one above the number of each.",
        cites: [
            .document("004", "四次挥手"), .document("004", "为什么要四次挥手"), .document("001", "四次挥手"),
            .document("001", "常见问题"), .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        link: .direct,
        steps: [
            "A closes; B waits until A is in FIN_WAIT2, longer than a delayed ACK takes", "B closes",
            "the wire stays quiet for 300 ms after the fourth segment",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let place = lab.wire.log.count
        try pair.client.close()
        try lab.require(pair.client, shows: .row(.FIN_WAIT2))
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)
        try pair.server.close()
        try lab.require(pair.client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        try lab.requireGone(pair.server)
        try lab.expectCarried(
            "FIN> seq=1 ack=1", "<ACK seq=1 ack=2", "<FIN seq=1 ack=2", "ACK> seq=2 ack=2", since: place)
        try lab.expectQuiet(for: .milliseconds(300))
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let threeSegments = Scenario(
        "close.three-segments",
        claim: "If the passive end closes before its delayed ACK is due, its FIN carries that ACK and three segments "
            + "are enough; but neither end skips a state.",
        says: "In practice the active end goes from FIN_WAIT_1 straight to TIME_WAIT and the passive one from "
            + "ESTABLISHED straight to LAST_ACK.",
        cites: [
            .document("001", "四次挥手"), .rfc(9293, "3.6"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"), .kernel("tcp_output.c", "tcp_send_delayed_ack"),
        ],
        verdict: .differs,
        link: .direct,
        steps: [
            "A sends a byte, so that B's ACKs may wait for 40 ms", "B blocks in recv(); A closes",
            "B closes as soon as recv() returns 0",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        // Whether B's process closes in time is up to when it is given the processor. If it is late, nothing is shown
        // either way, so try again until the premise holds.
        for round in 1...50 {
            try lab.chapter("round \(round)")
            let client = try lab.a.socket("client")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server")
            try client.send("x")
            lab.expect(try server.ask(.recv(100)), reads: "x")
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))

            let place = lab.wire.log.count
            let reading = try server.begin(.recv(100))
            try client.close()
            lab.expect(try reading.answer(), returns: 0)
            try server.close()
            let fin = try lab.requireCarried("FIN> seq=2 ack=1", since: place)
            let answer = try lab.requireCarried("<FIN seq=1 ack=3", since: place)
            try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            try lab.requireGone(server)
            guard answer.stamp - fin.stamp < FinAck.earliestDelayed else {
                lab.voidChapter("B's process closed too late: \((answer.stamp - fin.stamp).seconds) s after A's FIN")
                continue
            }
            try lab.expectCarried("FIN> seq=2 ack=1", "<FIN seq=1 ack=3", "ACK> seq=3 ack=2", since: place)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            return
        }
        throw ScenarioStop.harness("in 50 rounds B's process never closed within 36 ms of A's FIN")
    }

    static let finAckPrompt = Scenario(
        "close.fin-ack-prompt",
        claim: "A FIN is acknowledged by a delayed ACK: within two ticks of the timer as long as no data has come, "
            + "after 40 ms otherwise; the process has no part in it, even one that is stopped.",
        says:
            "Whatever the peer is doing it has to answer the FIN at once, which is why FIN_WAIT_1 is hardly ever seen.",
        cites: [
            .document("001", "状态说明"), .document("004", "为什么要四次挥手"), .kernel("tcp_input.c", "tcp_fin"),
            .kernel("tcp_output.c", "tcp_send_delayed_ack"), .rfc(9293, "3.8.6.3"),
        ],
        verdict: .differs,
        link: .direct,
        steps: [
            "A shuts down its sending side; the time from the FIN to the ACK is taken",
            "the same after a byte of data, and with B's process stopped by SIGSTOP",
            "B is in CLOSE_WAIT before its ACK leaves",
        ]
    ) { lab in
        let listener = try lab.b.spawn("server").listen(port: 5000)
        try FinAck.expect(lab, listener, "no data received", within: FinAck.prompt) { _, _ in }
        try FinAck.expect(lab, listener, "one byte received", within: FinAck.delayed) { client, server in
            try client.send("x")
            lab.expect(try server.ask(.recv(100)), reads: "x")
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
        }
        try FinAck.expect(lab, listener, "no data received, process stopped", within: FinAck.prompt, stopped: true) {
            _, _ in
        }
    }

    static let simultaneousSegmentCount = Scenario(
        "close.simultaneous-segment-count",
        claim: "A simultaneous close takes as many segments as an ordinary one, four, and leaves a TIME_WAIT at each "
            + "end.",
        cites: [
            .document("000", "同时关闭"), .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        steps: [
            "every segment takes 100 ms", "A and B close; the wire keeps both FINs until both are under way",
            "the wire stays quiet for 300 ms after the fourth segment",
        ],
        longestTimer: { _ in 0.5 }
    ) { lab in
        // The long way makes the retransmission timeouts long enough for the FINs to be kept a while.
        try lab.wire.delay("ANY>", "<ANY", by: .milliseconds(100))
        let pair = try lab.connectedPair()
        let ends = [pair.client, pair.server]
        let place = lab.wire.log.count
        let fins = [try lab.wire.hold("FIN>"), try lab.wire.hold("<FIN")]
        for end in ends { try end.close() }
        for fin in fins { try lab.require(fin, met: 1) }
        for fin in fins { try lab.wire.release(fin) }
        for end in ends {
            try lab.require(end, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        }
        try lab.expectCarried(
            "FIN> seq=1 ack=1", "<FIN seq=1 ack=1", "ACK> seq=2 ack=2", "<ACK seq=2 ack=2", since: place,
            inAnyOrder: true)
        try lab.expectQuiet(for: .milliseconds(300))
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        for host in [lab.a!, lab.b!] { try lab.expect(host, counts: ["sockstat.tw": 1]) }
    }
}

/// The time from a FIN to its acknowledgement.
private enum FinAck {
    /// 40 ms (TCP_ATO_MIN) less a tick, and what can be told apart from it.
    static let earliestDelayed = Duration.milliseconds(36)
    static let prompt = Duration.zero...earliestDelayed
    static let delayed = earliestDelayed ... .milliseconds(60)

    /// Expects the shortest time of a few attempts to be within bounds: a busy machine only makes it longer.
    static func expect(
        _ lab: Lab, _ listener: Socket, _ what: String, within bounds: ClosedRange<Duration>, stopped: Bool = false,
        prepare: (Socket, Socket) throws -> Void
    ) throws {
        try lab.chapter(what)
        var least = Duration.seconds(60)
        for _ in 1...5 where least > bounds.upperBound {
            let client = try lab.a.socket("client")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server")
            try prepare(client, server)
            if stopped { try listener.process.stop() }
            let place = lab.wire.log.count
            try client.shutdown(.SHUT_WR)
            let fin = try lab.requireCarried("FIN>", since: place)
            let ack = try lab.requireCarried("<ACK", since: place)
            least = min(least, ack.stamp - fin.stamp)
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))
            let entered = try lab.requireStep(of: server, .ESTABLISHED, .CLOSE_WAIT)
            lab.expect(
                "B is in CLOSE_WAIT before its ACK leaves", entered <= ack.stamp,
                seen: "\((ack.stamp - entered).seconds) s before", witnesses: ["trace", "segments"])
            if stopped { try listener.process.resume() }
            try server.close()
            try client.close()
            try lab.requireGone(server)  // nothing of this attempt is left to be sent in the next
        }
        lab.expect("FIN to ACK, \(what)", lasted: least, within: bounds)
        lab.measure("FIN to ACK, \(what)", least.seconds, "s", tolerance: earliestDelayed.seconds)
    }
}
