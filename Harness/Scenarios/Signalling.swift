internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// When writing raises SIGPIPE.
enum Signalling {
    static let all = [sigpipeMatrix]

    static let sigpipeMatrix = Scenario(
        "errors.sigpipe-matrix",
        claim: "Whatever makes a write fail with EPIPE raises SIGPIPE too, also on a socket that was never connected; "
            + "MSG_NOSIGNAL and SIG_IGN suppress the signal, not the error. ECONNRESET never raises it.",
        cites: [.kernel("../core/stream.c", "sk_stream_error"), .kernel("tcp.c", "tcp_sendmsg_locked")],
        verdict: .unclaimed,
        link: .direct,
        steps: [
            "a process of A has a socket that was never connected, or has shut down its sending side, or was reset, or "
                + "whose peer has closed",
            "it writes with MSG_NOSIGNAL, with SIGPIPE ignored, handled, and at its default, which kills it",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        for situation in Situation.allCases {
            try lab.chapter(situation.rawValue)
            let process = try lab.a.spawn(situation.rawValue)
            let socket = try process.socket(situation.rawValue)
            try process.setSignal(sigpipe, .handled)
            try arrange(lab, socket, situation, listener)

            lab.expect(try socket.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            lab.expect(try socket.ask(.send("x")), fails: .EPIPE, signals: [sigpipe])
            lab.expect(try socket.ask(.write("x")), fails: .EPIPE, signals: [sigpipe])
            try process.setSignal(sigpipe, .ignored)
            lab.expect(try socket.ask(.send("x")), fails: .EPIPE)
            try process.setSignal(sigpipe, .standard)
            lab.expect(try socket.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            let final: SocketCall = situation == .shutDown ? .write("x") : .send("x")
            lab.expect(try socket.ask(final), killedBy: sigpipe)
        }
    }

    private static let sigpipe: Int32 = 13

    private enum Situation: String, CaseIterable {
        case neverConnected = "never connected"
        case shutDown = "shut down"
        case wasReset = "reset"
        case peerClosed = "the peer has closed"
    }

    /// Brings the socket to where writing fails with EPIPE; no signal comes before.
    private static func arrange(
        _ lab: Lab, _ socket: Socket, _ situation: Situation, _ listener: Socket
    ) throws {
        if situation == .neverConnected { return }
        try socket.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("\(situation.rawValue): peer")
        switch situation {
        case .neverConnected: break
        case .shutDown:
            try socket.shutdown(.SHUT_WR)
            try lab.require(socket, shows: .row(.FIN_WAIT2, .owned))
        case .wasReset:
            try server.setLinger(seconds: 0)
            try server.close()
            try lab.requireGone(socket)
            lab.expect(try socket.ask(.send("x")), fails: .ECONNRESET)
        case .peerClosed:
            try server.close()
            try lab.require(socket, shows: .row(.CLOSE_WAIT, .owned))
            try lab.require(server, shows: .row(.FIN_WAIT2))  // a reset from there needs no socket
            lab.expect(try socket.ask(.send("x")), returns: 1)
            try lab.requireCarried("<RST")
            try lab.requireGone(socket)
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        }
    }
}
