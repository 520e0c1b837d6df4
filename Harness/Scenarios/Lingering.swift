internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// How long a closed socket stays, and whether close() waits: SO_LINGER, TCP_LINGER2, tcp_fin_timeout.
enum Lingering {
    static let all = [finTimeoutAbove60, linger2, timeoutBlocks, exitDoesNotBlock]

    static let finTimeoutAbove60 = Scenario(
        "close.fin-timeout-above-60",
        claim: "With a FIN_WAIT2 timeout above 60 s an orphan waits only for what exceeds 60 s, twice: once as a full "
            + "socket on the keepalive timer, then as a minisock.",
        cites: [.kernel("tcp_input.c", "tcp_rcv_state_process"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        verdict: .unclaimed,
        steps: [
            "tcp_fin_timeout is 63 s (in the default lane also 65 and 90); A closes, B keeps its socket",
            "A's orphan stays a full socket for 3 s, a minisock for another 3, and is gone; nothing is sent",
        ],
        longestTimer: { $0 == .scaled ? 6 : 60 }
    ) { lab in
        for timeout in lab.isScaled ? [63] : [63, 65, 90] {
            try lab.chapter("tcp_fin_timeout \(timeout)")
            try lab.a.set(sysctl: "tcp_fin_timeout", to: "\(timeout)")
            let pair = try lab.connectedPair()
            try closeIntoFinWait2(lab, pair.client)
            let place = lab.wire.log.count
            try expectExcessTwice(lab, pair.client, excess: .seconds(timeout - 60))
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
            try lab.expectNothingCarried(since: place)
            lab.tolerate(resets: "RST>")  // nobody is left to take the server's FIN
            try pair.server.close()
            try pair.listener.close()
        }
    }

    static let linger2 = Scenario(
        "close.linger2",
        claim: "TCP_LINGER2 sets a socket's own FIN_WAIT2 timeout, 120 s at most; with a negative one an orphan is "
            + "reset as soon as it reaches FIN_WAIT2.",
        cites: [
            .kernel("tcp.c", "do_tcp_setsockopt"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        verdict: .unclaimed,
        steps: [
            "A sets -1 and closes in FIN_WAIT2", "A sets -1 and closes in ESTABLISHED; B acknowledges the FIN",
            "A sets 3 s and 5 s and closes; the FIN_WAIT2 minisock lasts that long",
            "A sets 200 s: 120 s are kept, of which the excess over 60 s is waited for twice",
        ],
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) { lab in
        try lab.chapter("-1, closed in FIN_WAIT2")
        let listener = try lab.b.listen(port: 5000)
        var (client, server) = try lab.connection("without FIN_WAIT2", to: listener).ends
        try client.set(.TCP_LINGER2, -1)
        try lab.expect(client, option: .TCP_LINGER2, is: -1)
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned))
        var place = lab.wire.log.count
        try client.close()
        try lab.expectCarried("RST/ACK> seq=2 ack=1", since: place)
        try lab.requireGone(client)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnLinger": 1, "TCPAbortOnData": 0, "OutRsts": 1])
        try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_LINGER", in: .CLOSE)
        try lab.requireGone(server)
        lab.expect(try server.ask(.recv(100)), returns: 0)  // the FIN came before the reset
        try lab.expect(server, soError: .EPIPE)

        try lab.chapter("-1, closed in ESTABLISHED")
        (client, server) = try lab.connection("closed at once", to: listener).ends
        try client.set(.TCP_LINGER2, -1)
        place = lab.wire.log.count
        try lab.closeBeforeAnswer(client) {
            try client.close()
        } then: {
            try lab.requireGone(client)
        }
        try lab.expect("RST> seq=2", carried: 1, since: place)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1, "TCPAbortOnLinger": 0, "OutRsts": 1])
        try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_DATA", in: .CLOSE)
        try lab.requireGone(server)

        // No less than 3.5 times the RTO (tcp_fin_time()), which grows while the wire keeps an acknowledgement.
        for seconds in [3, 5] {
            try lab.chapter("\(seconds) s")
            let timeout = Duration.seconds(seconds)
            (client, server) = try lab.connection("with \(seconds) s", to: listener).ends
            try client.set(.TCP_LINGER2, Int32(seconds))
            try lab.expect(client, option: .TCP_LINGER2, is: Int32(seconds))
            try lab.awaitFinWait2(of: client, timer: .zero...timeout + .milliseconds(8)) { try client.close() }
            let entered = try lab.requireStep(of: client, .FIN_WAIT2, .CLOSE)
            try lab.expect(
                timerOf: client, since: entered, lasts: timeout - .milliseconds(8)...timeout + .milliseconds(24))
            try lab.expectVanish([(client, entered)], after: timeout)
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
        }

        try lab.chapter("200 s")
        (client, server) = try lab.connection("with too much", to: listener).ends
        try client.set(.TCP_LINGER2, 200)
        try lab.expect(client, option: .TCP_LINGER2, is: 120)
        try closeIntoFinWait2(lab, client)
        if lab.isScaled {
            let since = try lab.requireStep(of: client, .FIN_WAIT1, .FIN_WAIT2)
            try lab.expect(timerOf: client, since: since, lasts: .milliseconds(59_992) ... .milliseconds(60_024))
        } else {
            try expectExcessTwice(lab, client, excess: .seconds(60))
        }
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
    }

