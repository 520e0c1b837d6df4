internal import Vocabulary

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
        link: .direct
    ) {
        let (client, server) = connect()
        step("A closes; when it is in FIN_WAIT2, longer than a delayed ACK takes, B closes: four segments, then none") {
            client.close()
            client.shows(.FIN_WAIT2)
            server.receives(.end)
            server.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            server.isGone()
            wire.carriesOnly("FIN> seq=1 ack=1", "<ACK seq=1 ack=2", "<FIN seq=1 ack=2", "ACK> seq=2 ack=2")
            wire.staysQuiet(for: .milliseconds(300))
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let threeSegments = Scenario(
        "close.three-segments",
        claim: "If the passive end closes before its delayed ACK is due, its FIN carries that ACK and three segments "
            + "are enough; but neither end skips a state.",
        says: "In practice the active end goes from FIN_WAIT_1 straight to TIME_WAIT and the passive one from "
            + "ESTABLISHED straight to LAST_ACK.",
        cites: [
            .document("001", "四次挥手", .differs), .rfc(9293, "3.6"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"), .kernel("tcp_output.c", "tcp_send_delayed_ack"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        // Whether B's process closes in time is up to when it is given the processor. If it is late, nothing is shown
        // either way, so try again until the premise holds.
        try step("A has sent a byte, so B's ACKs may wait for 40 ms; A closes, and B as soon as its recv() returns 0") {
            for round in 1...50 where try closeAtOnce(listener, round: round) { return }
            try giveUp("in 50 rounds B's process never closed within 36 ms of A's FIN")
        }
    }

    /// B closes as soon as it reads A's end; gives whether that was before its delayed ACK was due.
    private static func closeAtOnce(_ listener: Socket, round: Int) throws -> Bool {
        let client = A.socket("client")
        client.connect(to: B.port(5000))
        let server = listener.accept("server")
        client.send("x")
        server.receives("x")
        client.shows(.ESTABLISHED, .owned, sendQueue: 0)

        chapter("round \(round)")
        let reading = server.begins(.recv(100))
        client.close()
        reading.returns(0)
        server.close()
        let fin = wire.carries("FIN> seq=2 ack=1", since: .chapterBegan)
        let answer = wire.carries("<FIN seq=1 ack=3", since: .chapterBegan)
        client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
        server.isGone()
        let waited = try time(from: fin, to: answer)
        guard waited < FinAck.earliestDelayed else {
            voidChapter("B's process closed too late: \(waited) after A's FIN")
            return false
        }
        wire.carriesOnly("FIN> seq=2 ack=1", "<FIN seq=1 ack=3", "ACK> seq=3 ack=2", since: .chapterBegan)
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        return true
    }

    static let finAckPrompt = Scenario(
        "close.fin-ack-prompt",
        claim: "A FIN is acknowledged by a delayed ACK: within two ticks of the timer as long as no data has come, "
            + "after 40 ms otherwise; the process has no part in it, even one that is stopped.",
        says:
            "Whatever the peer is doing it has to answer the FIN at once, which is why FIN_WAIT_1 is hardly ever seen.",
        cites: [
            .document("001", "状态说明", .differs), .document("004", "为什么要四次挥手", .differs),
            .requirement("MUST-40", only: "the ACK of a FIN"), .requirement("SHLD-18", only: "the ACK of a FIN"),
            .kernel("tcp_input.c", "tcp_fin"),
            .kernel("tcp_output.c", "tcp_send_delayed_ack"), .rfc(9293, "3.8.6.3"),
        ],
        link: .direct
    ) {
        let listener = B.spawn("server").listen()
        try FinAck.expect(listener, "no data received", within: FinAck.prompt)
        try FinAck.expect(listener, "one byte received", within: FinAck.delayed, afterData: true)
        try FinAck.expect(listener, "no data received, process stopped", within: FinAck.prompt, stopped: true)
    }

    static let simultaneousSegmentCount = Scenario(
        "close.simultaneous-segment-count",
        claim: "A simultaneous close takes as many segments as an ordinary one, four, and leaves a TIME_WAIT at each "
            + "end.",
        cites: [
            .document("000", "同时关闭"), .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        longestTimer: { _ in 0.5 }
    ) {
        // The long way makes the retransmission timeouts long enough for the FINs to be kept a while.
        wire.delay("ANY>", "<ANY", by: .milliseconds(100))
        let ends = connection()
        let fins = [wire.hold("FIN>"), wire.hold("<FIN")]
        step("every segment takes 100 ms; A and B close, and their FINs cross: four segments, then none") {
            for end in ends.ends { end.close() }
            for fin in fins { fin.meets(1) }
            for fin in fins { fin.release() }
            for end in ends.ends { end.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds) }
            wire.carriesOnly(
                "FIN> seq=1 ack=1", "<FIN seq=1 ack=1", "ACK> seq=2 ack=2", "<ACK seq=2 ack=2", inAnyOrder: true)
            wire.staysQuiet(for: .milliseconds(300))
        }
        ends.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        for host in bothHosts { host.counts(["sockstat.tw": 1]) }
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
        _ listener: Socket, _ what: String, within bounds: ClosedRange<Duration>, afterData: Bool = false,
        stopped: Bool = false
    ) throws {
        chapter(what)
        try step("A shuts down its sending side; the time from its FIN to B's ACK is taken: \(what)") {
            var least = Duration.seconds(60)
            for number in 1...5 where least > bounds.upperBound {
                let client = A.socket("client")
                client.connect(to: B.port(5000))
                let server = listener.accept("server")
                if afterData {
                    client.send("x")
                    server.receives("x")
                    client.shows(.ESTABLISHED, .owned, sendQueue: 0)
                }
                if stopped { listener.owner.stop() }
                chapter(number == 1 ? "\(what): the FIN" : "\(what): the FIN, once more")
                client.shutdown(.SHUT_WR)
                let fin = wire.carries("FIN>", since: .chapterBegan)
                let ack = wire.carries("<ACK", since: .chapterBegan)
                least = min(least, try time(from: fin, to: ack))
                server.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
                let entered = server.goes(.ESTABLISHED, .CLOSE_WAIT)
                Vocabulary.expect(
                    "B is in CLOSE_WAIT before its ACK leaves", of: try time(from: entered, to: ack), by: .trace
                ) { $0 >= .zero }
                if stopped { listener.owner.resume() }
                server.close()
                client.close()
                server.isGone()  // nothing of this attempt is left to be sent in the next
            }
            lasts("FIN to ACK, \(what)", least, bounds)
            measure("FIN to ACK, \(what)", least.seconds, "s", within: earliestDelayed.seconds)
        }
    }
}
