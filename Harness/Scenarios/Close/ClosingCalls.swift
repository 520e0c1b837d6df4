internal import Vocabulary

/// What processes see and do when connections end: reads, closed descriptors, exits.
enum ClosingCalls {
    static let all = [eofAfterData, descriptorInvalid, exitSendsFin]

    static let eofAfterData = Scenario(
        "close.eof-after-data",
        claim: "The end of the stream comes after all the data before it: reads give the data first, then 0 each time.",
        cites: [
            .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"), .requirement("MUST-12", only: "an end in order"),
            .man("recv", 2, "end", only: "an orderly shutdown"), .kernel("tcp.c", "tcp_recvmsg_locked"),
        ]
    ) {
        // No tap on B's interface: a copy of the data for it would keep the kernel from merging the FIN with the data.
        let (client, server) = connect()
        step("A sends ten bytes and shuts down") {
            client.send("0123456789")
            client.shutdown(.SHUT_WR)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 11)
        }
        step("B reads four bytes, the other six, the end, and the end again") {
            server.polls([.IN, .OUT, .RDHUP])
            server.calls(.recv(4), reads: "0123")
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 7)
            server.polls([.IN, .OUT, .RDHUP])
            server.receives("456789")
            // The read that takes the last byte takes the FIN along, and still does not return 0.
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 0)
            for _ in 1...2 {
                server.polls([.IN, .OUT, .RDHUP])
                server.receives(.end)
            }
        }
    }

    static let descriptorInvalid = Scenario(
        "close.fd-invalid",
        claim: "close() returns 0, and after it every call on that descriptor fails with EBADF; no signal comes.",
        cites: [.document("002", "close"), .document("002", "区别")],
        link: .direct
    ) {
        let (client, _) = connect()
        step("A closes; then it reads, writes, peeks, sends, shuts down and closes by the same number") {
            client.owner.sets(.SIGPIPE, .handled)
            client.calls(.close, returns: 0)
            let calls: [Call] = [
                .read(8), .write("x"), .recv(8, [.MSG_PEEK, .MSG_DONTWAIT]), .send("x"), .shutdown(.SHUT_WR), .close,
            ]
            for call in calls { client.calls(call, fails: .EBADF) }
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let exitSendsFin = Scenario(
        "close.exit-sends-fin",
        claim: "However a process ends, by exit or by a signal, the kernel closes its connections in order: what was "
            + "sent arrives, then FIN.",
        cites: [
            .document("002", "exit(0)"), .document("002", "调用close后发生了什么"),
            .document("004", "TIME_WAIT"), .kernel("tcp.c", "tcp_close"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        let endings: [(name: String, signal: Signal?)] = [
            ("_exit", nil), ("SIGINT", .SIGINT), ("SIGSEGV", .SIGSEGV), ("SIGKILL", .SIGKILL),
        ]
        for (name, signal) in endings {
            chapter("the process ends by \(name)")
            let process = A.spawn(name)
            let client = process.socket("client (\(name))")
            client.connect(to: B.port(5000))
            let server = listener.accept("server (\(name))")
            step("A's process sends and ends by \(name); B reads the data and the end") {
                // Whoever started us in the background may have left SIGINT ignored.
                if signal == .SIGINT { process.sets(.SIGINT, .standard) }
                client.send("payload")
                client.shows(.ESTABLISHED, .owned, sendQueue: 0)
                if let signal { process.isSent(signal) } else { process.exit() }
                process.ends(signal.map { .killed($0) } ?? .exited(0))
                server.receives("payload", .end)
                server.shows(.CLOSE_WAIT, .owned)
                wire.carries("FIN> seq=8 ack=1")
            }
            step("B closes, and the connection has ended in order") {
                server.close()
                client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                server.isGone()
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
                for host in bothHosts { host.counts(["OutRsts": 0]) }
            }
        }
    }
}
