internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Asking a socket how it is by recv(MSG_PEEK | MSG_DONTWAIT), as document 002 advises.
enum Peeking {
    static let all = [activelyClosed, peerClosed, healthy, notConsumed, dataHidesFin]

    private static let peek = SocketCall.recv(100, [.MSG_PEEK, .MSG_DONTWAIT])

    static let activelyClosed = Scenario(
        "peek.actively-closed",
        claim: "A closed descriptor gives EBADF. A socket that was reset gives ECONNRESET once and 0 from then on; one "
            + "that has shut down its own sending side gives EAGAIN, its receiving side 0.",
        says: "A socket that was closed on this side gives -1 with EBADF or ECONNRESET.",
        cites: [
            .document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        verdict: .differs,
        link: .direct,
        steps: [
            "A closes its descriptor and peeks at it", "B resets; A peeks three times",
            "A shuts down its sending side, of another connection its receiving side, and peeks",
        ]
    ) { lab in
        let closed = try pair(lab, "closed")
        try closed.client.close()
        lab.expect(try closed.client.ask(peek), fails: .EBADF)

        let wasReset = try pair(lab, "reset")
        try wasReset.server.setLinger(seconds: 0)
        try wasReset.server.close()
        try lab.requireGone(wasReset.client)
        try lab.expect(wasReset.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        lab.expect(try wasReset.client.ask(peek), fails: .ECONNRESET)
        for _ in 0..<2 { lab.expect(try wasReset.client.ask(peek), returns: 0) }

        let sending = try pair(lab, "SHUT_WR")
        try sending.client.shutdown(.SHUT_WR)
        try lab.require(sending.client, shows: .row(.FIN_WAIT2, .owned))
        lab.expect(try sending.client.ask(peek), fails: .EAGAIN)

        let receiving = try pair(lab, "SHUT_RD")
        try receiving.client.shutdown(.SHUT_RD)
        lab.expect(try receiving.client.ask(peek), returns: 0)
        try lab.require(receiving.client, shows: .row(.ESTABLISHED, .owned))
    }

    static let peerClosed = Scenario(
        "peek.peer-closed",
        claim: "Once the peer has closed, recv() returns 0 and leaves errno as it was.",
        says: "recv() returns 0 and sets errno to EAGAIN (11).",
        cites: [.document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        verdict: .refuted,
        link: .direct,
        steps: ["B closes", "A peeks with errno 0, 11 and 33 set before; then without MSG_PEEK"]
    ) { lab in
        let pair = try pair(lab, "the peer has closed")
        try pair.server.close()
        try lab.require(pair.client, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))
        try lab.expect(pair.client, polls: [.IN, .OUT, .RDHUP])
        for flags in [[.MSG_PEEK, .MSG_DONTWAIT], []] as [MessageFlags] {
            for before in [Int32(0), 11, 33] {
                let answer = try pair.client.ask(.recvAfter(Errno(rawValue: before), 100, flags))
                lab.expect(answer, returns: 0)
                lab.expect(
                    "errno stays \(before)", answer.integer == before, seen: "\(answer.integer ?? -1)",
                    witnesses: ["errno"])
            }
        }
        try lab.require(pair.client, shows: .row(.CLOSE_WAIT, .owned))
        try lab.require(pair.server, shows: .row(.FIN_WAIT2))
    }

    static let healthy = Scenario(
        "peek.healthy",
        claim: "An open socket gives its data, or EAGAIN without any. So does one whose peer has vanished or which is "
            + "still connecting; one that was never connected gives ENOTCONN.",
        cites: [.document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        steps: [
            "A peeks at an idle connection, then at one with data", "B vanishes without a word; A peeks",
            "A peeks at a connecting, a fresh and a listening socket",
        ]
    ) { lab in
        let pair = try pair(lab, "open")
        lab.expect(try pair.client.ask(peek), fails: .EAGAIN)
        try pair.server.send("abc")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, receiveQueue: 3))
        lab.expect(try pair.client.ask(peek), reads: "abc")
        lab.expect(try pair.client.ask(.recv(100)), reads: "abc")

        try lab.require(pair.server, shows: .row(.ESTABLISHED, sendQueue: 0))
        try lab.wire.silence()
        try lab.destroy(pair.server)
        try lab.requireGone(pair.server)
        lab.expect(try pair.client.ask(peek), fails: .EAGAIN)
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, timer: .off))

