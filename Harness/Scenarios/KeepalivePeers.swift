internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What keepalive finds out about the other end, and what it does not.
enum KeepalivePeers {
    static let all = [rebootedPeer, unreachableNetwork, appNotChecked, goProfile, halfClosed]

    static let rebootedPeer = Scenario(
        "keepalive.rebooted-peer",
        claim:
            "A peer that has lost the connection, as after a reboot, answers the first probe by RST: a blocked recv() "
            + "fails with ECONNRESET.",
        cites: [
            .document("001", "KeepAlive"), .rfc(9293, "3.5.1"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        steps: [
            "B's end vanishes while the wire is silent", "the wire works again; A is blocked in recv()",
            "A's first probe (after 1 s; the kernel's own 7200 s in the default lane) is answered",
        ],
        longestTimer: { $0 == .scaled ? 1 : 7200 }
    ) { lab in
        let idle = Duration.seconds(lab.isScaled ? 1 : 7200)
        let pair = try lab.connectedPair()
        let silence = try lab.wire.silence()
        try pair.server.abort()
        try pair.listener.close()
        try lab.requireGone(pair.server)
        try lab.require(silence, met: 1)
        try lab.wire.lift(silence)
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .off))

        try lab.chapter("the wire works again")
        if lab.isScaled {
            try pair.client.keepAlive(idle: 1, interval: 1, count: 3)
        } else {
            try pair.client.keepAlive()
        }
        let answer = try pair.client.begin(.recv(100)).answer(after: idle * 1.125)
        lab.expect(answer, fails: .ECONNRESET)
        try lab.expectCarried("ACK> seq=0 ack=1 len=0", "<RST seq=1")
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.requireGone(pair.client)
        lab.expect(try pair.client.ask(.recv(100)), returns: 0)
        try lab.expect(lab.a, counts: ["TCPKeepAlive": 1, "EstabResets": 1])
        try lab.expect(lab.b, counts: ["OutRsts": 1])
        try lab.expect(lab.b, tracesReset: "NO_SOCKET")
    }

