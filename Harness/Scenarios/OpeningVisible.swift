internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What can be seen of a socket on its way to a connection.
enum OpeningVisible {
    static let all = [
        closedInitial, listenCreatesQueues, synSentVisible, clientEstablishedOnSynAck, immediatelyUsable,
    ]

    static let closedInitial = Scenario(
        "open.closed-initial",
        claim: "A new socket is in CLOSE and knows no peer: calls that need one fail with ENOTCONN, a write with EPIPE "
            + "and SIGPIPE; bind() changes nothing of that, listen() takes it to LISTEN.",
        cites: [
            .document("001", "状态说明"), .rfc(9293, "3.3.2"), .kernel("tcp.c", "tcp_sendmsg_locked"),
            .commit("91051f003948", "6.8: sockets that are only bound can be listed"),
        ],
        link: .direct,
        steps: [
            "A makes a socket, polls it, reads, writes, shuts down, asks for the peer", "A binds it and accepts",
            "A listens, and connects with the listener",
        ]
    ) { lab in
        let sigpipe: Int32 = 13
        let socket = try lab.a.socket("fresh")
        try lab.expect(socket, tcpInfo: .CLOSE)
        try lab.requireGone(socket)  // it is in no table
        try lab.expect(socket, polls: [.OUT, .HUP])
        lab.expect(try socket.ask(.recv(100, .MSG_DONTWAIT)), fails: .ENOTCONN)
        try socket.process.setSignal(sigpipe, .handled)
        lab.expect(try socket.ask(.send("x")), fails: .EPIPE, signals: [sigpipe])
        lab.expect(try socket.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        lab.expect(try socket.ask(.shutdown(.SHUT_WR)), fails: .ENOTCONN)
        lab.expect(try socket.ask(.getpeername), fails: .ENOTCONN)
        try lab.expect(socket, tcpInfo: .CLOSE)

        let address = SocketAddress(.anyV4, 7777)
        try socket.bind(address)
        lab.expect(try socket.ask(.getsockname), names: address)
        try lab.requireGone(socket)
        let bound = try lab.a.boundRows()
        lab.sawVariant(bound.isEmpty ? "bound sockets cannot be listed" : "bound sockets can be listed")
        lab.expect(
            "whoever asks for bound sockets is shown this one, in CLOSE, or none at all",
            bound.allSatisfy { $0.state == .CLOSE && $0.local == address && $0.kind == .owned } && bound.count < 2,
            seen: bound.map { "\($0.words) \($0.local)" }.joined(separator: ", "), witnesses: ["netlink"])
        lab.expect(try socket.ask(.accept), fails: .EINVAL)
        try lab.expect(socket, tcpInfo: .CLOSE)

        try socket.listen()
        try lab.require(socket, shows: .row(.LISTEN, .owned, timer: .off, receiveQueue: 0, sendQueue: 16))
        try lab.expect(socket, passes: .CLOSE, .LISTEN)
        try lab.expect(socket, tcpInfo: .LISTEN)
        lab.expect(try socket.ask(.connect(SocketAddress(lab.b.ip, 5000))), fails: .EISCONN)
        try lab.expect("ANY>", carried: 0)
    }

    static let listenCreatesQueues = Scenario(
        "open.listen-creates-queues",
        claim: "It is listen() that makes a socket take connections: before, accept() fails and a SYN is refused; "
            + "after, finished handshakes queue up without anybody accepting.",
        cites: [
            .document("000", "自连接"), .document("001", "状态说明"), .kernel("af_inet.c", "inet_listen"),
            .kernel("inet_connection_sock.c", "inet_csk_listen_start"),
        ],
        link: .direct,
        steps: [
            "B binds and accepts; A connects to the bound port", "B listens with a backlog of 4",
            "A connects three times; B accepts nothing",
        ]
    ) { lab in
        let address = SocketAddress(lab.b.ip, 5000)
        let listener = try lab.b.socket("listener")
        try listener.bind(SocketAddress(.anyV4, 5000))
        lab.expect(try listener.ask(.accept), fails: .EINVAL)
        let early = try lab.a.socket("early")
        lab.expect(try early.ask(.connect(address)), fails: .ECONNREFUSED)
        try lab.expectCarried("SYN> seq=0", "<RST/ACK seq=0 ack=1 win=0")

        try listener.listen(backlog: 4)
        // Of a listener the queues count connections: those that wait, and how many may.
        try lab.require(listener, shows: .row(.LISTEN, .owned, timer: .off, receiveQueue: 0, sendQueue: 4))
        try lab.expect(listener, polls: [])
        for number in 1...3 {
            let client = try lab.a.socket("client \(number)")
            try client.connect(address)
            try lab.require(client, shows: .row(.ESTABLISHED, .owned))
            try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued))
            try lab.require(listener, shows: .row(.LISTEN, receiveQueue: number, sendQueue: 4))
            try lab.expect(listener, polls: [.IN])
        }
        try lab.expect(listener, passes: .CLOSE, .LISTEN)
        lab.expect(try listener.ask(.getsockname), names: SocketAddress(.anyV4, 5000))
        try lab.expect(lab.b, counts: ["PassiveOpens": 3, "CurrEstab": 3, "OutRsts": 1])
    }

    static let synSentVisible = Scenario(
        "open.syn-sent-visible",
        claim: "A socket that connects is in SYN_SENT, and in the kernel's table of connections, from the moment it "
            + "sends its SYN; until the answer comes it can neither read nor write.",
        cites: [
            .document("001", "状态说明"), .document("000", "自连接"), .rfc(9293, "3.3.2"),
            .kernel("tcp_ipv4.c", "tcp_v4_connect"),
        ],
        steps: [
            "A connects without blocking; the wire holds its SYN", "A polls, writes, reads, connects again",
            "the wire lets the SYN go; A connects twice more",
        ]
    ) { lab in
        let address = SocketAddress(lab.b.ip, 5000)
        let listener = try lab.b.listen(port: 5000)
        let syn = try lab.wire.hold("SYN>")
        let client = try lab.a.socket("client")
        try client.setNonblocking()
        lab.expect(try client.ask(.connect(address)), fails: .EINPROGRESS)
        try lab.require(syn, met: 1)
        let row = try lab.require(
            client, shows: .row(.SYN_SENT, .owned, timer: .retransmit, retransmits: 0, sendQueue: 1))
        try lab.expect(
            timerOf: client, since: syn.met[0].stamp, lasts: .milliseconds(990) ... .milliseconds(1100))
        lab.expect(
            "the kernel finds the socket by its addresses", try lab.a.finds(row), seen: "\(row.local) \(row.remote)",
            witnesses: ["netlink"])
        try lab.expect(client, tcpInfo: .SYN_SENT)
        try lab.expect(client, polls: [])
        lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EAGAIN)
        lab.expect(try client.ask(.recv(100)), fails: .EAGAIN)
        lab.expect(try client.ask(.connect(address)), fails: .EALREADY)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT)

        try lab.wire.release(syn)
        let server = try listener.accept("server")
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(client, polls: [.OUT])
        try lab.expect(client, soError: nil)
        lab.expect(try client.ask(.connect(address)), returns: 0)
        lab.expect(try client.ask(.connect(address)), fails: .EISCONN)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
    }

    static let clientEstablishedOnSynAck = Scenario(
        "open.client-established-on-synack",
        claim: "The client is ESTABLISHED, and connect() has returned, as soon as the SYN/ACK has come; the server "
            + "still waits for the third segment and has nothing to accept.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.5"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
        ],
        steps: ["the wire holds every pure ACK of A", "A connects; B tries to accept", "the wire lets the ACK go"]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        try listener.setNonblocking()
        let third = try lab.wire.hold("ACK>")
        let client = try lab.a.socket("client")
        lab.expect(try client.ask(.connect(SocketAddress(lab.b.ip, 5000))), returns: 0)
        try client.learnNames()
        try lab.require(third, met: 1)
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.expect(client, polls: [.OUT])
        try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        try lab.expect(listener, polls: [])
        lab.expect(try listener.ask(.accept), fails: .EAGAIN)
        try lab.expectUntraced(childOn: lab.b, port: 5000)
        try lab.expect(lab.b, counts: ["PassiveOpens": 0])

        try lab.wire.release(third)
        try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
        let server = try listener.accept("server")
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(lab.b, counts: ["PassiveOpens": 1])
    }

    static let immediatelyUsable = Scenario(
        "open.immediately-usable",
        claim: "When connect() returns, the socket is connected: it has a peer, can be written at once, and data goes "
            + "both ways.",
        cites: [.document("003", "建立 TCP 连接"), .document("001", "状态说明"), .rfc(9293, "3.3.2")],
        link: .direct,
        steps: ["A connects and at once asks for the peer, polls and writes", "B accepts, reads, answers; A reads"]
    ) { lab in
        let address = SocketAddress(lab.b.ip, 5000)
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("client")
        lab.expect(try client.ask(.connect(address)), returns: 0)
        lab.expect(try client.ask(.getpeername), names: address)
        try lab.expect(client, polls: [.OUT])
        lab.expect(try client.ask(.send("from a")), returns: 6)
        try lab.requireCarried("<ACK seq=1 ack=7")

        let server = try listener.accept("server")
        lab.expect(try server.ask(.recv(100)), reads: "from a")
        try lab.expect(server, polls: [.OUT])
        lab.expect(try server.ask(.send("from b.")), returns: 7)
        lab.expect(try client.ask(.recv(100)), reads: "from b.")
        for socket in [client, server] {
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0, sendQueue: 0))
        }
        try lab.expectCarried(
            "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=6", "<ACK seq=1 ack=7",
            "<DATA seq=1 ack=7 len=7", "ACK> seq=7 ack=8")
    }
}
