internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What processes see and do when connections end: reads, closed descriptors, exits.
enum ClosingCalls {
    static let all = [eofAfterData, descriptorInvalid, exitSendsFin]

    static let eofAfterData = Scenario(
        "close.eof-after-data",
        claim: "The end of the stream comes after all the data before it: reads give the data first, then 0 each time.",
        cites: [
            .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "tcp_recvmsg_locked"),
        ],
        steps: [
            "A sends ten bytes and shuts down", "B reads four bytes, the other six, the end, and the end again",
        ]
    ) { lab in
        // No tap on B's interface: a copy of the data for it would keep the kernel from merging the FIN with the data.
        let pair = try lab.connectedPair()
        let server = pair.server
        try pair.client.send("0123456789")
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 11))
        try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
        lab.expect(try server.ask(.recv(4)), reads: "0123")
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 7))
        try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
        lab.expect(try server.ask(.recv(100)), reads: "456789")
        // The read that takes the last byte takes the FIN along, and still does not return 0.
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 0))
        for _ in 1...2 {
            try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
            lab.expect(try server.ask(.recv(100)), returns: 0)
        }
    }

    static let descriptorInvalid = Scenario(
        "close.fd-invalid",
        claim: "close() returns 0, and after it every call on that descriptor fails with EBADF; no signal comes.",
        cites: [.document("002", "close"), .document("002", "区别")],
        link: .direct,
        steps: ["A closes; then reads, writes, peeks, sends, shuts down and closes by the same number"]
    ) { lab in
        let client = try lab.connectedPair().client
        let sigpipe: Int32 = 13
        try client.process.setSignal(sigpipe, .handled)
        lab.expect(try client.ask(.close), returns: 0)
        let calls: [SocketCall] = [
            .read(8), .write("x"), .recv(8, [.MSG_PEEK, .MSG_DONTWAIT]), .send("x"), .shutdown(.SHUT_WR), .close,
        ]
        for call in calls { lab.expect(try client.ask(call), fails: .EBADF) }
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let exitSendsFin = Scenario(
        "close.exit-sends-fin",
        claim: "However a process ends, by exit or by a signal, the kernel closes its connections in order: what was "
            + "sent arrives, then FIN.",
        cites: [
            .document("002", "exit(0)"), .document("002", "调用close后发生了什么"),
            .document("004", "TIME_WAIT"), .kernel("tcp.c", "tcp_close"),
        ],
        link: .direct,
        steps: ["A's process sends and ends by _exit(2), SIGINT, SIGSEGV or SIGKILL", "B reads the data and the end"]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let signals: [(name: String, number: Int32?)] = [
            ("_exit", nil), ("SIGINT", 2), ("SIGSEGV", 11), ("SIGKILL", 9),
        ]
        for (name, signal) in signals {
            try lab.chapter("the process ends by \(name)")
            let process = try lab.a.spawn(name)
            // Whoever started us in the background may have left SIGINT ignored.
            if signal == 2 { try process.setSignal(2, .standard) }
            let client = try process.socket("client (\(name))")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server (\(name))")
            try client.send("payload")
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
            let place = lab.wire.log.count
            if let signal { try process.kill(signal) } else { try process.exit(0) }
            try lab.require(process, ends: signal.map { .killed($0) } ?? .exited(0))
            lab.expect(try server.ask(.recv(100)), reads: "payload")
            lab.expect(try server.ask(.recv(100)), returns: 0)
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned))
            try lab.requireCarried("FIN> seq=8 ack=1", since: place)
            try server.close()
            try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            try lab.requireGone(server)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            for host in [lab.a!, lab.b!] { try lab.expect(host, counts: ["OutRsts": 0]) }
        }
    }
}
