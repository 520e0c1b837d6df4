internal import Vocabulary

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
            .document("001", "状态说明"), .man("tcp", 7, "not connected", only: "a new socket"),
            .man("send", 2, "EPIPE for ENOTCONN"), .rfc(9293, "3.3.2"), .kernel("tcp.c", "tcp_sendmsg_locked"),
            .commit("91051f003948", "6.8: sockets that are only bound can be listed"),
        ],
        link: .direct
    ) {
        let socket = A.socket("fresh")
        step("A makes a socket, polls it, reads, writes, shuts down, asks for the peer") {
            socket.tcpInfo(shows: .CLOSE)
            socket.isGone()  // it is in no table
            socket.polls([.OUT, .HUP])
            socket.calls(.recv(100, .MSG_DONTWAIT), fails: .ENOTCONN)
            socket.owner.sets(.SIGPIPE, .handled)
            socket.calls(.send("x"), fails: .EPIPE, with: .SIGPIPE)
            socket.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            socket.calls(.shutdown(.SHUT_WR), fails: .ENOTCONN)
            socket.calls(.getpeername, fails: .ENOTCONN)
            socket.tcpInfo(shows: .CLOSE)
        }
        try step("A binds it, and accepts in vain") {
            socket.bind(.any(7777))
            socket.calls(.getsockname, names: .any(7777))
            socket.isGone()
            let bound = try A.boundRows()
            let address = try Endpoint.any(7777).socketAddress
            variant(bound.isEmpty ? "bound sockets cannot be listed" : "bound sockets can be listed")
            expect("whoever asks for bound sockets is shown this one, in CLOSE, or none at all", of: bound) {
                $0.count < 2 && $0.allSatisfy { $0.state == .CLOSE && $0.local == address && $0.kind == .owned }
            }
            socket.calls(.accept, fails: .EINVAL)
            socket.tcpInfo(shows: .CLOSE)
        }
        step("A listens, and cannot connect with the listener") {
            socket.listen()
            socket.shows(.LISTEN, .owned, timer: .off, receiveQueue: 0, sendQueue: 16)
            socket.passes(.CLOSE, .LISTEN)
            socket.tcpInfo(shows: .LISTEN)
            socket.calls(.connect(B.port(5000)), fails: .EISCONN)
            wire.neverCarries("ANY>")
        }
    }

    static let listenCreatesQueues = Scenario(
        "open.listen-creates-queues",
        claim: "It is listen() that makes a socket take connections: before, accept() fails and a SYN is refused; "
            + "after, finished handshakes queue up without anybody accepting.",
        cites: [
            .document("000", "自连接"), .document("001", "状态说明"), .kernel("af_inet.c", "inet_listen"),
            .kernel("inet_connection_sock.c", "inet_csk_listen_start"),
        ],
        link: .direct
    ) {
        let listener = B.socket("listener")
        listener.bind(.any(5000))
        step("B has only bound its socket: it cannot accept, and A's SYN is refused") {
            listener.calls(.accept, fails: .EINVAL)
            A.socket("early").calls(.connect(B.port(5000)), fails: .ECONNREFUSED)
            wire.carriesOnly("SYN> seq=0", "<RST/ACK seq=0 ack=1 win=0")
        }
        step("B listens with a backlog of 4; A connects three times, and B accepts nothing") {
            listener.listen(backlog: 4)
            // Of a listener the queues count connections: those that wait, and how many may.
            listener.shows(.LISTEN, .owned, timer: .off, receiveQueue: 0, sendQueue: 4)
            listener.polls([])
            for number in 1...3 {
                let client = A.socket("client \(number)")
                client.connect(to: B.port(5000))
                client.shows(.ESTABLISHED, .owned)
                client.otherEnd.shows(.ESTABLISHED, .queued)
                listener.shows(.LISTEN, receiveQueue: number, sendQueue: 4)
                listener.polls([.IN])
            }
        }
        listener.passes(.CLOSE, .LISTEN)
        listener.calls(.getsockname, names: .any(5000))
        B.counts(["PassiveOpens": 3, "CurrEstab": 3, "OutRsts": 1])
    }

    static let synSentVisible = Scenario(
        "open.syn-sent-visible",
        claim: "A socket that connects is in SYN_SENT, and in the kernel's table of connections, from the moment it "
            + "sends its SYN; until the answer comes it can neither read nor write.",
        cites: [
            .document("001", "状态说明"), .document("000", "自连接"),
            .man("tcp", 7, "not connected", only: "a socket that connects"), .rfc(9293, "3.3.2"),
            .kernel("tcp_ipv4.c", "tcp_v4_connect"),
        ]
    ) {
        let listener = B.listen()
        let syn = wire.hold("SYN>")
        let client = A.socket("client")
        try step("A connects without blocking; the wire holds its SYN, and the kernel has it in its table") {
            client.beginConnecting(to: B.port(5000))
            syn.meets(1)
            client.shows(.SYN_SENT, .owned, timer: .retransmit, retransmits: 0, sendQueue: 1)
            client.timerLasts(.milliseconds(990) ... .milliseconds(1100), since: syn.segment(1))
            let row = try client.row()
            let isFound = try row.map(A.finds) ?? false
            expect("the kernel finds the socket by its addresses", of: row) { _ in isFound }
            client.tcpInfo(shows: .SYN_SENT)
        }
        step("A polls, writes, reads and connects again, all in vain") {
            client.polls([])
            client.calls(.send("x", .MSG_NOSIGNAL), fails: .EAGAIN)
            client.receives(.error(.EAGAIN))
            client.calls(.connect(B.port(5000)), fails: .EALREADY)
            client.passes(.CLOSE, .SYN_SENT)
        }
        step("the wire lets the SYN go; connect() returns 0 once, then fails with EISCONN") {
            syn.release()
            let server = listener.accept("server")
            client.shows(.ESTABLISHED, .owned, timer: .off)
            server.shows(.ESTABLISHED, .owned)
            client.polls([.OUT])
            client.hasNoError()
            client.calls(.connect(B.port(5000)), returns: 0)
            client.calls(.connect(B.port(5000)), fails: .EISCONN)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        }
    }

    static let clientEstablishedOnSynAck = Scenario(
        "open.client-established-on-synack",
        claim: "The client is ESTABLISHED, and connect() has returned, as soon as the SYN/ACK has come; the server "
            + "still waits for the third segment and has nothing to accept.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.5"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
        ]
    ) {
        let listener = B.listen()
        listener.setNonblocking()
        let third = wire.hold("ACK>")
        let client = A.socket("client")
        step("A connects; the wire holds its ACK, so B has nothing to accept") {
            client.connect(to: B.port(5000))
            third.meets(1)
            client.shows(.ESTABLISHED, .owned, timer: .off)
            client.polls([.OUT])
            client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
            listener.shows(.LISTEN, receiveQueue: 0)
            listener.polls([])
            listener.calls(.accept, fails: .EAGAIN)
            B.tracesNoChild(ofPort: 5000)
            B.counts(["PassiveOpens": 0])
        }
        step("the wire lets the ACK go, and B accepts") {
            third.release()
            client.otherEnd.shows(.ESTABLISHED, .queued)
            listener.shows(.LISTEN, receiveQueue: 1)
            listener.accept("server").shows(.ESTABLISHED, .owned)
            B.counts(["PassiveOpens": 1])
        }
    }

    static let immediatelyUsable = Scenario(
        "open.immediately-usable",
        claim: "When connect() returns, the socket is connected: it has a peer, can be written at once, and data goes "
            + "both ways.",
        cites: [.document("003", "建立 TCP 连接"), .document("001", "状态说明"), .rfc(9293, "3.3.2")],
        link: .direct
    ) {
        let listener = B.listen()
        let client = A.socket("client")
        step("A connects and at once asks for the peer, polls and writes") {
            client.calls(.connect(B.port(5000)), returns: 0)
            client.calls(.getpeername, names: B.port(5000))
            client.polls([.OUT])
            client.calls(.send("from a"), returns: 6)
            wire.carries("<ACK seq=1 ack=7")
        }
        step("B accepts, reads and answers; A reads") {
            let server = listener.accept("server")
            server.receives("from a")
            server.polls([.OUT])
            server.calls(.send("from b."), returns: 7)
            client.receives("from b.")
            for socket in [client, server] {
                socket.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0, sendQueue: 0)
            }
        }
        wire.carriesOnly(
            "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=6", "<ACK seq=1 ack=7",
            "<DATA seq=1 ack=7 len=7", "ACK> seq=7 ack=8", since: .chapterBegan)
    }
}
