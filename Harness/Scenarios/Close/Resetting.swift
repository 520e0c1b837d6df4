internal import Vocabulary

/// What a reset does to the connection, and to the process that goes on using it.
enum Resetting {
    static let all = [rstOnLateData, rstThenWriteSigpipe]

    static let rstOnLateData = Scenario(
        "close.rst-on-late-data",
        claim: "Data for a socket whose process has closed it is answered by RST, and both ends are gone at once.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .requirement("SHLD-3", only: "later data"),
            .requirement("MAY-1"), .rfc(9293, "3.6.1"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ]
    ) {
        let (client, server) = connect()
        step("A closes and waits in FIN_WAIT2") {
            client.entersFinWait2 { client.close() }
            server.shows(.CLOSE_WAIT)
        }
        step("B sends three bytes: A resets the connection, and no TIME_WAIT is left") {
            server.calls(.send("abc"), returns: 3)
            wire.carriesOnly("<DATA seq=1 ack=2 len=3", "RST> seq=2")
            client.isGone()
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            server.isGone()
            A.tracesReset("TCP_TIMEWAIT_SOCKET", in: .TIME_WAIT)
            // The minisock has answered, so it is not counted as an abort.
            A.counts(["OutRsts": 1, "TCPAbortOnData": 0])
            B.counts(["EstabResets": 1])
        }
    }

    static let rstThenWriteSigpipe = Scenario(
        "close.rst-then-write-sigpipe",
        claim: "Writing to a socket that has received a reset fails with EPIPE and raises SIGPIPE, which by default "
            + "kills the process; if the reset came before any FIN, the first write fails with ECONNRESET and no signal.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .document("002", "调用close后发生了什么"),
            .man("send", 2, "ECONNRESET", only: "ECONNRESET"),
            .kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_sendmsg_locked"),
        ]
    ) {
        for (number, way) in Way.allCases.enumerated() {
            chapter("after FIN and RST: \(way.rawValue)")
            let (client, server) = connection(number, way)
            step("A closes; B reads the end and writes, which A answers by RST") {
                client.entersFinWait2 { client.close() }
                server.receives(.end)
                server.shows(.CLOSE_WAIT)
                server.calls(.send("x", way.flags), returns: 1)
                wire.carries("<DATA seq=1 len=1", "RST> seq=2")
                server.isGone()
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            }
            writeAgain(server, way)
        }
        for (number, way) in Way.allCases.enumerated() {
            chapter("reset in ESTABLISHED: \(way.rawValue)")
            let (client, server) = connection(10 + number, way)
            step("A closes with unread data, which resets the connection in ESTABLISHED; B writes once") {
                server.send("unread")
                client.shows(.ESTABLISHED, receiveQueue: 6)
                client.close()
                wire.carries("RST/ACK>")
                server.isGone()
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
                server.calls(.send("x", way.flags), fails: .ECONNRESET)
            }
            writeAgain(server, way)
        }
    }

    /// What B's process does about SIGPIPE.
    private enum Way: String, CaseIterable {
        case standard = "SIG_DFL"
        case handler
        case ignored = "SIG_IGN"
        case noSignal = "MSG_NOSIGNAL"

        var flags: MessageFlags { self == .noSignal ? .MSG_NOSIGNAL : [] }
        var disposition: SignalDisposition {
            switch self {
            case .standard, .noSignal: .standard
            case .handler: .handled
            case .ignored: .ignored
            }
        }
    }

    /// A connection whose server is a process of its own, since it may be killed.
    private static func connection(_ number: Int, _ way: Way) -> (client: Socket, server: Socket) {
        let process = B.spawn("writer \(number)")
        process.sets(.SIGPIPE, way.disposition)
        let port = 5000 + UInt16(number)
        return connect(to: process.listen(port: port), port: port)
    }

    private static func writeAgain(_ server: Socket, _ way: Way) {
        step("B writes again: \(way == .standard ? "it is killed by SIGPIPE" : "EPIPE each time")") {
            switch way {
            case .standard: server.calls(.send("y"), killedBy: .SIGPIPE)
            case .handler:  // one signal for each write
                for text in ["y", "z"] { server.calls(.send(text), fails: .EPIPE, with: .SIGPIPE) }
            case .ignored, .noSignal:
                for text in ["y", "z"] { server.calls(.send(text, way.flags), fails: .EPIPE) }
            }
            wire.neverCarries("<ANY", since: .stepBegan)
        }
    }
}
