internal import Vocabulary

/// Calls that end a connection by a reset of their own.
enum Aborting {
    static let all = [unreadData, bufferedDataSurvives, simultaneousWithData, connectUnspec]

    static let unreadData = Scenario(
        "close.unread-data-rst",
        claim: "Closing a socket, or ending its process, while received data is unread sends RST instead of FIN, and "
            + "that end is gone at once; the peer's first call fails with ECONNRESET.",
        cites: [
            .requirement("SHLD-3", only: "unread data"), .rfc(2525, "2.17", .holds), .rfc(1122, "4.2.2.13"),
            .rfc(2525, "2.17"), .kernel("tcp.c", "__tcp_close"),
        ]
    ) {
        for first in FirstCall.allCases {
            chapter("close(), then the peer calls \(first.rawValue)")
            let ends = connection()
            leaveUnread(from: ends.server, to: ends.client)
            step("A closes without reading them: it resets the connection; B then calls \(first.rawValue)") {
                ends.client.close()
                expectAbort(of: ends.client, seenBy: ends.server)
                first.expect(ends.server)
                ends.listener.close()
            }
        }

        chapter("the process ends")
        let listener = B.listen()
        let process = A.spawn("short-lived")
        let (client, server) = connect("of a process", to: listener, from: process)
        leaveUnread(from: server, to: client)
        step("A's process exits instead of closing: that resets the connection") {
            process.exit()
            expectAbort(of: client, seenBy: server)
            server.receives(.error(.ECONNRESET))
        }

        chapter("in CLOSE_WAIT")
        closeInCloseWait(listener)
    }

