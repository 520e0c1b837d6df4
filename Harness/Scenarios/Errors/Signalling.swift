internal import Vocabulary

/// When writing raises SIGPIPE.
enum Signalling {
    static let all = [sigpipeMatrix]

    static let sigpipeMatrix = Scenario(
        "errors.sigpipe-matrix",
        claim: "Whatever makes a write fail with EPIPE raises SIGPIPE too, also on a socket that was never connected; "
            + "MSG_NOSIGNAL and SIG_IGN suppress the signal, not the error. ECONNRESET never raises it.",
        cites: [.kernel("../core/stream.c", "sk_stream_error"), .kernel("tcp.c", "tcp_sendmsg_locked")],
        link: .direct
    ) {
        let listener = B.listen()
        for situation in Situation.allCases {
            chapter(situation.rawValue)
            let process = A.spawn(situation.rawValue)
            let socket = process.socket(situation.rawValue)
            process.sets(.SIGPIPE, .handled)
            step("a process of A has a socket that \(situation.words)") { arrange(socket, situation, listener) }
            step("it writes with MSG_NOSIGNAL, with SIGPIPE handled, ignored, and at its default, which kills it") {
                socket.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
                socket.calls(.send("x"), fails: .EPIPE, with: .SIGPIPE)
                socket.calls(.write("x"), fails: .EPIPE, with: .SIGPIPE)
                process.sets(.SIGPIPE, .ignored)
                socket.calls(.send("x"), fails: .EPIPE)
                process.sets(.SIGPIPE, .standard)
                socket.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
                socket.calls(situation == .shutDown ? .write("x") : .send("x"), killedBy: .SIGPIPE)
            }
        }
    }

    private enum Situation: String, CaseIterable {
        case neverConnected = "never connected"
        case shutDown = "shut down"
        case wasReset = "reset"
        case peerClosed = "the peer has closed"

        var words: String {
            switch self {
            case .neverConnected: "was never connected"
            case .shutDown: "has shut down its sending side"
            case .wasReset: "was reset"
            case .peerClosed: "was reset by a peer that had closed"
            }
        }
    }

    /// Brings the socket to where writing fails with EPIPE; no signal comes before.
    private static func arrange(_ socket: Socket, _ situation: Situation, _ listener: Socket) {
        if situation == .neverConnected { return }
        socket.connect(to: B.port(5000))
        let server = listener.accept("\(situation.rawValue): peer")
        switch situation {
        case .neverConnected: break
        case .shutDown:
            socket.shutdown(.SHUT_WR)
            socket.shows(.FIN_WAIT2, .owned)
        case .wasReset:
            server.abort()
            socket.isGone()
            socket.calls(.send("x"), fails: .ECONNRESET)
        case .peerClosed:
            server.close()
            socket.shows(.CLOSE_WAIT, .owned)
            server.shows(.FIN_WAIT2)  // a reset from there needs no socket
            socket.calls(.send("x"), returns: 1)
            wire.carries("<RST seq=2")
            socket.isGone()
            socket.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        }
    }
}
