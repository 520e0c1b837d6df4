internal import Vocabulary

/// What an old connection's minisock means for bind(2).
enum Binding {
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
        longestTimer: { $0 == .scaled ? 0 : 60 }
    ) {
        let listener = B.listen(reuseAddress: false)
        let (client, server) = connect(to: listener)
        step("B, which listens without SO_REUSEADDR, closes first and stops listening") {
            closeInOrder(first: server, then: client)
            listener.close()
        }
        step("B binds the port with several addresses, and connects as a client") {
            cannotBind(.any(5000), B.port(5000))
            canBind(.loopback(5000), B.port(0))
            _ = A.listen(port: 5001)
            B.socket("client on B").calls(.connect(A.port(5001)), returns: 0)
            server.shows(.TIME_WAIT, .minisock, timer: .timewait)
        }
        step("TIME_WAIT ends, \(isScaled ? "by a forged reset" : "of its own"); B binds again") {
            if isScaled {
                wire.forges(.RST, behind: wire.hasCarried("FIN>"))
                server.isGone()
            } else {
                server.vanishes(after: .seconds(60), since: server.goes(.FIN_WAIT2, .CLOSE))
            }
            canBind(.any(5000))
        }
    }

    static let finWait2BindInUse = Scenario(
        "timewait.fin-wait2-bind-in-use",
        claim: "While the client of a killed server keeps its socket, the server's end is a FIN_WAIT2 minisock, not "
            + "TIME_WAIT; it keeps bind() off in the same way, until tcp_fin_timeout.",
        says: "After the server is ended its end is in TIME_WAIT, so starting it again fails with \"Address already in "
            + "use\"; the output shown beside it says FIN_WAIT2.",
        cites: [
            .document("004", "TIME_WAIT", .differs), .kernel("inet_connection_sock.c", "inet_csk_bind_conflict"),
            .kernel("tcp.c", "__tcp_close"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "5"] : [:] },
        longestTimer: { $0 == .scaled ? 5 : 60 }
    ) {
        let timeout = Duration.seconds(isScaled ? 5 : 60)
        let process = B.spawn("server process")
        let (client, server) = connect(to: process.listen(reuseAddress: false))
        step("B's process, which listens without SO_REUSEADDR, is killed by SIGINT; A keeps its socket") {
            let killed = moment { server.entersFinWait2 { process.diesOf(.SIGINT) } }
            server.timerLasts(timeout - .milliseconds(50)...timeout + .milliseconds(50), since: killed)
            client.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
        }
        step("B binds the port: it is in use") { cannotBind(.any(5000), B.port(5000)) }
        step("the FIN_WAIT2 minisock runs out; B binds the port") {
            server.isGone(after: timeout)
            canBind(.any(5000))
            client.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
        }
    }

    static let reuseaddr = Scenario(
        "timewait.reuseaddr",
        claim:
            "SO_REUSEADDR lets a server bind its port over an old connection only if the old socket had it too; then "
            + "in any state but LISTEN.",
        says: "Setting SO_REUSEADDR lets a process use again a socket that is still in TIME_WAIT.",
        cites: [
            .document("004", "TIME_WAIT", .differs), .requirement("MUST-41", only: "a listener over an old connection"),
            .man("socket", 7, "SO_REUSEADDR", .differs), .kernel("inet_connection_sock.c", "inet_csk_bind_conflict"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"),
            .commit("28044fc1d495", "6.1: conflicts are looked for by port and address"),
        ]
    ) {
        for oldHas in [false, true] {
            chapter("the old socket has \(oldHas ? "" : "no ")SO_REUSEADDR")
            let port: UInt16 = oldHas ? 5001 : 5000
            let listener = B.listen("old listener", port: port, reuseAddress: oldHas)
            let (client, server) = connect(to: listener, port: port)
            let then =
                "a new listener \(oldHas ? "with SO_REUSEADDR alone may" : "may not, with SO_REUSEADDR or without,") bind"
            step("the listener is closed, its connection is ESTABLISHED: \(then)") {
                listener.close()
                expectRestart(at: .any(port), succeeds: oldHas)
            }
            step("B closes the connection, which is in FIN_WAIT2: \(then)") {
                server.entersFinWait2 { server.close() }
                expectRestart(at: .any(port), succeeds: oldHas)
            }
            step("A closes too, and B is in TIME_WAIT: \(then)") {
                client.shows(.CLOSE_WAIT)
                client.close()
                server.shows(.TIME_WAIT, .minisock, timer: .timewait)
                client.isGone()
                expectRestart(at: .any(port), succeeds: oldHas)
                server.shows(.TIME_WAIT, .minisock, timer: .timewait)
            }
        }
    }

    static let clientEphemeral = Scenario(
        "timewait.client-ephemeral",
        claim:
            "TIME_WAIT does not keep a client from connecting again at once, since it gets another port each time; it "
            + "does if the client insists on its port.",
        cites: [.document("004", "TIME_WAIT"), .kernel("inet_hashtables.c", "__inet_hash_connect")],
        link: .direct
    ) {
        let listener = B.listen()
        try step("A connects and closes first, five times: each connection has a port of its own") {
            let clients = (1...5).map { A.socket("client \($0)") }
            for client in clients { expectCycle(of: client, listener) }
            expect("five different source ports", of: try clients.compactMap { try $0.row() }) {
                Set($0.map(\.local.port)).count == 5
            }
            for client in clients {
                client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            }
            A.counts(["sockstat.tw": 5])
            B.counts(["sockstat.tw": 0])
        }
        chapter("a port of its own choice")
        step("the same from a port of A's choice; A cannot bind it again, with SO_REUSEADDR or without") {
            let port = A.port(20_000)  // below the ports that the kernel gives out
            let client = A.socket("bound client")
            client.bind(port)
            expectCycle(of: client, listener)
            A.socket("bound client again").calls(.bind(port), fails: .EADDRINUSE)
            let insisting = A.socket("insisting client")
            insisting.set(.SO_REUSEADDR, 1)  // the old socket did not have it
            insisting.calls(.bind(port), fails: .EADDRINUSE)
        }
    }

    /// A client connects and is left in TIME_WAIT.
    private static func expectCycle(of client: Socket, _ listener: Socket) {
        client.calls(.connect(B.port(5000)), returns: 0)
        closeInOrder(first: client, then: listener.accept("server of \(client.name)"))
    }

    /// New sockets of B can bind these, one after the other.
    private static func canBind(_ addresses: Endpoint...) {
        withNewSockets(addresses) { $0.calls(.bind($1), returns: 0) }
    }

    /// No new socket of B can bind any of these.
    private static func cannotBind(_ addresses: Endpoint...) {
        withNewSockets(addresses) { $0.calls(.bind($1), fails: .EADDRINUSE) }
    }

    private static func withNewSockets(_ addresses: [Endpoint], _ body: (Socket, Endpoint) -> Void) {
        for address in addresses {
            let socket = B.socket("new socket")
            body(socket, address)
            socket.close()
        }
    }

    /// A new server binds without and with SO_REUSEADDR, and listens if it may; then no other may beside it.
    private static func expectRestart(at address: Endpoint, succeeds: Bool) {
        cannotBind(address)
        let new = B.socket("new listener")
        new.set(.SO_REUSEADDR, 1)
        if succeeds {
            new.calls(.bind(address), returns: 0)
            new.calls(.listen(), returns: 0)
            let second = B.socket("second listener")
            second.set(.SO_REUSEADDR, 1)
            second.calls(.bind(address), fails: .EADDRINUSE)
            second.close()
        } else {
            new.calls(.bind(address), fails: .EADDRINUSE)
        }
        new.close()
    }
}