    private static func closeInCloseWait(_ listener: Socket) {
        let (client, server) = connect("closing", to: listener)
        step("A sends and shuts down its sending side; B reads nothing") {
            client.send("unread")
            client.shows(.ESTABLISHED, sendQueue: 0)
            client.shutdown(.SHUT_WR)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 7)  // the FIN counts 1
            client.shows(.FIN_WAIT2, .owned)
        }
        step("B closes: it resets the connection") {
            server.close()
            wire.carriesOnly("<RST/ACK seq=1 ack=8")
            server.isGone()
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            B.counts(["TCPAbortOnClose": 1, "OutRsts": 1])
            B.tracesReset("TCP_ABORT_ON_CLOSE", in: .CLOSE)
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            client.receives(.error(.ECONNRESET), .end)
        }
    }

    /// What the peer does first after the reset.
    private enum FirstCall: String, CaseIterable {
        case recv, send, getsockopt, poll

        func expect(_ server: Socket) {
            switch self {
            case .recv:
                server.receives(.error(.ECONNRESET), .end)
                server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            case .send:
                server.calls(.send("x", .MSG_NOSIGNAL), fails: .ECONNRESET)
                server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
                server.receives(.end)
            case .getsockopt:
                server.hasError(.ECONNRESET)
                server.receives(.end)
                server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            case .poll:
                server.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
                server.receives(.error(.ECONNRESET))
                server.polls([.IN, .OUT, .HUP, .RDHUP])
            }
        }
    }

    /// B sends what A does not read; nothing is on its way any more.
    private static func leaveUnread(from server: Socket, to client: Socket) {
        step("B sends six bytes, which A does not read") {
            server.send("unread")
            client.shows(.ESTABLISHED, .owned, receiveQueue: 6)
            server.shows(.ESTABLISHED, .owned, sendQueue: 0)
        }
    }

    /// A's end has reset the connection, and both ends are gone.
    private static func expectAbort(of client: Socket, seenBy server: Socket) {
        wire.carriesOnly("RST/ACK> seq=1 ack=7")
        client.isGone()
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        A.counts(["TCPAbortOnClose": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
        A.tracesReset("TCP_ABORT_ON_CLOSE", in: .CLOSE)
        server.isGone()
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        B.counts(["EstabResets": 1])
    }

    static let bufferedDataSurvives = Scenario(
        "close.buffered-data-survives-rst",
        claim: "Data received before a reset stays readable; the error is reported only when the buffer is empty, and "
            + "then once.",
        cites: [.kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_recvmsg_locked")]
    ) {
        let (client, server) = connect()
        leaveUnread(from: server, to: client)
        step("A sends eight bytes, which B has in its buffer") {
            client.send("precious")
            server.shows(.ESTABLISHED, .owned, receiveQueue: 8)
            client.shows(.ESTABLISHED, .owned, sendQueue: 0)
        }
        step("A closes with data unread, which resets the connection") {
            client.close()
            wire.carriesOnly("RST/ACK> seq=9 ack=7")
            server.isGone()
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            server.tcpInfo(shows: .CLOSE)
        }
        step("B polls, peeks and reads: first the data, then the error, then the end") {
            server.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            server.calls(.recv(100, .MSG_PEEK), reads: "precious")
            server.calls(.recv(3), reads: "pre")
            server.receives("cious")
            server.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            server.receives(.error(.ECONNRESET))
            server.polls([.IN, .OUT, .HUP, .RDHUP])
            server.receives(.end)
            server.hasNoError()
        }
    }

    static let simultaneousWithData = Scenario(
        "close.simultaneous-with-data-aborts",
        claim: "When both ends send and close() and the data crosses, each finds data for a closed socket and resets: "
            + "no CLOSING, no TIME_WAIT, both lose the data. After shutdown() both read it and close in order.",
        cites: [.rfc(9293, "3.6.1"), .kernel("tcp_input.c", "tcp_rcv_state_process")],
        restsOnPaths: true
    ) {
        closeWithData()
        chapter("shutdown() instead")
        shutDownWithData()
    }

    private static func closeWithData() {
        let ends = connection()
        let data = wire.hold("DATA>", "<DATA")
        // The FINs, and data and FIN once they are sent again together.
        wire.drop("FIN>", "<FIN", "DATA/FIN>", "<DATA/FIN")
        step("A and B send two bytes each and close; the wire holds the data and loses the FINs") {
            ends.client.send("ab")
            ends.server.send("cd")
            for end in ends.ends {
                end.close()
                end.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 3)
            }
            data.meets(2)
            wire.carries("FIN> seq=3 ack=1")
            wire.carries("<FIN seq=3 ack=1")
        }
        step("the wire delivers the data: each end answers it by a reset") {
            data.release()
            for end in ends.ends { end.isGone() }
            wire.carries(1, of: "RST> seq=1", since: .chapterBegan)
            wire.carries(1, of: "<RST seq=1", since: .chapterBegan)
            ends.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            ends.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            for host in bothHosts {
                host.counts(["TCPAbortOnData": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
                host.tracesReset("TCP_ABORT_ON_DATA", in: .CLOSE)
            }
            ends.listener.close()
        }
    }

    private static func shutDownWithData() {
        let (client, server) = connect("shutting down", to: B.listen(port: 5001), port: 5001)
        let frozen = wire.freeze()
        step("A and B send two bytes each and shut down their sending sides; the wire holds everything") {
            client.send("ab")
            client.shutdown(.SHUT_WR)
            server.send("cd")
            server.shutdown(.SHUT_WR)
            for end in [client, server] { end.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 3) }
            frozen.meets(4)
        }
        step("the wire delivers everything: both go through CLOSING to TIME_WAIT, and read the data and the end") {
            frozen.release()
            for (end, text) in [(client, "cd"), (server, "ab")] {
                end.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                end.receives(.text(text), .end)
            }
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            for host in bothHosts { host.counts(["TCPAbortOnData": 0, "OutRsts": 0, "sockstat.tw": 1]) }
        }
    }

    static let connectUnspec = Scenario(
        "close.connect-unspec",
        claim: "connect() with AF_UNSPEC on a connection resets it; the descriptor stays and can connect again.",
        cites: [
            .man("connect", 2, "AF_UNSPEC"),
            .kernel("af_inet.c", "inet_stream_connect"), .kernel("tcp.c", "tcp_disconnect"),
            .commit("4faeee0cf8a5", "6.4, 5.10.183: EBUSY while a call is blocked"),
            .commit("419ce133ab92", "6.6: allowed again, and the blocked call fails with EPIPE"),
        ]
    ) {
        let ends = connection()
        let client = ends.client
        step("A calls connect(AF_UNSPEC) on an idle connection; B reads the error") {
            client.calls(.disconnect, returns: 0)
            wire.carriesOnly("RST/ACK> seq=1 ack=1")
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            client.tcpInfo(shows: .CLOSE)
            A.counts(["OutRsts": 1])
            ends.server.isGone()
            ends.server.receives(.error(.ECONNRESET))
        }

        chapter("the descriptor connects again")
        client.connect(to: B.port(5000))
        let again = ends.listener.accept("server again")
        step("A connects the same descriptor again, and sends") {
            client.shows(.ESTABLISHED, .owned)
            client.send("again")
            again.receives("again")
        }

        chapter("while a call is blocked")
        let reader = client.owner.fork("reader")
        let blocked = client.shared(with: reader, as: "client (reader)").begins(.recv(100))
        step("another process of A is blocked in recv() on the socket") {
            blocked.isAsleep()
            client.shows(.ESTABLISHED, sendQueue: 0)
        }
        try step("A calls connect(AF_UNSPEC): it is refused, or it resets the connection and ends the recv()") {
            let result = try client.tries(.disconnect)
            let isRefused = result.errno == .EBUSY
            variant("\(isRefused ? "refused" : "allowed") while a call is blocked")
            expect("connect(AF_UNSPEC) on client returns 0 or fails with EBUSY", of: result.words, by: .call) { _ in
                isRefused || result.errno == nil && result.value == 0
            }
            if isRefused {
                blocked.isStillBlocked()
                again.send("still here")
                blocked.reads("still here")
                client.shows(.ESTABLISHED, .owned)
                wire.neverCarries("RST/ACK>", since: .stepBegan)
            } else {
                blocked.fails(.EPIPE)
                wire.carriesOnly("RST/ACK> seq=6 ack=1")
                client.isGone()
                again.isGone()
                again.receives(.error(.ECONNRESET))
            }
        }
    }
}
