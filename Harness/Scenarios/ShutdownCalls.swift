internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// shutdown() as a call: what it returns, in every state, and whom it wakes.
enum ShutdownCalls {
    static let all = [alwaysFIN, returnValues, needsClose, listener, wakesBlockedCalls]

    static let alwaysFIN = Scenario(
        "shutdown.always-fin",
        claim: "shutdown() sends a FIN only where it is the first to close the sending side of a connection: not for "
            + "SHUT_RD, not a second time, not in SYN_SENT, which it aborts silently, and not on a listener.",
        says: "Other than close(), shutdown() always sends a FIN.",
        cites: [.document("002", "区别"), .kernel("af_inet.c", "inet_shutdown"), .kernel("tcp.c", "tcp_shutdown")],
        verdict: .refuted,
        steps: [
            "B calls shutdown(SHUT_RD), A shutdown(SHUT_WR) twice, shutdown(SHUT_RDWR), close(): one FIN",
            "A calls shutdown(SHUT_WR), and on another socket SHUT_RD, while its SYN is unanswered",
            "B calls shutdown(SHUT_RD) on its listener",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = pair.ends
        var place = lab.wire.log.count
        try server.shutdown(.SHUT_RD)
        try lab.expectNothingCarried(since: place)
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.expectCarried("FIN> seq=1 ack=1", "<ACK seq=1 ack=2", since: place)
        place = lab.wire.log.count
        try client.shutdown(.SHUT_WR)
        try client.shutdown(.SHUT_RDWR)
        try client.close()
        try lab.require(client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        try lab.expectNothingCarried(since: place)
        try lab.expect("FIN>", carried: 1)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)

        try lab.chapter("on a listener")
        place = lab.wire.log.count
        lab.expect(try pair.listener.ask(.shutdown(.SHUT_RD)), returns: 0)
        try lab.requireGone(pair.listener)
        try lab.expectNothingCarried(since: place)

        try lab.wire.silence()
        for how in [ShutdownHow.SHUT_WR, .SHUT_RD] {
            try lab.chapter("\(how) in SYN_SENT")
            let early = try lab.a.socket("early \(how)")
            try early.setNonblocking()
            lab.expect(try early.ask(.connect(SocketAddress(lab.b.ip, 5001))), fails: .EINPROGRESS)
            try lab.require(early, shows: .row(.SYN_SENT, .owned, timer: .retransmit))
            try lab.requireCarried("SYN>")
            lab.expect(try early.ask(.shutdown(how)), returns: 0)
            try lab.requireGone(early)
            try lab.expect(early, passes: .CLOSE, .SYN_SENT, .CLOSE)
            try lab.expect(early, tcpInfo: .CLOSE)
            try lab.expect(early, soError: .ECONNRESET)
            let others = lab.carried().filter { $0.view.kind != .SYN }
            lab.expect(
                "nothing but the SYN is sent", others.isEmpty, seen: SegmentView.describe(others.map(\.view)),
                witnesses: ["segments"])
            try lab.expect(lab.a, counts: ["OutRsts": 0])
        }
    }

    static let returnValues = Scenario(
        "shutdown.return-values",
        claim:
            "shutdown() returns 0 in every state of a connection, any number of times, and fails with ENOTCONN where "
            + "there is none (any more); EINVAL, EBADF and ENOTSOCK tell of wrong arguments.",
        cites: [.document("002", "shutdown"), .kernel("af_inet.c", "inet_shutdown")],
        steps: [
            "A calls it on a fresh, a bound and a connecting socket, with a wrong direction, on a closed descriptor and "
                + "on a pipe",
            "A and B call it in ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, after both FINs, after a reset",
        ]
    ) { lab in
        let directions = [ShutdownHow.SHUT_RD, .SHUT_WR, .SHUT_RDWR]
        let fresh = try lab.a.socket("fresh")
        for how in directions { lab.expect(try fresh.ask(.shutdown(how)), fails: .ENOTCONN) }
        try fresh.bind(SocketAddress(lab.a.ip, 7000))
        for how in directions { lab.expect(try fresh.ask(.shutdown(how)), fails: .ENOTCONN) }

        let pair = try lab.connectedPair()
        let (client, server) = pair.ends
        let process = client.process
        for how in [Int32(3), -1] {
            lab.expect(try process.ask(.shutdown(client.descriptor, how), socket: client), fails: .EINVAL)
        }
        try lab.require(client, shows: .row(.ESTABLISHED, .owned))
        try fresh.close()
        lab.expect(try process.ask(.shutdown(fresh.descriptor, ShutdownHow.SHUT_WR.rawValue)), fails: .EBADF)
        let pipe = try process.ask(.pipe)
        lab.expect(
            try process.ask(.shutdown(Int32(pipe.result), ShutdownHow.SHUT_WR.rawValue)), fails: .ENOTSOCK)

        try lab.chapter("the states of a connection")
        lab.expect(try client.ask(.shutdown(.SHUT_RD)), returns: 0)
        lab.expect(try client.ask(.shutdown(.SHUT_RD)), returns: 0)
        try lab.require(client, shows: .row(.ESTABLISHED, .owned))
        let fin = try lab.wire.hold("FIN>")
        lab.expect(try client.ask(.shutdown(.SHUT_WR)), returns: 0)
        for how in directions {
            try lab.require(client, shows: .row(.FIN_WAIT1, .owned))
            lab.expect(try client.ask(.shutdown(how)), returns: 0)
        }
        try lab.wire.release(fin)
        for how in directions {
            try lab.require(client, shows: .row(.FIN_WAIT2, .owned))
            lab.expect(try client.ask(.shutdown(how)), returns: 0)
        }
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned))
        lab.expect(try server.ask(.shutdown(.SHUT_RD)), returns: 0)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned))
        let lastAck = try lab.wire.hold("ACK>")
        lab.expect(try server.ask(.shutdown(.SHUT_WR)), returns: 0)
        for how in directions {
            try lab.require(server, shows: .row(.LAST_ACK, .owned))
            lab.expect(try server.ask(.shutdown(how)), returns: 0)
        }
        try lab.wire.release(lastAck)
        try lab.requireGone(server)
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock))
        for how in directions {
            lab.expect(try client.ask(.shutdown(how)), fails: .ENOTCONN)
            lab.expect(try server.ask(.shutdown(how)), fails: .ENOTCONN)
        }

        try lab.chapter("after a reset")
        let (reset, peer) = try lab.connection("to be reset", to: pair.listener).ends
        try peer.setLinger(seconds: 0)
        try peer.close()
        try lab.requireCarried("<RST/ACK")
        try lab.requireGone(reset)
        for how in directions { lab.expect(try reset.ask(.shutdown(how)), fails: .ENOTCONN) }

        try lab.chapter("in SYN_SENT")
        try lab.wire.silence()
        for how in directions {
            let early = try lab.a.socket("early \(how)")
            try early.setNonblocking()
            lab.expect(try early.ask(.connect(SocketAddress(lab.b.ip, 5001))), fails: .EINPROGRESS)
            try lab.require(early, shows: .row(.SYN_SENT, .owned))
            lab.expect(try early.ask(.shutdown(how)), returns: 0)
            try lab.requireGone(early)
            lab.expect(try early.ask(.shutdown(how)), fails: .ENOTCONN)
        }
    }

    static let needsClose = Scenario(
        "shutdown.needs-close",
        claim: "However often shutdown() is called, the descriptor and its socket stay until close(); once both "
            + "directions are closed further calls fail with ENOTCONN.",
        cites: [
            .document("002", "区别"), .kernel("af_inet.c", "inet_shutdown"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ],
        steps: [
            "A and B shut down both directions; A's connection is a TIME_WAIT minisock, the descriptor remains",
            "A polls, reads, asks for TCP_INFO, calls shutdown() again, closes twice",
        ]
    ) { lab in
        let (client, server) = try lab.connectedPair().ends
        try lab.chapter("both directions closed")
        try client.shutdown(.SHUT_RDWR)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try server.shutdown(.SHUT_RDWR)
        try lab.require(
            client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        try lab.requireGone(server)
        let rows = try lab.a.rows()
        lab.expect(
            "the minisock is A's only row", rows.count == 1, seen: rows.map(\.words).joined(separator: ", "),
            witnesses: ["netlink"])
        try lab.expect(lab.a, counts: ["sockstat.inuse": -1, "sockstat.tw": 1])
        try lab.expect(lab.b, counts: ["sockstat.inuse": -1, "sockstat.tw": 0])

        for end in [client, server] {
            try lab.expect(end, tcpInfo: .CLOSE)
            try lab.expect(end, polls: [.IN, .OUT, .HUP, .RDHUP])
            lab.expect(try end.ask(.recv(100)), returns: 0)
            try lab.expect(end, soError: nil)
            for how in [ShutdownHow.SHUT_RD, .SHUT_WR, .SHUT_RDWR] {
                lab.expect(try end.ask(.shutdown(how)), fails: .ENOTCONN)
            }
            lab.expect(try end.ask(.close), returns: 0)
            lab.expect(try end.ask(.close), fails: .EBADF)
            lab.expect(try end.ask(.recv(100)), fails: .EBADF)
        }
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let listener = Scenario(
        "shutdown.listener",
        claim: "On a listener SHUT_WR does nothing; SHUT_RD ends the listening, wakes a blocked accept() with EINVAL, "
            + "and leaves a descriptor that can listen again.",
        cites: [.kernel("af_inet.c", "inet_shutdown"), .kernel("inet_connection_sock.c", "inet_csk_accept")],
        verdict: .unclaimed,
        steps: [
            "B calls shutdown(SHUT_WR) on its listener; A connects",
            "B's other process is blocked in accept(); B calls shutdown(SHUT_RD); A connects: refused",
            "B listens again; A connects",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        lab.expect(try listener.ask(.shutdown(.SHUT_WR)), returns: 0)
        try lab.require(listener, shows: .row(.LISTEN, .owned))
        _ = try lab.connection("after SHUT_WR", to: listener)

        let other = try listener.process.fork("acceptor")
        let blocked = try listener.shared(with: other, as: "listener (acceptor)").begin(.accept)
        try lab.requireBlocked(blocked)
        let place = lab.wire.log.count
        lab.expect(try listener.ask(.shutdown(.SHUT_RD)), returns: 0)
        lab.expect(try blocked.answer(), fails: .EINVAL)
        try lab.requireGone(listener)
        try lab.expect(listener, passes: .CLOSE, .LISTEN, .CLOSE)
        try lab.expect(listener, tcpInfo: .CLOSE)
        try lab.expect(listener, polls: [.OUT, .HUP])
        try lab.expectNothingCarried(since: place)
        lab.expect(try listener.ask(.accept), fails: .EINVAL)
        lab.expect(try lab.a.socket("refused").ask(.connect(SocketAddress(lab.b.ip, 5000))), fails: .ECONNREFUSED)

        try listener.listen()
        try lab.require(listener, shows: .row(.LISTEN, .owned))
        let (client, server) = try lab.connection("after listen()", to: listener).ends
        try client.send("x")
        lab.expect(try server.ask(.recv(100)), reads: "x")
    }

    static let wakesBlockedCalls = Scenario(
        "shutdown.wakes-blocked-calls",
        claim:
            "A blocked recv() is woken by FIN and by its own SHUT_RD with 0 and by RST with ECONNRESET, but not by its "
            + "own SHUT_WR; a blocked send() by RST with ECONNRESET; a blocked connect() by SOCK_DESTROY with "
            + "ECONNABORTED.",
        cites: [
            .kernel("tcp.c", "tcp_recvmsg_locked"), .kernel("af_inet.c", "inet_wait_for_connect"),
            .kernel("tcp.c", "tcp_abort"),
        ],
        verdict: .unclaimed,
        steps: [
            "B is blocked in recv(): A closes; A resets; B's other process calls shutdown(SHUT_RD), shutdown(SHUT_WR)",
            "A is blocked in send(): B resets", "A is blocked in connect(): the socket is destroyed",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        var (client, server, call) = try blockedReader(lab, "FIN", listener)
        try client.close()
        lab.expect(try call.answer(), returns: 0)
        (client, server, call) = try blockedReader(lab, "RST", listener)
        try client.setLinger(seconds: 0)
        try client.close()
        lab.expect(try call.answer(), fails: .ECONNRESET)
        (client, server, call) = try blockedReader(lab, "SHUT_RD", listener)
        try server.shutdown(.SHUT_RD)
        lab.expect(try call.answer(), returns: 0)
        (client, server, call) = try blockedReader(lab, "SHUT_WR", listener)
        try server.shutdown(.SHUT_WR)
        try lab.require(server, shows: .row(.FIN_WAIT2, .owned))
        try lab.requireBlocked(call)
        try client.send("data")
        lab.expect(try call.answer(), reads: "data")

        try lab.chapter("send(): RST")
        let small = try lab.b.socket("small listener")
        try small.set(.SO_RCVBUF, 4096)
        try small.bind(SocketAddress(.anyV4, 5001))
        try small.listen()
        let (sender, receiver) = try lab.connection("of a small buffer", to: small, port: 5001).ends
        _ = try lab.fill(sender)
        let sending = try sender.begin(.sendFill(0x66, count: 4096, .MSG_NOSIGNAL))
        try lab.requireBlocked(sending)
        try receiver.close()  // with data unread
        try lab.requireCarried("<RST/ACK")
        lab.expect(try sending.answer(), fails: .ECONNRESET)

        try lab.chapter("connect(): SOCK_DESTROY")
        try lab.wire.silence()
        let connecting = try lab.a.socket("connecting")
        let connect = try connecting.begin(.connect(SocketAddress(lab.b.ip, 5002)))
        try lab.require(connecting, shows: .row(.SYN_SENT, .owned))
        try lab.requireBlocked(connect)
        try lab.destroy(connecting)
        lab.expect(try connect.answer(), fails: .ECONNABORTED)
        try lab.requireGone(connecting)
        try lab.expect(connecting, passes: .CLOSE, .SYN_SENT, .CLOSE)
        let others = lab.carried().filter { $0.view.kind != .SYN }
        lab.expect(
            "nothing but the SYN is sent", others.isEmpty, seen: SegmentView.describe(others.map(\.view)),
            witnesses: ["segments"])
    }

    /// A connection on whose end of B another process is blocked in recv().
    private static func blockedReader(
        _ lab: Lab, _ name: String, _ listener: Socket
    ) throws -> (client: Socket, server: Socket, call: PendingCall) {
        try lab.chapter("recv(): \(name)")
        let pair = try lab.connection(name, to: listener)
        let reader = try pair.server.process.fork("reader \(name)")
        let call = try pair.server.shared(with: reader, as: "server \(name) (reader)").begin(.recv(100))
        try lab.requireBlocked(call)
        return (pair.client, pair.server, call)
    }
}