        let connecting = try lab.a.socket("connecting")
        try connecting.setNonblocking()
        lab.expect(try connecting.ask(.connect(SocketAddress(lab.b.ip, 5000))), fails: .EINPROGRESS)
        try lab.require(connecting, shows: .row(.SYN_SENT, .owned))
        lab.expect(try connecting.ask(peek), fails: .EAGAIN)
        lab.expect(try lab.a.socket("fresh").ask(peek), fails: .ENOTCONN)
        lab.expect(try lab.a.listen(port: 5001).ask(peek), fails: .ENOTCONN)
    }

    static let notConsumed = Scenario(
        "peek.not-consumed",
        claim: "Peeking leaves data where it is, but takes a pending error: ECONNRESET is reported once.",
        says: "MSG_PEEK only looks and never affects what is received afterwards.",
        cites: [.document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        verdict: .differs,
        link: .direct,
        steps: ["B sends three bytes; A peeks twice, then reads", "B resets another connection; A peeks, then reads"]
    ) { lab in
        let open = try pair(lab, "data")
        try open.server.send("abc")
        try lab.require(open.client, shows: .row(.ESTABLISHED, receiveQueue: 3))
        for _ in 0..<2 { lab.expect(try open.client.ask(peek), reads: "abc") }
        try lab.require(open.client, shows: .row(.ESTABLISHED, receiveQueue: 3))
        lab.expect(try open.client.ask(.recv(100)), reads: "abc")
        lab.expect(try open.client.ask(peek), fails: .EAGAIN)

        let wasReset = try pair(lab, "an error")
        try wasReset.server.setLinger(seconds: 0)
        try wasReset.server.close()
        try lab.requireGone(wasReset.client)
        lab.expect(try wasReset.client.ask(peek), fails: .ECONNRESET)
        lab.expect(try wasReset.client.ask(.recv(100)), returns: 0)
        try lab.expect(wasReset.client, soError: nil)
    }

    static let dataHidesFin = Scenario(
        "peek.data-hides-fin",
        claim: "Unread data hides the end: peeking gives bytes although the peer has closed or reset the connection; "
            + "poll(2) shows it, by RDHUP or by ERR and HUP.",
        says: "A result above 0 means that the connection is in order.",
        cites: [.document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked"), .kernel("tcp.c", "tcp_poll")],
        verdict: .refuted,
        link: .direct,
        steps: ["B sends and closes; A peeks, reads", "B sends and resets; A peeks, reads"]
    ) { lab in
        let closed = try pair(lab, "data, then FIN")
        try closed.server.send("abc")
        try closed.server.close()
        try lab.require(closed.client, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 4))
        lab.expect(try closed.client.ask(peek), reads: "abc")
        try lab.expect(closed.client, polls: [.IN, .OUT, .RDHUP])
        lab.expect(try closed.client.ask(.recv(100)), reads: "abc")
        lab.expect(try closed.client.ask(peek), returns: 0)
        try lab.require(closed.server, shows: .row(.FIN_WAIT2))

        let wasReset = try pair(lab, "data, then RST")
        try wasReset.server.send("abc")
        try lab.require(wasReset.client, shows: .row(.ESTABLISHED, receiveQueue: 3))
        try lab.require(wasReset.server, shows: .row(.ESTABLISHED, sendQueue: 0))
        try wasReset.server.setLinger(seconds: 0)
        try wasReset.server.close()
        try lab.requireGone(wasReset.client)
        lab.expect(try wasReset.client.ask(peek), reads: "abc")
        try lab.expect(wasReset.client, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try wasReset.client.ask(.recv(100)), reads: "abc")
        lab.expect(try wasReset.client.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try wasReset.client.ask(.recv(100)), returns: 0)
        try lab.expect(wasReset.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
    }

    private static func pair(_ lab: Lab, _ title: String) throws -> Connection {
        try lab.chapter(title)
        let pair = try lab.connectedPair()
        try pair.listener.close()
        return pair
    }
}
