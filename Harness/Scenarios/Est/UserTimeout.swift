internal import Vocabulary

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
            .requirement("MUST-21"), .man("tcp", 7, "TCP_USER_TIMEOUT", only: "unacknowledged data"),
            .man("tcp", 7, "TCP_USER_TIMEOUT and keepalive"),
            .rfc(5482, "3"), .kernel("tcp_timer.c", "tcp_clamp_rto_to_user_timeout"),
            .kernel("tcp_timer.c", "tcp_write_timeout"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        longestTimer: { _ in 4 }
    ) {
        let (sender, _) = connect()
        sender.set(.TCP_USER_TIMEOUT, 1500)
        let idle = [9, 1].map { (count: Int32) in
            let socket = A.socket("idle, \(count) probes")
            socket.connect(to: B.port(5000))
            socket.set(.TCP_USER_TIMEOUT, 2500)
            return (socket: socket, count: count, heard: wire.hasCarried("<SYN/ACK"))
        }
        wire.cut()

        chapter("silence")
        var retransmissions = 0
        try step(
            "the wire is silent; two idle sockets of A have keepalive (1 s, 1 s; 9 probes and 1) and a timeout of "
                + "2.5 s, a third has one of 1.5 s, sends and blocks in recv(), which ends first"
        ) {
            for (socket, count, _) in idle { socket.keepAlive(idle: 1, interval: 1, count: count) }
            sender.send("x")
            let first = wire.carries("DATA> seq=1 ack=1 len=1")
            sender.begins(.recv(100)).fails(.ETIMEDOUT, after: .milliseconds(1700))
            sender.isGone()
            sender.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            let sent = try wire.segments(from: sender)
            retransmissions = sent.count - 1
            expect("only data, no reset", of: sent) {
                $0.allSatisfy { $0.view.kind == .DATA && $0.view.sequence == 1 }
            }
            if try isTraced {
                let end = sender.goes(.ESTABLISHED, .CLOSE)
                // The first timeout of 200 ms comes on top, as the time counts from the first retransmission.
                lasts(
                    "the sender gives up after", from: first, to: end,
                    .milliseconds(1500)...Duration.milliseconds(1700).latestTimer)
                measure("sender gave up after", try time(from: first, to: end).seconds, "s", within: 0.25)
            }
        }
        try step("the idle sockets give up at the first probe that is due after their time, and reset") {
            var probes = 0
            for (socket, _, heard) in idle {
                socket.isGone(after: .seconds(4))
                socket.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
                socket.hasError(.ETIMEDOUT)
                probes += try probesInTime(of: socket, heard: heard)
            }
            A.counts(["TCPAbortOnTimeout": 3, "TCPKeepAlive": Int64(probes), "OutRsts": 2])
            A.traces(.retransmit, retransmissions)
        }
    }

    /// Expects probes every second as long as the time has not passed, then a reset; gives how many probes these were.
    private static func probesInTime(of socket: Socket, heard: Segment) throws -> Int {
        let sent = try wire.segments(since: .chapterBegan, from: socket)
        let probes = sent.dropLast()
        expect("\(socket.name): probes, then RST/ACK", of: sent) { _ in
            !probes.isEmpty && probes.allSatisfy { $0.view.kind == .ACK && $0.view.sequence == 0 }
                && sent.last?.view.kind == .RST_ACK
        }
        guard let last = probes.last?.stamp, let reset = sent.last?.stamp else { return 0 }
        // What the kernel calls heard is when the segment came, a little after it was sent.
        let begun = try heard.seen.stamp
        lasts(
            "\(socket.name): the last probe is sent within the time", last.since(begun),
            .seconds(1) ... .milliseconds(2600))
        lasts(
            "\(socket.name): the reset comes after the time", reset.since(begun), .milliseconds(2500) ... .seconds(10))
        lasts(
            "\(socket.name): the reset comes an interval after the last probe", reset.since(last),
            .milliseconds(996) ... .milliseconds(1175))
        measure("\(socket.name): probes", Double(probes.count), "segments", within: 1)
        return probes.count
    }
}
