internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Which end is left in TIME_WAIT, and what netstat shows of it.
enum TimeWaitShowing {
    static let all = [timerVisible, activeCloserOnly, bucketLimit]

    static let timerVisible = Scenario(
        "timewait.timer-visible",
        claim: "A minisock in FIN_WAIT2 or TIME_WAIT shows its timer, which starts at 60 s, counts down and is not "
            + "renewed by looking; CLOSE_WAIT has no timer.",
        cites: [
            .document("004", "TIME_WAIT"), .kernel("inet_diag.c", "inet_twsk_diag_fill"),
            .kernel("tcp_ipv4.c", "get_timewait4_sock"),
        ],
        steps: [
            "a process on B accepts and is killed by SIGINT, as nc -l is; A keeps its socket",
            "A reads the end and closes",
            "B's TIME_WAIT is looked at by netlink and in /proc/net/tcp for three seconds",
        ],
        longestTimer: { _ in 3 }
    ) { lab in
        let process = try lab.b.spawn("nc")
        let listener = try process.socket("listener")
        try listener.bind(SocketAddress(lab.b.ip, 1234))
        try listener.listen()
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 1234))
        let server = try listener.accept("server")
        try lab.require(server, shows: .row(.ESTABLISHED))

        let sigint: Int32 = 2
        let before = Instant.now
        try lab.awaitFinWait2(of: server, timer: lab.sixtySeconds) {
            lab.expect(try process.ask(.raise(sigint)), killedBy: sigint)
        }
        try lab.expect(minuteOf: server, began: before ... .now)
        try lab.expect(
            server, netstat: .FIN_WAIT2, timer: .timewait, since: before,
            lasts: .milliseconds(59_950)...(.milliseconds(60_050) + (.now - before)))
        try lab.require(client, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
        try lab.expect(client, netstat: .CLOSE_WAIT, timer: .off, receiveQueue: 1)

        lab.expect(try client.ask(.recv(100)), returns: 0)
        let closing = Instant.now
        try client.close()
        try lab.require(
            server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds, retransmits: 0))
        // From here on no FIN is sent again that would renew the minute.
        try lab.requireGone(client)
        try lab.synchronize()
        let began = closing...Instant.now
        let blur = began.upperBound - began.lowerBound
        for second in 0...3 {
            if second > 0 { try lab.expectQuiet(for: .seconds(1)) }
            try lab.expect(minuteOf: server, began: began)
            try lab.expect(
                server, netstat: .TIME_WAIT, timer: .timewait, since: began.lowerBound,
                lasts: .milliseconds(59_950)...(.milliseconds(60_050) + blur))
        }
        let row = try lab.require(server, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, retransmits: 0))
        lab.expect(
            "three seconds later 57 s or less are left", row.expires <= 57_050, seen: "\(row.expires) ms",
            witnesses: ["netlink"])
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let activeCloserOnly = Scenario(
        "timewait.active-closer-only",
        claim: "In an orderly close the end that closes first is left in TIME_WAIT, both if they close at once; after "
            + "an abort neither is, nor where tcp_max_tw_buckets allows no more.",
        says: "The end that closes actively is in TIME_WAIT, be it client or server; at least one of the two sockets "
            + "always stays behind in it.",
        cites: [
            .document("004", "TIME_WAIT"), .document("003", "关闭 TCP 连接"), .rfc(9293, "3.6"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"), .kernel("tcp.c", "__tcp_close"),
        ],
        verdict: .differs,
        steps: [
            "A closes first", "B closes first", "both close at once: the wire holds both FINs",
            "A aborts with SO_LINGER", "A closes with unread data", "A closes first, and may keep no TIME_WAIT",
        ]
    ) { lab in
        try ending(lab, "A closes first", a: true) { client, server in
            try lab.closeInOrder(first: client, then: server)
        }
        try ending(lab, "B closes first", b: true) { client, server in
            try lab.closeInOrder(first: server, then: client)
        }
        try ending(lab, "both at once", a: true, b: true) { client, server in
            let fins = try lab.wire.hold("FIN>", "<FIN")
            for end in [client, server] { try end.close() }
            for end in [client, server] {
                try lab.require(end, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
            }
            try lab.wire.release(fins)
        }
        try ending(lab, "abort by SO_LINGER") { client, _ in
            try client.abort()
            try lab.requireCarried("RST/ACK>")
        }
        try ending(lab, "close with unread data") { client, server in
            try server.send("unread")
            try lab.require(client, shows: .row(.ESTABLISHED, receiveQueue: 6))
            try client.close()
            try lab.requireCarried("RST/ACK>")
        }
        for host in [lab.a!, lab.b!] { try host.set(sysctl: "tcp_max_tw_buckets", to: "0") }
        try ending(lab, "no TIME_WAIT allowed") { client, server in
            try client.shutdown(.SHUT_WR)
            try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
            try server.close()
            try lab.requireGone(client)
            try client.close()
            try lab.expect(lab.a, counts: ["TCPTimeWaitOverflow": 1])
            try lab.expect("RST>", carried: 0)  // the last FIN is acknowledged all the same
        }
    }

    /// One way to end a connection, and at which ends a TIME_WAIT is left.
    private static func ending(
        _ lab: Lab, _ title: String, a: Bool = false, b: Bool = false, by end: (Socket, Socket) throws -> Void
    ) throws {
        try lab.chapter(title)
        let pair = try lab.connectedPair()
        try end(pair.client, pair.server)
        for (socket, isLeft) in [(pair.client, a), (pair.server, b)] {
            if isLeft {
                try lab.require(
                    socket, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            } else {
                try lab.requireGone(socket)
            }
            // Two rows of one connection would be one too many.
            let port = pair.client.local?.port ?? 0
            let rows = try socket.host.rows().filter { $0.state == .TIME_WAIT && $0.names(port: port) }
            lab.expect(
                "\(socket.host.name.rawValue) has \(isLeft ? "one" : "no") TIME_WAIT of the connection",
                rows.count == (isLeft ? 1 : 0), seen: "\(rows.count)", witnesses: ["netlink"])
            try lab.expect(socket.host, counts: ["sockstat.tw": isLeft ? 1 : 0])
        }
        try pair.listener.close()
    }

    static let bucketLimit = Scenario(
        "timewait.bucket-limit",
        claim:
            "Beyond tcp_max_tw_buckets a closed connection leaves nothing behind: its FIN_WAIT2 ends at once, and the "
            + "peer's FIN is answered by RST.",
        cites: [
            .kernel("inet_timewait_sock.c", "inet_twsk_alloc"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ],
        verdict: .unclaimed,
        steps: ["A may keep two TIME_WAITs; A closes five connections", "B closes its ends"]
    ) { lab in
        try lab.a.set(sysctl: "tcp_max_tw_buckets", to: "2")
        let listener = try lab.b.listen(port: 5000)
        var kept: [Socket] = []
        for number in 1...5 {
            let client = try lab.a.socket("client \(number)")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server \(number)")
            let hasRoom = number <= 2
            try lab.closeBeforeAnswer(client) {
                try client.close()
            } then: {
                if hasRoom {
                    try lab.require(client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
                } else {
                    try lab.requireGone(client)
                }
            }
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
            let place = lab.wire.log.count
            try server.close()
            try lab.requireGone(server)
            try lab.expectCarried("<FIN seq=1 ack=2", hasRoom ? "ACK> seq=2 ack=2" : "RST> seq=2", since: place)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            if hasRoom { kept.append(client) }
        }
        for client in kept { try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait)) }
        let rows = try lab.a.rows().filter { $0.state == .TIME_WAIT }
        lab.expect("A has two TIME_WAITs", rows.count == 2, seen: "\(rows.count)", witnesses: ["netlink"])
        try lab.expect(lab.a, counts: ["sockstat.tw": 2, "TCPTimeWaitOverflow": 3, "OutRsts": 3])
        try lab.expect(lab.a, tracesReset: "NO_SOCKET")
    }
}

extension DiagRow {
    /// Whether one of its ends has this port.
    func names(port: UInt16) -> Bool { local.port == port || remote.port == port }
}
