internal import Vocabulary

/// What happens to a connection before, and by, accept().
enum AcceptQueue {
    static let all = [
        withoutAccept, dataBeforeAccept, dataCompletesHandshake, acceptedSocketAddresses, overflow,
    ]

    static let withoutAccept = Scenario(
        "open.accept-queue-without-accept",
        claim: "A handshake ends without the server's process: the connection is ESTABLISHED at both ends and waits in "
            + "the listener's queue; accept() only hands it out and sends nothing.",
        cites: [.document("003", "服务端连接的建立"), .kernel("inet_connection_sock.c", "inet_csk_accept")],
        link: .direct
    ) {
        let listener = B.listen()
        let client = A.socket("client")
        var queued: DiagRow?
        try step("A connects; B does nothing") {
            client.connect(to: B.port(5000))
            client.shows(.ESTABLISHED, .owned, timer: .off)
            client.otherEnd.shows(.ESTABLISHED, .queued, timer: .off)
            queued = try client.otherEnd.row()
            listener.shows(.LISTEN, receiveQueue: 1)
            wire.carriesOnly("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
        }
        try step("B accepts, then writes: had accept() sent anything, it would stand before the data") {
            let server = listener.accept("server")
            server.shows(.ESTABLISHED, .owned, timer: .off)
            expect("it is the socket that was queued", of: [queued, try server.row()].compactMap(\.self)) {
                $0.count == 2 && $0[0].cookie == $0[1].cookie
            }
            listener.shows(.LISTEN, receiveQueue: 0)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            server.send("x")
            wire.carriesOnly("<DATA seq=1 ack=1 len=1", "ACK> seq=1 ack=2")
        }
    }

    static let dataBeforeAccept = Scenario(
        "open.data-before-accept",
        claim: "Data, and even a FIN, is taken and acknowledged before anybody accepts the connection; accept() then "
            + "returns a socket in CLOSE_WAIT that still gives the data.",
        cites: [.document("003", "服务端连接的建立"), .rfc(9293, "3.10.7.4"), .kernel("tcp_input.c", "tcp_data_queue")],
        link: .direct
    ) {
        let listener = B.listen()
        let client = A.socket("client")
        step("A connects, writes, and shuts down its sending side") {
            client.connect(to: B.port(5000))
            client.send("early")
            client.otherEnd.shows(.ESTABLISHED, .queued, receiveQueue: 5)
            client.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
            wire.carries("<ACK seq=1 ack=6")
            client.shutdown(.SHUT_WR)
            client.otherEnd.shows(.CLOSE_WAIT, .queued, receiveQueue: 6)
            client.shows(.FIN_WAIT2, .owned)
            listener.shows(.LISTEN, receiveQueue: 1)
        }
        step("B accepts, reads the data and the end, and closes") {
            let server = listener.accept("server")
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 6)
            server.receives("early", .end)
            server.close()
            client.shows(.TIME_WAIT, .minisock)
            server.isGone()
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        }

        chapter("the client is gone before it is accepted")
        let second = A.socket("second client")
        step("A connects again and closes") {
            second.connect(to: B.port(5000))
            second.close()
            second.otherEnd.shows(.CLOSE_WAIT, .queued, receiveQueue: 1)
            second.shows(.FIN_WAIT2)
        }
        step("B accepts and writes twice: A answers by a reset, and the second write fails") {
            let late = listener.accept("late server")
            late.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
            late.calls(.send("x", .MSG_NOSIGNAL), returns: 1)
            wire.carries("<DATA seq=1 ack=2 len=1", "RST> seq=2")
            late.isGone()
            late.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            late.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        }
    }

    static let dataCompletesHandshake = Scenario(
        "open.data-completes-handshake",
        claim: "If the handshake's third segment is lost, the first data segment does its work: it acknowledges the "
            + "SYN/ACK too, and the server's end is ESTABLISHED with the data in it.",
        cites: [
            .document("003", "服务端连接的建立"), .document("001", "状态说明"), .rfc(9293, "3.10.7.4"),
            .kernel("tcp_minisocks.c", "tcp_check_req"),
        ]
    ) {
        let listener = B.listen()
        let third = wire.drop("ACK>", first: 1)
        let client = A.socket("client")
        step("A connects; the wire loses its ACK, so B's end stays a request") {
            client.connect(to: B.port(5000))
            third.meets(1)
            client.shows(.ESTABLISHED, .owned, timer: .off)
            client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit, retransmits: 0)
            B.tracesNoChild(ofPort: 5000)
        }
        step("A writes, which opens B's end; B accepts and reads") {
            client.send("data")
            client.otherEnd.shows(.ESTABLISHED, .queued, receiveQueue: 4)
            let server = listener.accept("server")
            server.receives("data")
            client.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
        }
        wire.carriesOnly(
            "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=4", "<ACK seq=1 ack=5",
            since: .chapterBegan)
        B.counts(["PassiveOpens": 1, "TCPSynRetrans": 0])
        A.counts(["RetransSegs": 0])
    }

    static let acceptedSocketAddresses = Scenario(
        "open.accepted-socket-addresses",
        claim: "An accepted socket has the address that the client asked for, the listener's port, and the client's "
            + "address and port as its peer; the listener keeps its wildcard.",
        cites: [.document("003", "服务端连接的建立"), .kernel("tcp_ipv4.c", "tcp_v4_syn_recv_sock")],
        link: .direct
    ) {
        B.add(address: "192.0.2.9")
        let listener = B.listen()
        listener.calls(.getsockname, names: .any(5000))
        for (name, target) in [("first", B.port(5000)), ("second", .address("192.0.2.9", 5000))] {
            try step("A connects to B's \(name) address; B accepts, and both ends say who they are") {
                let client = A.socket("client of the \(name) address")
                client.connect(to: target)
                let server = listener.accept("server at the \(name) address")
                client.calls(.getpeername, names: target)
                server.calls(.getsockname, names: target)
                client.mirrors(server)
                server.shows(.ESTABLISHED, .owned)
                let addresses = (try target.socketAddress, try client.local.socketAddress)
                expect(
                    "netlink shows the same addresses", of: try server.row().map { ($0.local, $0.remote) },
                    by: .netlink
                ) { $0.map { $0 == addresses } ?? false }
            }
        }
        try step("the listener is asked once more, and netlink for all that B has") {
            listener.calls(.getsockname, names: .any(5000))
            expect("the listener and both children have port 5000", of: try B.rows()) {
                $0.count == 3 && $0.allSatisfy { $0.local.port == 5000 }
            }
        }
    }

    static let overflow = Scenario(
        "open.accept-queue-overflow",
        claim: "A listener's queue takes one connection more than its backlog. Beyond that the third segment of a "
            + "handshake is dropped, or answered by RST with tcp_abort_on_overflow=1; SYNs are dropped either way.",
        cites: [
            .man("listen", 2, "backlog", .differs, only: "how many wait"),
            .man("listen", 2, "full queue", only: "that the request is ignored"), .sysctl("tcp_abort_on_overflow"),
            .kernel("tcp_ipv4.c", "tcp_v4_syn_recv_sock"), .kernel("tcp_minisocks.c", "tcp_check_req"),
            .kernel("tcp_input.c", "tcp_conn_request"),
        ],
        longestTimer: { _ in 2 }
    ) {
        try FullQueue.dropsThirdSegments()
        FullQueue.refusesThirdSegments()
    }
}
