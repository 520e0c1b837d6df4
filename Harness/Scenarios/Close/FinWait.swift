internal import Vocabulary

/// FIN_WAIT1 and FIN_WAIT2.
enum FinWait {
    static let all = [finWait1Visible, persistsWithDescriptor, mass, lateFin, inTime]

    static let finWait1Visible = Scenario(
        "close.fin-wait1-visible",
        claim:
            "An end whose FIN has not been acknowledged is in FIN_WAIT1 and sends the FIN again, at twice the interval "
            + "each time; the ACK takes it to FIN_WAIT2, which has no timer.",
        cites: [
            .document("001", "状态说明"), .requirement("MUST-18", only: "doubling"),
            .rfc(6298, "5.5", .holds, only: "a FIN"), .rfc(9293, "3.6"), .rfc(6298, "5"),
            .kernel("tcp_output.c", "tcp_send_fin"),
        ],
        longestTimer: { _ in 0.6 }
    ) {
        let (client, server) = connect()
        let answers = wire.hold("<ANY")
        try step("A shuts down its sending side; the wire holds all that B sends, and A sends its FIN twice more") {
            let timeout = try client.retransmissionTimeout()
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
            client.polls([.OUT])
            let first = wire.carries("FIN> seq=1 ack=1")
            wire.backsOff("FIN> seq=1 ack=1", after: first, timeout: timeout, times: 2)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
        }
        try step("the wire delivers the ACKs") {
            answers.release()
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            client.polls([.OUT])
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
            let again = try wire.count(of: "FIN>", since: .chapterBegan) - 1
            A.counts(["TCPTimeouts": Int64(again), "RetransSegs": Int64(again)])
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
    }

    static let persistsWithDescriptor = Scenario(
        "close.fin-wait2-persists-with-fd",
        claim: "FIN_WAIT2 lasts for ever as long as the descriptor is open, even if the peer has gone: no timer, no "
            + "segment; it still takes data, and only close() starts its timeout.",
        cites: [
            .document("001", "状态说明"), .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { Silence.seconds($0) }
    ) {
        let timeout = Duration.seconds(isScaled ? 3 : 60)
        let (client, server) = connect()
        step("A shuts down its sending side and keeps its descriptor") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            server.shows(.CLOSE_WAIT, .owned, timer: .off)
        }
        step("the cable is cut for longer than tcp_fin_timeout (two hours in the default lane); nothing is sent") {
            let cut = wire.cut()
            wire.staysQuiet(for: Silence.duration)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            cut.lift()
        }
        step("B sends; A reads it and closes, and only now its timeout begins") {
            server.send("still works")
            client.receives("still works")
            wire.carries("ACK> ack=12")
            client.shows(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0)
            client.close()
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait, expires: .atMost(timeout))
            client.timerLasts(timeout, since: client.goes(.FIN_WAIT2, .CLOSE))
            server.shows(.CLOSE_WAIT, .owned, timer: .off)
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let mass = Scenario(
        "close.fin-wait2-mass",
        claim:
            "Many connections in FIN_WAIT2 whose processes have closed them do no harm: each costs a minisock, not a "
            + "socket, and all are gone after tcp_fin_timeout.",
        says: "FIN_WAIT_2 has no timeout, so ever more of them pile up and in the end crash the kernel.",
        cites: [
            .document("001", "状态说明", .refuted), .kernel("tcp_minisocks.c", "tcp_time_wait"),
            TimeWaiting.countedAtItsStart,
        ],
        // The room for minisocks follows the size of the socket hash, which a laboratory keeps small.
        sysctls: { ["tcp_max_tw_buckets": "4096"].merging($0 == .scaled ? ["tcp_fin_timeout": "5"] : [:]) { $1 } },
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) {
        let timeout = Duration.seconds(isScaled ? 5 : 60)
        let listener = B.listen(backlog: 200)
        let process = A.spawn("clients")
        process.connects(200, to: listener)
        var released = now()
        // As in `entersFinWait2`. That they are closed all at once keeps the ACKs from being held for long, which would
        // lengthen the retransmission timeout and with it the least timeout of FIN_WAIT2.
        let answers = wire.hold("<ACK")
        try step(
            "A's process ends, which closes its 200 sockets; B keeps its own; the wire holds B's ACKs for a moment"
        ) {
            func answered() throws -> Int { Set(try answers.met().map(\.segment.destination.port)).count }
            func minisocks() throws -> Int {
                try A.rows().count { $0.shownState == .FIN_WAIT2 && $0.kind == .minisock }
            }
            process.exit()
            process.ends(.exited(0))
            try waitUntil("B acknowledges 200 FINs", of: { observed(try answered(), by: .segments) }) {
                $0.value == 200
            }
            released = moment { answers.release() }
            try waitUntil("A has 200 minisocks in FIN_WAIT2", of: { observed(try minisocks(), by: .netlink) }) {
                $0.value == 200
            }
            try A.countsMinisocks(200)
            A.counts(["sockstat.tw": 200, "sockstat.inuse": 0, "TCPTimeWaitOverflow": 0])
        }
        try step("A's minisocks run out, and nothing is sent") {
            try waitUntil("A has no row left", after: timeout, of: { observed(try A.rows().count, by: .netlink) }) {
                $0.value == 0
            }
            let passed = try time(from: released, to: now())
            expect("they are there for tcp_fin_timeout at least", of: passed, by: .netlink) { $0 >= timeout }
            A.counts(["TW": 200, "TWKilled": 0, "sockstat.tw": 0, "sockstat.inuse": 0])
            B.hasRows(200, .CLOSE_WAIT, .owned)
            wire.carriesNothing()
        }
    }

    static let lateFin = Scenario(
        "close.fin-wait2-late-fin-rst",
        claim: "When FIN_WAIT2 of a closed server has timed out, nothing is left of the connection there; the client's "
            + "FIN, when its process ends at last, is answered by RST.",
        cites: [
            .document("002", "调用close后发生了什么"), .rfc(9293, "3.10.7.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 60 }
    ) {
        let (client, server, listener) = idleClient()
        step("A, the server, closes; B's process, the client, does nothing") {
            server.entersFinWait2 { server.close() }
            client.shows(.CLOSE_WAIT, .owned, timer: .off)
        }
        step("A's FIN_WAIT2 runs out") {
            server.vanishes(after: .seconds(isScaled ? 3 : 60), since: server.goes(.FIN_WAIT2, .CLOSE))
            // A listener would answer in its own name: a reset for a segment with ACK (TCP_FLAGS in LISTEN).
            listener.close()
        }
        step("B's process is ended by SIGINT: its FIN is answered by RST") {
            client.owner.isSent(.SIGINT)
            client.owner.ends(.killed(.SIGINT))
            client.isGone()
            wire.carriesOnly("<FIN seq=1 ack=2", "RST> seq=2")
            A.tracesReset("NO_SOCKET")
            A.counts(["OutRsts": 1])
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let inTime = Scenario(
        "close.fin-wait2-in-time",
        claim: "A client that ends while the server is still in FIN_WAIT2 ends the connection in order; the server's "
            + "TIME_WAIT then lasts 60 s, however short its FIN_WAIT2 was to be.",
        cites: [
            .document("002", "调用close后发生了什么"), .rfc(9293, "3.6"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ],
        sysctls: { _ in ["tcp_fin_timeout": "10"] }
    ) {
        let (client, server, _) = idleClient()
        step("A, the server, closes with tcp_fin_timeout 10") {
            server.entersFinWait2(timer: .atMost(.seconds(10))) { server.close() }
            client.shows(.CLOSE_WAIT, .owned, timer: .off)
        }
        step("B's process, the client, is ended by SIGINT: A's TIME_WAIT lasts a minute all the same") {
            client.owner.isSent(.SIGINT)
            client.owner.ends(.killed(.SIGINT))
            server.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            server.minuteBegan(wire.carries("ACK> seq=2 ack=2"))
            client.isGone()
            wire.carriesOnly("<FIN seq=1 ack=2", "ACK> seq=2 ack=2")
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    /// A connection to A, the server, from a process of B that does nothing and can be ended.
    private static func idleClient() -> (client: Socket, server: Socket, listener: Socket) {
        let process = B.spawn("client")
        // Whoever started us in the background may have left SIGINT ignored.
        process.sets(.SIGINT, .standard)
        let ends = connection(to: A.listen(), from: process)
        ends.server.shows(.ESTABLISHED, .owned)
        return (ends.client, ends.server, ends.listener)
    }
}
