internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

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
        steps: [
            "A closes; B does nothing for longer than A's FIN_WAIT2 lasts (two hours in the default lane)",
            "B reads the end",
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "2"] : [:] },
        longestTimer: { Silence.seconds($0) }
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        try lab.awaitFinWait2(of: client) { try client.close() }
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
        try lab.expect(server, polls: [.IN, .OUT, .RDHUP])

        try lab.expectQuiet(for: .seconds(Silence.seconds(lab)))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
        try lab.requireGone(client)
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0))
        try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT)
        try lab.expect(lab.b, counts: ["CurrEstab": 1])
    }

    static let lastAckVisible = Scenario(
        "close.last-ack-visible",
        claim:
            "From its own FIN to the ACK of it the passive end is in LAST_ACK; the kernel keeps the socket until then, "
            + "also when the process has closed it, and there is no TIME_WAIT at this end.",
        says: "The passive end's close() sends its closing message and frees the underlying structure.",
        cites: [
            .document("001", "状态说明"), .document("003", "关闭 TCP 连接"), .rfc(9293, "3.6"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        verdict: .differs,
        steps: [
            "A shuts down; B closes; the wire holds A's last ACK, then delivers it",
            "the same with B shutting down and keeping its descriptor",
        ]
    ) { lab in
        for keeps in [false, true] {
            try lab.chapter(keeps ? "B keeps its descriptor" : "B closes")
            let pair = try halfClosed(lab)
            let lastAck = try lab.wire.hold("ACK>")
            if keeps { try pair.server.shutdown(.SHUT_WR) } else { try pair.server.close() }
            try lab.require(
                pair.server, shows: .row(.LAST_ACK, keeps ? .owned : .orphan, timer: .retransmit, sendQueue: 1))
            try lab.require(lastAck, met: 1)
            try lab.require(
                pair.client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            if keeps { try lab.expect(pair.server, polls: [.IN, .OUT, .HUP, .RDHUP]) }
            try lab.wire.release(lastAck)
            try lab.requireGone(pair.server)
            try lab.expect(
                pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            try lab.expect(lab.b, counts: ["TW": 0, "TWKilled": 0, "sockstat.tw": 0])
            if keeps {
                try lab.expect(pair.server, tcpInfo: .CLOSE)
                try lab.expect(pair.server, soError: nil)
            }
            try pair.listener.close()
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
        steps: [
            "A shuts down; B closes; the wire loses A's last ACK three times",
            "each FIN of B is held until A's timer has been looked at", "the fourth ACK arrives",
        ],
        longestTimer: { _ in 1.4 }
    ) { lab in
        let pair = try halfClosed(lab)
        let (client, server) = (pair.client, pair.server)
        try lab.chapter("the last ACK is lost")
        let timeout = try lab.retransmissionTimeout(of: server)
        let lost = try lab.wire.drop("ACK>")
        try server.close()
        try lab.require(lost, met: 1)
        let first = try lab.requireCarried("<FIN seq=1 ack=2")
        for number in 1...3 {
            // The next FIN waits, so that nothing starts the timer anew while it is looked at.
            let next = try lab.wire.hold("<FIN")
            try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            if let answer = lost.met.last {
                try lab.expect(
                    timerOf: client, since: answer.stamp, lasts: .milliseconds(59_900) ... .milliseconds(60_100))
            }
            try lab.require(next, met: 1, within: lab.patience(after: timeout * (1 << number)))
            try lab.require(server, shows: .row(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1))
            let answered = lost.met.count
            if number == 3 { try lab.wire.lift(lost) }
            try lab.wire.release(next)
            if number < 3 { try lab.require(lost, met: answered + 1) }
        }
        try lab.requireGone(server)
        let answer = lab.carried().last { $0.view.kind == .ACK && $0.from == .a }
        try lab.expect(
            timerOf: client, since: answer?.stamp ?? first.stamp,
            lasts: .milliseconds(59_900) ... .milliseconds(60_100))
        try lab.expect("ACK> seq=2 ack=2", carried: lab.carried().count { $0.segment.hasFIN && $0.from == .b })
        try lab.expectBackoff(of: "<FIN seq=1 ack=2", after: first, timeout: timeout, count: 3)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPTimeouts": 0])
        let timeouts = Int64(lab.carried().count { $0.segment.hasFIN && $0.from == .b } - 1)
        try lab.expect(lab.b, counts: ["TCPTimeouts": timeouts, "RetransSegs": timeouts])
    }

    static let resetWithoutTimeWait = Scenario(
        "close.last-ack-rst-without-time-wait",
        claim:
            "Without TIME_WAIT the repeated FIN is answered by RST; but the process at the passive end that reads gets "
            + "the end of the stream, not an error: only SO_ERROR tells of the reset.",
        says: "The passive end takes the reset for an error; its application gets \"connection reset\".",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .rfc(9293, "3.10.7.1"),
            .kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_recvmsg_locked"),
        ],
        verdict: .differs,
        steps: [
            "A's tcp_max_tw_buckets is 0: it cannot have a TIME_WAIT",
            "A shuts down; B shuts down; the wire loses A's last ACK; B sends its FIN again",
            "the same with B closing",
        ],
        longestTimer: { _ in 0.2 }
    ) { lab in
        try lab.a.set(sysctl: "tcp_max_tw_buckets", to: "0")
        for keeps in [true, false] {
            try lab.chapter(keeps ? "B keeps its descriptor" : "B closes")
            let pair = try halfClosed(lab)
            let (client, server) = (pair.client, pair.server)
            let place = lab.wire.log.count
            let lost = try lab.wire.drop("ACK>")
            if keeps { try server.shutdown(.SHUT_WR) } else { try server.close() }
            try lab.require(lost, met: 1)
            try lab.requireGone(client)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            try lab.requireGone(server)
            try lab.expectCarried(
                "<FIN seq=1 ack=2", "ACK> seq=2 ack=2", "<FIN seq=1 ack=2", "RST> seq=2", since: place)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            try lab.expect(lab.a, counts: ["TCPTimeWaitOverflow": 1, "OutRsts": 1, "sockstat.tw": 0])
            try lab.expect(lab.a, tracesReset: "NO_SOCKET")
            if keeps {
                try lab.expect(server, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
                lab.expect(try server.ask(.recv(100)), returns: 0)
                lab.expect(try server.ask(.recv(100)), returns: 0)
                try lab.expect(server, soError: .ECONNRESET)
                try lab.expect(server, soError: nil)
                lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            }
            try lab.wire.lift(lost)
            try pair.listener.close()
        }
    }

    static let givesUp = Scenario(
        "close.last-ack-gives-up",
        claim: "When no ACK comes at all the passive end gives up silently, and TIME_WAIT at the other ends 60 s after "
            + "the last FIN it has seen, whether its ACK arrived or not.",
        cites: [
            .document("004", "四次挥手"), .document("004", "TIME_WAIT"),
            .kernel("tcp_timer.c", "tcp_orphan_retries"), .kernel("tcp_timer.c", "retransmits_timed_out"),
        ],
        steps: [
            "A shuts down; B closes; the wire loses every ACK of A",
            "B gives up (tcp_orphan_retries is 1 in the scaled lane)",
            "A's TIME_WAIT was set for 60 s by the last FIN (the default lane waits for its end)",
        ],
        sysctls: { $0 == .scaled ? ["tcp_orphan_retries": "1"] : [:] },
        longestTimer: { $0 == .scaled ? 1.4 : 265 }
    ) { lab in
        let pair = try halfClosed(lab)
        let (client, server) = (pair.client, pair.server)
        try lab.chapter("the last ACK is lost")
        let timeout = try lab.retransmissionTimeout(of: server)
        let lost = try lab.wire.drop("ACK>")
        try server.close()
        try lab.require(lost, met: 1)
        let first = try lab.requireCarried("<FIN seq=1 ack=2")
        try lab.require(server, shows: .row(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1))
        try lab.requireGone(server, within: lab.patience(after: timeout * (lab.isScaled ? 7 : 1023)))
        let ended = try lab.requireStep(of: server, .LAST_ACK, .CLOSE)
        let fins = lab.carried().filter { $0.segment.hasFIN && $0.from == .b }
        try expectGivingUp(lab, timeout: timeout, fins: fins.count, lasted: ended - first.stamp)
        try lab.expectBackoff(of: "<FIN seq=1 ack=2", after: first, timeout: timeout, count: fins.count - 1)
        try lab.expect("<RST", carried: 0)
        try lab.expect("<RST/ACK", carried: 0)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        try lab.expect(lab.b, counts: ["TCPAbortOnTimeout": 1, "OutRsts": 0])

        try lab.require(lost, met: fins.count)
        guard let last = lost.met.last else { return }
        try lab.expect(timerOf: client, since: last.stamp, lasts: .milliseconds(59_900) ... .milliseconds(60_100))
        guard !lab.isScaled else { return }
        try lab.expectVanish([(client, last.stamp)], after: .seconds(60))
    }

    /// Expects the FINs and the time that the orphan's retries allow.
    ///
    /// retransmits_timed_out() looks when a timer expires whether (2^(n+1) - 1) × 200 ms have passed since the first
    /// retransmission. With the default of 8 retries that is 102.2 s, while the ninth timer expires 102.0 s after it or a
    /// little later, since timers are late: whether it is the last one is a matter of that little.
    private static func expectGivingUp(_ lab: Lab, timeout: Duration, fins: Int, lasted: Duration) throws {
        let expected = lab.isScaled ? 3...3 : 9...10
        lab.expect(
            "B sends its FIN \(expected) times", expected.contains(fins), seen: "\(fins)", witnesses: ["segments"])
        let nominal = timeout * ((1 << fins) - 1)
        lab.expect(
            "B gives up after", lasted: lasted,
            within: nominal - .milliseconds(50)...nominal.asLateTimer,
            witnesses: ["trace", "segments"])
        lab.measure("LAST_ACK gives up after", lasted.seconds, "s", tolerance: 0.125 * nominal.seconds + lab.wait)
    }

    /// A connection that A has shut down in its own direction: A in FIN_WAIT2, B in CLOSE_WAIT, the end read.
    private static func halfClosed(_ lab: Lab) throws -> Connection {
        let pair = try lab.connectedPair()
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)
        try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0))
        return pair
    }
}
