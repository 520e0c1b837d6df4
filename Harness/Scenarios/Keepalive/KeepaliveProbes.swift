internal import Vocabulary

/// What probes look like, when they are sent, and what becomes of them.
enum KeepaliveProbes {
    static let all = [
        probeForm, idleReset, probeUnreliable, LostAck.pureAckUnreliable, natRefresh, period, notWhileInFlight,
    ]

    static let probeForm = Scenario(
        "keepalive.probe-form",
        claim: "A probe is an empty ACK one below the next sequence number; the peer answers at once by an ACK of that "
            + "number, and the next data has it.",
        cites: [
            .document("001", "KeepAlive"), .requirement("SHLD-12"), .rfc(9293, "3.8.4"),
            .kernel("tcp_output.c", "tcp_xmit_probe_skb"),
        ],
        link: .direct,
        longestTimer: { $0 == .scaled ? 1 : 7200 }
    ) {
        let times = KeepaliveTimes(scaled: 1, 75, count: 9)
        let (client, server) = connect()
        step("A and B exchange data") {
            client.send("12345")
            server.receives("12345")
            server.send("abc")
            client.receives("abc")
            for end in [client, server] { end.shows(.ESTABLISHED, sendQueue: 0) }
        }

        chapter("silence")
        step("A has keepalive (\(times.words)): its probe, and B's answer at once") {
            times.set(on: client)
            wire.carries("<ACK", after: times.idle)
            wire.carriesOnly("ACK> seq=5 ack=4 len=0", "<ACK seq=4 ack=6 len=0")
            A.counts(["TCPKeepAlive": 1])
            // Not when the timer of delayed ACKs ends.
            B.counts(["TCPKeepAlive": 0, "DelayedACKs": 0])
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
        }
        step("A turns keepalive off and sends again") {
            client.set(.SO_KEEPALIVE, 0)
            client.send("next")
            wire.carries("DATA> seq=6 ack=4 len=4")
            server.receives("next")
            // What comes after shall find no acknowledgement under way.
            client.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
        }
    }

