internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Sockets that no process has any more, when the peer does not answer or there are too many of them.
enum Orphans {
    static let all = [givesUp, limit]

    static let givesUp = Scenario(
        "close.orphan-gives-up",
        claim: "An orphan whose FIN is not acknowledged gives up after tcp_orphan_retries doublings (8 by default), "
            + "without a reset. Behind a zero window it gives up although every probe is acknowledged, once its probe "
            + "interval has grown to the largest RTO.",
        cites: [
            .kernel("tcp_timer.c", "tcp_orphan_retries"), .kernel("tcp_timer.c", "retransmits_timed_out"),
            .kernel("tcp_timer.c", "tcp_write_err"), .kernel("tcp_timer.c", "tcp_probe_timer"),
        ],
        verdict: .unclaimed,
        steps: [
            "the wire is cut; A closes with tcp_orphan_retries 1, 2 and 3 (the default in the default lane)",
            "A's FIN is sent again at doubling intervals, then the orphan is gone; B knows nothing",
            "B's receive buffer is small and full; A closes with data unsent",
            "B acknowledges A's probes with a window of 0; A gives up all the same; B reads, then is reset",
        ],
        longestTimer: { $0 == .scaled ? 7 : 340 }
    ) { lab in
        for setting in lab.isScaled ? [1, 2, 3] : [0, 1, 2, 3] {
            let retries = setting == 0 ? 8 : setting
            try lab.chapter("tcp_orphan_retries \(setting)")
            try lab.a.set(sysctl: "tcp_orphan_retries", to: "\(setting)")
            let pair = try lab.connectedPair()
            let client = pair.client
            let cut = try lab.wire.silence()
            try client.close()
            try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
            let timer = lab.backoffLimit(retries: retries) * 2 + .seconds(1)
            try lab.requireGone(client, within: lab.patience(after: timer))
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            let end = try lab.requireStep(of: client, .FIN_WAIT1, .CLOSE)
            let sent = lab.carried().filter { $0.from == .a && $0.view.kind != .SYN && $0.view.kind != .ACK }
            lab.expect(
                "nothing but FINs, all with seq=1", sent.allSatisfy { $0.view.kind == .FIN && $0.view.sequence == 1 },
                seen: SegmentView.describe(sent.map(\.view)), witnesses: ["segments"])
            try lab.requireBackoff(of: "FIN with tcp_orphan_retries \(setting)", sent, givenUp: end, retries: retries)
            let again = Int64(sent.count - 1)
            try lab.expect(
                lab.a, counts: ["TCPAbortOnTimeout": 1, "TCPTimeouts": again + 1, "RetransSegs": again, "OutRsts": 0])
            try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0))
            lab.expect(try pair.server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
            try lab.wire.lift(cut)
            lab.tolerate(resets: "RST>")  // nobody is left to take the server's FIN
            try pair.server.close()
            try pair.listener.close()
        }
        // Without it, the largest RTO takes too long for shortened timers.
        if try lab.isScaled && lab.a.sysctl("tcp_rto_max_ms") == nil { return lab.sawVariant("no tcp_rto_max_ms") }
        if lab.isScaled { lab.sawVariant("tcp_rto_max_ms") }
        try giveUpBehindZeroWindow(lab)
    }

    /// Every probe is acknowledged, and yet the orphan gives up: when its interval has grown to the largest RTO.
    private static func giveUpBehindZeroWindow(_ lab: Lab) throws {
        try lab.chapter("behind a zero window")
        if lab.isScaled {
            try lab.a.set(sysctl: "tcp_orphan_retries", to: "1")
            try lab.a.set(sysctl: "tcp_rto_max_ms", to: "1000")
        } else {
            try lab.a.set(sysctl: "tcp_orphan_retries", to: "0")
        }
        // Or else probes less than half a second apart are not answered.
        try lab.b.set(sysctl: "tcp_invalid_ratelimit", to: "0")
        let (listener, client) = (try lab.b.socket("listener"), try lab.a.socket("client"))
        try listener.set(.SO_RCVBUF, 4096)
        try listener.bind(SocketAddress(.anyV4, 5000))
        try listener.listen()
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("server")
        let accepted = try lab.fill(client)
        let full = try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        try client.close()
        let left = accepted - full.receiveQueue + 1  // the FIN counts 1
        try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: left))

        let maximum = lab.isScaled ? 1.0 : 120.0
        let nominal = Duration.seconds(lab.isScaled ? 3.5 : 325)
        try lab.requireGone(client, within: lab.patience(after: nominal))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        let end = try lab.requireStep(of: client, .FIN_WAIT1, .CLOSE)
        try expectProbes(lab, received: full.receiveQueue, end: end, maximum: maximum, nominal: nominal)
        try lab.expect(lab.a, counts: ["TCPAbortOnTimeout": 1, "OutRsts": 0])
        try lab.expect("FIN>", carried: 0)
        try lab.expect("DATA/FIN>", carried: 0)

        try lab.require(server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: full.receiveQueue))
        let late = lab.wire.log.count
        let answer = try server.ask(.recv(65536))
        lab.expect(answer, returns: Int64(full.receiveQueue))
        // Reading opens the window again; the sender that is told so no longer exists.
        try lab.requireCarried("<ACK", since: late)
        try lab.requireCarried("RST>", since: late)
        try lab.requireGone(server)
        lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try server.ask(.recv(100)), returns: 0)
    }

    /// Probes at doubling intervals, each answered; the last interval is the first that reaches the largest RTO.
    private static func expectProbes(
        _ lab: Lab, received: Int, end: Instant, maximum: Double, nominal: Duration
    ) throws {
        // One below the next number: what B has, and its SYN.
        let probes = lab.carried().filter {
            $0.from == .a && $0.view.kind == .ACK && $0.view.sequence == UInt32(received)
        }
        guard let first = probes.first else {
            return lab.expect("A probes the window", false, seen: "no probe", witnesses: ["segments"])
        }
        let answers = lab.carried().filter { $0.from == .b && $0.stamp > first.stamp }
        lab.expect(
            "every probe is answered by an ACK with a window of 0",
            answers.count == probes.count && answers.allSatisfy { $0.view.kind == .ACK && $0.view.window == 0 },
            seen: "\(probes.count) probes, " + SegmentView.describe(answers.map(\.view)), witnesses: ["segments"])
        let stamps = probes.map(\.stamp) + [end]
        let gaps = zip(stamps.dropFirst(), stamps).map { ($0 - $1).seconds }
        for (gap, next) in zip(gaps, gaps.dropFirst()) {
            lab.expect(
                "the next interval is twice as long, or the longest", lasted: .seconds(next),
                within: .seconds(min(maximum, gap * 2 / 1.125)) - .milliseconds(12) - .lateness
                    * 2...Duration.seconds(min(maximum, gap * 2)).asLateTimer)
        }
        lab.measure("probes", Double(probes.count), "segments", tolerance: 1)
        lab.measure(
            "probing lasts", (end - first.stamp).seconds, "s", tolerance: 0.125 * nominal.seconds + lab.wait)
    }

    static let limit = Scenario(
        "close.orphan-limit",
        claim: "With more orphans than tcp_max_orphans on the machine, close() sends RST right after its FIN and the "
            + "socket is gone at once.",
        cites: [
            .kernel("tcp.c", "__tcp_close"), .kernel("tcp.c", "tcp_check_oom"),
            .commit("19757cebf0c5", "5.16, 5.10.80: orphans are summed up every 100 ms"),
        ],
        verdict: .unclaimed,
        alone: true,
        steps: [
            "A closes: an ordinary end", "A gets 36 orphans that wait quietly in FIN_WAIT2; the limit is set to 16",
            "A closes: FIN, RST; the limit is restored; A closes in order again",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        try lab.chapter("below the limit")
        let listener = try lab.b.listen(port: 5000, backlog: 64)
        let first = try lab.connection("below the limit", to: listener)
        try lab.awaitFinWait2(of: first.client) { try first.client.close() }
        try lab.expect(first.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnMemory": 0, "OutRsts": 0])

        let sysctl = "net.ipv4.tcp_max_orphans"
        try lab.chapter("above the limit")
        // Orphans with something to send would be reset at their next timeout; these have no need to.
        // Before 5.16 (5.10.80) one processor's orphans are only known in batches of 32.
        for number in 1...36 { try quietOrphan(lab, listener, number) }
        try lab.set(machineWide: sysctl, to: "16")
        let (client, server) = try closeAboveLimit(lab, listener)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.requireGone(server)
        try lab.expect(server, soError: .EPIPE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        let quiet = try lab.a.rows().count { $0.state == .FIN_WAIT2 && $0.kind == .orphan }
        lab.expect("the 36 orphans stay", quiet == 36, seen: "\(quiet)", witnesses: ["netlink"])

        lab.restoreMachine()
        try lab.chapter("below the limit again")
        let last = try lab.connection("below the limit again", to: listener)
        try lab.awaitFinWait2(of: last.client) { try last.client.close() }
        try lab.expect(lab.a, counts: ["TCPAbortOnMemory": 0, "OutRsts": 0])
    }

    /// Closes connections until the kernel has noticed that there are too many orphans; gives the one it reset.
    ///
    /// It sums them up every 100 ms, by a deferrable timer, which only a processor that has work to do looks at.
    private static func closeAboveLimit(_ lab: Lab, _ listener: Socket) throws -> (client: Socket, server: Socket) {
        for number in 1...10 {
            try lab.chapter("above the limit, attempt \(number)")
            try lab.pass(.milliseconds(100))
            try lab.keepProcessorBusy(for: .milliseconds(20))
            let pair = try lab.connection("above the limit", to: listener)
            let held = try lab.wire.hold("FIN>", "RST/ACK>")
            let place = lab.wire.log.count
            try pair.client.close()
            let isReset = try lab.comesAbout(within: .milliseconds(150)) { try lab.row(pair.client) == nil }
            if isReset {
                try lab.expectCarried("FIN> seq=1 ack=1", "RST/ACK> seq=2 ack=1", since: place)
                try lab.expect(lab.a, counts: ["TCPAbortOnMemory": 1, "OutRsts": 1])
                try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_MEMORY", in: .CLOSE)
            } else {
                try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
            }
            try lab.wire.release(held)
            if isReset { return pair.ends }
            // Its connection ends within the chapter, so that whoever compares runs sees nothing of it. The kernel may
            // count its orphans at any of the segments that come now, and reset it then.
            lab.tolerate(resets: "RST>", "RST/ACK>", "<RST", "<RST/ACK")
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT))
            try pair.server.close()
            try lab.requireGone(pair.server)
            lab.voidChapter("the kernel had not counted its orphans yet")
        }
        try lab.require("a close() above the limit is reset", within: .zero, seen: { "ten ended in order" }) { false }
        throw ScenarioStop.failed
    }

    private static func quietOrphan(_ lab: Lab, _ listener: Socket, _ number: Int) throws {
        let pair = try lab.connection("orphan \(number)", to: listener)
        try pair.client.set(.TCP_LINGER2, 120)
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try pair.client.close()
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .orphan, timer: .keepalive))
    }
}
