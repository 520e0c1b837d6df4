internal import Vocabulary

/// shutdown(): what each direction means for those who have the socket and for the peer.
enum ShuttingDown {
    static let all = [wrIgnoresRefcount, wrWriteError, wrFlush, rdNewData, rdEOF, rdwr]

    static let wrIgnoresRefcount = Scenario(
        "shutdown.wr-ignores-refcount",
        claim: "shutdown(SHUT_WR) sends the FIN at once although another process has the socket, which then cannot "
            + "write any more but still read.",
        cites: [
            .document("001", "四次挥手"), .document("002", "shutdown"), .document("002", "区别"),
            .kernel("tcp.c", "tcp_shutdown"),
        ]
    ) {
        let (client, server) = connect()
        let child = client.owner.fork("child")
        let inherited = client.shared(with: child, as: "client (child)")
        child.sets(.SIGPIPE, .ignored)
        step("A's process has forked; the parent shuts down its sending side, and the FIN leaves at once") {
            client.shutdown(.SHUT_WR)
            wire.carries("FIN> seq=1 ack=1")
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 1)
        }
        step("the child cannot write, but reads what B sends") {
            inherited.calls(.write("x"), fails: .EPIPE)
            server.send("hello")
            inherited.calls(.read(100), reads: "hello")
        }
        step("the child writes with SIGPIPE at its default, which kills it; the parent goes on reading") {
            child.sets(.SIGPIPE, .standard)
            inherited.calls(.write("y"), killedBy: .SIGPIPE)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            client.polls(.OUT)
            server.send("still")
            client.receives("still")
        }
        wire.carries(1, of: "FIN>", since: .chapterBegan)
        wire.neverCarries("DATA>")
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
    }

    static let wrWriteError = Scenario(
        "shutdown.wr-write-error",
        claim: "After shutdown(SHUT_WR) every write fails with EPIPE and SIGPIPE, in FIN_WAIT1, FIN_WAIT2 and after; "
            + "poll() goes on reporting OUT, and reading works.",
        cites: [.document("002", "shutdown"), .kernel("tcp.c", "tcp_sendmsg_locked"), .kernel("tcp.c", "tcp_poll")]
    ) {
        let (client, server) = connect()
        client.owner.sets(.SIGPIPE, .handled)
        let fin = wire.hold("FIN>")
        step("A shuts down its sending side, and the wire holds the FIN: A can read, but not write") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
            client.polls(.OUT)
            cannotWrite(client)
            server.send("one")
            client.receives("one")
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
        }
        step("B acknowledges the FIN: A can read, but not write") {
            fin.release()
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            client.polls(.OUT)
            cannotWrite(client)
            server.send("two")
            client.receives("two")
            client.shows(.FIN_WAIT2, .owned, timer: .off)
        }
        step("B closes: A reads the end, and still cannot write") {
            server.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait)
            client.polls([.IN, .OUT, .HUP, .RDHUP])
            cannotWrite(client)
            client.receives(.end)
        }
        wire.neverCarries("DATA>")
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    /// Writing fails with EPIPE, and SIGPIPE unless it is declined.
    private static func cannotWrite(_ socket: Socket) {
        socket.calls(.send("x"), fails: .EPIPE, with: .SIGPIPE)
        socket.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
    }

    static let wrFlush = Scenario(
        "shutdown.wr-flush",
        claim: "shutdown(SHUT_WR) does not hasten what is in the send buffer: as much leaves as window and congestion "
            + "window allow, the rest as acknowledgements come, and the FIN rides on the last segment. Reading works "
            + "throughout.",
        says: "What is in the send buffer is sent at once, followed by a FIN.",
        cites: [
            .document("002", "shutdown", .differs), .kernel("tcp.c", "tcp_shutdown"),
            .kernel("tcp_output.c", "tcp_send_fin"),
        ],
        longestTimer: { _ in 0.2 }
    ) {
        let total = 30_000
        let (client, server) = connect()
        let held = wire.hold("DATA>", "DATA/FIN>", "FIN>")
        try step("A sends 30 000 bytes and shuts down its sending side; the wire holds ten segments, none with FIN") {
            client.calls(.sendFill(count: total, .MSG_DONTWAIT), returns: Int64(total))
            client.calls(.shutdown(.SHUT_WR), returns: 0)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: total + 1)
            client.calls(.outputQueue, returns: Int64(total + 1))
            // The eleventh can only be the first again: nothing beyond the congestion window is sent meanwhile.
            held.meets(11)
            let begins = (0..<10).map { UInt32(1 + 1448 * $0) } + [1]
            let isFull = { (data: CarriedSegment) in data.view.kind == .DATA && data.view.length == 1448 }
            expect(
                "ten segments of 1448 bytes, then the first again, no FIN", of: Array(try held.met().prefix(11))
            ) { $0.map(\.view.sequence) == begins && $0.allSatisfy(isFull) }
        }
        step("B sends five bytes, which A reads in FIN_WAIT1") {
            server.send("reply")
            client.receives("reply")
            client.shows(.FIN_WAIT1, .owned, sendQueue: total + 1)
        }
        try step("the wire delivers: B reads all of it and the end, and the FIN rides on the last segment") {
            held.release()
            let received = try server.tries(.recv(total, .MSG_WAITALL))
            expect("B reads as much as A sent", of: received.value, by: .call, is: Int64(total))
            expect("B reads what A sent", of: Set(received.bytes), by: .call, is: [UInt8(ascii: "a")])
            server.receives(.end)
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            wire.carries("<ACK ack=30002")
            let fins = try wire.segments(since: .chapterBegan, from: client).filter {
                $0.segment.flags.contains(.FIN)
            }
            let isLast = { (fin: CarriedSegment) in
                fin.view.kind == .DATA_FIN && fin.view.sequence == 28_961 && fin.view.length == 1040
            }
            expect("the FIN rides on the last segment only", of: fins) { !$0.isEmpty && $0.allSatisfy(isLast) }
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT)
    }

    static let rdNewData = Scenario(
        "shutdown.rd-new-data",
        claim: "After shutdown(SHUT_RD) data that arrives is acknowledged and kept: it can be read, fills the buffer, "
            + "closes the window, and makes close() send RST, as for a process that merely does not read.",
        says: "Data that arrives is acknowledged and thrown away; the peer never learns of it.",
        cites: [
            .document("002", "shutdown", .refuted), .man("shutdown", 2, "SHUT_RD", .refuted),
            .kernel("tcp_input.c", "tcp_data_queue"),
            .kernel("tcp.c", "tcp_shutdown"),
        ]
    ) {
        let (client, server) = connect()
        server.shutdown(.SHUT_RD)
        for (text, acknowledgement) in [("later", "<ACK ack=6"), ("again", "<ACK ack=11")]
            as [(String, SegmentPattern)]
        {
            step("B has shut down its receiving side; A sends \"\(text)\": B acknowledges it and can read it") {
                client.calls(.send(text), returns: 5)
                wire.carries("DATA> len=5")
                client.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
                wire.carries(atLeast: 1, of: acknowledgement)
                server.shows(.ESTABLISHED, .owned, receiveQueue: 5)
                server.polls([.IN, .OUT, .RDHUP])
                server.calls(.recv(100), reads: text)
                server.receives(.end)
            }
        }
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
        B.counts(["OutRsts": 0])

        chapter("a small buffer")
        let listener = B.listen("small listener", port: 5001, receiveBuffer: 4096)
        let (flooder, full) = connect("of a small buffer", to: listener, port: 5001)
        try step("B shuts down its receiving side; A sends until B's buffer is full and the window closed") {
            full.shutdown(.SHUT_RD)
            let taken = try flooder.fill()
            full.shows(.ESTABLISHED, .owned)
            let received = try full.row()?.receiveQueue ?? 0
            expect("what was taken is in one of the two buffers", of: received, by: .netlink) { $0 > 0 && $0 < taken }
            flooder.shows(.ESTABLISHED, .owned, timer: .persist, sendQueue: taken - received)
            wire.carries("<ACK win=0")
        }
        step("B closes, with data unread: it sends a reset") {
            full.close()
            wire.carries("<RST/ACK seq=1")
            full.isGone()
            full.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            B.counts(["TCPAbortOnClose": 1])
            flooder.isGone()
            flooder.calls(.send("x", .MSG_NOSIGNAL), fails: .ECONNRESET)
        }
    }

    static let rdEOF = Scenario(
        "shutdown.rd-eof",
        claim:
            "After shutdown(SHUT_RD) reading an empty buffer gives 0, also for a reader that is blocked already. The "
            + "peer is told nothing.",
        cites: [
            .document("002", "shutdown"), .man("tcp", 7, "EPIPE", .refuted, only: "a read after SHUT_RD"),
            .kernel("tcp.c", "tcp_recvmsg_locked"),
        ]
    ) {
        for isBlocked in [false, true] {
            chapter(isBlocked ? "a blocked reader" : "an empty buffer")
            let pair = connection()
            let (client, server) = (pair.client, pair.server)
            let reader = isBlocked ? server.owner.fork("reader") : server.owner
            let blocked = isBlocked ? server.shared(with: reader, as: "server (reader)").begins(.recv(100)) : nil
            blocked?.isAsleep()
            step(
                (isBlocked ? "B's other process is blocked in recv(): " : "")
                    + "B shuts down its receiving side, and reading gives the end; nothing is sent"
            ) {
                server.shutdown(.SHUT_RD)
                blocked?.returns(0)
                server.receives(.end, .end)
                wire.carriesNothing()
                server.polls([.IN, .OUT, .RDHUP])
                server.shows(.ESTABLISHED, .owned, timer: .off)
            }
            step("A has noticed nothing, and can send") {
                client.shows(.ESTABLISHED, .owned, timer: .off)
                client.polls(.OUT)
                client.calls(.send("x"), returns: 1)
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
                pair.listener.close()
            }
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
        ]
    ) {
        for order in [[ShutdownDirection.SHUT_RDWR], [.SHUT_RD, .SHUT_WR]] {
            let words = order.map { "\($0)" }.joined(separator: ", ")
            chapter(words)
            let pair = connection()
            step("A shuts down both directions by \(words): reading gives the end, writing fails") {
                for how in order { pair.client.shutdown(how) }
                pair.client.shows(.FIN_WAIT2, .owned, timer: .off)
                pair.server.shows(.CLOSE_WAIT, .owned)
                pair.client.polls([.IN, .OUT, .HUP, .RDHUP])
                pair.client.receives(.end)
                pair.client.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            }
            step("B sends after A's \(words), and A resets the connection") {
                pair.server.calls(.send("late"), returns: 4)
                wire.carriesOnly("<DATA seq=1 ack=2 len=4", "RST> seq=2")
                abortedInFinWait2(pair)
                pair.client.hasError(.ECONNRESET)
                pair.listener.close()
            }
        }

        chapter("SHUT_WR, data, SHUT_RD")
        let early = connection()
        step("A shuts down its sending side, B sends, A shuts down its receiving side") {
            early.client.shutdown(.SHUT_WR)
            early.client.shows(.FIN_WAIT2, .owned, timer: .off)
            early.server.send("early")
            early.server.shows(.CLOSE_WAIT, .owned, sendQueue: 0)
            early.client.shutdown(.SHUT_RD)
        }
        step("B sends again, and A resets the connection; what came before can still be read") {
            early.server.calls(.send("late"), returns: 4)
            wire.carriesOnly("<DATA seq=6 ack=2 len=4", "RST> seq=2")
            abortedInFinWait2(early)
            early.client.receives("early", .error(.ECONNRESET), .end)
            early.listener.close()
        }

        chapter("in FIN_WAIT1")
        let crossing = connection()
        step("the wire loses A's FIN; B sends, and A resets the connection") {
            wire.drop("FIN>")
            crossing.client.shutdown(.SHUT_RDWR)
            crossing.client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 1)
            crossing.server.calls(.send("crossing"), returns: 8)
            wire.carries("<DATA seq=1 ack=1 len=8")
            wire.carries("RST> seq=1")
            aborted(crossing)
            crossing.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            crossing.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            crossing.server.receives(.error(.ECONNRESET))
        }
    }

    private static func abortedInFinWait2(_ pair: Connection) {
        aborted(pair)
        pair.client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        pair.server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
    }

    /// A has answered data by a reset, which has ended both ends.
    private static func aborted(_ pair: Connection) {
        for end in pair.ends { end.isGone() }
        A.counts(["TCPAbortOnData": 1, "OutRsts": 1])
        A.tracesReset("TCP_ABORT_ON_DATA", in: .CLOSE)
    }
}