    static let idleReset = Scenario(
        "keepalive.idle-reset",
        claim:
            "The idle time counts from what was last received: data or an ACK of data, but not the peer's own probes.",
        says: "A probe is only sent after a time without any data received, ACK packets included.",
        cites: [
            .document("001", "KeepAlive", .differs), .requirement("MUST-26", only: "idle"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        link: .direct,
        longestTimer: { _ in 2 }
    ) {
        let (client, server) = connect()
        client.keepAlive(idle: 1, interval: 1)
        for (from, to) in [(client, server), (server, client)] {
            chapter("\(from.name) sends")
            try step("A has 1 s of idle time; every half a second \(from.name) sends: no probe") {
                for _ in 1...3 {
                    letPass(.milliseconds(500))
                    from.send("x")
                    to.receives("x")
                    from.shows(.ESTABLISHED, .owned, sendQueue: 0)
                }
                // If the machine was too busy to send in time, a probe may come, but only after a whole second.
                try expectNoProbe(within: .seconds(1))
            }
        }

        chapter("both are silent")
        let heard = wire.hasCarried("<ANY")
        try step("A has 2 s of idle time, B 1 s, and both are silent: B's probe does not put A's off") {
            client.keepAlive(idle: 2, interval: 1)
            server.keepAlive(idle: 1, interval: 1)
            wire.carries("<ACK seq=3", since: .chapterBegan, after: .seconds(1))
            // One probe tells; a second would come just when A's does.
            server.set(.SO_KEEPALIVE, 0)
            let probe = wire.carries("ACK> seq=3", since: .chapterBegan, after: .seconds(2))
            lasts(
                "A's probe comes 2 s after the last data", from: heard, to: probe,
                .seconds(2) - .milliseconds(12) ... .milliseconds(2300))
            let sent = try probe.seen.stamp
            let before = try wire.segments(since: .chapterBegan).prefix { $0.stamp.since(sent) < .zero }
            expect("before it B has sent a probe, and A has answered", of: Array(before)) {
                $0.contains { !$0.view.fromA && $0.view.sequence == 3 }
                    && $0.contains { $0.view.fromA && $0.view.sequence == 4 }
            }
            wire.carries("<ACK seq=4 ack=4", since: .chapterBegan)
        }
    }

    /// Expects every probe of A to come this long after B was last heard, or none to come.
    private static func expectNoProbe(within idle: Duration) throws {
        var next: UInt32 = 0
        var heard: CarriedSegment?
        var early: [CarriedSegment] = []
        for entry in try wire.segments(since: .attemptBegan) {
            if !entry.view.fromA {
                heard = entry
            } else if entry.segment.isPureACK, entry.segment.sequence == next &- 1 {
                if let heard, entry.stamp.since(heard.stamp) < idle - .milliseconds(12) { early.append(entry) }
            } else {
                next = entry.segment.endSequence
            }
        }
        expect("no probe within \(idle.seconds) s of what was last received", of: early) { $0.isEmpty }
    }

    static let probeUnreliable = Scenario(
        "keepalive.probe-unreliable",
        claim:
            "A lost probe is not retransmitted: the next one comes after the interval, and an answer to that makes the "
            + "connection as good as new.",
        cites: [
            .document("001", "KeepAlive"), .requirement("MUST-29"), .rfc(9293, "3.8.4"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        longestTimer: { $0 == .scaled ? 3 : 7275 }
    ) {
        let times = KeepaliveTimes(scaled: 1, 2, count: 3)
        let (client, server) = connect()
        chapter("silence")
        step("A has keepalive (\(times.words)); the first probe is lost, the second is answered") {
            times.set(on: client)
            let lost = wire.drop("ACK> seq=0", first: 1)
            lost.meets(1, after: times.idle)
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 1)
            let next = wire.carriesAgain("ACK> seq=0", after: lost.segment(1), timer: times.interval)
            lasts(
                "the next probe comes after the interval", from: lost.segment(1), to: next,
                times.interval - .milliseconds(4)...times.interval.latestTimer)
            wire.carriesOnly("ACK> seq=0 ack=1 len=0 count=2", "<ACK seq=1 ack=1 len=0")
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
            A.counts(["TCPKeepAlive": 2, "RetransSegs": 0])
        }
        step("A sends") {
            client.send("alive")
            server.receives("alive")
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        }
    }

    static let natRefresh = Scenario(
        "keepalive.nat-refresh",
        claim: "With a peer that lives, keepalive sends one probe and gets one answer each period, for ever, so that "
            + "nothing between them sees the connection idle for longer.",
        cites: [
            .document("001", "KeepAlive"), .rfc(5382, "5"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        link: .direct,
        longestTimer: { $0 == .scaled ? 3 : 7200 }
    ) {
        let seconds: Int32 = isScaled ? 1 : 2400
        let idle = Duration.seconds(Int64(seconds))
        let (client, server) = connect()
        let opened = wire.hasCarried("ACK>")
        chapter("three periods")
        try step("A has keepalive (\(seconds) s); three periods without any data") {
            client.keepAlive(idle: seconds, interval: 1, count: 2)
            // The first period begins with the connection, but its timer only with the option.
            var late = try time(from: opened, to: now())
            for number in 1...3 { wire.carries(atLeast: number, of: "<ANY", after: idle) }
            let period: [SegmentPattern] = ["ACK> seq=0 ack=1 len=0", "<ACK seq=1 ack=1 len=0"]
            wire.carriesOnly(period + period + period)
            var before = try opened.seen.stamp
            for probe in try wire.segments() where probe.view.fromA {
                lasts(
                    "the wire is idle for no longer than a period", probe.stamp.since(before),
                    idle - .milliseconds(12)...idle.latestTimer + late)
                before = probe.stamp
                late = .zero
            }
            A.counts(["TCPKeepAlive": 3])
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
            server.shows(.ESTABLISHED, .owned, timer: .off)
        }
    }

    static let period = Scenario(
        "keepalive.period",
        claim: "With a peer that lives, the time from probe to probe is the longer of idle time and interval.",
        cites: [.kernel("tcp_timer.c", "tcp_keepalive_timer")],
        link: .direct,
        longestTimer: { _ in 4 }
    ) {
        let listener = B.listen()
        try step("one connection has 1 s idle and 3 s interval, another 2 s idle and 1 s interval; two probes of each")
        {
            var cases: [(client: Socket, period: Duration)] = []
            for (idle, interval) in [(1, 3), (2, 1)] as [(Int32, Int32)] {
                let (client, _) = connect("\(idle)/\(interval)", to: listener)
                client.keepAlive(idle: idle, interval: interval, count: 2)
                cases.append((client, .seconds(Int64(max(idle, interval)))))
            }
            for (client, period) in cases {
                let probes = try waitUntil(
                    "the wire carries two probes of \(client.name)", after: .seconds(4),
                    of: {
                        try wire.segments(from: client).filter { $0.view.sequence == 0 && $0.segment.isPureACK }
                    }
                ) { $0.count >= 2 }
                lasts(
                    "\(client.name): from probe to probe", probes[1].stamp.since(probes[0].stamp), period.timerBounds)
                client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
            }
        }
    }

    static let notWhileInFlight = Scenario(
        "keepalive.not-while-in-flight",
        claim:
            "While data is unacknowledged there are no probes, only retransmissions, and it is tcp_retries2 that ends "
            + "the connection, not TCP_KEEPCNT.",
        cites: [
            .requirement("MUST-26", only: "nothing in flight"), .rfc(9293, "3.8.4"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_retries2": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 6.2 : 1044 }
    ) {
        // What 3 or 15 doublings of 0.2 s, at most 120 s each, come to, and when the timer comes next.
        let (model, latest): (Duration, Duration) =
            isScaled ? (.seconds(3), .seconds(6.4)) : (.seconds(924.6), .seconds(1044.8))
        let (client, server) = connect()
        client.keepAlive(idle: 1, interval: 1, count: 1)
        chapter("silence")
        wire.cut()
        step("A has keepalive that would give up after 2 s; the wire is silent, and A sends") {
            client.send("stuck")
            client.shows(.ESTABLISHED, .owned, timer: .retransmit, retransmits: 2, sendQueue: 5)
        }
        try step("the data is sent again until tcp_retries2 (\(isScaled ? "3" : "the kernel's own 15")) gives up") {
            client.begins(.recv(100)).fails(.ETIMEDOUT, after: latest * 1.125)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            expect("nothing but the data, sent again and again", of: try wire.segments(since: .chapterBegan)) {
                $0.count > 3
                    && $0.allSatisfy { $0.view.kind == .DATA && $0.view.sequence == 1 && $0.view.length == 5 }
            }
            lasts(
                "A gives up by tcp_retries2", from: wire.carries("DATA>", since: .chapterBegan),
                to: client.goes(.ESTABLISHED, .CLOSE), model...latest * 1.125)
            A.counts(["TCPKeepAlive": 0, "TCPAbortOnTimeout": 1])
            server.shows(.ESTABLISHED, .owned)
        }
    }
}
