internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What an old connection's minisock means for bind(2).
enum TimeWaitBinding {
    static let all = [bindInUse, finWait2BindInUse, reuseaddr, clientEphemeral]

    static let bindInUse = Scenario(
        "timewait.bind-in-use",
        claim:
            "Without SO_REUSEADDR a server's TIME_WAIT keeps its local address and port from bind() until it is gone; "
            + "other addresses, other ports and clients are free.",
        cites: [
            .document("004", "TIME_WAIT"), .document("003", "关闭 TCP 连接"),
            .kernel("inet_connection_sock.c", "inet_csk_bind_conflict"),
            .commit("936a192f9740", "6.2: TIME_WAIT is in the hash by port and address too"),
        ],
        steps: [
            "B listens without SO_REUSEADDR; B closes first and stops listening",
            "B binds the port with several addresses, and connects as a client",
            "TIME_WAIT ends: of its own in the default lane, by a forged reset in the scaled one; B binds again",
        ],
        longestTimer: { $0 == .scaled ? 0 : 60 }
    ) { lab in
        let listener = try plainListener(lab.b.process())
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("server")
        try lab.closeInOrder(first: server, then: client)
        try listener.close()

        try expectBind(lab, to: SocketAddress(.anyV4, 5000), fails: .EADDRINUSE)
        try expectBind(lab, to: SocketAddress(lab.b.ip, 5000), fails: .EADDRINUSE)
        try expectBind(lab, to: SocketAddress(IPAddress(127, 0, 0, 1), 5000))
        try expectBind(lab, to: SocketAddress(lab.b.ip, 0))
        _ = try lab.a.listen(port: 5001)
        let fromB = try lab.b.socket("client on B")
        lab.expect(try fromB.ask(.connect(SocketAddress(lab.a.ip, 5001))), returns: 0)
        try lab.require(server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))

