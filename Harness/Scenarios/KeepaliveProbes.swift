internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

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
            .document("001", "KeepAlive"), .rfc(9293, "3.8.4"), .kernel("tcp_output.c", "tcp_xmit_probe_skb"),
        ],
        link: .direct,
        steps: [
            "A and B exchange data; A has keepalive (1 s idle; the kernel's own 7200 s in the default lane)",
            "A's probe, B's answer; A sends again",
        ],
        longestTimer: { $0 == .scaled ? 1 : 7200 }
    ) { lab in
        let pair = try lab.connectedPair()
        try pair.client.send("12345")
        lab.expect(try pair.server.ask(.recv(100)), reads: "12345")
        try pair.server.send("abc")
        lab.expect(try pair.client.ask(.recv(100)), reads: "abc")
        for end in [pair.client, pair.server] { try lab.require(end, shows: .row(.ESTABLISHED, sendQueue: 0)) }

        try lab.chapter("silence")
        try pair.client.keepAlive(idle: lab.isScaled ? 1 : nil)
        let idle = Duration.seconds(lab.isScaled ? 1 : 7200)
        try lab.requireCarried("<ACK", within: lab.patience(after: idle))
        try lab.expectCarried("ACK> seq=5 ack=4 len=0", "<ACK seq=4 ack=6 len=0")
        try lab.expect(lab.a, counts: ["TCPKeepAlive": 1])
        // B answers at once, not when the timer of delayed ACKs ends.
        try lab.expect(lab.b, counts: ["TCPKeepAlive": 0, "DelayedACKs": 0])
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
        try pair.client.set(.SO_KEEPALIVE, 0)
        let place = lab.wire.log.count
        try pair.client.send("next")
        try lab.requireCarried("DATA> seq=6 ack=4 len=4", since: place)
        lab.expect(try pair.server.ask(.recv(100)), reads: "next")
        // What comes after shall find no acknowledgement under way.
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
    }

    static let idleReset = Scenario(
        "keepalive.idle-reset",
        claim:
            "The idle time counts from what was last received: data or an ACK of data, but not the peer's own probes.",
        says: "A probe is only sent after a time without any data received, ACK packets included.",
        cites: [
            .document("001", "KeepAlive"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        verdict: .differs,
        link: .direct,
        steps: [
            "A has 1 s of idle time and sends every half a second, then B does: no probe",
            "A has 2 s of idle time, B 1 s, and both are silent: B's probe does not put A's off",
        ],
        longestTimer: { _ in 2 }
    ) { lab in
        let pair = try lab.connectedPair()
        try pair.client.keepAlive(idle: 1, interval: 1)
        for (from, to) in [(pair.client, pair.server), (pair.server, pair.client)] {
            try lab.chapter("\(from.label) sends")
            for _ in 1...3 {
                try lab.pass(.milliseconds(500))
                try from.send("x")
                lab.expect(try to.ask(.recv(100)), reads: "x")
                try lab.require(from, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
            }
            // If the machine was too busy to send in time, a probe may come, but only after a whole second.
            try expectNoProbe(lab, within: .seconds(1))
        }

        try lab.chapter("both are silent")
        let heard = try lab.requireLast("<ANY")
        try pair.client.keepAlive(idle: 2, interval: 1)
        try pair.server.keepAlive(idle: 1, interval: 1)
        try lab.requireCarried("<ACK seq=3", within: lab.patience(after: .seconds(1)))
        // One probe tells; a second would come just when A's does.
        try pair.server.set(.SO_KEEPALIVE, 0)
        let probe = try lab.requireCarried("ACK> seq=3", within: lab.patience(after: .seconds(2)))
        lab.expect(
            "A's probe comes 2 s after the last data", lasted: probe.stamp - heard.stamp,
            within: .seconds(2) - .milliseconds(12) ... .milliseconds(2300))
        let between = lab.carried().prefix { $0.stamp < probe.stamp }
        lab.expect(
            "before it B has sent a probe, and A has answered",
            between.contains { !$0.view.fromA && $0.view.sequence == 3 }
                && between.contains { $0.view.fromA && $0.view.sequence == 4 },
            seen: between.map { $0.view.description }.joined(counting: ", "), witnesses: ["segments"])
        try lab.requireCarried("<ACK seq=4 ack=4")
    }

    /// Expects every probe of A to come this long after B was last heard, or none to come.
    private static func expectNoProbe(_ lab: Lab, within idle: Duration) throws {
        try lab.synchronize()
        var next: UInt32 = 0
        var heard: Instant?
        var early: [SegmentView] = []
        for entry in lab.wire.log {
            if entry.from == .b {
                heard = entry.stamp
            } else if entry.segment.isPureACK, entry.segment.sequence == next &- 1 {
                if let heard, entry.stamp - heard < idle - .milliseconds(12) { early.append(entry.view) }
            } else {
                next = entry.segment.endSequence
            }
        }
        lab.expect(
            "no probe within \(idle.seconds) s of what was last received", early.isEmpty,
            seen: early.isEmpty ? "none" : early.map(\.description).joined(counting: ", "), witnesses: ["segments"])
    }

    static let probeUnreliable = Scenario(
        "keepalive.probe-unreliable",
        claim:
            "A lost probe is not retransmitted: the next one comes after the interval, and an answer to that makes the "
            + "connection as good as new.",
        cites: [
            .document("001", "KeepAlive"), .rfc(9293, "3.8.4"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        steps: [
            "A has keepalive (1 s idle, 2 s interval; the kernel's own 7200 and 75 in the default lane)",
            "the first probe is lost; the second is answered",
        ],
        longestTimer: { $0 == .scaled ? 3 : 7275 }
    ) { lab in
        let (idle, interval) =
            lab.isScaled ? (Duration.seconds(1), Duration.seconds(2)) : (.seconds(7200), .seconds(75))
        let pair = try lab.connectedPair()
        try lab.chapter("silence")
        if lab.isScaled {
            try pair.client.keepAlive(idle: 1, interval: 2, count: 3)
        } else {
            try pair.client.keepAlive()
        }
        let lost = try lab.wire.drop("ACK> seq=0", first: 1)
        try lab.require(lost, met: 1, within: lab.patience(after: idle))
        try lab.require(
            pair.client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 1))
        let gap = try lab.requireAgain("ACK> seq=0", first: lost.met[0], timer: interval)
        lab.expect(
            "the next probe comes after the interval", lasted: gap,
            within: interval - .milliseconds(4)...interval.asLateTimer)
        try lab.expectCarried("ACK> seq=0 ack=1 len=0 count=2", "<ACK seq=1 ack=1 len=0")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
        try lab.expect(lab.a, counts: ["TCPKeepAlive": 2, "RetransSegs": 0])
        try pair.client.send("alive")
        lab.expect(try pair.server.ask(.recv(100)), reads: "alive")
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
    }

    static let natRefresh = Scenario(
        "keepalive.nat-refresh",
        claim: "With a peer that lives, keepalive sends one probe and gets one answer each period, for ever, so that "
            + "nothing between them sees the connection idle for longer.",
        cites: [
            .document("001", "KeepAlive"), .rfc(5382, "5"), .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        link: .direct,
        steps: ["A has keepalive (1 s; 40 minutes in the default lane)", "three periods without any data"],
        longestTimer: { $0 == .scaled ? 3 : 7200 }
    ) { lab in
        let seconds: Int32 = lab.isScaled ? 1 : 2400
        let idle = Duration.seconds(Double(seconds))
        let pair = try lab.connectedPair()
        let opened = lab.wire.log.last?.stamp ?? .now
        try lab.chapter("three periods")
        try pair.client.keepAlive(idle: seconds, interval: 1, count: 2)
        let set = Instant.now
        for number in 1...3 {
            try lab.require(
                "the wire carries answer \(number)", within: lab.patience(after: idle),
                seen: { SegmentView.describe(lab.carried().map(\.view)) }
            ) { lab.carried().count { !$0.view.fromA } >= number }
        }
        let seen = lab.carried()
        let pattern: [SegmentPattern] = ["ACK> seq=0 ack=1 len=0", "<ACK seq=1 ack=1 len=0"]
        try lab.expectCarried(pattern + pattern + pattern)
        var before = opened
        for probe in seen where probe.view.fromA {
            // The first period begins with the connection, but its timer only with the option.
            let late = before == opened ? set - opened : .zero
            lab.expect(
                "the wire is idle for no longer than a period", lasted: probe.stamp - before,
                within: idle - .milliseconds(12)...idle.asLateTimer + late)
            before = probe.stamp
        }
        try lab.expect(lab.a, counts: ["TCPKeepAlive": 3])
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off))
    }

    static let period = Scenario(
        "keepalive.period",
        claim: "With a peer that lives, the time from probe to probe is the longer of idle time and interval.",
        cites: [.kernel("tcp_timer.c", "tcp_keepalive_timer")],
        verdict: .unclaimed,
        link: .direct,
        steps: ["one connection has 1 s idle and 3 s interval, another 2 s idle and 1 s interval; two probes of each"],
        longestTimer: { _ in 4 }
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let cases: [(idle: Int32, interval: Int32)] = [(1, 3), (2, 1)]
        var clients: [Socket] = []
        for (idle, interval) in cases {
            let client = try lab.a.socket("client \(idle)/\(interval)")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            _ = try listener.accept("server \(idle)/\(interval)")
            try client.keepAlive(idle: idle, interval: interval, count: 2)
            clients.append(client)
        }
        for (client, (idle, interval)) in zip(clients, cases) {
            func probes() -> [WireSegment] {
                lab.carried().filter {
                    $0.segment.source == client.local && $0.view.sequence == 0 && $0.segment.isPureACK
                }
            }
            try lab.require(
                "the wire carries two probes of \(client.label)", within: lab.patience(after: .seconds(4)),
                seen: { "\(probes().count)" }
            ) { probes().count >= 2 }
            let period = Duration.seconds(Double(max(idle, interval)))
            let seen = probes()
            lab.expect(
                "\(client.label): from probe to probe", lasted: seen[1].stamp - seen[0].stamp,
                within: period.asTimer)
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
        }
    }

    static let notWhileInFlight = Scenario(
        "keepalive.not-while-in-flight",
        claim:
            "While data is unacknowledged there are no probes, only retransmissions, and it is tcp_retries2 that ends "
            + "the connection, not TCP_KEEPCNT.",
        cites: [.rfc(9293, "3.8.4"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        verdict: .unclaimed,
        steps: [
            "A has keepalive that would give up after 2 s; the wire falls silent and A sends",
            "the data is sent again until tcp_retries2 (3; the kernel's own 15 in the default lane) gives up",
        ],
        sysctls: { $0 == .scaled ? ["tcp_retries2": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 6.2 : 1044 }
    ) { lab in
        let pair = try lab.connectedPair()
        try pair.client.keepAlive(idle: 1, interval: 1, count: 1)
        try lab.chapter("silence")
        try lab.wire.silence()
        try pair.client.send("stuck")
        try lab.require(
            pair.client, shows: .row(.ESTABLISHED, .owned, timer: .retransmit, retransmits: 2, sendQueue: 5))
        // What 3 or 15 doublings of 0.2 s, at most 120 s each, come to, and when the timer comes next.
        let (model, latest) = lab.isScaled ? (Duration.seconds(3), 6.4) : (.milliseconds(924_600), 1044.8)
        let blocked = try pair.client.begin(.recv(100))
        let answer = try blocked.answer(after: .seconds(latest * 1.125))
        lab.expect(answer, fails: .ETIMEDOUT)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        let end = try lab.requireStep(of: pair.client, .ESTABLISHED, .CLOSE)
        let sent = lab.carried()
        lab.expect(
            "nothing but the data, sent again and again",
            sent.count > 3 && sent.allSatisfy { $0.view.kind == .DATA && $0.view.sequence == 1 && $0.view.length == 5 },
            seen: SegmentView.describe(sent.map(\.view)), witnesses: ["segments"])
        if let first = sent.first {
            lab.expect(
                "A gives up by tcp_retries2", lasted: end - first.stamp,
                within: model ... .seconds(latest * 1.125), witnesses: ["segments", "trace"])
        }
        try lab.expect(lab.a, counts: ["TCPKeepAlive": 0, "TCPAbortOnTimeout": 1])
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned))
    }
}
