internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// A listener's two queues, of requests and of children, and what ends what is in them.
enum ListenerQueues {
    static let all = [SynQueue.synQueueFull, deferAccept, rstBeforeAccept, listenerCloseKillsQueue]

    static let deferAccept = Scenario(
        "open.defer-accept",
        claim: "With TCP_DEFER_ACCEPT a bare third ACK opens nothing on the server: the first data does, or, when none "
            + "comes in the given time, the client's answer to one more SYN/ACK.",
        cites: [
            .kernel("tcp_minisocks.c", "tcp_check_req"), .kernel("inet_connection_sock.c", "syn_ack_recalc"),
            .kernel("tcp.c", "do_tcp_setsockopt"),
        ],
        verdict: .unclaimed,
        steps: [
            "B listens with TCP_DEFER_ACCEPT (1 s, in the default lane 3 s); A connects: B's end stays a request",
            "A sends; B accepts at once", "another client says nothing; B repeats its SYN/ACK and accepts",
        ],
        longestTimer: { $0 == .scaled ? 1 : 3 }
    ) { lab in
        let seconds: Int32 = lab.isScaled ? 1 : 3
        let time = Duration.seconds(Int64(seconds))
        let listener = try lab.b.listen(port: 5000)
        try listener.set(.TCP_DEFER_ACCEPT, seconds)
        lab.expect(
            "TCP_DEFER_ACCEPT is kept", try listener.ask(.getOption(.TCP_DEFER_ACCEPT)).integer == seconds,
            seen: "another value", witnesses: ["getsockopt"])
        let talker = try lab.a.socket("talker")
        try talker.connect(SocketAddress(lab.b.ip, 5000))
        let accepting = try listener.begin(.accept)
        try lab.expect(lab.b, counts: ["TCPDeferAcceptDrop": 1])
        try lab.require(oppositeOf: talker, shows: .row(.SYN_RECV, .minisock, timer: .retransmit, retransmits: 0))
        try lab.require(talker, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        try lab.expectBlocked(accepting)
        try talker.send("go")
        let first = try listener.accepted(try accepting.answer(), as: "first")
        lab.expect(try first.ask(.recv(100)), reads: "go")
        try lab.require(first, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(first, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=2", "<ACK seq=1 ack=3")

        try lab.chapter("nothing is said")
        let silent = try lab.a.socket("silent")
        try silent.connect(SocketAddress(lab.b.ip, 5000))
        try lab.expect(lab.b, counts: ["TCPDeferAcceptDrop": 1])
        try lab.require(oppositeOf: silent, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        let waiting = try listener.begin(.accept)
        let second = try listener.accepted(try waiting.answer(after: time), as: "second")
        try lab.require(second, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(second, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
        let answers = lab.carried().filter { $0.segment.isSYNACK }
        if answers.count == 2 {
            lab.expect(
                "SYN/ACK is repeated after", lasted: answers[1].stamp - answers[0].stamp,
                within: time...time.asLateTimer)
        }
        try lab.expect(lab.b, counts: ["TCPDeferAcceptDrop": 1, "PassiveOpens": 1])
    }

    static let rstBeforeAccept = Scenario(
        "open.rst-before-accept",
        claim:
            "A connection that is reset while it waits to be accepted stays in the queue: accept() succeeds, and the "
            + "first read fails with ECONNRESET. There is no ECONNABORTED.",
        cites: [
            .kernel("inet_connection_sock.c", "inet_csk_accept"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        verdict: .unclaimed,
        link: .direct,
        steps: ["A connects and resets before B accepts", "B polls its listener, accepts, reads"]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued))
        try client.setLinger(seconds: 0)
        try client.close()
        try lab.requireCarried("RST/ACK> seq=1 ack=1")
        try lab.requireGone(client)
        try lab.expect(oppositeOf: client, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.b, counts: ["EstabResets": 1])
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
        try lab.expect(listener, polls: .IN)

        let server = try listener.accept("server")
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        try lab.requireGone(server)
        try lab.expect(server, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        lab.expect(try server.ask(.getpeername), fails: .ENOTCONN)
        lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.expect(server, soError: nil)
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>", "RST/ACK>")
    }

    static let listenerCloseKillsQueue = Scenario(
        "open.listener-close-kills-queue",
        claim: "Closing a listener resets the connections that wait to be accepted; requests stay until their ACK, "
            + "which is answered by RST, or until their timer.",
        cites: [
            .kernel("inet_connection_sock.c", "inet_csk_listen_stop"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
        ],
        verdict: .unclaimed,
        steps: [
            "one client waits to be accepted; the wire holds the third segments of two others", "B closes its listener",
            "the wire delivers one third segment and loses the other",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        let address = SocketAddress(lab.b.ip, 5000)
        let listener = try lab.b.listen(port: 5000)
        let queued = try lab.a.socket("queued")
        try queued.connect(address)
        try lab.require(oppositeOf: queued, shows: .row(.ESTABLISHED, .queued))
        let silenced = try lab.wire.drop("ACK>")
        let lost = try lab.a.socket("lost")
        try lost.connect(address)
        try lab.require(silenced, met: 1)
        let third = try lab.wire.hold("ACK>")
        let late = try lab.a.socket("late")
        try late.connect(address)
        try lab.require(third, met: 1)
        for client in [lost, late] {
            try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        }
        let place = lab.wire.log.count

        try listener.close()
        try lab.requireGone(listener)
        try lab.expect(listener, passes: .CLOSE, .LISTEN, .CLOSE)
        try lab.expectCarried("<RST/ACK seq=1 ack=1", since: place)
        try lab.expect(oppositeOf: queued, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.requireGone(queued)
        lab.expect(try queued.ask(.recv(100)), fails: .ECONNRESET)
        try lab.require(oppositeOf: late, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))

        try lab.wire.release(third)
        try lab.requireCarried("<RST seq=1", since: place)
        try lab.requireGone(late)
        lab.expect(try late.ask(.recv(100)), fails: .ECONNRESET)
        try lab.require("no request of late", seen: { "a row" }) { try lab.row(oppositeOf: late) == nil }

        // The other request ends in silence, and its client does not know.
        try lab.require("no request of lost", within: lab.patience(after: .seconds(1)), seen: { "a row" }) {
            try lab.row(oppositeOf: lost) == nil
        }
        try lab.require(lost, shows: .row(.ESTABLISHED, .owned))
        for client in [queued, late] { try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE) }
        try lab.expectCarried("<RST/ACK", "<RST", since: place)
        try lab.expect(lab.a, counts: ["EstabResets": 2])
        try lab.expect(lab.b, counts: ["OutRsts": 2, "TCPSynRetrans": 0])
    }
}
