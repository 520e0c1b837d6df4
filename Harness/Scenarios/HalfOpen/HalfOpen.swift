internal import Vocabulary

/// Connections whose other end is gone without a word.
enum HalfOpen {
    static let all = [silent, accumulateAndReap, writeToRebooted, writeToSilent, halfClosedPeerGone]

    static let silent = Scenario(
        "halfopen.silent",
        claim:
            "A peer that vanishes is not noticed: the connection stays ESTABLISHED without a timer, nothing is sent, "
            + "and every call says that all is well.",
        cites: [.document("004", "半打开"), .rfc(9293, "3.5.1"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        longestTimer: { $0 == .scaled ? 2 : 10_800 }
    ) {
        let (client, server) = connect()
        step("B forgets the connection: A shows nothing of it") {
            server.crashes()
            client.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0, sendQueue: 0)
        }
        let time = isScaled ? "two seconds" : "three hours, longer than keepalive's two,"
        step("\(time) pass: A sends nothing, and its socket still shows nothing") {
            wire.staysQuiet(for: .seconds(isScaled ? 2 : 10_800))
            client.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0, sendQueue: 0)
            client.polls(.OUT)
            client.peeks(.nothing)
            client.hasNoError()
            client.tcpInfo(shows: .ESTABLISHED)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        }
    }

