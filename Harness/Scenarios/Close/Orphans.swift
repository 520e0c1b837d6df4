internal import Vocabulary

/// Sockets that no process has any more, when the peer does not answer or there are too many of them.
enum Orphans {
    static let all = [givesUp, limit]

    static let givesUp = Scenario(
        "close.orphan-gives-up",
        claim: "An orphan whose FIN is not acknowledged gives up after tcp_orphan_retries doublings (8 by default), "
            + "without a reset. Behind a zero window it gives up although every probe is acknowledged, once its probe "
            + "interval has grown to the largest RTO.",
        cites: [
            .requirement("MUST-37", .refuted, only: "orphans"), .requirement("SHLD-30", only: "orphans"),
            .sysctl("tcp_orphan_retries", .differs), .man("tcp", 7, "tcp_orphan_retries", .differs),
            .kernel("tcp_timer.c", "tcp_orphan_retries"), .kernel("tcp_timer.c", "retransmits_timed_out"),
            .kernel("tcp_timer.c", "tcp_write_err"), .kernel("tcp_timer.c", "tcp_probe_timer"),
        ],
        longestTimer: { $0 == .scaled ? 7 : 340 }
    ) {
        for setting in isScaled ? [1, 2, 3] : [0, 1, 2, 3] {
            chapter("tcp_orphan_retries \(setting)")
            A.set("tcp_orphan_retries", to: "\(setting)")
            let ends = connection()
            let cut = wire.cut()
            try step("the wire is cut; A closes: its FIN is sent again at doubling intervals, then the orphan is gone")
            {
                ends.client.close()
                ends.client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
                try expectGivingUp(ends.client, setting: setting)
                cut.lift()
            }
            step("B knows nothing") {
                ends.server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0)
                ends.server.receives(.nothing)
                wire.tolerates(resets: "RST>")  // nobody is left to take the server's FIN
                ends.server.close()
                ends.listener.close()
            }
        }
        chapter("behind a zero window")
        try giveUpBehindZeroWindow()
    }

    private static func expectGivingUp(_ client: Socket, setting: Int) throws {
        let retries = setting == 0 ? 8 : setting
        client.isGone(after: try backoffLimit(retries: retries) * 2 + .seconds(1))
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        wire.carriesNothing(but: "FIN> seq=1")
        let sent = try wire.segments()
        try wire.backedOff(
            "FIN with tcp_orphan_retries \(setting)", sent, givenUp: client.goes(.FIN_WAIT1, .CLOSE), retries: retries)
        let again = Int64(sent.count - 1)
        A.counts(["TCPAbortOnTimeout": 1, "TCPTimeouts": again + 1, "RetransSegs": again, "OutRsts": 0])
    }

    /// Every probe is acknowledged, and yet the orphan gives up: when its interval has grown to the largest RTO.
    private static func giveUpBehindZeroWindow() throws {
        var takesTooLong = false
        try step("A's tcp_orphan_retries is \(isScaled ? "1, and tcp_rto_max_ms 1000" : "the default")") {
            A.set("tcp_orphan_retries", to: isScaled ? "1" : "0")
            takesTooLong = try isScaled && A.sysctl("tcp_rto_max_ms") == nil
            // Without it, the largest RTO takes too long for shortened timers.
            if isScaled { variant(takesTooLong ? "no tcp_rto_max_ms" : "tcp_rto_max_ms") }
            if isScaled && !takesTooLong { A.set("tcp_rto_max_ms", to: "1000") }
            // Or else probes less than half a second apart are not answered.
            B.set("tcp_invalid_ratelimit", to: "0")
        }
        let (client, server) = connect(to: B.listen(receiveBuffer: 4096))
        var sent = Filling()
        try step("B's receive buffer is small and full; A closes with data unsent") {
            if takesTooLong { return }
            sent = try Filling(of: server, by: client)
            client.close()
            client.shows(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: sent.left + 1)
        }
        try step("B acknowledges A's probes with a window of 0; A gives up all the same") {
            if takesTooLong { return }
            let nominal = Duration.seconds(isScaled ? 3.5 : 325)
            client.isGone(after: nominal)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            try expectProbes(sent.probe, end: client.goes(.FIN_WAIT1, .CLOSE), nominal: nominal)
            A.counts(["TCPAbortOnTimeout": 1, "OutRsts": 0])
            wire.neverCarries("FIN>", "DATA/FIN>")
            server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: sent.delivered)
        }
        step("B reads, which opens the window; it is reset, since the sender that it tells so no longer exists") {
            if takesTooLong { return }
            server.calls(.recv(65536), returns: Int64(sent.delivered))
            wire.carries("<ACK", "RST>")
            server.isGone()
            server.receives(.error(.ECONNRESET), .end)
        }
    }

    /// Probes at doubling intervals, each answered; the last interval is the first that reaches the largest RTO.
    private static func expectProbes(_ probe: SegmentPattern, end: Moment, nominal: Duration) throws {
        let all = try wire.segments(since: .chapterBegan)
        let probes = all.filter { probe.matches($0.view) }
        guard let first = probes.first else { return expect("A probes the window", of: probes) { !$0.isEmpty } }
        let answers = all.filter { $0.from == .b && $0.stamp > first.stamp }
        expect("every probe is answered by an ACK with a window of 0", of: answers) {
            $0.count == probes.count && $0.allSatisfy { $0.view.kind == .ACK && $0.view.window == 0 }
        }
        let stamps = try probes.map(\.stamp) + [end.bounds.lowerBound]
        let gaps = zip(stamps.dropFirst(), stamps).map { $0.since($1) }
        let longest = Duration.seconds(isScaled ? 1 : 120)
        for (gap, next) in zip(gaps, gaps.dropFirst()) {
            let least = min(longest, gap * 2 / 1.125) - .milliseconds(12) - .machineLateness * 2
            lasts(
                "the next interval is twice as long, or the longest", next, least...min(longest, gap * 2).latestTimer)
        }
        measure("probes", Double(probes.count), "segments", within: 1)
        measure(
            "probing lasts", stamps[probes.count].since(first.stamp).seconds, "s",
            within: 0.125 * nominal.seconds + machineNoise)
    }

    static let limit = Scenario(
        "close.orphan-limit",
        claim: "With more orphans than tcp_max_orphans on the machine, close() sends RST right after its FIN and the "
            + "socket is gone at once.",
        cites: [
            .sysctl("tcp_max_orphans"),
            .kernel("tcp.c", "__tcp_close"), .kernel("tcp.c", "tcp_check_oom"),
            .commit("19757cebf0c5", "5.16, 5.10.80: orphans are summed up every 100 ms"),
        ],
        alone: true,
        longestTimer: { _ in 1 }
    ) {
        let listener = B.listen(backlog: 64)
        closeInOrder("below the limit", listener)
        chapter("above the limit")
        // Orphans with something to send would be reset at their next timeout; these have no need to.
        // Before 5.16 (5.10.80) one processor's orphans are only known in batches of 32.
        step("A gets 36 orphans that wait quietly in FIN_WAIT2; the limit is set to 16") {
            for number in 1...36 { leaveQuietOrphan(listener, number) }
            setMachine("net.ipv4.tcp_max_orphans", to: "16")
        }
        try step("A closes: FIN, RST; the limit is restored") {
            for number in 1...10 {
                chapter("above the limit, attempt \(number)")
                if try closeAboveLimit(listener) {
                    A.hasRows(36, .FIN_WAIT2, .orphan)
                    return restoreMachine()
                }
                voidChapter("the kernel had not counted its orphans yet")
            }
            expect("a close() above the limit is reset", of: "ten ended in order", by: .netlink) { _ in false }
        }
        closeInOrder("below the limit again", listener)
    }

    private static func closeInOrder(_ words: String, _ listener: Socket) {
        chapter(words)
        let client = connect(words, to: listener).client
        step("A closes, \(words): an ordinary end") {
            client.entersFinWait2 { client.close() }
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            A.counts(["TCPAbortOnMemory": 0, "OutRsts": 0])
        }
    }

    private static func leaveQuietOrphan(_ listener: Socket, _ number: Int) {
        let client = connect("orphan \(number)", to: listener).client
        client.set(.TCP_LINGER2, 120)
        client.shutdown(.SHUT_WR)
        client.shows(.FIN_WAIT2, .owned, timer: .off)
        client.close()
        client.shows(.FIN_WAIT2, .orphan, timer: .keepalive)
    }

    /// Closes a connection; gives whether the kernel has noticed that there are too many orphans and has reset it.
    ///
    /// It sums them up every 100 ms, by a deferrable timer, which only a processor that has work to do looks at.
    private static func closeAboveLimit(_ listener: Socket) throws -> Bool {
        letPass(.milliseconds(100))
        keepBusy(for: .milliseconds(20))
        let (client, server) = connect("above the limit", to: listener)
        let held = wire.hold("FIN>", "RST/ACK>")
        client.close()
        guard try happens(within: .milliseconds(150), { try client.row() == nil }) else {
            // Its connection ends within the chapter, so that whoever compares runs sees nothing of it. The kernel may
            // count its orphans at any of the segments that come now, and reset it then.
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
            held.release()
            wire.tolerates(resets: "RST>", "RST/ACK>", "<RST", "<RST/ACK")
            server.shows(.CLOSE_WAIT)
            server.close()
            server.isGone()
            return false
        }
        wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>", "FIN> seq=1 ack=1", "RST/ACK> seq=2 ack=1", since: .chapterBegan)
        A.counts(["TCPAbortOnMemory": 1, "OutRsts": 1])
        A.tracesReset("TCP_ABORT_ON_MEMORY", in: .CLOSE)
        held.release()
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        server.receives(.end)
        server.isGone()
        server.hasError(.EPIPE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        return true
    }
}
