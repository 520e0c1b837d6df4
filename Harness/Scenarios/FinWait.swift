internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// FIN_WAIT1 and FIN_WAIT2.
enum FinWait {
    static let all = [finWait1Visible, persistsWithDescriptor, mass, lateFin, inTime]

    static let finWait1Visible = Scenario(
        "close.fin-wait1-visible",
        claim:
            "An end whose FIN has not been acknowledged is in FIN_WAIT1 and sends the FIN again, at twice the interval "
            + "each time; the ACK takes it to FIN_WAIT2, which has no timer.",
        cites: [
            .document("001", "状态说明"), .rfc(9293, "3.6"), .rfc(6298, "5"), .kernel("tcp_output.c", "tcp_send_fin"),
        ],
        steps: [
            "A shuts down its sending side; the wire holds everything that B sends", "A sends its FIN twice more",
            "the wire delivers the ACKs",
        ],
        longestTimer: { _ in 0.6 }
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let timeout = try lab.retransmissionTimeout(of: client)
        let answers = try lab.wire.hold("<ANY")
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))
        try lab.expect(client, polls: [.OUT])
        let first = try lab.requireCarried("FIN> seq=1 ack=1")
        try lab.expectBackoff(of: "FIN> seq=1 ack=1", after: first, timeout: timeout, count: 2)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))

        try lab.wire.release(answers)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        try lab.expect(client, polls: [.OUT])
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        let again = Int64(lab.carried().count { $0.segment.hasFIN } - 1)
        try lab.expect(lab.a, counts: ["TCPTimeouts": again, "RetransSegs": again])
    }

    static let persistsWithDescriptor = Scenario(
        "close.fin-wait2-persists-with-fd",
        claim: "FIN_WAIT2 lasts for ever as long as the descriptor is open, even if the peer has gone: no timer, no "
            + "segment; it still takes data, and only close() starts its timeout.",
        cites: [
            .document("001", "状态说明"), .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        steps: [
            "A shuts down its sending side and keeps its descriptor",
            "the cable is cut for longer than tcp_fin_timeout (two hours in the default lane); nothing is sent",
            "B sends; A reads it and closes",
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { Silence.seconds($0) }
    ) { lab in
        let timeout = Duration.seconds(lab.isScaled ? 3 : 60)
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))

        let cut = try lab.wire.silence()
        try lab.expectQuiet(for: .seconds(Silence.seconds(lab)))
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.wire.lift(cut)

        try server.send("still works")
        lab.expect(try client.ask(.recv(100)), reads: "still works")
        try lab.requireCarried("ACK> ack=12")
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0))
        try client.close()
        try lab.require(
            client,
            shows: .row(
                .FIN_WAIT2, .minisock, timer: .timewait, expires: .zero...timeout + .milliseconds(8)))
        let entered = try lab.requireStep(of: client, .FIN_WAIT2, .CLOSE)
        try lab.expect(
            timerOf: client, since: entered, lasts: timeout - .milliseconds(8)...timeout + .milliseconds(24))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
    }

    static let mass = Scenario(
        "close.fin-wait2-mass",
        claim:
            "Many connections in FIN_WAIT2 whose processes have closed them do no harm: each costs a minisock, not a "
            + "socket, and all are gone after tcp_fin_timeout.",
        says: "FIN_WAIT_2 has no timeout, so ever more of them pile up and in the end crash the kernel.",
        cites: [
            .document("001", "状态说明"), .kernel("tcp_minisocks.c", "tcp_time_wait"), TimeWaiting.countedAtItsStart,
        ],
        verdict: .refuted,
        steps: ["200 connections; A's process ends, which closes them all; B keeps its own", "A's run out"],
        // The room for minisocks follows the size of the socket hash, which a laboratory keeps small.
        sysctls: { ["tcp_max_tw_buckets": "4096"].merging($0 == .scaled ? ["tcp_fin_timeout": "5"] : [:]) { $1 } },
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) { lab in
        let count = 200
        let timeout = Duration.seconds(lab.isScaled ? 5 : 60)
        let listener = try lab.b.socket("listener")
        try listener.bind(SocketAddress(lab.b.ip, 5000))
        try listener.listen(backlog: Int32(count))
        let process = try lab.a.spawn("clients")
        for _ in 0..<count {
            try lab.require(try connect(process, to: SocketAddress(lab.b.ip, 5000)), returns: 0)
            let accepted = try listener.ask(.accept)
            try lab.require("B accepts", seen: { accepted.words }) { accepted.result >= 0 }
        }
        func rows(_ host: Host, _ state: TCPState, _ kind: RowExpectation.Kind) throws -> Int {
            try host.rows().count { $0.shownState == state && $0.kind == kind }
        }
        // As in `awaitFinWait2`. That they are closed all at once keeps the ACKs from being held for long, which would
        // lengthen the retransmission timeout and with it the least timeout of FIN_WAIT2.
        let answers = try lab.wire.hold("<ACK")
        try process.exit()
        try lab.require(process, ends: .exited(0))
        func answered() -> Int { Set(answers.met.map(\.segment.destination.port)).count }
        try lab.require("B acknowledges \(count) FINs", seen: { "\(answered())" }) { answered() == count }
        let released = Instant.now
        try lab.wire.release(answers)
        try lab.require("A has \(count) minisocks in FIN_WAIT2", seen: { "\(try rows(lab.a, .FIN_WAIT2, .minisock))" })
        {
            try rows(lab.a, .FIN_WAIT2, .minisock) == count
        }
        try TimeWaiting.expectCounted(lab, on: lab.a, count: Int64(count))
        try lab.expect(
            lab.a, counts: ["sockstat.tw": Int64(count), "sockstat.inuse": 0, "TCPTimeWaitOverflow": 0])

        let place = lab.wire.log.count
        try lab.require(
            "A has no row left", within: lab.patience(after: timeout),
            seen: { "\(try rows(lab.a, .FIN_WAIT2, .minisock)) in FIN_WAIT2" }
        ) { try lab.a.rows().isEmpty }
        lab.expect(
            "they are there for tcp_fin_timeout at least", Instant.now - released >= timeout,
            seen: "\((Instant.now - released).seconds) s", witnesses: ["netlink"])
        try lab.expect(
            lab.a, counts: ["TW": Int64(count), "TWKilled": 0, "sockstat.tw": 0, "sockstat.inuse": 0])
        let closeWait = try rows(lab.b, .CLOSE_WAIT, .owned)
        lab.expect(
            "B has \(count) sockets in CLOSE_WAIT", closeWait == count, seen: "\(closeWait)", witnesses: ["netlink"])
        lab.expect(
            "nothing is sent when they end", lab.carried(since: place).isEmpty,
            seen: SegmentView.describe(lab.carried(since: place).map(\.view)), witnesses: ["segments"])
    }

    /// Connects a socket that has no name of its own, which would only cost time two hundred times.
    private static func connect(_ process: WorkerProcess, to address: SocketAddress) throws -> Answer {
        let (sockStream, ipprotoTCP): (Int32, Int32) = (1, 6)
        let made = try process.ask(
            .socket(family: address.ip.family, type: sockStream, protocol: ipprotoTCP))
        return try process.ask(.connect(Int32(made.result), address))
    }

    static let lateFin = Scenario(
        "close.fin-wait2-late-fin-rst",
        claim: "When FIN_WAIT2 of a closed server has timed out, nothing is left of the connection there; the client's "
            + "FIN, when its process ends at last, is answered by RST.",
        cites: [
            .document("002", "调用close后发生了什么"), .rfc(9293, "3.10.7.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
        ],
        steps: [
            "A, the server, closes; B's process, the client, does nothing", "A's FIN_WAIT2 runs out",
            "B's process is ended by SIGINT",
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 60 }
    ) { lab in
        let idle = try IdleClient(lab)
        try lab.awaitFinWait2(of: idle.server) { try idle.server.close() }
        try lab.require(idle.client, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
        let entered = try lab.requireStep(of: idle.server, .FIN_WAIT2, .CLOSE)
        try lab.expectVanish([(idle.server, entered)], after: .seconds(lab.isScaled ? 3 : 60))

        // A listener would answer in its own name: a reset for a segment with ACK (TCP_FLAGS in LISTEN).
        try idle.listener.close()
        let place = lab.wire.log.count
        try idle.process.kill(IdleClient.sigint)
        try lab.require(idle.process, ends: .killed(IdleClient.sigint))
        try lab.requireGone(idle.client)
        try lab.expectCarried("<FIN seq=1 ack=2", "RST> seq=2", since: place)
        try lab.expect(idle.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        try lab.expect(lab.a, tracesReset: "NO_SOCKET")
        try lab.expect(lab.a, counts: ["OutRsts": 1])
    }

    static let inTime = Scenario(
        "close.fin-wait2-in-time",
        claim: "A client that ends while the server is still in FIN_WAIT2 ends the connection in order; the server's "
            + "TIME_WAIT then lasts 60 s, however short its FIN_WAIT2 was to be.",
        cites: [
            .document("002", "调用close后发生了什么"), .rfc(9293, "3.6"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ],
        steps: ["A, the server, closes with tcp_fin_timeout 10", "B's process, the client, is ended by SIGINT"],
        sysctls: { _ in ["tcp_fin_timeout": "10"] }
    ) { lab in
        let idle = try IdleClient(lab)
        try lab.awaitFinWait2(of: idle.server, timer: .zero ... .milliseconds(10_008)) { try idle.server.close() }
        try lab.require(idle.client, shows: .row(.CLOSE_WAIT, .owned, timer: .off))

        let place = lab.wire.log.count
        try idle.process.kill(IdleClient.sigint)
        try lab.require(idle.process, ends: .killed(IdleClient.sigint))
        try lab.require(
            idle.server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        let answer = try lab.requireCarried("ACK> seq=2 ack=2", since: place)
        try lab.expect(
            timerOf: idle.server, since: answer.stamp, lasts: .milliseconds(59_900) ... .milliseconds(60_100))
        try lab.requireGone(idle.client)
        try lab.expectCarried("<FIN seq=1 ack=2", "ACK> seq=2 ack=2", since: place)
        try lab.expect(idle.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }
}

extension Silence {
    static func seconds(_ lab: Lab) -> Double { seconds(lab.isScaled ? .scaled : .default) }
}

/// A connection to A, the server, from a process of B that does nothing and can be ended.
private struct IdleClient {
    static let sigint: Int32 = 2
    let listener: Socket
    let server: Socket
    let client: Socket
    let process: WorkerProcess

    init(_ lab: Lab) throws {
        listener = try lab.a.listen(port: 5000)
        process = try lab.b.spawn("client")
        // Whoever started us in the background may have left SIGINT ignored.
        try process.setSignal(Self.sigint, .standard)
        client = try process.socket("client")
        try client.connect(SocketAddress(lab.a.ip, 5000))
        server = try listener.accept("server")
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
    }
}