    static let accumulateAndReap = Scenario(
        "halfopen.accumulate-and-reap",
        claim: "A server's half-open connections accumulate for ever; SO_KEEPALIVE on its sockets takes them away.",
        cites: [.document("004", "半打开"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) {
        let listener = B.listen(backlog: 64)
        let servers = (1...20).map { connect("\($0)", to: listener).server }
        step("the wire is cut and time passes: all 20 connections stay, and nothing is sent") {
            wire.cut()
            wire.staysQuiet(for: .seconds(isScaled ? 1 : 3600))
            B.hasRows(20, .ESTABLISHED, .owned, timer: .off)
            wire.carriesNothing()
        }
        chapter("keepalive")
        step("B sets SO_KEEPALIVE on its sockets (\(keepaliveTimes)): all 20 are gone after the probes") {
            for server in servers { keepAlive(server) }
            for server in servers { server.isGone(after: keepaliveLength) }
            for server in servers { server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE) }
            let probes = 20 * keepaliveProbes
            wire.carries(probes, of: "<ACK seq=0 len=0")
            wire.carries(20, of: "<RST/ACK seq=1 ack=1")
            B.counts(["TCPKeepAlive": Int64(probes), "TCPAbortOnTimeout": 20, "OutRsts": 20])
            servers[0].receives(.error(.ETIMEDOUT), .end)
        }
    }

    static let writeToRebooted = Scenario(
        "halfopen.write-to-rebooted",
        claim: "Writing to a peer that has forgotten the connection succeeds and is answered by RST: the next call is "
            + "told ECONNRESET. A FIN is answered likewise, and nobody is told.",
        cites: [
            .document("004", "半打开"), .rfc(9293, "3.5.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
            .kernel("tcp_input.c", "tcp_reset"),
        ]
    ) {
        for listening in [true, false] {
            chapter(listening ? "B listens" : "nobody listens")
            let listener = B.listen()
            let (client, server) = connect(to: listener)
            step("B forgets the connection and \(listening ? "listens again" : "does not listen either")") {
                server.crashes()
                if !listening { listener.close() }
                client.shows(.ESTABLISHED, .owned, timer: .off)
            }
            try step("A sends, which B answers by RST; A's next call fails with ECONNRESET") {
                let before = try B.counter("OutRsts")
                client.calls(.send("late"), returns: 4)
                wire.carriesOnly("DATA> seq=1 ack=1 len=4", "<RST seq=1")
                client.isGone()
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
                B.counts(["OutRsts": before + 1])
                A.counts(["EstabResets": 1])
                if !listening { B.tracesReset("NO_SOCKET") }
                client.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
                client.receives(.error(.ECONNRESET), .end)
                client.calls(.send("later", .MSG_NOSIGNAL), fails: .EPIPE)
                if listening { listener.close() }
            }
        }
        chapter("A closes")
        let (client, server) = connect()
        step("B forgets the connection") { server.crashes() }
        step("A closes, which B answers by RST: A's end is gone at once") {
            client.calls(.close, returns: 0)
            wire.carriesOnly("FIN> seq=1 ack=1", "<RST seq=1")
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            A.counts(["TW": 0, "sockstat.tw": 0])
        }
    }

    static let writeToSilent = Scenario(
        "halfopen.write-to-silent",
        claim: "Writes to a silent peer go on succeeding; only when tcp_retries2 is exhausted (15 minutes by default) "
            + "does a call fail, with ETIMEDOUT. No reset is sent.",
        cites: [
            .document("004", "半打开"), .requirement("MUST-19", only: "backoff of data"),
            .requirement("MUST-20", only: "the second threshold"), .requirement("SHLD-9", .refuted),
            .requirement("SHLD-11"), .man("tcp", 7, "tcp_retries2"), .sysctl("tcp_retries2"), .rfc(9293, "3.8.3"),
            .kernel("tcp_timer.c", "tcp_write_timeout"),
            .kernel("tcp_timer.c", "retransmits_timed_out"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_retries2": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 6 : 940 }
    ) {
        let (client, server) = connect()
        let retries = isScaled ? 3 : 15
        chapter("silence")
        try step("the wire is cut; A sends five bytes, and five more at each retransmission, until it gives up") {
            wire.cut()
            client.calls(.send("data0"), returns: 5)
            wire.carries("DATA> seq=1")
            var sent = 1
            func repetitions() throws -> [CarriedSegment] {
                try wire.segments().filter { $0.view.length > 0 && $0.view.sequence == 1 }
            }
            while true {
                let interval = Duration.seconds(min(120, 0.2 * Double(1 << sent)))  // it doubles up to 120 s
                let known = try repetitions().count
                let now = try waitUntil("A sends again or gives up", after: interval, of: repetitions) {
                    try $0.count > known || client.path().last == .CLOSE
                }
                if now.count == known { break }
                client.calls(.send("data\(sent % 10)"), returns: 5)
                sent += 1
                client.peeks(.nothing)
                client.shows(
                    .ESTABLISHED, .owned, timer: .retransmit, retransmits: sent - 1, sendQueue: 5 * sent)
            }
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            let end = client.goes(.ESTABLISHED, .CLOSE)
            try wire.backedOff("data", repetitions(), givenUp: end, retries: retries)
            client.isGone()
            wire.carriesNoReset()
            A.counts(["TCPAbortOnTimeout": 1, "OutRsts": 0, "RetransSegs": Int64(sent - 1)])
            server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0)
        }
        step("tcp_retries2 (\(retries)) is exhausted: A's calls fail, the first with ETIMEDOUT") {
            client.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            client.receives(.error(.ETIMEDOUT), .end)
            client.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
        }
    }

    static let halfClosedPeerGone = Scenario(
        "halfopen.half-closed-peer-gone",
        claim: "When the peer vanishes in FIN_WAIT2, a socket that still has a descriptor stays there for ever, unless "
            + "SO_KEEPALIVE is set; an orphan goes after tcp_fin_timeout.",
        says: "If the other end is gone, the local end stays half closed indefinitely.",
        cites: [
            .document("003", "关闭 TCP 连接", .differs), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) {
        let listener = B.listen()
        let orphan = connect("without descriptor", to: listener)
        let kept = connect("with descriptor", to: listener)
        let watched = connect("with keepalive", to: listener)
        step("A shuts down two connections and closes a third; all are in FIN_WAIT2 when B forgets them") {
            for (client, server) in [kept, watched] {
                client.shutdown(.SHUT_WR)
                client.shows(.FIN_WAIT2, .owned, timer: .off)
                server.shows(.CLOSE_WAIT)
                server.crashes()
            }
            orphan.client.entersFinWait2 { orphan.client.close() }
            orphan.server.crashes()
        }
        step("time passes: the orphan goes, the others stay without a timer, and nothing is sent") {
            let entered = orphan.client.goes(.FIN_WAIT2, .CLOSE)
            orphan.client.vanishes(after: .seconds(isScaled ? 3 : 60), since: entered)
            wire.staysQuiet(for: isScaled ? .milliseconds(500) : .seconds(3600))
            wire.carriesNothing()
            for (client, _) in [kept, watched] {
                client.shows(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0, sendQueue: 0)
            }
        }
        chapter("keepalive")
        step("the wire is cut and one sets SO_KEEPALIVE (\(keepaliveTimes)): it goes after the probes, the other stays")
        {
            let cut = wire.cut()
            let client = watched.client
            keepAlive(client)
            client.isGone(after: keepaliveLength)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            wire.carriesOnly(
                Array(repeating: "ACK> seq=1 ack=1 len=0", count: keepaliveProbes) + ["RST/ACK> seq=2 ack=1"])
            client.receives(.error(.ETIMEDOUT), .end)
            A.counts(["TCPAbortOnTimeout": 1])
            cut.lift()
            kept.client.shows(.FIN_WAIT2, .owned, timer: .off)
            kept.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        }
    }

    // MARK: SO_KEEPALIVE: short times, or the kernel's own in the default lane

    private static func keepAlive(_ socket: Socket) {
        if isScaled { socket.keepAlive(idle: 1, interval: 1, count: 1) } else { socket.keepAlive() }
    }

    private static var keepaliveTimes: String {
        isScaled ? "1 s idle, 1 s interval, 1 probe" : "the kernel's own times"
    }
    private static var keepaliveProbes: Int { isScaled ? 1 : 9 }
    private static var keepaliveLength: Duration { .seconds(isScaled ? 2 : 7875) }
}
