internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Calls that end a connection by a reset of their own.
enum Aborting {
    static let all = [unreadData, bufferedDataSurvives, simultaneousWithData, connectUnspec]

    static let unreadData = Scenario(
        "close.unread-data-rst",
        claim: "Closing a socket, or ending its process, while received data is unread sends RST instead of FIN, and "
            + "that end is gone at once; the peer's first call is told ECONNRESET.",
        cites: [.rfc(1122, "4.2.2.13"), .rfc(2525, "2.17"), .kernel("tcp.c", "__tcp_close")],
        verdict: .unclaimed,
        steps: [
            "B sends six bytes, A closes without reading them; B reads, writes, asks for SO_ERROR, polls",
            "A's process ends instead of closing", "B does the same in CLOSE_WAIT",
        ]
    ) { lab in
        for first in FirstCall.allCases {
            try lab.chapter("close(), then the peer calls \(first.rawValue)")
            let pair = try lab.connectedPair()
            try leaveUnread(lab, pair)
            let place = lab.wire.log.count
            try pair.client.close()
            try expectAbort(lab, pair, since: place)
            try first.expect(lab, pair.server)
            try pair.listener.close()
        }

        try lab.chapter("the process ends")
        let listener = try lab.b.listen(port: 5000)
        let process = try lab.a.spawn("short-lived")
        let pair = try lab.connection("of a process", to: listener, from: process)
        try leaveUnread(lab, pair)
        let place = lab.wire.log.count
        try process.exit()
        try expectAbort(lab, pair, since: place)
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)

