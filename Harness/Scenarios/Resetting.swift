internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What a reset does to the connection, and to the process that goes on using it.
enum Resetting {
    static let all = [rstOnLateData, rstThenWriteSigpipe]

    static let rstOnLateData = Scenario(
        "close.rst-on-late-data",
        claim: "Data for a socket whose process has closed it is answered by RST, and both ends are gone at once.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .rfc(9293, "3.6.1"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ],
        steps: ["A closes and waits in FIN_WAIT2", "B sends three bytes"]
    ) { lab in
        let pair = try lab.connectedPair()
        try lab.awaitFinWait2(of: pair.client) { try pair.client.close() }
        try lab.require(pair.server, shows: .row(.CLOSE_WAIT))
        let place = lab.wire.log.count

        lab.expect(try pair.server.ask(.send("abc")), returns: 3)
        try lab.expectCarried("<DATA seq=1 ack=2 len=3", "RST> seq=2", since: place)
        try lab.requireGone(pair.client)  // no TIME_WAIT
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        try lab.requireGone(pair.server)
        try lab.expect(lab.a, tracesReset: "TCP_TIMEWAIT_SOCKET", in: .TIME_WAIT)
        // The minisock has answered, so it is not counted as an abort.
        try lab.expect(lab.a, counts: ["OutRsts": 1, "TCPAbortOnData": 0])
        try lab.expect(lab.b, counts: ["EstabResets": 1])
    }

    static let rstThenWriteSigpipe = Scenario(
        "close.rst-then-write-sigpipe",
        claim: "Writing to a socket that has received a reset fails with EPIPE and raises SIGPIPE, which by default "
            + "kills the process; if the reset came before any FIN, the first write fails with ECONNRESET and no signal.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .document("002", "调用close后发生了什么"),
            .kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_sendmsg_locked"),
        ],
        steps: [
            "A closes; B reads the end and writes: the first write is answered by RST",
            "B writes again with SIGPIPE at its default, handled, ignored, and with MSG_NOSIGNAL",
            "A closes with unread data: the reset comes in ESTABLISHED; B writes twice",
        ]
    ) { lab in
        let sigpipe: Int32 = 13
        for (number, variant) in Variant.allCases.enumerated() {
            try lab.chapter("after FIN and RST: \(variant.rawValue)")
            let (client, server) = try pair(lab, number, variant)
            try lab.awaitFinWait2(of: client) { try client.close() }
            lab.expect(try server.ask(.recv(100)), returns: 0)
            try lab.require(server, shows: .row(.CLOSE_WAIT))
            lab.expect(try server.ask(.send("x", variant.flags)), returns: 1)
            try lab.requireCarried("<DATA seq=1 len=1")
            try lab.requireCarried("RST> seq=2")
            try lab.requireGone(server)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            try writeAgain(lab, server, variant, sigpipe)
        }
        for (number, variant) in Variant.allCases.enumerated() {
            try lab.chapter("reset in ESTABLISHED: \(variant.rawValue)")
            let (client, server) = try pair(lab, 10 + number, variant)
            try server.send("unread")
            try lab.require(client, shows: .row(.ESTABLISHED, receiveQueue: 6))
            try client.close()
            try lab.requireCarried("RST/ACK>")
            try lab.requireGone(server)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            lab.expect(try server.ask(.send("x", variant.flags)), fails: .ECONNRESET)
            try writeAgain(lab, server, variant, sigpipe)
        }
    }

    private enum Variant: String, CaseIterable {
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
    private static func pair(_ lab: Lab, _ number: Int, _ variant: Variant) throws -> (client: Socket, server: Socket) {
        let process = try lab.b.spawn("writer \(number)")
        try process.setSignal(13, variant.disposition)
        let listener = try process.socket("listener")
        try listener.set(.SO_REUSEADDR, 1)
        let address = SocketAddress(lab.b.ip, 5000 + UInt16(number))
        try listener.bind(address)
        try listener.listen()
        let client = try lab.a.socket("client")
        try client.connect(address)
        let server = try listener.accept("server")
        try lab.require(server, shows: .row(.ESTABLISHED))
        return (client, server)
    }

    private static func writeAgain(_ lab: Lab, _ server: Socket, _ variant: Variant, _ sigpipe: Int32) throws {
        let place = lab.wire.log.count
        if variant == .standard {
            lab.expect(try server.ask(.send("y")), killedBy: sigpipe)
        } else {
            // One signal for each write, if they are handled.
            let signals = variant == .handler ? [sigpipe] : []
            lab.expect(try server.ask(.send("y", variant.flags)), fails: .EPIPE, signals: signals)
            lab.expect(try server.ask(.send("z", variant.flags)), fails: .EPIPE, signals: signals)
        }
        try lab.expect("<ANY", carried: 0, since: place)
    }
}