    /// Closes in ESTABLISHED and waits until the FIN is acknowledged and a full orphan waits on its keepalive timer.
    private static func closeIntoFinWait2(_ lab: Lab, _ client: Socket) throws {
        try lab.closeBeforeAnswer(client) {
            try client.close()
        } then: {
            try lab.require(client, shows: .row(.FIN_WAIT2, .orphan, timer: .keepalive, sendQueue: 0))
        }
    }

    /// Expects a full orphan to wait for `excess`, then a minisock to do so once more.
    ///
    /// A minisock waits for 3.5 times the RTO at least (tcp_time_wait()), which grows while the wire keeps an
    /// acknowledgement: a short excess would not show.
    private static func expectExcessTwice(_ lab: Lab, _ client: Socket, excess: Duration) throws {
        let early = Duration.milliseconds(8)
        let slack = Duration.milliseconds(24)
        let started = try lab.requireStep(of: client, .FIN_WAIT1, .FIN_WAIT2)
        try lab.expect(timerOf: client, since: started, lasts: excess - early...excess + slack)
        try lab.require(
            client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait), within: lab.patience(after: excess))
        let halfway = try lab.requireStep(of: client, .FIN_WAIT2, .CLOSE)
        lab.expect(
            "FIN_WAIT2 as a full socket lasts what exceeds 60 s", lasted: halfway - started,
            within: excess - early...excess.asLateTimer, witnesses: ["trace"])
        try lab.expect(timerOf: client, since: halfway, lasts: excess - early...excess + slack)
        try lab.expectVanish([(client, halfway)], after: excess)
    }

    static let timeoutBlocks = Scenario(
        "close.linger-timeout-blocks",
        claim:
            "With SO_LINGER and a timeout close() waits until data and FIN are acknowledged, or for the timeout, and "
            + "returns 0 in both cases, also with O_NONBLOCK; what is left goes on as an ordinary orphan.",
        cites: [.kernel("af_inet.c", "inet_release"), .kernel("tcp.c", "sk_stream_wait_close")],
        verdict: .unclaimed,
        steps: [
            "A sets a timeout of 1000 s, sends and closes; the wire holds data and FIN, then delivers one after the other",
            "A sets 1 s; the wire is cut; close() returns and the orphan goes on sending",
            "the same with O_NONBLOCK",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let (client, server) = try lab.connection("patient", to: listener).ends
        try client.setLinger(seconds: 1000)
        let data = try lab.wire.hold("DATA>")
        let fin = try lab.wire.hold("FIN>")
        // Sent again together they would be acknowledged together.
        let both = try lab.wire.drop("DATA/FIN>")
        try client.send("x")
        try lab.require(data, met: 1)
        let closing = try client.begin(.close)
        try lab.require(fin, met: 1)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 2))
        try lab.requireBlocked(closing)
        try lab.wire.release(data)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))
        try lab.requireBlocked(closing)
        try lab.wire.release(fin)
        lab.expect(try closing.answer(), returns: 0)
        try lab.wire.lift(both)
        try lab.require(client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        lab.expect(try server.ask(.recv(100)), reads: "x")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)

        for nonblocking in [false, true] {
            try lab.chapter(nonblocking ? "the timeout passes, O_NONBLOCK" : "the timeout passes")
            let (client, server) = try lab.connection(nonblocking ? "nonblocking" : "blocking", to: listener).ends
            try client.setLinger(seconds: 1)
            if nonblocking { try client.setNonblocking() }
            let cut = try lab.wire.silence()
            try client.send("x")
            let closing = try client.begin(.close)
            try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 2))
            try lab.requireBlocked(closing)
            let answer = try closing.answer(after: .seconds(1))
            lab.expect(answer, returns: 0)
            // Real time also passes while the process waits for a processor: then only the kernel is to blame for less.
            let most = lab.isScaled ? .seconds(1) + lab.configuration.patience : Duration.milliseconds(1175)
            lab.expect(
                "close() blocks for the timeout", lasted: answer.took ?? .zero, within: .milliseconds(992)...most,
                witnesses: ["call"])
            let place = lab.wire.log.count
            try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2))
            try lab.requireCarried("DATA/FIN> seq=1 len=1", since: place, within: lab.patience(after: .seconds(2)))
            try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 0))
            try lab.wire.lift(cut)
            lab.expect(try server.begin(.recv(100)).answer(after: .seconds(4)), reads: "x")
            lab.expect(try server.ask(.recv(100)), returns: 0)
        }
    }

    static let exitDoesNotBlock = Scenario(
        "close.linger-exit-does-not-block",
        claim:
            "A process that ends does not wait for SO_LINGER's timeout: its socket becomes an ordinary orphan at once.",
        cites: [.kernel("af_inet.c", "inet_release")],
        verdict: .unclaimed,
        steps: [
            "A's process sets a timeout of 1000 s; the wire is cut; it sends and exits",
            "the process is gone while its FIN goes unanswered; then the wire is mended",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let process = try lab.a.spawn("short-lived")
        let (client, server) = try lab.connection("of a process", to: listener, from: process).ends
        try client.setLinger(seconds: 1000)
        let cut = try lab.wire.silence()
        try client.send("x")
        lab.expect(try process.ask(.exit(7)), exits: 7)
        try lab.requireCarried("FIN> seq=2 ack=1")
        try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2))
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 0))
        try lab.wire.lift(cut)
        lab.expect(try server.begin(.recv(100)).answer(after: .seconds(4)), reads: "x")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }
}

extension Connection {
    /// Both ends without the listener.
    var ends: (client: Socket, server: Socket) { (client, server) }
}
