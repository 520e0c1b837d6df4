internal import Vocabulary

/// shutdown() as a call: what it returns, in every state, and whom it wakes.
enum ShutdownCalls {
    static let all = [alwaysFIN, returnValues, needsClose, listener, wakesBlockedCalls]

    private static let directions = [ShutdownDirection.SHUT_RD, .SHUT_WR, .SHUT_RDWR]

    static let alwaysFIN = Scenario(
        "shutdown.always-fin",
        claim: "shutdown() sends a FIN only where it is the first to close the sending side of a connection: not for "
            + "SHUT_RD, not a second time, not in SYN_SENT, which it aborts silently, and not on a listener.",
        says: "Other than close(), shutdown() always sends a FIN.",
        cites: [
            .document("002", "区别", .refuted), .kernel("af_inet.c", "inet_shutdown"), .kernel("tcp.c", "tcp_shutdown"),
        ]
    ) {
        let pair = connection()
        let (client, server) = (pair.client, pair.server)
        step("B calls shutdown(SHUT_RD): nothing is sent") {
            server.shutdown(.SHUT_RD)
            wire.carriesNothing()
        }
        step("A calls shutdown(SHUT_WR): a FIN is sent") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            wire.carriesOnly("FIN> seq=1 ack=1", "<ACK seq=1 ack=2")
        }
        step("A calls shutdown(SHUT_WR) again, shutdown(SHUT_RDWR) and close(): nothing is sent") {
            client.shutdown(.SHUT_WR)
            client.shutdown(.SHUT_RDWR)
            client.close()
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            wire.carriesNothing()
            wire.carries(1, of: "FIN>", since: .chapterBegan)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }

        chapter("on a listener")
        step("B calls shutdown(SHUT_RD) on its listener: nothing is sent") {
            pair.listener.calls(.shutdown(.SHUT_RD), returns: 0)
            pair.listener.isGone()
            wire.carriesNothing()
        }