    static let unreachableNetwork = Scenario(
        "keepalive.unreachable-network",
        claim:
            "ICMP errors about probes are ignored, for a probe's number is not one of those in flight: keepalive ends "
            + "with ETIMEDOUT after all probes, not with EHOSTUNREACH.",
        says: "Keepalive finds connections that network trouble has broken.",
        cites: [
            .document("001", "KeepAlive"), .rfc(5927, "4.1"), .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        verdict: .differs,
        steps: [
            "A has keepalive (1 s, 1 s, 2 probes; the kernel's own 7200, 75, 9 in the default lane)",
            "each probe is lost, and A is told by ICMP that the host is unreachable",
        ],
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) { lab in
        let (idle, interval, count) =
            lab.isScaled ? (Duration.seconds(1), Duration.seconds(1), 2) : (.seconds(7200), .seconds(75), 9)
        let pair = try lab.connectedPair()
        try lab.chapter("unreachable")
        if lab.isScaled {
            try pair.client.keepAlive(idle: 1, interval: 1, count: 2)
        } else {
            try pair.client.keepAlive()
        }
        let lost = try lab.wire.drop("ANY>")
        let blocked = try pair.client.begin(.recv(100))
        for probe in 1...count {
            try lab.require(lost, met: probe, within: lab.patience(after: probe == 1 ? idle : interval))
            try lab.complain(.host, about: lost.met[probe - 1])
            try lab.expect(lab.a, counts: ["OutOfWindowIcmps": Int64(probe), "TCPKeepAlive": Int64(probe)])
            try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: probe))
            try lab.expectBlocked(blocked)
        }
        lab.expect(try blocked.answer(after: interval * 1.125), fails: .ETIMEDOUT)
        let probes = Array(repeating: "ACK> seq=0 ack=1 len=0" as SegmentPattern, count: count)
        try lab.expectCarried(probes + ["RST/ACK> seq=1 ack=1"])
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnTimeout": 1, "OutOfWindowIcmps": Int64(count)])
        try lab.expect(lab.a, tracesReset: "TCP_KEEPALIVE_TIMEOUT", in: .ESTABLISHED)
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned))
    }

    static let appNotChecked = Scenario(
        "keepalive.app-not-checked",
        claim:
            "Probes are answered by the peer's kernel: a process that is stopped, or never accepts, looks alive, and "
            + "even data sent to it is acknowledged.",
        cites: [
            .document("001", "KeepAlive"), .document("004", "半打开"), .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        steps: [
            "B's process accepts one connection and is stopped; another waits in its queue",
            "A has keepalive that would give up after 3 s; three probes of each connection", "A sends",
        ],
        longestTimer: { _ in 3 }
    ) { lab in
        let process = try lab.b.spawn("stopped process")
        let listener = try process.socket("listener")
        try listener.bind(SocketAddress(lab.b.ip, 5000))
        try listener.listen()
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("server")
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        try process.stop()
        let unaccepted = try lab.a.socket("unaccepted client")
        try unaccepted.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(oppositeOf: unaccepted, shows: .row(.ESTABLISHED, .queued))

        try lab.chapter("silence")
        for socket in [client, unaccepted] { try socket.keepAlive(idle: 1, interval: 1, count: 2) }
        for socket in [client, unaccepted] {
            func answers() -> Int { lab.carried().count { $0.segment.destination == socket.local } }
            try lab.require(
                "B answers three probes of \(socket.label)", within: lab.patience(after: .seconds(3)),
                seen: { "\(answers())" }
            ) { answers() >= 3 }
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
            let seen = lab.carried().filter { [$0.segment.source, $0.segment.destination].contains(socket.local) }
            lab.expect(
                "each probe of \(socket.label) has its answer",
                seen.prefix(6).map(\.view.fromA) == [true, false, true, false, true, false]
                    && seen.allSatisfy { $0.segment.isPureACK && $0.view.sequence == ($0.view.fromA ? 0 : 1) },
                seen: seen.map { $0.view.description }.joined(counting: ", "), witnesses: ["segments"])
        }
        for socket in [client, unaccepted] {
            try socket.send("ping")
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
        }
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 4))
        try lab.require(oppositeOf: unaccepted, shows: .row(.ESTABLISHED, .queued, receiveQueue: 4))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
    }

    static let goProfile = Scenario(
        "keepalive.go-profile",
        claim: "With Go's settings, the same time for idle and interval and the kernel's nine probes, a silent peer is "
            + "declared dead after ten times that time, on sockets dialled and accepted.",
        cites: [.document("001", "KeepAlive"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        steps: [
            "A and B set SO_KEEPALIVE and 15 s for TCP_KEEPIDLE and TCP_KEEPINTVL (1 s in the scaled lane)",
            "the wire falls silent; both ends give up after nine probes",
        ],
        longestTimer: { $0 == .scaled ? 10 : 150 }
    ) { lab in
        let seconds: Int32 = lab.isScaled ? 1 : 15
        let interval = Double(seconds)
        let pair = try lab.connectedPair()
        let heard = try lab.requireCarried("<SYN/ACK").stamp
        for socket in [pair.client, pair.server] {
            try socket.keepAlive(idle: seconds, interval: seconds)
            try lab.expect(socket, option: .SO_KEEPALIVE, is: 1)
            try lab.expect(socket, option: .TCP_KEEPIDLE, is: seconds)
            try lab.expect(socket, option: .TCP_KEEPINTVL, is: seconds)
            try lab.expect(socket, option: .TCP_KEEPCNT, is: 9)
        }
        let set = Instant.now
        try lab.chapter("silence")
        try lab.wire.silence()
        let blocked = try pair.client.begin(.recv(100))
        let total = Duration.seconds(10 * interval)
        lab.expect(try blocked.answer(after: total * 1.125), fails: .ETIMEDOUT)
        let seen = try KeepingAlive.expectProbes(
            lab, of: pair.client, interval: interval, count: 9, total: total)
        if let end = seen.last {
            lab.expect(
                "A gives up after idle time and nine intervals", lasted: end.stamp - heard,
                within: total - .milliseconds(50)...total.asLateTimer + (set - heard))
        }
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.requireGone(pair.server, within: lab.patience(after: .seconds(interval)))
        try lab.expect(pair.server, soError: .ETIMEDOUT)
        try lab.expect("<ACK seq=0 ack=1 len=0", carried: 9)
        try lab.expect("<RST/ACK seq=1 ack=1", carried: 1)
        for host in [lab.a!, lab.b!] {
            try lab.expect(host, counts: ["TCPKeepAlive": 9, "TCPAbortOnTimeout": 1, "OutRsts": 1])
        }
    }

    static let halfClosed = Scenario(
        "keepalive.half-closed",
        claim: "Keepalive goes on in FIN_WAIT2 with a descriptor and in CLOSE_WAIT: probes are answered there, and a "
            + "silent peer is given up with ETIMEDOUT and RST.",
        cites: [.kernel("tcp_timer.c", "tcp_keepalive_timer"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        verdict: .unclaimed,
        steps: [
            "both ends have keepalive (1 s, 1 s, 2 probes); A shuts down its sending side",
            "A probes and is answered, and keeps still from then on; B probes and is answered",
            "the wire falls silent, and A asks again; both give up",
        ],
        longestTimer: { _ in 4 }
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        // One after the other, for which of two timers that end together is the first is nobody's to say.
        try client.keepAlive(idle: 1, interval: 1, count: 2)
        try server.keepAlive(idle: 2, interval: 1, count: 2)
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .keepalive, retransmits: 0))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .keepalive, retransmits: 0, receiveQueue: 1))

        try lab.chapter("half closed, both alive")
        for (prober, probe, answer) in [
            (client, "ACK> seq=1 ack=1", "<ACK seq=1 ack=2"), (server, "<ACK seq=0 ack=2", "ACK> seq=2 ack=1"),
        ] {
            try lab.requireCarried(SegmentPattern(parsing: probe), within: lab.patience(after: .seconds(2)))
            try lab.requireCarried(SegmentPattern(parsing: answer))
            if prober === client { try client.set(.SO_KEEPALIVE, 0) }
        }
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .keepalive))

        try lab.wire.silence()
        try lab.chapter("half closed, silence")
        try client.keepAlive(idle: 1, interval: 1, count: 2)
        let patienceToo = lab.patience(after: .seconds(4))
        try lab.requireGone(client, within: patienceToo)
        try lab.requireGone(server, within: patienceToo)
        try lab.requireCarried("RST/ACK> seq=2 ack=1")
        try lab.requireCarried("<RST/ACK seq=1 ack=2")
        try lab.expect("ACK> seq=1 ack=1", carried: 2)
        try lab.expect("<ACK seq=0 ack=2", carried: 2)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        lab.expect(try client.ask(.recv(100)), fails: .ETIMEDOUT)
        lab.expect(try client.ask(.recv(100)), returns: 0)
        lab.expect(try server.ask(.recv(100)), returns: 0)  // the end came before the error
        try lab.expect(server, soError: .ETIMEDOUT)
        try lab.expect(lab.a, tracesReset: "TCP_KEEPALIVE_TIMEOUT", in: .FIN_WAIT2)
        try lab.expect(lab.b, tracesReset: "TCP_KEEPALIVE_TIMEOUT", in: .CLOSE_WAIT)
    }
}
