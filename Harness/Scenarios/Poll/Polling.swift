internal import Vocabulary

/// What poll(2) and epoll report in each situation.
enum Polling {
    static let all = [table]

    static let table = Scenario(
        "poll.table",
        claim: "The bits that poll(2) reports follow from state, shutdowns, buffers and a pending error: HUP when both "
            + "directions have ended or in CLOSE, RDHUP and IN when the receiving one has, ERR while an error is unread.",
        cites: [.man("poll", 2, "POLLHUP", .refuted), .man("poll", 2, "POLLRDHUP"), .kernel("tcp.c", "tcp_poll")]
    ) {
        unconnected()
        let listener = B.listen()
        try established(listener)
        closingInOrder(listener)
        closingAtOnce(listener)
        shutDown(listener)
        reset(listener)
    }

    private static func unconnected() {
        chapter("not connected")
        step("a fresh socket connects to a listening one") {
            let fresh = A.socket("fresh")
            fresh.reports(.CLOSE, [.OUT, .HUP])
            let listener = B.listen(port: 6000)
            listener.reports(.LISTEN, [])
            fresh.connect(to: B.port(6000))
            listener.shows(.LISTEN, receiveQueue: 1)
            listener.reports(.LISTEN, .IN)
        }
        step("two sockets connect to each other") {
            let crossing = Crossing()
            for socket in crossing.sockets { socket.reports(.SYN_SENT, []) }
            crossing.deliverSYNs()
            for socket in crossing.sockets { socket.reports(.SYN_RECV, []) }
            crossing.deliverSYNACKs()
            for socket in crossing.sockets { socket.shows(.ESTABLISHED) }
        }
        step("B refuses a connection") {
            let refused = A.socket("refused")
            refused.beginConnecting(to: B.port(6001))
            refused.isGone()
            refused.reports(.CLOSE, [.IN, .OUT, .ERR, .HUP, .RDHUP])
            refused.hasError(.ECONNREFUSED)
            refused.reports(.CLOSE, [.IN, .OUT, .HUP, .RDHUP])
        }
    }

    private static func established(_ listener: Socket) throws {
        chapter("open")
        let (client, server) = connect(to: listener)
        step("an idle connection; then B sends") {
            client.reports(.ESTABLISHED, .OUT)
            server.send("x")
            client.shows(.ESTABLISHED, receiveQueue: 1)
            client.reports(.ESTABLISHED, [.IN, .OUT])
        }
        try step("B fills its small buffer, for the wire loses all of its data") {
            server.setNonblocking()
            server.set(.SO_SNDBUF, 4096)
            let lost = wire.drop("<DATA")
            var sending = try server.tries(.sendFill(count: 100_000))
            for _ in 0..<20 where sending.errno == nil { sending = try server.tries(.sendFill(count: 100_000)) }
            expect("nothing more fits into B's buffer", of: sending.errno?.symbol, by: .call, is: "EAGAIN")
            server.reports(.ESTABLISHED, [])
            // Or it would go on repeating what is lost.
            wire.tolerates(resets: "<RST", "<RST/ACK")
            server.abort()
            lost.lift()
        }
    }

    private static func closingInOrder(_ listener: Socket) {
        chapter("closing in order")
        let (client, server) = connect(to: listener)
        step("A shuts down its sending side; the wire holds B's ACK, then delivers it") {
            let ack = wire.hold("<ACK")
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT1)
            client.reports(.FIN_WAIT1, .OUT)
            server.shows(.CLOSE_WAIT)
            server.reports(.CLOSE_WAIT, [.IN, .OUT, .RDHUP])
            ack.meets(1)
            ack.release()
            client.shows(.FIN_WAIT2)
            client.reports(.FIN_WAIT2, .OUT)
        }
        step("B shuts down its sending side; the wire holds A's ACK, then delivers it") {
            let last = wire.hold("ACK>")
            server.shutdown(.SHUT_WR)
            server.shows(.LAST_ACK)
            server.reports(.LAST_ACK, [.IN, .OUT, .HUP, .RDHUP])
            client.shows(.TIME_WAIT, .minisock)
            client.reports(.CLOSE, [.IN, .OUT, .HUP, .RDHUP])
            last.meets(1)
            last.release()
            server.isGone()
            server.reports(.CLOSE, [.IN, .OUT, .HUP, .RDHUP])
        }
    }

    private static func closingAtOnce(_ listener: Socket) {
        chapter("closing at once")
        let (client, server) = connect(to: listener)
        step("both shut down their sending sides, and the FINs cross") {
            let fins = wire.hold("FIN>", "<FIN")
            let acks = wire.hold("ACK>", "<ACK")
            for socket in [client, server] { socket.shutdown(.SHUT_WR) }
            fins.meets(2)
            fins.release()
            for socket in [client, server] {
                socket.shows(.CLOSING)
                socket.reports(.CLOSING, [.IN, .OUT, .HUP, .RDHUP])
            }
            acks.release()
            for socket in [client, server] { socket.shows(.TIME_WAIT, .minisock) }
        }
    }

    private static func shutDown(_ listener: Socket) {
        chapter("shut down")
        let (client, _) = connect(to: listener)
        step("A shuts down its receiving side, then both") {
            client.shutdown(.SHUT_RD)
            client.reports(.ESTABLISHED, [.IN, .OUT, .RDHUP])
            client.shutdown(.SHUT_RDWR)
            client.shows(.FIN_WAIT2)
            client.reports(.FIN_WAIT2, [.IN, .OUT, .HUP, .RDHUP])
        }
    }

    private static func reset(_ listener: Socket) {
        chapter("reset")
        let (client, server) = connect(to: listener)
        step("B resets; A polls before and after reading the error") {
            server.abort()
            client.isGone()
            client.reports(.CLOSE, [.IN, .OUT, .ERR, .HUP, .RDHUP])
            client.receives(.error(.ECONNRESET))
            client.reports(.CLOSE, [.IN, .OUT, .HUP, .RDHUP])
        }
    }
}

extension Socket {
    /// TCP_INFO gives this state, and poll(2) these bits.
    fileprivate func reports(
        _ state: TCPState, _ events: PollEvents, file: StaticString = #fileID, line: Int = #line
    ) {
        tcpInfo(shows: state, file: file, line: line)
        polls(events, file: file, line: line)
    }
}