        if lab.isScaled {
            let last = try lab.requireCarried("FIN>").segment
            try lab.wire.inject(last.resetBehind, to: .b)
            try lab.requireGone(server)
        } else {
            let entered = try lab.requireStep(of: server, .FIN_WAIT2, .CLOSE)
            try lab.expectVanish([(server, entered)], after: .seconds(60))
        }
        try expectBind(lab, to: SocketAddress(.anyV4, 5000))
    }

    static let finWait2BindInUse = Scenario(
        "timewait.fin-wait2-bind-in-use",
        claim: "While the client of a killed server keeps its socket, the server's end is a FIN_WAIT2 minisock, not "
            + "TIME_WAIT; it keeps bind() off in the same way, until tcp_fin_timeout.",
        says: "After the server is ended its end is in TIME_WAIT, so starting it again fails with \"Address already in "
            + "use\"; the output shown beside it says FIN_WAIT2.",
        cites: [
            .document("004", "TIME_WAIT"), .kernel("inet_connection_sock.c", "inet_csk_bind_conflict"),
            .kernel("tcp.c", "__tcp_close"),
        ],
        verdict: .differs,
        steps: [
            "B listens without SO_REUSEADDR; its process is killed by SIGINT; A keeps its socket",
            "B binds the port: it is in use", "the FIN_WAIT2 minisock runs out; B binds the port",
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "5"] : [:] },
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) { lab in
        let process = try lab.b.spawn("server process")
        let listener = try plainListener(process)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("server")
        let sigint: Int32 = 2
        let killed = Instant.now
        try lab.awaitFinWait2(of: server) {
            lab.expect(try process.ask(.raise(sigint)), killedBy: sigint)
        }
        let timeout = Duration.seconds(lab.isScaled ? 5 : 60)
        try lab.expect(
            timerOf: server, since: killed,
            lasts: timeout - .milliseconds(50)...timeout + .milliseconds(50) + (.now - killed))
        try lab.require(client, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
        try expectBind(lab, to: SocketAddress(.anyV4, 5000), fails: .EADDRINUSE)
        try expectBind(lab, to: SocketAddress(lab.b.ip, 5000), fails: .EADDRINUSE)
        try lab.requireGone(server, within: lab.patience(after: timeout))
        try expectBind(lab, to: SocketAddress(.anyV4, 5000))
        try lab.require(client, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
    }

    static let reuseaddr = Scenario(
        "timewait.reuseaddr",
        claim:
            "SO_REUSEADDR lets a server bind its port over an old connection only if the old socket had it too; then "
            + "in any state but LISTEN.",
        says: "Setting SO_REUSEADDR lets a process use again a socket that is still in TIME_WAIT.",
        cites: [
            .document("004", "TIME_WAIT"), .kernel("inet_connection_sock.c", "inet_csk_bind_conflict"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"),
            .commit("28044fc1d495", "6.1: conflicts are looked for by port and address"),
        ],
        verdict: .differs,
        steps: [
            "an old listener with and without SO_REUSEADDR; it stops listening while a connection lives",
            "a new socket with and without it binds and listens: the old one ESTABLISHED, in FIN_WAIT2, in TIME_WAIT",
        ]
    ) { lab in
        for oldHas in [false, true] {
            try lab.chapter("the old socket has \(oldHas ? "" : "no ")SO_REUSEADDR")
            let listener = try lab.b.socket("old listener")
            if oldHas { try listener.set(.SO_REUSEADDR, 1) }
            let address = SocketAddress(.anyV4, oldHas ? 5001 : 5000)
            try listener.bind(address)
            try listener.listen()
            let client = try lab.a.socket("client")
            try client.connect(SocketAddress(lab.b.ip, address.port))
            let server = try listener.accept("server")
            try lab.require(server, shows: .row(.ESTABLISHED))
            try listener.close()
            try expectRestarts(lab, at: address, succeed: oldHas)

            try lab.awaitFinWait2(of: server) { try server.close() }
            try expectRestarts(lab, at: address, succeed: oldHas)

            try lab.require(client, shows: .row(.CLOSE_WAIT))
            try client.close()
            try lab.require(server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
            try lab.requireGone(client)
            try expectRestarts(lab, at: address, succeed: oldHas)
            try lab.require(server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        }
    }

    static let clientEphemeral = Scenario(
        "timewait.client-ephemeral",
        claim:
            "TIME_WAIT does not keep a client from connecting again at once, since it gets another port each time; it "
            + "does if the client insists on its port.",
        cites: [.document("004", "TIME_WAIT"), .kernel("inet_hashtables.c", "__inet_hash_connect")],
        link: .direct,
        steps: [
            "A connects and closes first, five times", "the same from a port of A's choice; A binds it again",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        var clients: [Socket] = []
        func cycle(_ label: String, from port: UInt16? = nil) throws {
            let client = try lab.a.socket(label)
            if let port { try client.bind(SocketAddress(lab.a.ip, port)) }
            lab.expect(try client.ask(.connect(SocketAddress(lab.b.ip, 5000))), returns: 0)
            try client.learnNames()
            let server = try listener.accept("server of \(label)")
            try lab.closeInOrder(first: client, then: server)
            clients.append(client)
        }
        for number in 1...5 { try cycle("client \(number)") }
        let ports = Set(clients.compactMap(\.local?.port))
        lab.expect(
            "five different source ports", ports.count == 5, seen: "\(ports.count)", witnesses: ["call"])
        for client in clients {
            try lab.require(
                client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        }
        try lab.expect(lab.a, counts: ["sockstat.tw": 5])
        try lab.expect(lab.b, counts: ["sockstat.tw": 0])

        try lab.chapter("a port of its own choice")
        // Below the ports that the kernel gives out.
        try cycle("bound client", from: 20_000)
        let again = try lab.a.socket("bound client again")
        lab.expect(try again.ask(.bind(SocketAddress(lab.a.ip, 20_000))), fails: .EADDRINUSE)
        let insisting = try lab.a.socket("insisting client")
        try insisting.set(.SO_REUSEADDR, 1)  // the old socket did not have it
        lab.expect(try insisting.ask(.bind(SocketAddress(lab.a.ip, 20_000))), fails: .EADDRINUSE)
    }

    /// A listener without SO_REUSEADDR.
    private static func plainListener(_ process: WorkerProcess) throws -> Socket {
        let listener = try process.socket("listener")
        try listener.bind(SocketAddress(.anyV4, 5000))
        try listener.listen()
        return listener
    }

    /// A new socket of B binds, and is closed again.
    private static func expectBind(
        _ lab: Lab, to address: SocketAddress, fails errno: Errno? = nil, line: Int = #line
    ) throws {
        let socket = try lab.b.socket("new socket")
        let answer = try socket.ask(.bind(address))
        if let errno {
            lab.expect(answer, fails: errno, line: line)
        } else {
            lab.expect(answer, returns: 0, line: line)
        }
        try socket.close()
    }

    /// A new server binds without and with SO_REUSEADDR, and listens if it may; then no other may beside it.
    private static func expectRestarts(
        _ lab: Lab, at address: SocketAddress, succeed: Bool, line: Int = #line
    ) throws {
        try expectBind(lab, to: address, fails: .EADDRINUSE, line: line)
        let new = try lab.b.socket("new listener")
        try new.set(.SO_REUSEADDR, 1)
        let answer = try new.ask(.bind(address))
        if succeed {
            lab.expect(answer, returns: 0, line: line)
            lab.expect(try new.ask(.listen(backlog: 16)), returns: 0, line: line)
            let second = try lab.b.socket("second listener")
            try second.set(.SO_REUSEADDR, 1)
            lab.expect(try second.ask(.bind(address)), fails: .EADDRINUSE, line: line)
            try second.close()
        } else {
            lab.expect(answer, fails: .EADDRINUSE, line: line)
        }
        try new.close()
    }
}
