internal import Vocabulary

/// Asking a socket how it is by recv(MSG_PEEK | MSG_DONTWAIT), as document 002 advises.
enum Peeking {
    static let all = [activelyClosed, peerClosed, healthy, notConsumed, dataHidesFin]

    static let activelyClosed = Scenario(
        "peek.actively-closed",
        claim: "A closed descriptor gives EBADF. A socket that was reset gives ECONNRESET once and 0 from then on; one "
            + "that has shut down its own sending side gives EAGAIN, its receiving side 0.",
        says: "A socket that was closed on this side gives -1 with EBADF or ECONNRESET.",
        cites: [
            .document("002", "close", .differs), .kernel("tcp.c", "tcp_recvmsg_locked"),
            .kernel("tcp_input.c", "tcp_reset"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        chapter("closed")
        step("A closes its descriptor and peeks at it") {
            let (client, _) = connect(to: listener)
            client.close()
            client.peeks(.error(.EBADF))
        }

        chapter("reset")
        step("B resets; A peeks three times") {
            let client = connectionThatWasReset(by: listener)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            client.peeks(.error(.ECONNRESET), .end, .end)
        }

        chapter("SHUT_WR")
        step("A shuts down its sending side and peeks") {
            let (client, _) = connect(to: listener)
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned)
            client.peeks(.nothing)
        }

        chapter("SHUT_RD")
        step("A shuts down its receiving side and peeks") {
            let (client, _) = connect(to: listener)
            client.shutdown(.SHUT_RD)
            client.peeks(.end)
            client.shows(.ESTABLISHED, .owned)
        }
    }

    static let peerClosed = Scenario(
        "peek.peer-closed",
        claim: "Once the peer has closed, recv() returns 0 and leaves errno as it was.",
        says: "recv() returns 0 and sets errno to EAGAIN (11).",
        cites: [.document("002", "close", .refuted), .kernel("tcp.c", "tcp_recvmsg_locked")],
        link: .direct
    ) {
        let (client, server) = connect()
        step("B closes") {
            server.close()
            client.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
            client.polls([.IN, .OUT, .RDHUP])
        }
        step("A peeks with errno 0, EAGAIN and EDOM set before; then it reads without MSG_PEEK") {
            for flags in [[.MSG_PEEK, .MSG_DONTWAIT], []] as [MessageFlags] {
                for errno in [Errno.noError, .EAGAIN, .EDOM] {
                    client.calls(.recvLeaving(errno: errno, 100, flags), returns: 0)
                }
            }
            client.shows(.CLOSE_WAIT, .owned)
            server.shows(.FIN_WAIT2)
        }
    }

    static let healthy = Scenario(
        "peek.healthy",
        claim: "An open socket gives its data, or EAGAIN without any. So does one whose peer has vanished or which is "
            + "still connecting; one that was never connected gives ENOTCONN.",
        cites: [.document("002", "close"), .kernel("tcp.c", "tcp_recvmsg_locked")]
    ) {
        let (client, server) = connect()
        step("A peeks at an idle connection, then at one with data") {
            client.peeks(.nothing)
            server.send("abc")
            client.shows(.ESTABLISHED, receiveQueue: 3)
            client.peeks("abc")
            client.receives("abc")
        }
        step("B vanishes without a word; A peeks") {
            server.shows(.ESTABLISHED, sendQueue: 0)
            wire.cut()
            server.destroy()
            server.isGone()
            client.peeks(.nothing)
            client.shows(.ESTABLISHED, .owned, timer: .off)
        }
        step("A peeks at a connecting, a fresh and a listening socket") {
            let connecting = A.socket("connecting")
            connecting.beginConnecting(to: B.port(5000))
            connecting.shows(.SYN_SENT, .owned)
            connecting.peeks(.nothing)
            A.socket("fresh").peeks(.error(.ENOTCONN))
            A.listen(port: 5001).peeks(.error(.ENOTCONN))
        }
    }

    static let notConsumed = Scenario(
        "peek.not-consumed",
        claim: "Peeking leaves data where it is, but takes a pending error: ECONNRESET is reported once.",
        says: "MSG_PEEK only looks and never affects what is received afterwards.",
        cites: [
            .document("002", "close", .differs), .man("recv", 2, "MSG_PEEK", .differs),
            .kernel("tcp.c", "tcp_recvmsg_locked"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        chapter("data")
        step("B sends three bytes; A peeks twice, then reads") {
            let (client, server) = connect(to: listener)
            server.send("abc")
            client.shows(.ESTABLISHED, receiveQueue: 3)
            client.peeks("abc", "abc")
            client.shows(.ESTABLISHED, receiveQueue: 3)
            client.receives("abc")
            client.peeks(.nothing)
        }

        chapter("an error")
        step("B resets another connection; A peeks, then reads") {
            let client = connectionThatWasReset(by: listener)
            client.peeks(.error(.ECONNRESET))
            client.receives(.end)
            client.hasNoError()
        }
    }

    static let dataHidesFin = Scenario(
        "peek.data-hides-fin",
        claim: "Unread data hides the end: peeking gives bytes although the peer has closed or reset the connection; "
            + "poll(2) shows it, by RDHUP or by ERR and HUP.",
        says: "A result above 0 means that the connection is in order.",
        cites: [
            .document("002", "close", .refuted), .kernel("tcp.c", "tcp_recvmsg_locked"), .kernel("tcp.c", "tcp_poll"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        chapter("data, then FIN")
        step("B sends and closes; A peeks, reads") {
            let (client, server) = connect(to: listener)
            server.send("abc")
            server.close()
            client.shows(.CLOSE_WAIT, .owned, receiveQueue: 4)
            client.peeks("abc")
            client.polls([.IN, .OUT, .RDHUP])
            client.receives("abc")
            client.peeks(.end)
            server.shows(.FIN_WAIT2)
        }

        chapter("data, then RST")
        step("B sends and resets; A peeks, reads") {
            let client = connectionThatWasReset(by: listener, after: "abc")
            client.peeks("abc")
            client.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            client.receives("abc", .error(.ECONNRESET), .end)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        }
    }

    /// A's end of a connection that B has reset, after sending some data or none.
    private static func connectionThatWasReset(by listener: Socket, after data: String = "") -> Socket {
        let (client, server) = connect(to: listener)
        if !data.isEmpty {
            server.send(data)
            client.shows(.ESTABLISHED, receiveQueue: data.count)
            server.shows(.ESTABLISHED, sendQueue: 0)
        }
        server.abort()
        client.isGone()
        return client
    }
}
