internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Connections whose other end is gone without a word.
enum HalfOpen {
    static let all = [silent, accumulateAndReap, writeToRebooted, writeToSilent, halfClosedPeerGone]

    static let silent = Scenario(
        "halfopen.silent",
        claim:
            "A peer that vanishes is not noticed: the connection stays ESTABLISHED without a timer, nothing is sent, "
            + "and every call says that all is well.",
        cites: [.document("004", "半打开"), .rfc(9293, "3.5.1"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        steps: [
            "B forgets the connection while the wire is cut; the wire is mended",
            "time passes (3 h in the default lane, longer than keepalive's 2 h); A's socket shows nothing, A sends nothing",
        ],
        longestTimer: { $0 == .scaled ? 2 : threeHours }
    ) { lab in
        let pair = try lab.connectedPair()
        try lab.erase(pair.server)
        let untouched = RowExpectation.row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0, sendQueue: 0)
        try lab.require(pair.client, shows: untouched)
        try lab.expectQuiet(for: .seconds(lab.isScaled ? 2 : threeHours))
        try lab.require(pair.client, shows: untouched)
        try lab.expect(pair.client, polls: .OUT)
        lab.expect(try pair.client.ask(.recv(100, [.MSG_PEEK, .MSG_DONTWAIT])), fails: .EAGAIN)
        try lab.expect(pair.client, soError: nil)
        try lab.expect(pair.client, tcpInfo: .ESTABLISHED)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
    }

    static let accumulateAndReap = Scenario(
        "halfopen.accumulate-and-reap",
        claim: "A server's half-open connections accumulate for ever; SO_KEEPALIVE on its sockets takes them away.",
        cites: [.document("004", "半打开"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        steps: [
            "20 clients connect, then the wire is cut; time passes",
            "B sets SO_KEEPALIVE on its sockets (1 s idle, 1 s interval, 1 probe; the kernel's own in the default lane)",
            "all 20 are gone after one idle time and the probes",
        ],
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) { lab in
        let number = 20
        let listener = try lab.b.listen(port: 5000, backlog: 64)
        let servers = try (1...number).map { try lab.connection("\($0)", to: listener).server }
        try lab.wire.silence()
        let place = lab.wire.log.count
        try lab.expectQuiet(for: .seconds(lab.isScaled ? 1 : 3600))
        func established() throws -> Int {
            try lab.b.rows().count { $0.state == .ESTABLISHED && $0.kind == .owned && $0.timer == .off }
        }
        let alive = try established()
        lab.expect(
            "\(number) half-open connections without a timer", alive == number, seen: "\(alive)",
            witnesses: ["netlink"])
        try lab.expectNothingCarried(since: place)

        try lab.chapter("keepalive")
        for server in servers {
            try setKeepalive(lab, server)
        }
        let probes = lab.isScaled ? 1 : 9
        let total = lab.isScaled ? Duration.seconds(2) : .seconds(7875)
        var left = number
        try lab.require(
            "none of the \(number) is left", within: lab.patience(after: total), seen: { "\(left) are left" }
        ) {
            left = try lab.b.rows().count { $0.state == .ESTABLISHED }
            return left == 0
        }
        for server in servers {
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        }
        try lab.expect("<ACK seq=0 len=0", carried: probes * number, since: place)
        try lab.expect("<RST/ACK seq=1 ack=1", carried: number, since: place)
        try lab.expect(
            lab.b,
            counts: [
                "TCPKeepAlive": Int64(probes * number), "TCPAbortOnTimeout": Int64(number), "OutRsts": Int64(number),
            ])
        lab.expect(try servers[0].ask(.recv(100)), fails: .ETIMEDOUT)
        lab.expect(try servers[0].ask(.recv(100)), returns: 0)
    }

    static let writeToRebooted = Scenario(
        "halfopen.write-to-rebooted",
        claim: "Writing to a peer that has forgotten the connection succeeds and is answered by RST: the next call is "
            + "told ECONNRESET. A FIN is answered likewise, and nobody is told.",
        cites: [
            .document("004", "半打开"), .rfc(9293, "3.5.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
            .kernel("tcp_input.c", "tcp_reset"),
        ],
        steps: [
            "B forgets the connection and listens again; A sends", "the same with nobody listening",
            "B forgets the connection; A closes",
        ]
    ) { lab in
        for listening in [true, false] {
            try lab.chapter(listening ? "B listens" : "nobody listens")
            let pair = try lab.connectedPair()
            let client = pair.client
            try lab.erase(pair.server)
            if !listening { try pair.listener.close() }
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
            let before = try lab.b.counters()["OutRsts"] ?? 0
            let place = lab.wire.log.count
            lab.expect(try client.ask(.send("late")), returns: 4)
            try lab.expectCarried("DATA> seq=1 ack=1 len=4", "<RST seq=1", since: place)
            try lab.requireGone(client)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            try lab.expect(lab.b, counts: ["OutRsts": before + 1])
            try lab.expect(lab.a, counts: ["EstabResets": 1])
            if !listening { try lab.expect(lab.b, tracesReset: "NO_SOCKET") }
            try lab.expect(client, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
            lab.expect(try client.ask(.recv(100)), fails: .ECONNRESET)
            lab.expect(try client.ask(.recv(100)), returns: 0)
            lab.expect(try client.ask(.send("later", .MSG_NOSIGNAL)), fails: .EPIPE)
            if listening { try pair.listener.close() }
        }

        try lab.chapter("A closes")
        let pair = try lab.connectedPair()
        try lab.erase(pair.server)
        let place = lab.wire.log.count
        lab.expect(try pair.client.ask(.close), returns: 0)
        try lab.expectCarried("FIN> seq=1 ack=1", "<RST seq=1", since: place)
        try lab.requireGone(pair.client)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        try lab.expect(lab.a, counts: ["TW": 0, "sockstat.tw": 0])
    }

    static let writeToSilent = Scenario(
        "halfopen.write-to-silent",
        claim: "Writes to a silent peer go on succeeding; only when tcp_retries2 is exhausted (15 minutes by default) "
            + "does a call fail, with ETIMEDOUT. No reset is sent.",
        cites: [
            .document("004", "半打开"), .rfc(9293, "3.8.3"), .kernel("tcp_timer.c", "tcp_write_timeout"),
            .kernel("tcp_timer.c", "retransmits_timed_out"),
        ],
        steps: [
            "the wire is cut; A sends five bytes, and five more at each retransmission",
            "after tcp_retries2 (3; 15 in the default lane) the connection is gone and A reads",
        ],
        sysctls: { $0 == .scaled ? ["tcp_retries2": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 6 : 940 }
    ) { lab in
        let pair = try lab.connectedPair()
        let client = pair.client
        let retries = lab.isScaled ? 3 : 15
        try lab.chapter("silence")
        try lab.wire.silence()
        lab.expect(try client.ask(.send("data0")), returns: 5)
        var sent = 1
        var last = try lab.requireCarried("DATA> seq=1")
        func repetitions() -> [WireSegment] { lab.carried().filter { $0.view.length > 0 && $0.view.sequence == 1 } }
        while true {
            // The interval doubles up to 120 s.
            let interval = Duration.seconds(min(120, 0.2 * Double(1 << sent)))
            let known = repetitions().count
            var isGone = false
            try lab.require(
                "A sends again or gives up", within: lab.patience(after: interval), seen: { "neither" }
            ) {
                if repetitions().count > known { return true }
                isGone = try lab.requirePath(of: client).last == .CLOSE
                return isGone
            }
            if isGone { break }
            last = repetitions().last ?? last
            lab.expect(try client.ask(.send("data\(sent % 10)")), returns: 5)
            sent += 1
            lab.expect(try client.ask(.recv(100, [.MSG_PEEK, .MSG_DONTWAIT])), fails: .EAGAIN)
            try lab.require(
                client,
                shows: .row(
                    .ESTABLISHED, .owned, timer: .retransmit, retransmits: sent - 1, sendQueue: 5 * sent))
        }
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        let end = try lab.requireStep(of: client, .ESTABLISHED, .CLOSE)
        try lab.requireBackoff(of: "data", repetitions(), givenUp: end, retries: retries)
        try lab.requireGone(client)
        try lab.expect(client, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try client.ask(.recv(100)), fails: .ETIMEDOUT)
        lab.expect(try client.ask(.recv(100)), returns: 0)
        lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        let resets = lab.carried().filter { $0.segment.isRST }
        lab.expect(
            "no reset is sent", resets.isEmpty, seen: SegmentView.describe(resets.map(\.view)),
            witnesses: ["segments"])
        try lab.expect(
            lab.a,
            counts: ["TCPAbortOnTimeout": 1, "OutRsts": 0, "RetransSegs": Int64(sent - 1)])
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0))
    }

    static let halfClosedPeerGone = Scenario(
        "halfopen.half-closed-peer-gone",
        claim: "When the peer vanishes in FIN_WAIT2, a socket that still has a descriptor stays there for ever, unless "
            + "SO_KEEPALIVE is set; an orphan goes after tcp_fin_timeout.",
        says: "If the other end is gone, the local end stays half closed indefinitely.",
        cites: [
            .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        verdict: .differs,
        steps: [
            "three connections of A are in FIN_WAIT2 when B forgets them; one of them has no descriptor",
            "time passes: the orphan goes, the others stay without a timer and send nothing",
            "one sets SO_KEEPALIVE: it is gone with ETIMEDOUT after the probes, the other stays",
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) { lab in
        let timeout = Duration.seconds(lab.isScaled ? 3 : 60)
        let listener = try lab.b.listen(port: 5000)
        let orphan = try lab.connection("without descriptor", to: listener)
        let kept = try lab.connection("with descriptor", to: listener)
        let watched = try lab.connection("with keepalive", to: listener)
        for pair in [kept, watched] {
            try pair.client.shutdown(.SHUT_WR)
            try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT))
            try lab.erase(pair.server)
        }
        try lab.awaitFinWait2(of: orphan.client) { try orphan.client.close() }
        try lab.erase(orphan.server)
        let entered = try lab.requireStep(of: orphan.client, .FIN_WAIT2, .CLOSE)
        let place = lab.wire.log.count
        try lab.expectVanish([(orphan.client, entered)], after: timeout)
        try lab.expectQuiet(for: lab.isScaled ? .milliseconds(500) : .seconds(3600))
        try lab.expectNothingCarried(since: place)
        for pair in [kept, watched] {
            try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0, sendQueue: 0))
        }

        try lab.chapter("keepalive")
        let cut = try lab.wire.silence()
        let client = watched.client
        try setKeepalive(lab, client)
        try lab.requireGone(client, within: lab.patience(after: lab.isScaled ? .seconds(2) : .seconds(7875)))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        let probes = Array(repeating: "ACK> seq=1 ack=1 len=0" as SegmentPattern, count: lab.isScaled ? 1 : 9)
        try lab.expectCarried(probes + ["RST/ACK> seq=2 ack=1"])
        lab.expect(try client.ask(.recv(100)), fails: .ETIMEDOUT)
        lab.expect(try client.ask(.recv(100)), returns: 0)
        try lab.expect(lab.a, counts: ["TCPAbortOnTimeout": 1])
        try lab.wire.lift(cut)
        try lab.require(kept.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.expect(kept.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
    }

    /// SO_KEEPALIVE with 1 s idle, 1 s interval and 1 probe, or the kernel's own 7200, 75 and 9 in the default lane.
    private static func setKeepalive(_ lab: Lab, _ socket: Socket) throws {
        if lab.isScaled {
            try socket.set(.TCP_KEEPINTVL, 1)
            try socket.set(.TCP_KEEPCNT, 1)
        }
        try socket.set(.SO_KEEPALIVE, 1)
        // Last: where the idle time is over already the first probe goes at once and the interval counts from it.
        if lab.isScaled { try socket.set(.TCP_KEEPIDLE, 1) }
    }

    private static let threeHours = 10_800.0
}
