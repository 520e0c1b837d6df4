internal import Vocabulary

/// The passive end: CLOSE_WAIT and LAST_ACK.
enum LastAck {
    static let all = [closeWaitWaits, lastAckVisible, lastAckRetransmit, resetWithoutTimeWait, givesUp]

    static let closeWaitWaits = Scenario(
        "close.close-wait-waits",
        claim:
            "CLOSE_WAIT waits for the process to close, and no kernel timer ends it; the end of the stream counts one "
            + "byte in the receive queue until it has been read.",
        cites: [
            .document("001", "状态说明"), .document("002", "调用close后发生了什么"),
            .document("004", "TIME_WAIT"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "2"] : [:] },
        longestTimer: { Silence.seconds($0) }
    ) {
        let (client, server) = connect()
        step("A closes, and is in FIN_WAIT2") {
            client.entersFinWait2 { client.close() }
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
            server.polls([.IN, .OUT, .RDHUP])
        }
        step("B does nothing for longer than A's FIN_WAIT2 lasts (two hours in the default lane)") {
            wire.staysQuiet(for: Silence.duration)
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
            client.isGone()
        }
        step("B reads the end, and still waits") {
            server.receives(.end)
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0)
            server.polls([.IN, .OUT, .RDHUP])
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT)
            B.counts(["CurrEstab": 1])
        }
    }

    static let lastAckVisible = Scenario(
        "close.last-ack-visible",
        claim:
            "From its own FIN to the ACK of it the passive end is in LAST_ACK; the kernel keeps the socket until then, "
            + "also when the process has closed it, and there is no TIME_WAIT at this end.",
        says: "The passive end's close() sends its closing message and frees the underlying structure.",
        cites: [
            .document("001", "状态说明", .differs), .document("003", "关闭 TCP 连接", .differs), .rfc(9293, "3.6"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ]
    ) {
        let listener = B.listen()
        for keeps in [false, true] {
            chapter(keeps ? "B keeps its descriptor" : "B closes")
            let (client, server) = halfClosed(listener)
            let lastAck = wire.hold("ACK>")
            step("B \(keeps ? "shuts down its sending side too" : "closes"); the wire holds A's last ACK") {
                if keeps { server.shutdown(.SHUT_WR) } else { server.close() }
                server.shows(.LAST_ACK, keeps ? .owned : .orphan, timer: .retransmit, sendQueue: 1)
                lastAck.meets(1)
                client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                if keeps { server.polls([.IN, .OUT, .HUP, .RDHUP]) }
            }
            step("the wire delivers the ACK: B's end is gone, without a TIME_WAIT") {
                lastAck.release()
                server.isGone()
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
                B.counts(["TW": 0, "TWKilled": 0, "sockstat.tw": 0])
                if keeps {
                    server.tcpInfo(shows: .CLOSE)
                    server.hasNoError()
                }
            }
        }
    }

    static let lastAckRetransmit = Scenario(
        "close.last-ack-retransmit",
        claim: "If the last ACK is lost the passive end sends its FIN again, and TIME_WAIT answers each one and starts "
            + "its 60 s anew.",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .rfc(9293, "3.6.1"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ],
        longestTimer: { _ in 1.4 }
    ) {
        let (client, server) = halfClosed(B.listen())
        chapter("the last ACK is lost")
        try step("B closes; the wire loses A's last ACK three times, and each FIN of B starts A's minute anew") {
            let timeout = try server.retransmissionTimeout()
            let lost = wire.drop("ACK>")
            server.close()
            lost.meets(1)
            let first = wire.carries("<FIN seq=1 ack=2")
            for number in 1...3 {
                // The next FIN waits, so that nothing starts the timer anew while it is looked at.
                let next = wire.hold("<FIN")
                client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                client.minuteBegan(wire.hasCarried("ACK>"))
                next.meets(1, after: timeout * (1 << number))
                server.shows(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1)
                let answered = try lost.met().count
                if number == 3 { lost.lift() }
                next.release()
                if number < 3 { lost.meets(answered + 1) }
            }
            wire.backsOff("<FIN seq=1 ack=2", after: first, timeout: timeout, times: 3)
        }
        try step("the fourth ACK has arrived") {
            server.isGone()
            client.minuteBegan(wire.hasCarried("ACK>"))
            let fins = try wire.count(of: "<FIN", since: .chapterBegan)
            wire.carries(fins, of: "ACK> seq=2 ack=2", since: .chapterBegan)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            A.counts(["TCPTimeouts": 0])
            B.counts(["TCPTimeouts": Int64(fins - 1), "RetransSegs": Int64(fins - 1)])
        }
    }

    static let resetWithoutTimeWait = Scenario(
        "close.last-ack-rst-without-time-wait",
        claim:
            "Without TIME_WAIT the repeated FIN is answered by RST; but the process at the passive end that reads gets "
            + "the end of the stream, not an error: only SO_ERROR tells of the reset.",
        says: "The passive end takes the reset for an error; its application gets \"connection reset\".",
        cites: [
            .document("001", "常见问题", .differs), .document("004", "TIME_WAIT", .differs),
            .requirement("MUST-12", .differs, only: "an abort after a FIN"), .rfc(9293, "3.10.7.1"),
            .kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_recvmsg_locked"),
        ],
        longestTimer: { _ in 0.2 }
    ) {
        A.set("tcp_max_tw_buckets", to: "0")  // it cannot have a TIME_WAIT
        let listener = B.listen()
        for keeps in [true, false] {
            chapter(keeps ? "B keeps its descriptor" : "B closes")
            let (client, server) = halfClosed(listener)
            let lost = wire.drop("ACK>")
            step(
                "B \(keeps ? "shuts down its sending side" : "closes"); the wire loses A's last ACK; A, which has no "
                    + "TIME_WAIT, answers B's second FIN by RST"
            ) {
                if keeps { server.shutdown(.SHUT_WR) } else { server.close() }
                lost.meets(1)
                client.isGone()
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
                server.isGone()
                wire.carriesOnly("<FIN seq=1 ack=2", "ACK> seq=2 ack=2", "<FIN seq=1 ack=2", "RST> seq=2")
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
                A.counts(["TCPTimeWaitOverflow": 1, "OutRsts": 1, "sockstat.tw": 0])
                A.tracesReset("NO_SOCKET")
                lost.lift()
            }
            if keeps {
                step("B reads the end, not an error; only SO_ERROR tells of the reset") {
                    server.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
                    server.receives(.end, .end)
                    server.hasError(.ECONNRESET)
                    server.hasNoError()
                    server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
                }
            }
        }
    }

    static let givesUp = Scenario(
        "close.last-ack-gives-up",
        claim: "When no ACK comes at all the passive end gives up silently, and TIME_WAIT at the other ends 60 s after "
            + "the last FIN it has seen, whether its ACK arrived or not.",
        cites: [
            .document("004", "四次挥手"), .document("004", "TIME_WAIT"), .sysctl("tcp_orphan_retries", only: "LAST_ACK"),
            .kernel("tcp_timer.c", "tcp_orphan_retries"), .kernel("tcp_timer.c", "retransmits_timed_out"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_orphan_retries": "1"] : [:] },
        longestTimer: { $0 == .scaled ? 1.4 : 265 }
    ) {
        let (client, server) = halfClosed(B.listen())
        chapter("the last ACK is lost")
        let lost = wire.drop("ACK>")
        try step("B closes; the wire loses every ACK of A; B gives up without a reset") {
            let timeout = try server.retransmissionTimeout()
            server.close()
            lost.meets(1)
            let first = wire.carries("<FIN seq=1 ack=2")
            server.shows(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1)
            server.isGone(after: timeout * (isScaled ? 7 : 1023))
            let fins = try wire.count(of: "<FIN")
            try expectGivingUp(
                timeout: timeout, fins: fins, lasted: time(from: first, to: server.goes(.LAST_ACK, .CLOSE)))
            wire.backsOff("<FIN seq=1 ack=2", after: first, timeout: timeout, times: fins - 1)
            wire.neverCarries("<RST", "<RST/ACK")
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            B.counts(["TCPAbortOnTimeout": 1, "OutRsts": 0])
            lost.meets(fins)
        }
        step("A's minute in TIME_WAIT began with the last FIN\(isScaled ? "" : ", and ends")") {
            let last = wire.hasCarried("ACK>")
            client.minuteBegan(last)
            if !isScaled { client.vanishes(after: .seconds(60), since: last) }
        }
    }

    /// Expects the FINs and the time that the orphan's retries allow.
    ///
    /// retransmits_timed_out() looks when a timer expires whether (2^(n+1) - 1) × 200 ms have passed since the first
    /// retransmission. With the default of 8 retries that is 102.2 s, while the ninth timer expires 102.0 s after it or a
    /// little later, since timers are late: whether it is the last one is a matter of that little.
    private static func expectGivingUp(timeout: Duration, fins: Int, lasted: Duration) {
        let expected = isScaled ? 3...3 : 9...10
        expect("B sends its FIN \(expected) times", of: fins, by: .segments) { expected.contains($0) }
        let nominal = timeout * ((1 << fins) - 1)
        lasts("B gives up after", lasted, nominal - .milliseconds(50)...nominal.latestTimer, by: .trace)
        measure("LAST_ACK gives up after", lasted.seconds, "s", within: 0.125 * nominal.seconds + machineNoise)
    }

    /// A connection that A has shut down in its own direction: A in FIN_WAIT2, B in CLOSE_WAIT, the end read.
    private static func halfClosed(_ listener: Socket) -> (client: Socket, server: Socket) {
        let (client, server) = connect(to: listener)
        step("A shuts down its sending side; B reads the end") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            server.receives(.end)
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0)
        }
        return (client, server)
    }
}
