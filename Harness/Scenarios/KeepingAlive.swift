internal import Lab
internal import Linux
internal import Netlink
internal import Record
internal import Worker
internal import Packets

/// Keepalive.
enum KeepingAlive {
    static let all = [deadPeer]

    static let deadPeer = Scenario(
        "keepalive.dead-peer",
        claim: "With SO_KEEPALIVE a silent peer is declared dead after idle + count × interval: RST, and a blocked "
            + "recv() fails with ETIMEDOUT.",
        cites: [
            .document("001", "KeepAlive"), .document("004", "半打开"), .rfc(9293, "3.8.4"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        steps: [
            "A sets SO_KEEPALIVE (1 s idle, 1 s interval, 3 probes; the kernel's own 7200, 75, 9 in the default lane)",
            "the wire falls silent; A blocks in recv() on one connection, polls another",
            "A's probes go unanswered; A sends RST and gives up; B notices nothing",
        ],
        longestTimer: { $0 == .scaled ? 4 : 7875 }
    ) { lab in
        let pair = try lab.connectedPair()
        let client = pair.client
        let watched = try lab.a.socket("watched")
        try watched.connect(SocketAddress(lab.b.ip, 5000))
        let unaware = try pair.listener.accept("watched's peer")
        for socket in [client, watched] {
            try socket.set(.SO_KEEPALIVE, 1)
            guard lab.isScaled else { continue }
            try socket.set(.TCP_KEEPIDLE, 1)
            try socket.set(.TCP_KEEPINTVL, 1)
            try socket.set(.TCP_KEEPCNT, 3)
        }
        let (idle, interval, count) = lab.isScaled ? (1.0, 1.0, 3) : (7200.0, 75.0, 9)
        let total = Duration.seconds(idle + Double(count) * interval)
        // The idle time counts from what was last heard, but no timer runs before the options are set.
        let heard = try lab.requireCarried("<SYN/ACK").stamp
        let due = (Instant.now - heard) + Duration.seconds(idle).asLateTimer
        try lab.require(
            client,
            shows: .row(.ESTABLISHED, timer: .keepalive, expires: .zero ... .seconds(idle * 1.125), retransmits: 0))
        try lab.chapter("silence")
        let reader = try client.process.fork("reader")
        try lab.wire.silence()
        let blocked = try client.shared(with: reader, as: "client (reader)").begin(.recv(100))

        for probe in 1...count {
            // Probes unanswered so far are netlink's retransmits.
            try lab.require(
                client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: probe),
                within: lab.patience(after: .seconds(probe == 1 ? idle : interval)))
            if probe < count { try lab.expectBlocked(blocked) }
        }
        let answer = try blocked.answer(after: .seconds(interval))
        lab.expect(answer, fails: .ETIMEDOUT)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        let probes = try expectProbes(lab, of: client, interval: interval, count: count, total: total)
        if let first = probes.first {
            lab.expect(
                "the first probe comes after the idle time", lasted: first.stamp - heard,
                within: .seconds(idle) - .milliseconds(12)...due)
        }

        lab.expect(try client.ask(.recv(100)), returns: 0)
        lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        try lab.require("watched is gone", within: lab.patience(after: .seconds(interval)), seen: { "still there" }) {
            try lab.row(watched) == nil
        }
        try lab.expect(watched, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        try lab.expect(watched, soError: .ETIMEDOUT)
        try lab.expect(watched, soError: nil)  // reading it has cleared it
        try lab.expect(watched, polls: [.IN, .OUT, .HUP, .RDHUP])
        let both = Int64(2)
        try lab.expect(
            lab.a, counts: ["TCPKeepAlive": both * Int64(count), "TCPAbortOnTimeout": both, "OutRsts": both])
        try lab.expect(lab.a, tracesReset: "TCP_KEEPALIVE_TIMEOUT", in: .ESTABLISHED)
        for socket in [pair.server, unaware] {
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off))
        }
    }

    /// Probes one below the next sequence number, one every interval; last of all a reset.
    @discardableResult
    static func expectProbes(
        _ lab: Lab, of client: Socket, interval: Double, count: Int, total: Duration
    ) throws -> [WireSegment] {
        let port = client.local?.port
        _ = try lab.requireCarried("RST/ACK>", within: lab.patience(after: .seconds(interval)))
        func segments() -> [WireSegment] { lab.carried().filter { $0.segment.source.port == port } }
        try lab.require("the wire carries the reset of client", seen: { "none" }) {
            segments().contains { $0.segment.isRST }
        }
        let seen = segments()
        let patterns = seen.map { $0.view.description }.joined(counting: ", ")
        let probes = seen.dropLast()
        lab.expect(
            "\(count) probes below the next sequence number, then RST/ACK",
            probes.count == count && probes.allSatisfy { $0.view.kind == .ACK && $0.view.sequence == 0 }
                && seen.last?.view.kind == .RST_ACK,
            seen: patterns, witnesses: ["segments"])
        for (one, next) in zip(seen, seen.dropFirst()) {
            lab.expect(
                "the next comes after the interval", lasted: next.stamp - one.stamp,
                within: .seconds(interval) - .milliseconds(4)...Duration.seconds(interval).asLateTimer)
        }
        if let first = seen.first, let last = seen.last {
            lab.measure(
                "first probe to reset", (last.stamp - first.stamp).seconds, "s",
                tolerance: 0.125 * total.seconds + lab.wait)
        }
        return seen
    }
}