        try lab.chapter("in CLOSE_WAIT")
        let (client, server) = try lab.connection("closing", to: listener).ends
        try client.send("unread")
        try lab.require(client, shows: .row(.ESTABLISHED, sendQueue: 0))
        try client.shutdown(.SHUT_WR)
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 7))  // the FIN counts 1
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned))
        let begin = lab.wire.log.count
        try server.close()
        try lab.expectCarried("<RST/ACK seq=1 ack=8", since: begin)
        try lab.requireGone(server)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        try lab.expect(lab.b, counts: ["TCPAbortOnClose": 1, "OutRsts": 1])
        try lab.expect(lab.b, tracesReset: "TCP_ABORT_ON_CLOSE", in: .CLOSE)
        try lab.requireGone(client)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        lab.expect(try client.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try client.ask(.recv(100)), returns: 0)
    }

    /// What the peer does first after the reset.
    private enum FirstCall: String, CaseIterable {
        case recv, send, getsockopt, poll

        func expect(_ lab: Lab, _ server: Socket) throws {
            switch self {
            case .recv:
                lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
                lab.expect(try server.ask(.recv(100)), returns: 0)
                lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            case .send:
                lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .ECONNRESET)
                lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
                lab.expect(try server.ask(.recv(100)), returns: 0)
            case .getsockopt:
                try lab.expect(server, soError: .ECONNRESET)
                lab.expect(try server.ask(.recv(100)), returns: 0)
                lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            case .poll:
                try lab.expect(server, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
                lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
                try lab.expect(server, polls: [.IN, .OUT, .HUP, .RDHUP])
            }
        }
    }

    /// B sends what A does not read; nothing is on its way any more.
    private static func leaveUnread(_ lab: Lab, _ pair: Connection) throws {
        try pair.server.send("unread")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, receiveQueue: 6))
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
    }

    private static func expectAbort(_ lab: Lab, _ pair: Connection, since place: Int) throws {
        try lab.expectCarried("RST/ACK> seq=1 ack=7", since: place)
        try lab.requireGone(pair.client)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.a, counts: ["TCPAbortOnClose": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
        try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_CLOSE", in: .CLOSE)
        try lab.requireGone(pair.server)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.b, counts: ["EstabResets": 1])
    }

    static let bufferedDataSurvives = Scenario(
        "close.buffered-data-survives-rst",
        claim: "Data received before a reset stays readable; the error is told only when the buffer is empty, and then "
            + "once.",
        cites: [.kernel("tcp_input.c", "tcp_reset"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        verdict: .unclaimed,
        steps: [
            "A sends eight bytes, which B has in its buffer", "A closes with data unread, which resets the connection",
            "B polls and reads",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        try leaveUnread(lab, pair)
        try pair.client.send("precious")
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 8))
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
        let place = lab.wire.log.count
        try pair.client.close()
        try lab.expectCarried("RST/ACK> seq=9 ack=7", since: place)
        try lab.requireGone(pair.server)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(pair.server, tcpInfo: .CLOSE)

        try lab.expect(pair.server, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try pair.server.ask(.recv(100, .MSG_PEEK)), reads: "precious")
        lab.expect(try pair.server.ask(.recv(3)), reads: "pre")
        lab.expect(try pair.server.ask(.recv(100)), reads: "cious")
        try lab.expect(pair.server, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
        try lab.expect(pair.server, polls: [.IN, .OUT, .HUP, .RDHUP])
        lab.expect(try pair.server.ask(.recv(100)), returns: 0)
        try lab.expect(pair.server, soError: nil)
    }

    static let simultaneousWithData = Scenario(
        "close.simultaneous-with-data-aborts",
        claim: "When both ends send and close() and the data crosses, each finds data for a closed socket and resets: "
            + "no CLOSING, no TIME_WAIT, both lose the data. After shutdown() both read it and close in order.",
        cites: [.rfc(9293, "3.6.1"), .kernel("tcp_input.c", "tcp_rcv_state_process")],
        verdict: .unclaimed,
        restsOnPaths: true,
        steps: [
            "A and B send two bytes each and close; the wire holds everything", "the wire delivers the data only",
            "the same with shutdown(SHUT_WR) in place of close(), and everything delivered",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let ends = [pair.client, pair.server]
        let data = try lab.wire.hold("DATA>", "<DATA")
        // The FINs, and data and FIN once they are sent again together.
        try lab.wire.drop("FIN>", "<FIN", "DATA/FIN>", "<DATA/FIN")
        try pair.client.send("ab")
        try pair.server.send("cd")
        for end in ends {
            try end.close()
            try lab.require(end, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 3))
        }
        try lab.require(data, met: 2)
        try lab.requireCarried("FIN> seq=3 ack=1")
        try lab.requireCarried("<FIN seq=3 ack=1")
        try lab.wire.release(data)
        for end in ends { try lab.requireGone(end) }
        try lab.expect("RST> seq=1", carried: 1)
        try lab.expect("<RST seq=1", carried: 1)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        for host in [lab.a!, lab.b!] {
            try lab.expect(host, counts: ["TCPAbortOnData": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
            try lab.expect(host, tracesReset: "TCP_ABORT_ON_DATA", in: .CLOSE)
        }
        try pair.listener.close()

        try lab.chapter("shutdown() instead")
        let listener = try lab.b.listen(port: 5001)
        let (client, server) = try lab.connection("shutting down", to: listener, port: 5001).ends
        let frozen = try lab.wire.freeze()
        try client.send("ab")
        try client.shutdown(.SHUT_WR)
        try server.send("cd")
        try server.shutdown(.SHUT_WR)
        for end in [client, server] {
            try lab.require(end, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 3))
        }
        try lab.require(frozen, met: 4)
        try lab.wire.release(frozen)
        for (end, text) in [(client, "cd"), (server, "ab")] {
            try lab.require(end, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            lab.expect(try end.ask(.recv(100)), reads: text)
            lab.expect(try end.ask(.recv(100)), returns: 0)
        }
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
        for host in [lab.a!, lab.b!] {
            try lab.expect(host, counts: ["TCPAbortOnData": 0, "OutRsts": 0, "sockstat.tw": 1])
        }
    }

    static let connectUnspec = Scenario(
        "close.connect-unspec",
        claim: "connect() with AF_UNSPEC on a connection resets it; the descriptor stays and can connect again.",
        cites: [
            .kernel("af_inet.c", "inet_stream_connect"), .kernel("tcp.c", "tcp_disconnect"),
            .commit("4faeee0cf8a5", "6.4, 5.10.183: EBUSY while a call is blocked"),
            .commit("419ce133ab92", "6.6: allowed again, and the blocked call fails with EPIPE"),
        ],
        verdict: .unclaimed,
        steps: [
            "A calls connect(AF_UNSPEC) on an idle connection; B reads", "A connects the same descriptor again",
            "A calls it while another process is blocked in recv() on the socket",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        var place = lab.wire.log.count
        lab.expect(try pair.client.ask(.dissolve), returns: 0)
        try lab.expectCarried("RST/ACK> seq=1 ack=1", since: place)
        try lab.requireGone(pair.client)
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.expect(pair.client, tcpInfo: .CLOSE)
        try lab.expect(lab.a, counts: ["OutRsts": 1])
        try lab.requireGone(pair.server)
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)

        try lab.chapter("the descriptor connects again")
        try pair.client.connect(SocketAddress(lab.b.ip, 5000))
        let again = try pair.listener.accept("server again")
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned))
        try pair.client.send("again")
        lab.expect(try again.ask(.recv(100)), reads: "again")

        try lab.chapter("while a call is blocked")
        let reader = try pair.client.process.fork("reader")
        let blocked = try pair.client.shared(with: reader, as: "client (reader)").begin(.recv(100))
        try lab.requireBlocked(blocked)
        try lab.require(pair.client, shows: .row(.ESTABLISHED, sendQueue: 0))
        place = lab.wire.log.count
        let answer = try pair.client.ask(.dissolve)
        if answer.errno == .EBUSY {
            lab.sawVariant("refused while a call is blocked")
            lab.expect(answer, fails: .EBUSY)
            try lab.expectBlocked(blocked)
            try again.send("still here")
            lab.expect(try blocked.answer(), reads: "still here")
            try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned))
            try lab.expect("RST/ACK>", carried: 0, since: place)
        } else {
            lab.sawVariant("allowed while a call is blocked")
            lab.expect(answer, returns: 0)
            lab.expect(try blocked.answer(), fails: .EPIPE)
            try lab.expectCarried("RST/ACK> seq=6 ack=1", since: place)
            try lab.requireGone(pair.client)
            try lab.requireGone(again)
            lab.expect(try again.ask(.recv(100)), fails: .ECONNRESET)
        }
    }
}

extension Connection {
    /// Both ends without the listener.
    var ends: (client: Socket, server: Socket) { (client, server) }
}
