internal import Vocabulary

/// New connections of the end in TIME_WAIT, between the same addresses and ports.
enum ReconnectBlocked {
    static let scenario = Scenario(
        "timewait.reconnect-blocked",
        claim:
            "The end in TIME_WAIT may connect again between the same addresses and ports: at once from a port it binds "
            + "with SO_REUSEADDR, from one the kernel chooses after a second if tcp_tw_reuse allows; never without "
            + "timestamps.",
        says: "TCP does not permit a new connection between addresses and ports that are in TIME_WAIT.",
        cites: [
            .document("001", "常见问题", .refuted), .document("004", "TIME_WAIT", .refuted),
            .sysctl("tcp_tw_reuse", only: "0 and 1"),
            .sysctl("tcp_tw_reuse_delay", .holds, unless: ["whole seconds": .absent]),
            .kernel("tcp_ipv4.c", "tcp_twsk_unique"),
            .commit("19ce8cd30465", "6.14: the delay is measured in milliseconds"),
            .commit("ca6a6f93867a", "6.14: tcp_tw_reuse_delay"),
        ],
        longestTimer: { _ in 1.2 }
    ) {
        let listener = B.listen()
        var old = A.socket("client")
        try step("A has one port to choose from, connects, closes first and connects again at once: it may not") {
            try expectRefusedAtOnce(&old, listener)
        }
        let ownListener = A.listen("own listener")
        let inside = A.socket("loopback client")
        inside.connect(to: .loopback(5000))
        let insideServer = ownListener.accept("loopback server")
        step("A connects to itself over loopback and closes first; more than a second passes") {
            inside.shutdown(.SHUT_WR)
            inside.shows(.FIN_WAIT2, .owned, timer: .off)
            insideServer.close()
            inside.shows(.TIME_WAIT, .minisock, timer: .timewait)
            inside.close()
            letPass(.milliseconds(1100))  // longer than the delay of either TIME_WAIT
        }

        chapter("after a second")
        for setting in ["0", "2"] {
            step("A connects again with tcp_tw_reuse=\(setting): it may not") {
                A.set("tcp_tw_reuse", to: setting)
                expectRefused(A.socket("with tcp_tw_reuse=\(setting)"))
            }
        }
        step("over loopback it may, as tcp_tw_reuse=2 says, which is the default") {
            A.socket("loopback client again").calls(.connect(.loopback(5000)), returns: 0)
            A.counts(["TWRecycled": 1])
        }
        try step("A connects with a tcp_tw_reuse_delay of a minute, where the kernel has that: it may not") {
            guard try A.sysctl("tcp_tw_reuse_delay") != nil else { return variant("whole seconds") }
            variant("tcp_tw_reuse_delay")
            chapter("tcp_tw_reuse_delay")
            A.set("tcp_tw_reuse", to: "1")
            A.set("tcp_tw_reuse_delay", to: "60000")
            expectRefused(A.socket("with tcp_tw_reuse_delay=60000"))
            voidChapter("kernels without tcp_tw_reuse_delay have nothing to compare this with")
            A.set("tcp_tw_reuse_delay", to: "1000")
        }
        chapter("after a second, with tcp_tw_reuse=1")
        try step("A connects again with tcp_tw_reuse=1: it may") {
            A.set("tcp_tw_reuse", to: "1")
            try expectReconnected(A.socket("client again"), over: old)
        }

        A.set("tcp_tw_reuse", to: "0")
        chapter("a port that A binds")
        try step("A connects from a port that it binds, closes first and connects again from it at once: it may") {
            let bound = boundSocket("bound client 21001", port: 21_001)
            try connectAndClose(bound, listener)
            try expectReconnected(boundSocket("bound client again", port: 21_001), over: bound)
        }
        chapter("a port that A binds, without timestamps")
        try step("the same without timestamps: it may not") {
            TimeWaiting.useTimestamps(false)
            try connectAndClose(boundSocket("bound client 21002", port: 21_002), listener)
            expectRefused(boundSocket("bound client 21002 again", port: 21_002))
        }
    }

    /// A connection from the only port, closed first by A, and an attempt to have it again at once with tcp_tw_reuse=1.
    ///
    /// "At once" is within the same second of the kernel's clock, for before 6.14 the delay ends with the second. That
    /// clock is set by ticks, which may come 10 ms apart, so the second's first 20 ms are left alone. Where the machine
    /// was too busy for the rest, it is tried again with another port.
    private static func expectRefusedAtOnce(_ client: inout Socket, _ listener: Socket) throws {
        A.set("tcp_tw_reuse", to: "1")
        let second: Int64 = 1_000_000_000
        for port in 20_000..<20_010 {
            chapter("at once, from port \(port)")
            A.set("ip_local_port_range", to: "\(port) \(port)")
            let intoSecond = try now().bounds.upperBound.nanoseconds % second
            letPass(.nanoseconds(second - intoSecond) + .milliseconds(20))
            let closing = try connectAndClose(client, listener)
            let again = A.socket("client at once")
            let place = wire.here()
            let connecting = again.begins(.connect(B.port(5000)))
            _ = try connecting.result()
            if try closing.bounds.lowerBound.nanoseconds / second == now().bounds.upperBound.nanoseconds / second {
                connecting.fails(.EADDRNOTAVAIL)
                return expectNothingSent(by: again, since: place)
            }
            voidChapter("the machine was too busy to connect again within the second")
            again.close()
            client = A.socket("client")
        }
        try giveUp("the machine was too busy to connect again within the second, ten times")
    }

    /// A connection of A, which closes first and is left in TIME_WAIT; gives the time within which that began.
    @discardableResult
    private static func connectAndClose(_ client: Socket, _ listener: Socket) throws -> Moment {
        client.connect(to: B.port(5000))
        while true {
            let server = listener.accept("server of \(client.name)")
            // Others may wait in the queue that the scenario has no use for.
            if try server.remote.socketAddress == client.local.socketAddress {
                return closeInOrder(first: client, then: server)
            }
        }
    }

    private static func boundSocket(_ label: String, port: UInt16) -> Socket {
        let socket = A.socket(label)
        socket.set(.SO_REUSEADDR, 1)
        socket.bind(A.port(port))
        return socket
    }

    /// connect(2) finds no port.
    private static func expectRefused(_ socket: Socket) {
        let place = wire.here()
        socket.calls(.connect(B.port(5000)), fails: .EADDRNOTAVAIL)
        expectNothingSent(by: socket, since: place)
    }

    private static func expectNothingSent(by socket: Socket, since place: Since) {
        socket.passes(.CLOSE, .SYN_SENT, .CLOSE)
        wire.neverCarries("ANY>", since: place)
        socket.close()
    }

    /// A client connects where the old one is in TIME_WAIT, and takes its place.
    private static func expectReconnected(_ client: Socket, over old: Socket) throws {
        old.shows(.TIME_WAIT, .minisock, timer: .timewait)
        let (fin, place) = (wire.hasCarried("FIN>"), wire.here())
        client.calls(.connect(B.port(5000)), returns: 0)
        wire.carriesOnly("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", since: place)
        let syn = wire.carries("SYN>", since: place)
        let address = try old.local.socketAddress
        expect(
            "the new connection has the old one's addresses and begins 65537 above it",
            of: [try fin.seen, try syn.seen]
        ) {
            $0.allSatisfy { $0.segment.source == address }
                && $0[1].segment.sequence == $0[0].segment.endSequence &+ 65_537
        }
        old.isGone()
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        A.counts(["TWRecycled": 1])
    }
}
