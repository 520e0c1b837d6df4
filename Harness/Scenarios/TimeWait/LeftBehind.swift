internal import Vocabulary

/// Which end is left in TIME_WAIT, and what netstat shows of it.
enum LeftBehind {
    static let all = [timerVisible, activeCloserOnly, bucketLimit]

    static let timerVisible = Scenario(
        "timewait.timer-visible",
        claim: "A minisock in FIN_WAIT2 or TIME_WAIT shows its timer, which starts at 60 s, counts down and is not "
            + "renewed by looking; CLOSE_WAIT has no timer.",
        cites: [
            .document("004", "TIME_WAIT"), .kernel("inet_diag.c", "inet_twsk_diag_fill"),
            .kernel("tcp_ipv4.c", "get_timewait4_sock"),
        ],
        longestTimer: { _ in 3 }
    ) {
        let process = B.spawn("nc")
        let (client, server) = connect(to: process.listen(port: 1234), port: 1234)
        step("B's process is killed by SIGINT, as nc -l is; A keeps its socket: B is in FIN_WAIT2 for 60 s") {
            let killed = moment { server.entersFinWait2(timer: sixtySeconds) { process.diesOf(.SIGINT) } }
            expectMinute(of: server, .FIN_WAIT2, since: killed)
            client.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
            client.netstat(shows: .CLOSE_WAIT, timer: .off, receiveQueue: 1)
        }
        var closing = Moment.unknown
        step("A reads the end and closes: B is in TIME_WAIT") {
            client.receives(.end)
            closing = moment {
                client.close()
                server.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds, retransmits: 0)
                // From here on no FIN is sent again that would renew the minute.
                client.isGone()
            }
        }
        try step("B's TIME_WAIT is looked at by netlink and in /proc/net/tcp for three seconds: its 60 s run down") {
            for second in 0...3 {
                if second > 0 { wire.staysQuiet(for: .seconds(1)) }
                expectMinute(of: server, .TIME_WAIT, since: closing)
            }
            server.shows(.TIME_WAIT, .minisock, timer: .timewait, retransmits: 0)
            expect("three seconds later 57 s or less are left", of: try server.row()) {
                ($0?.expires ?? .max) <= 57_050
            }
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        }
    }

    /// Netlink and netstat agree that a minisock's 60 s began at a moment.
    private static func expectMinute(of socket: Socket, _ state: TCPState, since began: Moment) {
        socket.minuteBegan(began)
        socket.netstat(
            shows: state, timer: .timewait, since: began, lasts: .milliseconds(59_950) ... .milliseconds(60_050))
    }

    static let activeCloserOnly = Scenario(
        "timewait.active-closer-only",
        claim: "In an orderly close the end that closes first is left in TIME_WAIT, both if they close at once; after "
            + "an abort neither is, nor where tcp_max_tw_buckets allows no more.",
        says: "The end that closes actively is in TIME_WAIT, be it client or server; at least one of the two sockets "
            + "always stays behind in it.",
        cites: [
            .document("004", "TIME_WAIT", .differs), .document("003", "关闭 TCP 连接", .differs), .rfc(9293, "3.6"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"), .kernel("tcp.c", "__tcp_close"),
        ]
    ) {
        ending("A closes first", "A closes, then B: A is left in TIME_WAIT", a: true) { client, server in
            closeInOrder(first: client, then: server)
        }
        ending("B closes first", "B closes, then A: B is left in TIME_WAIT", b: true) { client, server in
            closeInOrder(first: server, then: client)
        }
        ending("both at once", "both close while the wire holds both FINs: both are left", a: true, b: true) {
            client, server in
            let fins = wire.hold("FIN>", "<FIN")
            for end in [client, server] { end.close() }
            for end in [client, server] { end.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1) }
            fins.release()
        }
        ending("abort by SO_LINGER", "A aborts: neither is left") { client, _ in
            client.abort()
            wire.carries("RST/ACK>")
        }
        ending("close with unread data", "A closes with data unread: neither is left") { client, server in
            server.send("unread")
            client.shows(.ESTABLISHED, receiveQueue: 6)
            client.close()
            wire.carries("RST/ACK>")
        }
        for host in bothHosts { host.set("tcp_max_tw_buckets", to: "0") }
        ending("no TIME_WAIT allowed", "A closes, then B, with tcp_max_tw_buckets=0: neither is left") {
            client, server in
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.close()
            client.isGone()
            client.close()
            A.counts(["TCPTimeWaitOverflow": 1])
            wire.neverCarries("RST>")  // the last FIN is acknowledged all the same
        }
    }

    /// One way to end a connection, and at which ends a TIME_WAIT is left.
    private static func ending(
        _ title: String, _ words: String, a: Bool = false, b: Bool = false, by end: (Socket, Socket) -> Void
    ) {
        chapter(title)
        let listener = B.listen()
        let (client, server) = connect(to: listener)
        step(words) {
            end(client, server)
            for (socket, isLeft) in [(client, a), (server, b)] {
                if isLeft {
                    socket.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                } else {
                    socket.isGone()
                }
                // Two rows of one connection would be one too many.
                socket.host.hasRows(isLeft ? 1 : 0, .TIME_WAIT, of: client)
                socket.host.counts(["sockstat.tw": isLeft ? 1 : 0])
            }
        }
        listener.close()
    }

    static let bucketLimit = Scenario(
        "timewait.bucket-limit",
        claim:
            "Beyond tcp_max_tw_buckets a closed connection leaves nothing behind: its FIN_WAIT2 ends at once, and the "
            + "peer's FIN is answered by RST.",
        cites: [
            .requirement("MUST-13", .refuted), .sysctl("tcp_max_tw_buckets"),
            .kernel("inet_timewait_sock.c", "inet_twsk_alloc"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ]
    ) {
        A.set("tcp_max_tw_buckets", to: "2")
        let listener = B.listen()
        var kept: [Socket] = []
        for number in 1...5 {
            let hasRoom = number <= 2
            let rest = hasRoom ? "a TIME_WAIT" : "nothing, and answers B's FIN by RST"
            let (client, server) = connect("\(number)", to: listener)
            step("A, which may keep two TIME_WAITs, closes connection \(number), then B: A keeps \(rest)") {
                client.isClosedBeforeTheAnswer {
                    client.close()
                } then: {
                    if hasRoom { client.shows(.FIN_WAIT2, .minisock, timer: .timewait) } else { client.isGone() }
                }
                server.shows(.CLOSE_WAIT, .owned, timer: .off)
                let closing = wire.here()
                server.close()
                server.isGone()
                wire.carriesOnly("<FIN seq=1 ack=2", hasRoom ? "ACK> seq=2 ack=2" : "RST> seq=2", since: closing)
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            }
            if hasRoom { kept.append(client) }
        }
        step("A has its two TIME_WAITs, and none of the other connections") {
            for client in kept { client.shows(.TIME_WAIT, .minisock, timer: .timewait) }
            A.hasRows(2, .TIME_WAIT)
            A.counts(["sockstat.tw": 2, "TCPTimeWaitOverflow": 3, "OutRsts": 3])
            A.tracesReset("NO_SOCKET")
        }
    }
}
