internal import Vocabulary

/// How long a closed socket stays, and whether close() waits: SO_LINGER, TCP_LINGER2, tcp_fin_timeout.
enum Lingering {
    static let all = [finTimeoutAbove60, linger2, timeoutBlocks, exitDoesNotBlock]

    static let finTimeoutAbove60 = Scenario(
        "close.fin-timeout-above-60",
        claim: "With a FIN_WAIT2 timeout above 60 s an orphan waits only for what exceeds 60 s, twice: once as a full "
            + "socket on the keepalive timer, then as a minisock.",
        cites: [
            .sysctl("tcp_fin_timeout", .differs, only: "above 60 s"), .kernel("tcp_input.c", "tcp_rcv_state_process"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        longestTimer: { $0 == .scaled ? 6 : 60 }
    ) {
        for timeout in isScaled ? [63] : [63, 65, 90] {
            chapter("tcp_fin_timeout \(timeout)")
            A.set("tcp_fin_timeout", to: "\(timeout)")
            let ends = connection()
            step("with tcp_fin_timeout \(timeout) A closes; B keeps its socket") { leaveOrphan(ends.client) }
            step(
                "A's orphan stays a full socket for \(timeout - 60) s and a minisock for another \(timeout - 60), and is "
                    + "gone; nothing is sent"
            ) {
                expectTwice(ends.client, excess: .seconds(timeout - 60))
                ends.server.shows(.CLOSE_WAIT, .owned, timer: .off)
                wire.carriesNothing()
            }
            wire.tolerates(resets: "RST>")  // nobody is left to take the server's FIN
            for socket in [ends.server, ends.listener] { socket.close() }
        }
    }

    static let linger2 = Scenario(
        "close.linger2",
        claim: "TCP_LINGER2 sets a socket's own FIN_WAIT2 timeout, 120 s at most; with a negative one an orphan is "
            + "reset as soon as it reaches FIN_WAIT2.",
        cites: [
            .man("tcp", 7, "TCP_LINGER2"),
            .kernel("tcp.c", "do_tcp_setsockopt"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) {
        chapter("-1, closed in FIN_WAIT2")
        let listener = B.listen()
        var (client, server) = connect("without FIN_WAIT2", to: listener)
        step("A sets -1 and shuts down its sending side") {
            client.set(.TCP_LINGER2, -1)
            client.hasOption(.TCP_LINGER2, -1)
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.shows(.CLOSE_WAIT, .owned)
        }
        step("A closes in FIN_WAIT2, which resets the connection") {
            client.close()
            wire.carriesOnly("RST/ACK> seq=2 ack=1")
            A.counts(["TCPAbortOnLinger": 1, "TCPAbortOnData": 0, "OutRsts": 1])
            A.tracesReset("TCP_ABORT_ON_LINGER", in: .CLOSE)
            expectGone(client, server)
            server.receives(.end)  // the FIN came before the reset
            server.hasError(.EPIPE)
        }

        chapter("-1, closed in ESTABLISHED")
        (client, server) = connect("closed at once", to: listener)
        step("A sets -1 and closes in ESTABLISHED; B acknowledges the FIN, and A resets the connection") {
            client.set(.TCP_LINGER2, -1)
            client.isClosedBeforeTheAnswer {
                client.close()
            } then: {
                client.isGone()
            }
            wire.carries(1, of: "RST> seq=2")
            A.counts(["TCPAbortOnData": 1, "TCPAbortOnLinger": 0, "OutRsts": 1])
            A.tracesReset("TCP_ABORT_ON_DATA", in: .CLOSE)
            expectGone(client, server)
        }

        // No less than 3.5 times the RTO (tcp_fin_time()), which grows while the wire keeps an acknowledgement.
        for seconds in [3, 5] as [Int32] {
            chapter("\(seconds) s")
            let timeout = Duration.seconds(seconds)
            let (client, server) = connect("with \(seconds) s", to: listener)
            step("A sets \(seconds) s and closes; the FIN_WAIT2 minisock lasts that long") {
                client.set(.TCP_LINGER2, seconds)
                client.hasOption(.TCP_LINGER2, seconds)
                client.entersFinWait2(timer: .atMost(timeout)) { client.close() }
                let entered = client.goes(.FIN_WAIT2, .CLOSE)
                client.timerLasts(timeout, since: entered)
                client.vanishes(after: timeout, since: entered)
                server.shows(.CLOSE_WAIT, .owned, timer: .off)
            }
        }

        chapter("200 s")
        (client, server) = connect("with too much", to: listener)
        step("A sets 200 s: 120 s are kept, of which the excess over 60 s is waited for twice") {
            client.set(.TCP_LINGER2, 200)
            client.hasOption(.TCP_LINGER2, 120)
            leaveOrphan(client)
            if isScaled {
                client.timerLasts(.seconds(60), since: client.goes(.FIN_WAIT1, .FIN_WAIT2))
            } else {
                expectTwice(client, excess: .seconds(60))
            }
            server.shows(.CLOSE_WAIT, .owned, timer: .off)
        }
    }

    private static func expectGone(_ client: Socket, _ server: Socket) {
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        for end in [client, server] { end.isGone() }
    }

    /// Closes in ESTABLISHED and waits until the FIN is acknowledged and a full orphan waits on its keepalive timer.
    private static func leaveOrphan(_ client: Socket) {
        client.isClosedBeforeTheAnswer {
            client.close()
        } then: {
            client.shows(.FIN_WAIT2, .orphan, timer: .keepalive, sendQueue: 0)
        }
    }

    /// Expects a full orphan to wait for `excess`, then a minisock to do so once more.
    ///
    /// A minisock waits for 3.5 times the RTO at least (tcp_time_wait()), which grows while the wire keeps an
    /// acknowledgement: a short excess would not show.
    private static func expectTwice(_ client: Socket, excess: Duration) {
        let started = client.goes(.FIN_WAIT1, .FIN_WAIT2)
        client.timerLasts(excess, since: started)
        client.shows(.FIN_WAIT2, .minisock, timer: .timewait, after: excess)
        let halfway = client.goes(.FIN_WAIT2, .CLOSE)
        lasts(
            "FIN_WAIT2 as a full socket lasts what exceeds 60 s", from: started, to: halfway,
            excess - .milliseconds(8)...excess.latestTimer)
        client.timerLasts(excess, since: halfway)
        client.vanishes(after: excess, since: halfway)
    }

    static let timeoutBlocks = Scenario(
        "close.linger-timeout-blocks",
        claim:
            "With SO_LINGER and a timeout close() waits until data and FIN are acknowledged, or for the timeout, and "
            + "returns 0 in both cases, also with O_NONBLOCK; what is left goes on as an ordinary orphan.",
        cites: [
            .man("socket", 7, "SO_LINGER", only: "close()"), .kernel("af_inet.c", "inet_release"),
            .kernel("tcp.c", "sk_stream_wait_close"),
        ],
        longestTimer: { _ in 1 }
    ) {
        let listener = B.listen()
        let (client, server) = connect("patient", to: listener)
        let data = wire.hold("DATA>")
        let fin = wire.hold("FIN>")
        // Sent again together they would be acknowledged together.
        let both = wire.drop("DATA/FIN>")
        step("A sets a timeout of 1000 s, sends and closes; the wire delivers its data, then its FIN: close() returns")
        {
            client.setLinger(seconds: 1000)
            client.send("x")
            data.meets(1)
            let closing = client.begins(.close)
            fin.meets(1)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 2)
            closing.isAsleep()
            data.release()
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
            closing.isAsleep()
            fin.release()
            closing.returns(0)
            both.lift()
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            server.receives("x", .end)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
        for nonblocking in [false, true] {
            chapter(nonblocking ? "the timeout passes, O_NONBLOCK" : "the timeout passes")
            let (client, server) = connect(nonblocking ? "nonblocking" : "blocking", to: listener)
            let cut = wire.cut()
            step("A sets 1 s\(nonblocking ? " and O_NONBLOCK" : ""); the wire is cut; A sends, and close() returns") {
                client.setLinger(seconds: 1)
                if nonblocking { client.setNonblocking() }
                client.send("x")
                let closing = client.begins(.close)
                client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 2)
                closing.isAsleep()
                // Real time also passes while the process waits for a processor: then only the kernel is to blame for less.
                let most = Duration.milliseconds(isScaled ? 60_000 : 1175)
                closing.returns(0, after: .seconds(1), within: .milliseconds(992)...most)
            }
            step("A's orphan goes on sending, and B gets all of it once the wire is mended") {
                client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2)
                wire.carries("DATA/FIN> seq=1 len=1", after: .seconds(2))
                server.shows(.ESTABLISHED, .owned, receiveQueue: 0)
                cut.lift()
                server.begins(.recv()).reads("x", after: .seconds(4))
                server.receives(.end)
                client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            }
        }
    }

    static let exitDoesNotBlock = Scenario(
        "close.linger-exit-does-not-block",
        claim:
            "A process that ends does not wait for SO_LINGER's timeout: its socket becomes an ordinary orphan at once.",
        cites: [.man("socket", 7, "SO_LINGER at exit"), .kernel("af_inet.c", "inet_release")]
    ) {
        let process = A.spawn("short-lived")
        let (client, server) = connect("of a process", to: B.listen(), from: process)
        let cut = wire.cut()
        step("A's process sets a timeout of 1000 s; the wire is cut; it sends and exits, and is gone at once") {
            client.setLinger(seconds: 1000)
            client.send("x")
            process.exit(7)
            process.ends(.exited(7))
            wire.carries("FIN> seq=2 ack=1")
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 2)
            server.shows(.ESTABLISHED, .owned, receiveQueue: 0)
        }
        step("the wire is mended: B gets all of it") {
            cut.lift()
            server.begins(.recv()).reads("x", after: .seconds(4))
            server.receives(.end)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }
}
