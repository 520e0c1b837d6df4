internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// shutdown(): what each direction means for those who have the socket and for the peer.
enum ShuttingDown {
    static let all = [wrIgnoresRefcount, wrWriteError, wrFlush, rdNewData, rdEOF, rdwr]
    private static let sigpipe: Int32 = 13

    static let wrIgnoresRefcount = Scenario(
        "shutdown.wr-ignores-refcount",
        claim: "shutdown(SHUT_WR) sends the FIN at once although another process has the socket, which then cannot "
            + "write any more but still read.",
        cites: [
            .document("001", "四次挥手"), .document("002", "shutdown"), .document("002", "区别"),
            .kernel("tcp.c", "tcp_shutdown"),
        ],
        steps: [
            "A's process forks; the parent shuts down its sending side: FIN", "the child writes, reads what B sends",
            "the child writes with SIGPIPE at its default",
        ]
    ) { lab in
        let (client, server) = try lab.connectedPair().ends
        let child = try client.process.fork("child")
        let inherited = client.shared(with: child, as: "client (child)")
        try child.setSignal(sigpipe, .ignored)
        let place = lab.wire.log.count
        try client.shutdown(.SHUT_WR)
        try lab.requireCarried("FIN> seq=1 ack=1", since: place)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))

        lab.expect(try inherited.ask(.write("x")), fails: .EPIPE)
        try server.send("hello")
        lab.expect(try inherited.ask(.read(100)), reads: "hello")
        try child.setSignal(sigpipe, .standard)
        lab.expect(try inherited.ask(.write("y")), killedBy: sigpipe)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.expect(client, polls: .OUT)
        try server.send("still")
        lab.expect(try client.ask(.recv(100)), reads: "still")
        try lab.expect("FIN>", carried: 1)
        try lab.expect("DATA>", carried: 0)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
    }

    static let wrWriteError = Scenario(
        "shutdown.wr-write-error",
        claim: "After shutdown(SHUT_WR) every write fails with EPIPE and SIGPIPE, in FIN_WAIT1, FIN_WAIT2 and after; "
            + "poll() goes on reporting OUT, and reading works.",
        cites: [.document("002", "shutdown"), .kernel("tcp.c", "tcp_sendmsg_locked"), .kernel("tcp.c", "tcp_poll")],
        steps: [
            "A shuts down its sending side; the wire holds the FIN; A writes", "the FIN is acknowledged; A writes",
            "B closes; A writes",
        ]
    ) { lab in
        let (client, server) = try lab.connectedPair().ends
        try client.process.setSignal(sigpipe, .handled)
        func expectPipe() throws {
            lab.expect(try client.ask(.send("x")), fails: .EPIPE, signals: [sigpipe])
            lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        }
        let fin = try lab.wire.hold("FIN>")
        try client.shutdown(.SHUT_WR)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))
        try lab.expect(client, polls: .OUT)
        try expectPipe()
        try server.send("one")
        lab.expect(try client.ask(.recv(100)), reads: "one")
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))

        try lab.wire.release(fin)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        try lab.expect(client, polls: .OUT)
        try expectPipe()
        try server.send("two")
        lab.expect(try client.ask(.recv(100)), reads: "two")
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))

        try server.close()
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
        try lab.expect(client, polls: [.IN, .OUT, .HUP, .RDHUP])
        try expectPipe()
        lab.expect(try client.ask(.recv(100)), returns: 0)
        try lab.expect("DATA>", carried: 0)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let wrFlush = Scenario(
        "shutdown.wr-flush",
        claim: "shutdown(SHUT_WR) does not hasten what is in the send buffer: as much leaves as window and congestion "
            + "window allow, the rest as acknowledgements come, and the FIN rides on the last segment. Reading works "
            + "throughout.",
        says: "What is in the send buffer is sent at once, followed by a FIN.",
        cites: [
            .document("002", "shutdown"), .kernel("tcp.c", "tcp_shutdown"), .kernel("tcp_output.c", "tcp_send_fin"),
        ],
        verdict: .differs,
        steps: [
            "A sends 30 000 bytes and shuts down its sending side; the wire holds the data: ten segments, no FIN",
            "B sends five bytes, which A reads in FIN_WAIT1", "the wire delivers; B reads to the end",
        ],
        longestTimer: { _ in 0.2 }
    ) { lab in
        let total = 30_000
        let (client, server) = try lab.connectedPair().ends
        let held = try lab.wire.hold("DATA>", "DATA/FIN>", "FIN>")
        lab.expect(try client.ask(.sendFill(0x7a, count: total, .MSG_DONTWAIT)), returns: Int64(total))
        lab.expect(try client.ask(.shutdown(.SHUT_WR)), returns: 0)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: total + 1))
        lab.expect(try client.ask(.outputQueue), returns: Int64(total + 1))
        // The eleventh can only be the first again: nothing beyond the congestion window is sent meanwhile.
        try lab.require(held, met: 11)
        let burst = held.met.prefix(11).map(\.view)
        let expected = (0..<10).map { UInt32(1 + 1448 * $0) } + [1]
        lab.expect(
            "ten segments of 1448 bytes, then the first again, no FIN",
            burst.map(\.sequence) == expected && burst.allSatisfy { $0.length == 1448 && $0.kind == .DATA },
            seen: SegmentView.describe(burst), witnesses: ["segments"])
        try server.send("reply")
        lab.expect(try client.ask(.recv(100)), reads: "reply")
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, sendQueue: total + 1))

        try lab.wire.release(held)
        let received = try server.ask(.recv(total, .MSG_WAITALL))
        lab.expect(received, returns: Int64(total))
        lab.expect(
            "B reads what A sent", received.output.allSatisfy { $0 == 0x7a }, seen: "something else",
            witnesses: ["call"])
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        try lab.requireCarried("<ACK ack=30002")
        let fins = lab.carried().filter { $0.from == .a && $0.segment.flags.contains(.FIN) }.map(\.view)
        lab.expect(
            "the FIN rides on the last segment only",
            !fins.isEmpty && fins.allSatisfy { $0.kind == .DATA_FIN && $0.sequence == 28_961 && $0.length == 1040 },
            seen: SegmentView.describe(fins), witnesses: ["segments"])
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT)
    }

    static let rdNewData = Scenario(
        "shutdown.rd-new-data",
        claim: "After shutdown(SHUT_RD) data that arrives is acknowledged and kept: it can be read, fills the buffer, "
            + "closes the window, and makes close() send RST, as for a process that merely does not read.",
        says: "Data that arrives is acknowledged and thrown away; the peer never learns of it.",
        cites: [
            .document("002", "shutdown"), .kernel("tcp_input.c", "tcp_data_queue"), .kernel("tcp.c", "tcp_shutdown"),
        ],
        verdict: .refuted,
        steps: [
            "B shuts down its receiving side; A sends, twice; B reads",
            "with a small receive buffer: A sends until the window is closed; B closes",
        ]
    ) { lab in
        let (client, server) = try lab.connectedPair().ends
        try server.shutdown(.SHUT_RD)
        for (round, text) in ["later", "again"].enumerated() {
            let place = lab.wire.log.count
            lab.expect(try client.ask(.send(text)), returns: 5)
            try lab.requireCarried("DATA> len=5", since: place)
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
            let acknowledged = UInt32(6 + 5 * round)
            lab.expect(
                "B acknowledges the data",
                lab.carried(since: place).contains { $0.from == .b && $0.view.acknowledgement == acknowledged },
                seen: SegmentView.describe(lab.carried(since: place).map(\.view)), witnesses: ["segments"])
            try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 5))
            try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
            lab.expect(try server.ask(.recv(100)), reads: text)
            lab.expect(try server.ask(.recv(100)), returns: 0)
        }
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expect(lab.b, counts: ["OutRsts": 0])

        try lab.chapter("a small buffer")
        let listener = try lab.b.socket("small listener")
        try listener.set(.SO_RCVBUF, 4096)
        try listener.bind(SocketAddress(.anyV4, 5001))
        try listener.listen()
        let (flooder, full) = try lab.connection("of a small buffer", to: listener, port: 5001).ends
        try full.shutdown(.SHUT_RD)
        let taken = try lab.fill(flooder)
        let row = try lab.require(full, shows: .row(.ESTABLISHED, .owned))
        lab.expect(
            "what was taken is in one of the two buffers", row.receiveQueue > 0 && row.receiveQueue < taken,
            seen: "\(row.receiveQueue) of \(taken) bytes with B", witnesses: ["netlink"])
        try lab.require(
            flooder, shows: .row(.ESTABLISHED, .owned, timer: .persist, sendQueue: taken - row.receiveQueue))
        try lab.requireCarried("<ACK win=0")
        let place = lab.wire.log.count
        try full.close()
        try lab.requireCarried("<RST/ACK seq=1", since: place)
        try lab.requireGone(full)
        try lab.expect(full, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expect(lab.b, counts: ["TCPAbortOnClose": 1])
        try lab.requireGone(flooder)
        lab.expect(try flooder.ask(.send("x", .MSG_NOSIGNAL)), fails: .ECONNRESET)
    }

    static let rdEOF = Scenario(
        "shutdown.rd-eof",
        claim:
            "After shutdown(SHUT_RD) reading an empty buffer gives 0, also for a reader that is blocked already. The "
            + "peer is told nothing.",
        cites: [.document("002", "shutdown"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        steps: [
            "B shuts down its receiving side and reads", "B's other process is blocked in recv() meanwhile",
            "A polls and sends",
        ]
    ) { lab in
        for blocking in [false, true] {
            try lab.chapter(blocking ? "a blocked reader" : "an empty buffer")
            let pair = try lab.connectedPair()
            let (client, server) = pair.ends
            let reader = blocking ? try server.process.fork("reader") : server.process
            let shared = server.shared(with: reader, as: "server (reader)")
            let blocked = blocking ? try shared.begin(.recv(100)) : nil
            if let blocked { try lab.requireBlocked(blocked) }
            let place = lab.wire.log.count
            try server.shutdown(.SHUT_RD)
            if let blocked { lab.expect(try blocked.answer(), returns: 0) }
            lab.expect(try server.ask(.recv(100)), returns: 0)
            lab.expect(try server.ask(.recv(100)), returns: 0)
            try lab.expectNothingCarried(since: place)
            try lab.expect(server, polls: [.IN, .OUT, .RDHUP])
            try lab.require(server, shows: .row(.ESTABLISHED, .owned, timer: .off))
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
            try lab.expect(client, polls: .OUT)
            lab.expect(try client.ask(.send("x")), returns: 1)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
            try pair.listener.close()
        }
    }

    static let rdwr = Scenario(
        "shutdown.rdwr",
        claim:
            "shutdown(SHUT_RDWR) is SHUT_RD and SHUT_WR in either order. Data that arrives afterwards is answered by "
            + "RST, as after close(); what had arrived before stays readable.",
        cites: [
            .document("002", "shutdown"), .kernel("tcp_input.c", "tcp_rcv_state_process"),
            .kernel("tcp.c", "tcp_shutdown"),
        ],
        steps: [
            "A shuts down both directions: at once; RD, then WR; WR, data, then RD",
            "each time B sends in A's FIN_WAIT2", "the wire loses A's FIN; B sends in A's FIN_WAIT1",
        ]
    ) { lab in
        for order in [[ShutdownHow.SHUT_RDWR], [.SHUT_RD, .SHUT_WR]] {
            try lab.chapter(order.map { "\($0)" }.joined(separator: ", "))
            let pair = try lab.connectedPair()
            for how in order { try pair.client.shutdown(how) }
            try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned))
            try lab.expect(pair.client, polls: [.IN, .OUT, .HUP, .RDHUP])
            lab.expect(try pair.client.ask(.recv(100)), returns: 0)
            lab.expect(try pair.client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
            let place = lab.wire.log.count
            lab.expect(try pair.server.ask(.send("late")), returns: 4)
            try lab.expectCarried("<DATA seq=1 ack=2 len=4", "RST> seq=2", since: place)
            try expectAbort(lab, pair, inFinWait2: true)
            try lab.expect(pair.client, soError: .ECONNRESET)
            try pair.listener.close()
        }

        try lab.chapter("SHUT_WR, data, SHUT_RD")
        let early = try lab.connectedPair()
        try early.client.shutdown(.SHUT_WR)
        try lab.require(early.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try early.server.send("early")
        try lab.require(early.server, shows: .row(.CLOSE_WAIT, .owned, sendQueue: 0))
        try early.client.shutdown(.SHUT_RD)
        let place = lab.wire.log.count
        lab.expect(try early.server.ask(.send("late")), returns: 4)
        try lab.expectCarried("<DATA seq=6 ack=2 len=4", "RST> seq=2", since: place)
        try expectAbort(lab, early, inFinWait2: true)
        lab.expect(try early.client.ask(.recv(100)), reads: "early")
        lab.expect(try early.client.ask(.recv(100)), fails: .ECONNRESET)
        lab.expect(try early.client.ask(.recv(100)), returns: 0)
        try early.listener.close()

        try lab.chapter("in FIN_WAIT1")
        let crossing = try lab.connectedPair()
        try lab.wire.drop("FIN>")
        try crossing.client.shutdown(.SHUT_RDWR)
        try lab.require(crossing.client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1))
        lab.expect(try crossing.server.ask(.send("crossing")), returns: 8)
        try lab.requireCarried("<DATA seq=1 ack=1 len=8")
        try lab.requireCarried("RST> seq=1")
        try expectAbort(lab, crossing, inFinWait2: false)
        lab.expect(try crossing.server.ask(.recv(100)), fails: .ECONNRESET)
    }

    private static func expectAbort(_ lab: Lab, _ pair: Connection, inFinWait2: Bool) throws {
        try lab.requireGone(pair.client)
        try lab.requireGone(pair.server)
        if inFinWait2 {
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
        } else {
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        }
        try lab.expect(lab.a, counts: ["TCPAbortOnData": 1, "OutRsts": 1])
        try lab.expect(lab.a, tracesReset: "TCP_ABORT_ON_DATA", in: .CLOSE)
    }
}