        wire.cut()
        for how in [ShutdownDirection.SHUT_WR, .SHUT_RD] {
            chapter("\(how) in SYN_SENT")
            let early = A.socket("early \(how)")
            step("A calls shutdown(\(how)) while its SYN is unanswered: it gives up in silence") {
                early.beginConnecting(to: B.port(5001))
                early.shows(.SYN_SENT, .owned, timer: .retransmit)
                wire.carries("SYN>")
                early.calls(.shutdown(how), returns: 0)
                early.isGone()
                early.passes(.CLOSE, .SYN_SENT, .CLOSE)
                early.tcpInfo(shows: .CLOSE)
                early.hasError(.ECONNRESET)
                wire.carriesNothing(but: "SYN>", since: .chapterBegan)
                A.counts(["OutRsts": 0])
            }
        }
    }

    static let returnValues = Scenario(
        "shutdown.return-values",
        claim:
            "shutdown() returns 0 in every state of a connection, any number of times, and fails with ENOTCONN where "
            + "there is none (any more); EINVAL, EBADF and ENOTSOCK tell of wrong arguments.",
        cites: [.document("002", "shutdown"), .man("shutdown", 2, "errors"), .kernel("af_inet.c", "inet_shutdown")]
    ) {
        let fresh = A.socket("fresh")
        step("A calls it on a socket that is not connected, then bound") {
            everyDirection(fails: .ENOTCONN, on: fresh)
            fresh.bind(A.port(7000))
            everyDirection(fails: .ENOTCONN, on: fresh)
        }
        let pair = connection()
        let (client, server) = (pair.client, pair.server)
        try step("A calls it with a wrong direction, on a closed descriptor and on a pipe") {
            let process = client.owner
            for how in [Int32(3), -1] {
                try process.calls(.shutdown(descriptor: Int64(try client.descriptor), how: how), fails: .EINVAL)
            }
            client.shows(.ESTABLISHED, .owned)
            let descriptor = Int64(try fresh.descriptor)
            fresh.close()
            let how = ShutdownDirection.SHUT_WR.rawValue
            try process.calls(.shutdown(descriptor: descriptor, how: how), fails: .EBADF)
            let pipe = try process.calls(.pipe)
            try process.calls(.shutdown(descriptor: pipe, how: how), fails: .ENOTSOCK)
        }

        chapter("the states of a connection")
        let fin = wire.hold("FIN>")
        step("A calls it in ESTABLISHED, FIN_WAIT1 and FIN_WAIT2") {
            for _ in 0..<2 { client.calls(.shutdown(.SHUT_RD), returns: 0) }
            client.shows(.ESTABLISHED, .owned)
            client.calls(.shutdown(.SHUT_WR), returns: 0)
            everyDirection(succeedsIn: .FIN_WAIT1, on: client)
            fin.release()
            everyDirection(succeedsIn: .FIN_WAIT2, on: client)
        }
        let lastAck = wire.hold("ACK>")
        step("B calls it in CLOSE_WAIT and LAST_ACK") {
            server.shows(.CLOSE_WAIT, .owned)
            server.calls(.shutdown(.SHUT_RD), returns: 0)
            server.shows(.CLOSE_WAIT, .owned)
            server.calls(.shutdown(.SHUT_WR), returns: 0)
            everyDirection(succeedsIn: .LAST_ACK, on: server)
        }
        step("both call it after both FINs") {
            lastAck.release()
            server.isGone()
            client.shows(.TIME_WAIT, .minisock)
            for end in [client, server] { everyDirection(fails: .ENOTCONN, on: end) }
        }

        chapter("after a reset")
        let (reset, peer) = connect("to be reset", to: pair.listener)
        step("A calls it after B has reset the connection") {
            peer.abort()
            wire.carries("<RST/ACK")
            reset.isGone()
            everyDirection(fails: .ENOTCONN, on: reset)
        }

        chapter("in SYN_SENT")
        step("A calls it while its SYN is unanswered, and once more when that has ended the attempt") {
            wire.cut()
            for how in directions {
                let early = A.socket("early \(how)")
                early.beginConnecting(to: B.port(5001))
                early.shows(.SYN_SENT, .owned)
                early.calls(.shutdown(how), returns: 0)
                early.isGone()
                early.calls(.shutdown(how), fails: .ENOTCONN)
            }
        }
    }

    private static func everyDirection(fails errno: Errno, on socket: Socket) {
        for how in directions { socket.calls(.shutdown(how), fails: errno) }
    }

    /// Each call returns 0 and leaves the state as it is.
    private static func everyDirection(succeedsIn state: TCPState, on socket: Socket) {
        for how in directions {
            socket.shows(state, .owned)
            socket.calls(.shutdown(how), returns: 0)
        }
    }

    static let needsClose = Scenario(
        "shutdown.needs-close",
        claim: "However often shutdown() is called, the descriptor and its socket stay until close(); once both "
            + "directions are closed further calls fail with ENOTCONN.",
        cites: [
            .document("002", "区别"), .kernel("af_inet.c", "inet_shutdown"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ]
    ) {
        let (client, server) = connect()
        chapter("both directions closed")
        try step("A and B shut down both directions; A's connection is in TIME_WAIT, B's is gone") {
            client.shutdown(.SHUT_RDWR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.receives(.end)
            server.shutdown(.SHUT_RDWR)
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            server.isGone()
            expect("the minisock is A's only row", of: try A.rows()) { $0.count == 1 }
            A.counts(["sockstat.inuse": -1, "sockstat.tw": 1])
            B.counts(["sockstat.inuse": -1, "sockstat.tw": 0])
        }
        step("the descriptors remain: both poll, read, ask, call shutdown() again; the second close() fails") {
            for end in [client, server] {
                end.tcpInfo(shows: .CLOSE)
                end.polls([.IN, .OUT, .HUP, .RDHUP])
                end.receives(.end)
                end.hasNoError()
                everyDirection(fails: .ENOTCONN, on: end)
                end.calls(.close, returns: 0)
                end.calls(.close, fails: .EBADF)
                end.receives(.error(.EBADF))
            }
            client.shows(.TIME_WAIT, .minisock, timer: .timewait)
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

    static let listener = Scenario(
        "shutdown.listener",
        claim: "On a listener SHUT_WR does nothing; SHUT_RD ends the listening, wakes a blocked accept() with EINVAL, "
            + "and leaves a descriptor that can listen again.",
        cites: [.kernel("af_inet.c", "inet_shutdown"), .kernel("inet_connection_sock.c", "inet_csk_accept")]
    ) {
        let listener = B.listen()
        step("B calls shutdown(SHUT_WR) on its listener; A can connect") {
            listener.calls(.shutdown(.SHUT_WR), returns: 0)
            listener.shows(.LISTEN, .owned)
            _ = connect("after SHUT_WR", to: listener)
        }
        let acceptor = listener.owner.fork("acceptor")
        let blocked = listener.shared(with: acceptor, as: "listener (acceptor)").begins(.accept)
        blocked.isAsleep()
        step("B calls shutdown(SHUT_RD): its other process, blocked in accept(), gets EINVAL; nothing is sent") {
            listener.calls(.shutdown(.SHUT_RD), returns: 0)
            blocked.fails(.EINVAL)
            listener.isGone()
            listener.passes(.CLOSE, .LISTEN, .CLOSE)
            listener.tcpInfo(shows: .CLOSE)
            listener.polls([.OUT, .HUP])
            wire.carriesNothing()
        }
        step("B can no longer accept, and A is refused") {
            listener.calls(.accept, fails: .EINVAL)
            A.socket("refused").calls(.connect(B.port(5000)), fails: .ECONNREFUSED)
        }
        step("B listens again; A connects and sends") {
            listener.listen()
            listener.shows(.LISTEN, .owned)
            let (client, server) = connect("after listen()", to: listener)
            client.send("x")
            server.receives("x")
        }
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
        ]
    ) {
        let listener = B.listen()
        var (client, server, call) = blockedReader("FIN", listener)
        step("B is blocked in recv(), and A closes: it reads the end") {
            client.close()
            call.returns(0)
        }
        (client, server, call) = blockedReader("RST", listener)
        step("B is blocked in recv(), and A resets: ECONNRESET") {
            client.abort()
            call.fails(.ECONNRESET)
        }
        (client, server, call) = blockedReader("SHUT_RD", listener)
        step("B is blocked in recv(), and its other process calls shutdown(SHUT_RD): it reads the end") {
            server.shutdown(.SHUT_RD)
            call.returns(0)
        }
        (client, server, call) = blockedReader("SHUT_WR", listener)
        step("B is blocked in recv(), and its other process calls shutdown(SHUT_WR): it sleeps on until A sends") {
            server.shutdown(.SHUT_WR)
            server.shows(.FIN_WAIT2, .owned)
            call.isAsleep()
            client.send("data")
            call.reads("data")
        }

        chapter("send(): RST")
        let small = B.listen("small listener", port: 5001, receiveBuffer: 4096)
        let (sender, receiver) = connect("of a small buffer", to: small, port: 5001)
        try step("A is blocked in send(), and B closes with data unread, which resets: ECONNRESET") {
            _ = try sender.fill()
            let sending = sender.begins(.sendFill(count: 4096, .MSG_NOSIGNAL))
            sending.isAsleep()
            receiver.close()
            wire.carries("<RST/ACK")
            sending.fails(.ECONNRESET)
        }

        chapter("connect(): SOCK_DESTROY")
        let connecting = A.socket("connecting")
        step("A is blocked in connect(), and the socket is destroyed: ECONNABORTED, and nothing is sent") {
            wire.cut()
            let connect = connecting.begins(.connect(B.port(5002)))
            connecting.shows(.SYN_SENT, .owned)
            connect.isAsleep()
            connecting.destroy()
            connect.fails(.ECONNABORTED)
            connecting.isGone()
            connecting.passes(.CLOSE, .SYN_SENT, .CLOSE)
            wire.carriesNothing(but: "SYN>", since: .chapterBegan)
        }
    }

    /// A connection on whose end of B another process is blocked in recv().
    private static func blockedReader(
        _ name: String, _ listener: Socket
    ) -> (client: Socket, server: Socket, call: CallUnderWay) {
        chapter("recv(): \(name)")
        let (client, server) = connect(name, to: listener)
        let reader = server.owner.fork("reader \(name)")
        let call = server.shared(with: reader, as: "server \(name) (reader)").begins(.recv(100))
        call.isAsleep()
        return (client, server, call)
    }
}
