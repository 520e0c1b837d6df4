internal import Vocabulary

/// Keepalive.
enum KeepingAlive {
    static let all = [deadPeer]

    static let deadPeer = Scenario(
        "keepalive.dead-peer",
        claim: "With SO_KEEPALIVE a silent peer is declared dead after idle + count × interval: RST, and a blocked "
            + "recv() fails with ETIMEDOUT.",
        cites: [
            .document("001", "KeepAlive"), .document("004", "半打开"), .requirement("MAY-5"), .rfc(9293, "3.8.4"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        longestTimer: { $0 == .scaled ? 4 : 7875 }
    ) {
        let times = KeepaliveTimes(scaled: 1, 1, count: 3)
        let listener = B.listen()
        let (client, server) = connect(to: listener)
        // The idle time counts from what was last heard, but no timer runs before the options are set.
        let heard = wire.hasCarried("<SYN/ACK")
        let (watched, unaware) = connect("watched", to: listener)
        var due = Duration.zero
        try step("A turns keepalive on for two connections (\(times.words))") {
            for socket in [client, watched] { times.set(on: socket) }
            due = try time(from: heard, to: now()) + times.idle.latestTimer
            client.shows(.ESTABLISHED, timer: .keepalive, expires: .zero...times.idle * 1.125, retransmits: 0)
        }

        chapter("silence")
        try step("the wire falls silent while A is blocked in recv(); no probe is answered, and A resets") {
            let reader = client.owner.fork("reader")
            wire.cut()
            let reading = client.shared(with: reader, as: "client (reader)").begins(.recv(100))
            for probe in 1...times.count {
                // Probes unanswered so far are netlink's retransmits.
                client.shows(
                    .ESTABLISHED, .owned, timer: .keepalive, retransmits: probe, after: times.wait(before: probe))
                if probe < times.count { reading.isStillBlocked() }
            }
            reading.fails(.ETIMEDOUT, after: times.interval)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            if let first = try client.probesAndResets(times).first {
                lasts(
                    "the first probe comes after the idle time", first.stamp.since(try heard.seen.stamp),
                    times.idle - .milliseconds(12)...due)
            }
            client.receives(.end)
            client.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
        }
        step("poll() and SO_ERROR of the other socket tell it too, SO_ERROR once; B notices nothing") {
            watched.isGone(after: times.interval)
            watched.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            watched.hasError(.ETIMEDOUT)
            watched.hasNoError()
            watched.polls([.IN, .OUT, .HUP, .RDHUP])
            A.counts(["TCPKeepAlive": 2 * Int64(times.count), "TCPAbortOnTimeout": 2, "OutRsts": 2])
            A.tracesReset("TCP_KEEPALIVE_TIMEOUT", in: .ESTABLISHED)
            for socket in [server, unaware] { socket.shows(.ESTABLISHED, .owned, timer: .off) }
        }
    }
}
