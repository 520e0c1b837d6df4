internal import Vocabulary

/// Closes that end in a reset, and what the peer's process is told.
enum ResettingByClose {
    static let all = [rstOnCrossingData, rstThenRead, lingerZero]

    static let rstOnCrossingData = Scenario(
        "close.rst-on-crossing-data",
        claim:
            "Data that crosses the FIN of a closed socket is answered by RST, and both ends are gone at once; the reset "
            + "does not count the FIN that is still under way.",
        cites: [
            .document("001", "四次挥手"), .requirement("SHLD-3", only: "data that crosses the FIN"), .rfc(1122, "4.2.2.13"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ]
    ) {
        let listener = B.listen()
        let (client, server) = connect(to: listener)
        let fin = wire.hold("FIN>")
        step("A closes; the wire holds its FIN; B sends eight bytes: A answers them by RST, and both ends are gone") {
            cross(client, server, fin)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            A.tracesReset("TCP_ABORT_ON_DATA", in: .CLOSE)
            A.counts(["TCPAbortOnData": 1, "OutRsts": 1, "sockstat.tw": 0])
            B.counts(["EstabResets": 1])
            server.receives(.error(.ECONNRESET), .end)
            server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
        }
        step("the wire delivers the FIN, which B answers by RST too") {
            listener.close()
            fin.release()
            wire.carries("<RST seq=1")
            B.tracesReset("NO_SOCKET")
        }
    }

    static let rstThenRead = Scenario(
        "close.rst-then-read",
        claim:
            "After a reset, recv() fails with ECONNRESET only if no FIN came before it, and only once; after FIN and "
            + "RST it returns 0, and SO_ERROR is EPIPE.",
        says: "A read after the reset fails with \"connection reset by peer\".",
        cites: [
            .document("001", "四次挥手", .refuted), .requirement("MUST-12", only: "an abort before any FIN"),
            .man("socket", 7, "SO_ERROR", only: "that it gives the error"), .kernel("tcp_input.c", "tcp_reset"),
            .kernel("tcp.c", "tcp_recvmsg_locked"),
        ]
    ) {
        let listener = B.listen()
        chapter("FIN, then RST")
        let (client, server) = connect(to: listener)
        step("A closes; B sends, is reset in CLOSE_WAIT, and reads the end") {
            client.entersFinWait2 { client.close() }
            server.shows(.CLOSE_WAIT)
            server.send("x")
            wire.carries("RST> seq=2")
            server.isGone()
            server.polls(afterReset)
            server.receives(.end, .end)
            server.hasError(.EPIPE)
            server.hasNoError()
        }
        chapter("RST for data that crossed the FIN")
        let (crossing, crossed) = connect("crossing", to: listener)
        let fin = wire.hold("FIN>")
        step("the same with B's data crossing A's FIN: B reads the error, once") {
            cross(crossing, crossed, fin)
            crossed.polls(afterReset)
            crossed.receives(.error(.ECONNRESET), .end, .end)
            crossed.polls(afterReset.subtracting(.ERR))
            fin.lift()
        }
        for first in ["recv", "send", "SO_ERROR"] {
            chapter("RST in ESTABLISHED, then \(first)")
            let (client, server) = connect("before \(first)", to: listener)
            step("A closes with unread data: B is reset in ESTABLISHED; \(first) tells the error, nothing else does") {
                server.send("unread")
                client.shows(.ESTABLISHED, .owned, receiveQueue: 6)
                client.close()
                wire.carries("RST/ACK>")
                server.isGone()
                server.polls(afterReset)
                switch first {
                case "recv": server.receives(.error(.ECONNRESET))
                case "send": server.calls(.send("x", .MSG_NOSIGNAL), fails: .ECONNRESET)
                default: server.hasError(.ECONNRESET)
                }
                server.receives(.end, .end)
                server.hasNoError()
                server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            }
        }
    }

    /// What poll(2) reports after a reset whose error nobody has taken.
    private static let afterReset: PollEvents = [.IN, .OUT, .ERR, .HUP, .RDHUP]

    /// Lets A close and B send before A's FIN, which the wire holds, arrives: both ends are gone.
    private static func cross(_ client: Socket, _ server: Socket, _ fin: Rule) {
        client.close()
        fin.meets(1)
        client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
        server.calls(.send("crossing"), returns: 8)
        wire.carries("<DATA seq=1 ack=1 len=8", "RST> seq=1")
        for end in [client, server] { end.isGone() }
    }

    static let lingerZero = Scenario(
        "close.linger-zero-rst",
        claim: "With SO_LINGER on and a time of zero, close() resets the connection at once, in any state: neither end "
            + "has a TIME_WAIT, and what has not been delivered is lost.",
        cites: [.document("001", "常见问题"), .rfc(9293, "3.10.4"), .kernel("tcp.c", "tcp_disconnect")]
    ) {
        chapter("data delivered")
        var ends = connection()
        step("A sends, B does not read") {
            ends.client.send("delivered")
            ends.client.shows(.ESTABLISHED, .owned, sendQueue: 0)
            ends.server.shows(.ESTABLISHED, .owned, receiveQueue: 9)
        }
        step("A closes: B reads the data, then the error") {
            reset(ends, by: ends.client, "RST/ACK> seq=10 ack=1")
            ends.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            ends.server.receives("delivered", .error(.ECONNRESET), .end)
        }
        chapter("data under way")
        ends = connection()
        let data = wire.hold("DATA>")
        step("the same with A's data held by the wire") {
            ends.client.send("in flight")
            data.meets(1)
        }
        // B asks whether the reset is meant (RFC 5961), and A, which has no socket, says so.
        step("A closes: B challenges the reset that has overtaken the data, and is reset") {
            reset(ends, by: ends.client, "RST/ACK> seq=10 ack=1", "<ACK seq=1 ack=1", "RST> seq=1")
            ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            B.counts(["TCPChallengeACK": 1])
        }
        step("the wire delivers the data, which is lost") {
            data.release()
            wire.carries("<RST seq=1")
            ends.server.receives(.error(.ECONNRESET), .end)
        }
        chapter("in FIN_WAIT2")
        ends = connection()
        shutDown(ends.client)
        step("A closes") {
            reset(ends, by: ends.client, "RST/ACK> seq=2 ack=1")
            ends.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            ends.server.receives(.end)
            ends.server.hasError(.EPIPE)
        }
        chapter("by the passive end, in CLOSE_WAIT")
        ends = connection()
        shutDown(ends.client)
        step("B, the passive end, closes in CLOSE_WAIT") {
            reset(ends, by: ends.server, "<RST/ACK seq=1 ack=2")
            ends.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            ends.client.receives(.error(.ECONNRESET))
        }
    }

    private static func shutDown(_ client: Socket) {
        step("A shuts down its sending side, and is in FIN_WAIT2") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
        }
    }

    /// Lets one end close with SO_LINGER and no time, and expects these segments and no row at either end.
    private static func reset(_ ends: Connection, by closer: Socket, _ segments: SegmentPattern...) {
        closer.setLinger(seconds: 0)
        closer.calls(.close, returns: 0)
        wire.carriesOnly(segments)
        for end in ends.ends { end.isGone() }
        for host in bothHosts { host.counts(["sockstat.tw": 0]) }
        closer.host.counts(["TCPAbortOnData": 1])
        ends.listener.close()
    }
}
