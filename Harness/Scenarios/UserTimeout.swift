internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing
internal import Worker

/// TCP_USER_TIMEOUT: how long unacknowledged data or unanswered probes are put up with.
enum UserTimeout {
    static let all = [userTimeout]

    static let userTimeout = Scenario(
        "est.user-timeout",
        claim:
            "TCP_USER_TIMEOUT ends a connection with unacknowledged data by ETIMEDOUT, in silence, when that time has "
            + "passed since the first retransmission. With keepalive it ends it at the first probe that is due after "
            + "that time, by RST, and TCP_KEEPCNT counts no more.",
        cites: [
            .rfc(5482, "3"), .kernel("tcp_timer.c", "tcp_clamp_rto_to_user_timeout"),
            .kernel("tcp_timer.c", "tcp_write_timeout"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        verdict: .unclaimed,
        steps: [
            "the wire falls silent; A sends with a timeout of 1.5 s and blocks in recv()",
            "two idle sockets of A have keepalive (1 s, 1 s; 9 probes and 1) and a timeout of 2.5 s",
        ],
        longestTimer: { _ in 4 }
    ) { lab in
        let pair = try lab.connectedPair()
        let sender = pair.client
        try sender.set(.TCP_USER_TIMEOUT, 1500)
        var idle: [Socket] = []
        for count in [9, 1] {
            let socket = try lab.a.socket("idle, \(count) probes")
            try socket.connect(SocketAddress(lab.b.ip, 5000))
            try socket.set(.TCP_USER_TIMEOUT, 2500)
            try socket.set(.TCP_KEEPIDLE, 1)
            try socket.set(.TCP_KEEPINTVL, 1)
            try socket.set(.TCP_KEEPCNT, Int32(count))
            idle.append(socket)
        }
        let heard = lab.carried().filter { $0.segment.isSYNACK }.suffix(2).map(\.stamp)
        try lab.wire.silence()
        try lab.chapter("silence")
        for socket in idle { try socket.set(.SO_KEEPALIVE, 1) }
        try sender.send("x")
        let first = try lab.requireCarried("DATA> seq=1 ack=1 len=1")
        let reading = try sender.begin(.recv(100))

        lab.expect(try reading.answer(after: .milliseconds(1700)), fails: .ETIMEDOUT)
        try lab.requireGone(sender)
        try lab.expect(sender, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        let sent = segments(lab, of: sender)
        lab.expect(
            "only data, no reset", sent.allSatisfy { $0.view.kind == .DATA && $0.view.sequence == 1 },
            seen: SegmentView.describe(sent.map(\.view)), witnesses: ["segments"])
        if lab.configuration.trace != nil {
            let ended = try lab.requireStep(of: sender, .ESTABLISHED, .CLOSE) - first.stamp
            // The first timeout of 200 ms comes on top, as the time counts from the first retransmission.
            lab.expect(
                "the sender gives up after", lasted: ended,
                within: .milliseconds(1500)...Duration.milliseconds(1700).asLateTimer, witnesses: ["trace"])
            lab.measure("sender gave up after", ended.seconds, "s", tolerance: 0.25)
        }

        for (socket, heard) in zip(idle, heard) {
            try lab.requireGone(socket, within: lab.patience(after: .seconds(4)))
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            try lab.expect(socket, soError: .ETIMEDOUT)
            try expectProbes(lab, of: socket, heard: heard)
        }
        let probes = idle.reduce(0) { $0 + segments(lab, of: $1).count - 1 }
        try lab.expect(
            lab.a, counts: ["TCPAbortOnTimeout": 3, "TCPKeepAlive": Int64(probes), "OutRsts": 2])
        try lab.expect(.retransmit, on: lab.a, traced: sent.count - 1)
    }

    private static func segments(_ lab: Lab, of socket: Socket) -> [WireSegment] {
        lab.carried().filter { $0.segment.source == socket.local }
    }

    /// Probes every second as long as the time has not passed, then a reset.
    private static func expectProbes(_ lab: Lab, of socket: Socket, heard: Instant) throws {
        let seen = segments(lab, of: socket)
        let probes = seen.dropLast()
        lab.expect(
            "\(socket.label): probes, then RST/ACK",
            !probes.isEmpty && probes.allSatisfy { $0.view.kind == .ACK && $0.view.sequence == 0 }
                && seen.last?.view.kind == .RST_ACK,
            seen: seen.map(\.view.description).joined(counting: ", "), witnesses: ["segments"])
        guard let last = probes.last, let reset = seen.last else { return }
        // What the kernel calls heard is when the segment came, a little after it was sent.
        lab.expect(
            "\(socket.label): the last probe is sent within the time", lasted: last.stamp - heard,
            within: .seconds(1) ... .milliseconds(2600))
        lab.expect(
            "\(socket.label): the reset comes after the time", lasted: reset.stamp - heard,
            within: .milliseconds(2500) ... .seconds(10))
        lab.expect(
            "\(socket.label): the reset comes an interval after the last probe", lasted: reset.stamp - last.stamp,
            within: .milliseconds(996) ... .milliseconds(1175))
        lab.measure("\(socket.label): probes", Double(probes.count), "segments", tolerance: 1)
    }
}
