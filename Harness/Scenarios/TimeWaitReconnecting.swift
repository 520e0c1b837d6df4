internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// New connections between the addresses and ports of one that is in TIME_WAIT.
enum TimeWaitReconnecting {
    static let all = [NewSynHigher.scenario, newSynLower, reconnectBlocked]

    static let newSynLower = Scenario(
        "timewait.new-syn-lower",
        claim:
            "A SYN below what the old connection received, and no newer by its timestamp, does not end TIME_WAIT but is "
            + "answered by ACK; a client that means it resets the old connection and gets through within milliseconds.",
        cites: [
            .document("004", "TIME_WAIT"), .rfc(6191, "2"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
            .commit("9603d47bad46", "5.6: a SYN that a stray ACK answers is sent again soon"),
            .commit("c449d5f3a3d7", "6.16: what PAWS rejects in TIME_WAIT has a counter of its own"),
        ],
        steps: [
            "B closes first; a SYN with lower number and older timestamp is forged, then one that is newer by its "
                + "timestamp",
            "the same without timestamps, where only the number counts",
            "an old connection far ahead of A's clock is forged; A connects from its port",
        ]
    ) { lab in
        try forgeLowerSYN(lab, timestamps: true)
        try forgeLowerSYN(lab, timestamps: false)
        try connectFromBehind(lab)
    }

    /// A SYN that is older in every way, then one that is newer in the one way that counts.
    private static func forgeLowerSYN(_ lab: Lab, timestamps: Bool) throws {
        try lab.chapter(timestamps ? "forged, with timestamps" : "forged, without timestamps")
        for host in [lab.a!, lab.b!] { try host.set(sysctl: "tcp_timestamps", to: timestamps ? "1" : "0") }
        let old = try oldConnection(lab, port: timestamps ? 20_000 : 20_001)
        var syn = try lab.requireCarried("SYN>").segment
        let last = try lab.requireCarried("FIN>").segment
        // A has no socket for what B answers.
        let answers = try lab.wire.drop("<ACK", "<SYN/ACK")
        try lab.letRun(minute: old.began)

        var place = lab.wire.log.count
        syn.sequence &-= 100_000
        let before = Instant.now
        try lab.wire.inject(syn.dated((syn.timestamps?.value ?? 0) &- 5000), to: .b)
        try lab.expectCarried("<ACK seq=2 ack=2", since: place)
        // Only what PAWS rejects renews the minute; a low number alone does not.
        try lab.expect(minuteOf: old.server, began: timestamps ? before ... .now : old.began)
        if timestamps { try expectPAWS(lab, on: lab.b, count: 1) }

        place = lab.wire.log.count
        var newer = syn
        if timestamps {
            newer = syn.dated((last.timestamps?.value ?? 0) &+ 5000)
        } else {
            newer.sequence = last.endSequence &+ 100_000
        }
        try lab.wire.inject(newer, to: .b)
        let answer = try lab.requireCarried("<SYN/ACK", since: place).segment
        lab.expect(
            "B confirms the forged SYN", answer.acknowledgement == newer.endSequence,
            seen: "\(Int32(bitPattern: answer.acknowledgement &- newer.endSequence)) off", witnesses: ["segments"])
        try lab.requireGone(old.server)
        try lab.expect(lab.b, counts: ["sockstat.tw": 0])
        try lab.wire.inject(newer.resetBehind, to: .b)  // ends the request
        try lab.wire.lift(answers)
        try old.listener.close()
    }

    /// Expects PAWS to have rejected this much in TIME_WAIT, by whichever counter this kernel has for it.
    static func expectPAWS(_ lab: Lab, on host: Host, count: Int64) throws {
        let hasOwn = try lab.comesAbout(within: .seconds(2)) {
            let counters = try host.counters()
            return counters["PAWSTimewait"] != nil || counters["PAWSEstab"] != nil
        }
        let isOwn = try hasOwn && host.counters()["PAWSTimewait"] != nil
        lab.sawVariant(isOwn ? "PAWS in TIME_WAIT counted apart" : "PAWS in TIME_WAIT counted as in ESTABLISHED")
        try lab.expect(
            host, counts: isOwn ? ["PAWSTimewait": count, "PAWSEstab": 0] : ["PAWSEstab": count])
    }

    /// A real client whose initial sequence number has fallen behind the old connection's.
    ///
    /// The number space of the old connection is made up, since it would take some ten million bytes a second to
    /// outrun the clock that initial sequence numbers follow.
    private static func connectFromBehind(_ lab: Lab) throws {
        try lab.chapter("a client whose number has fallen behind")
        for host in [lab.a!, lab.b!] { try host.set(sysctl: "tcp_timestamps", to: "0") }
        let address = SocketAddress(lab.a.ip, 20_002)
        let ahead = try initialNumber(lab, from: address) &+ 1_000_000_000
        let listener = try lab.b.listen(port: 5000)

        // A knows nothing of this connection, and hears nothing of it.
        let silence = try lab.wire.drop("<ANY")
        var place = lab.wire.log.count
        var forged = TCPSegment(
            source: address, destination: SocketAddress(lab.b.ip, 5000), sequence: ahead, flags: .SYN,
            options: [.mss(1460)])
        try lab.wire.inject(forged, to: .b)
        let answer = try lab.requireCarried("<SYN/ACK", since: place).segment
        forged = TCPSegment(
            source: address, destination: forged.destination, sequence: ahead &+ 1,
            acknowledgement: answer.endSequence, flags: .ACK)
        try lab.wire.inject(forged, to: .b)
        let server = try listener.accept("old server")
        try server.shutdown(.SHUT_WR)
        try lab.requireCarried("<FIN", since: place)
        forged.acknowledgement &+= 1
        forged.flags = [.FIN, .ACK]
        try lab.wire.inject(forged, to: .b)
        try lab.require(server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        try server.close()
        try lab.wire.lift(silence)

        place = lab.wire.log.count
        let client = try lab.a.socket("new client")
        try client.bind(address)
        lab.expect(try client.ask(.connect(SocketAddress(lab.b.ip, 5000))), returns: 0)
        try lab.expectCarried("SYN>", "<ACK", "RST>", "SYN>", "<SYN/ACK", "ACK>", since: place)
        try lab.requireGone(server)
        let new = try listener.accept("new server")
        try lab.require(new, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        let seen = lab.carried(since: place)
        guard seen.count >= 4 else { return }
        lab.expect(
            "B acknowledges the old connection's last number, and A resets that",
            seen[1].segment.acknowledgement == ahead &+ 2 && seen[2].segment.sequence == ahead &+ 2,
            seen: "\(seen[1].segment.acknowledgement &- ahead), \(seen[2].segment.sequence &- ahead)",
            witnesses: ["segments"])
        // The initial timeout is a second.
        lab.expect(
            "the SYN comes again long before its timeout", lasted: seen[3].stamp - seen[2].stamp,
            within: .zero ... .milliseconds(800))
        lab.voidChapter("the numbers are made up and differ from run to run")
    }

    /// The number with which A's connections from this address to B's port 5000 begin at present; nobody listens yet.
    private static func initialNumber(_ lab: Lab, from address: SocketAddress) throws -> UInt32 {
        let place = lab.wire.log.count
        let socket = try lab.a.socket("first client")
        try socket.bind(address)
        lab.expect(try socket.ask(.connect(SocketAddress(lab.b.ip, 5000))), fails: .ECONNREFUSED)
        try socket.close()
        return try lab.requireCarried("SYN>", since: place).segment.sequence
    }

    static let reconnectBlocked = Scenario(
        "timewait.reconnect-blocked",
        claim:
            "The end in TIME_WAIT may connect again between the same addresses and ports: at once from a port it binds "
            + "with SO_REUSEADDR, from one the kernel chooses after a second if tcp_tw_reuse allows; never without "
            + "timestamps.",
        says: "TCP does not permit a new connection between addresses and ports that are in TIME_WAIT.",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .kernel("tcp_ipv4.c", "tcp_twsk_unique"),
            .commit("19ce8cd30465", "6.14: the delay is measured in milliseconds"),
            .commit("ca6a6f93867a", "6.14: tcp_tw_reuse_delay"),
        ],
        verdict: .refuted,
        steps: [
            "A has one port to choose from, connects and closes first",
            "A connects again at once with tcp_tw_reuse=1, and after a second with 0, 2 and 1",
            "over loopback with tcp_tw_reuse=2",
            "from a port that A binds, with tcp_tw_reuse=0, with and without timestamps",
        ],
        longestTimer: { _ in 1.2 }
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let ownListener = try lab.a.listen(port: 5000)
        let loopback = SocketAddress(IPAddress(127, 0, 0, 1), 5000)
        let old = try blockedAtOnce(lab, listener)
        let inside = try lab.a.socket("loopback client")
        try inside.connect(loopback)
        let insideServer = try ownListener.accept("loopback server")
        try inside.shutdown(.SHUT_WR)
        try lab.require(inside, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try insideServer.close()
        try lab.require(inside, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        try inside.close()
        try lab.pass(.milliseconds(1100))  // longer than the delay of either TIME_WAIT

        try lab.chapter("after a second")
        for setting in ["0", "2"] {
            try lab.a.set(sysctl: "tcp_tw_reuse", to: setting)
            try expectBlocked(lab, "with tcp_tw_reuse=\(setting)")
        }
        let again = try lab.a.socket("loopback client again")
        lab.expect(try again.ask(.connect(loopback)), returns: 0)  // what 2, the default, allows
        try lab.expect(lab.a, counts: ["TWRecycled": 1])
        if try lab.a.sysctl("tcp_tw_reuse_delay") != nil {
            lab.sawVariant("tcp_tw_reuse_delay")
            try lab.chapter("tcp_tw_reuse_delay")
            try lab.a.set(sysctl: "tcp_tw_reuse", to: "1")
            try lab.a.set(sysctl: "tcp_tw_reuse_delay", to: "60000")
            try expectBlocked(lab, "with tcp_tw_reuse_delay=60000")
            lab.voidChapter("kernels without tcp_tw_reuse_delay have nothing to compare this with")
            try lab.a.set(sysctl: "tcp_tw_reuse_delay", to: "1000")
        } else {
            lab.sawVariant("whole seconds")
        }
        try lab.chapter("after a second, with tcp_tw_reuse=1")
        try lab.a.set(sysctl: "tcp_tw_reuse", to: "1")
        let client = try lab.a.socket("client again")
        try expectReconnected(lab, client, over: old)

        try lab.a.set(sysctl: "tcp_tw_reuse", to: "0")
        try lab.chapter("a port that A binds")
        let bound = try boundConnection(lab, listener, port: 21_001)
        try expectReconnected(lab, try boundSocket(lab, "bound client again", port: 21_001), over: bound)
        try lab.chapter("a port that A binds, without timestamps")
        for host in [lab.a!, lab.b!] { try host.set(sysctl: "tcp_timestamps", to: "0") }
        _ = try boundConnection(lab, listener, port: 21_002)
        try expectBlocked(
            lab, "bound, without timestamps", try boundSocket(lab, "bound client 21002 again", port: 21_002))
    }

    /// A connection from the only port, closed first by A, and an attempt to have it again at once with tcp_tw_reuse=1.
    ///
    /// "At once" is within the same second of the kernel's clock, for before 6.14 the delay ends with the second. That
    /// clock is set by ticks, which may come 10 ms apart, so the second's first 20 ms are left alone. Where the machine
    /// was too busy for the rest, it is tried again with another port.
    private static func blockedAtOnce(_ lab: Lab, _ listener: Socket) throws -> Socket {
        try lab.a.set(sysctl: "tcp_tw_reuse", to: "1")
        let second: Int64 = 1_000_000_000
        for port in 20_000..<20_010 {
            try lab.chapter("at once, from port \(port)")
            try lab.a.set(sysctl: "ip_local_port_range", to: "\(port) \(port)")
            try lab.pass(.nanoseconds(second - Instant.now.nanoseconds % second) + .milliseconds(20))
            let client = try lab.a.socket("client")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let began = try lab.closeInOrder(first: client, then: try accept(from: client, listener))
            let place = lab.wire.log.count
            let socket = try lab.a.socket("client at once")
            let answer = try socket.ask(.connect(SocketAddress(lab.b.ip, 5000)))
            if began.lowerBound.nanoseconds / second == Instant.now.nanoseconds / second {
                try judgeBlocked(lab, answer, socket, since: place)
                return client
            }
            lab.voidChapter("the machine was too busy to connect again within the second")
            try socket.close()
        }
        throw ScenarioStop.harness("the machine was too busy to connect again within the second, ten times")
    }

    /// Takes a client's connection off the queue, where others may wait that the scenario has no use for.
    private static func accept(from client: Socket, _ listener: Socket) throws -> Socket {
        while true {
            let server = try listener.accept("server of \(client.label)")
            if server.remote == client.local { return server }
        }
    }

    private static func expectBlocked(_ lab: Lab, _ label: String, _ given: Socket? = nil) throws {
        let place = lab.wire.log.count
        let socket = try given ?? lab.a.socket(label)
        let answer = try socket.ask(.connect(SocketAddress(lab.b.ip, 5000)))
        try judgeBlocked(lab, answer, socket, since: place)
    }

    private static func judgeBlocked(_ lab: Lab, _ answer: Answer, _ socket: Socket, since place: Int) throws {
        lab.expect(answer, fails: .EADDRNOTAVAIL)
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect("ANY>", carried: 0, since: place)
        try socket.close()
    }

    /// Expects the client to connect where the old one is in TIME_WAIT, whose place it takes.
    private static func expectReconnected(_ lab: Lab, _ client: Socket, over old: Socket) throws {
        try lab.require(old, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        let fin = lab.wire.log.last { $0.from == .a && $0.segment.hasFIN && $0.segment.source == old.local }
        let place = lab.wire.log.count
        lab.expect(try client.ask(.connect(SocketAddress(lab.b.ip, 5000))), returns: 0)
        try lab.expectCarried("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", since: place)
        let syn = try lab.requireCarried("SYN>", since: place).segment
        lab.expect(
            "the new connection has the old one's addresses and begins 65537 above it",
            syn.source == old.local && syn.sequence == (fin?.segment.endSequence ?? 0) &+ 65_537,
            seen: "\(syn.source), \(Int32(bitPattern: syn.sequence &- (fin?.segment.endSequence ?? 0)))",
            witnesses: ["segments"])
        try lab.requireGone(old)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        try lab.expect(lab.a, counts: ["TWRecycled": 1])
    }

    private static func boundSocket(_ lab: Lab, _ label: String, port: UInt16) throws -> Socket {
        let socket = try lab.a.socket(label)
        try socket.set(.SO_REUSEADDR, 1)
        try socket.bind(SocketAddress(lab.a.ip, port))
        return socket
    }

    /// A connection from a port that A binds with SO_REUSEADDR, closed first by A.
    private static func boundConnection(_ lab: Lab, _ listener: Socket, port: UInt16) throws -> Socket {
        let client = try boundSocket(lab, "bound client \(port)", port: port)
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.closeInOrder(first: client, then: try accept(from: client, listener))
        return client
    }

    private struct OldConnection {
        let address: SocketAddress
        let server: Socket
        let listener: Socket
        let began: ClosedRange<Instant>
    }

    /// A connection from a port of A that B has closed first; nothing of it is left on A.
    private static func oldConnection(_ lab: Lab, port: UInt16) throws -> OldConnection {
        let address = SocketAddress(lab.a.ip, port)
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("old client")
        try client.bind(address)
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("old server")
        try lab.require(server, shows: .row(.ESTABLISHED))
        let began = try lab.closeInOrder(first: server, then: client)
        return OldConnection(address: address, server: server, listener: listener, began: began)
    }
}
