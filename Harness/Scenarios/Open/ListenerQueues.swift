internal import Vocabulary

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
        longestTimer: { $0 == .scaled ? 1 : 3 }
    ) {
        let seconds: Int32 = isScaled ? 1 : 3
        let time = Duration.seconds(Int64(seconds))
        let listener = B.listen()
        listener.set(.TCP_DEFER_ACCEPT, seconds)
        listener.hasOption(.TCP_DEFER_ACCEPT, seconds)
        let accepting = listener.begins(.accept)
        let talker = A.socket("talker")
        step("B listens with TCP_DEFER_ACCEPT of \(seconds) s; A connects, and B's end stays a request") {
            talker.connect(to: B.port(5000))
            B.counts(["TCPDeferAcceptDrop": 1])
            talker.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit, retransmits: 0)
            talker.shows(.ESTABLISHED, .owned, timer: .off)
            listener.shows(.LISTEN, receiveQueue: 0)
            accepting.isStillBlocked()
        }
        step("A sends; B accepts at once") {
            talker.send("go")
            let first = accepting.accepts("first")
            first.receives("go")
            first.shows(.ESTABLISHED, .owned)
            first.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            wire.carriesOnly(
                "SYN>", "<SYN/ACK", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=2", "<ACK seq=1 ack=3",
                since: .chapterBegan)
        }

        chapter("nothing is said")
        step("another client says nothing; B repeats its SYN/ACK, and accepts on the answer") {
            let silent = A.socket("silent")
            silent.connect(to: B.port(5000))
            B.counts(["TCPDeferAcceptDrop": 1])
            silent.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
            let second = listener.begins(.accept).accepts("second", after: time)
            second.shows(.ESTABLISHED, .owned)
            second.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
            let answer = wire.carries("<SYN/ACK")
            let again = wire.carriesAgain("<SYN/ACK", after: answer)
            lasts("SYN/ACK is repeated after", from: answer, to: again, time...time.latestTimer)
            B.counts(["TCPDeferAcceptDrop": 1, "PassiveOpens": 1])
        }
    }

    static let rstBeforeAccept = Scenario(
        "open.rst-before-accept",
        claim:
            "A connection that is reset while it waits to be accepted stays in the queue: accept() succeeds, and the "
            + "first read fails with ECONNRESET. There is no ECONNABORTED.",
        cites: [
            .man("accept", 2, "pending errors", .refuted), .man("accept", 2, "after readiness", .refuted),
            .man("accept", 2, "ECONNABORTED", .refuted),
            .kernel("inet_connection_sock.c", "inet_csk_accept"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        link: .direct
    ) {
        let listener = B.listen()
        let client = A.socket("client")
        step("A connects and resets before B accepts; the connection stays in B's queue") {
            client.connect(to: B.port(5000))
            client.otherEnd.shows(.ESTABLISHED, .queued)
            client.abort()
            wire.carries("RST/ACK> seq=1 ack=1")
            client.isGone()
            client.otherEnd.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            B.counts(["EstabResets": 1])
            listener.shows(.LISTEN, receiveQueue: 1)
            listener.polls(.IN)
        }
        step("B accepts all the same; its first read fails") {
            let server = listener.accept("server")
            listener.shows(.LISTEN, receiveQueue: 0)
            server.isGone()
            server.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            server.calls(.getpeername, fails: .ENOTCONN)
            server.receives(.error(.ECONNRESET), .end)
            server.hasNoError()
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>", "RST/ACK>", since: .chapterBegan)
        }
    }

    static let listenerCloseKillsQueue = Scenario(
        "open.listener-close-kills-queue",
        claim: "Closing a listener resets the connections that wait to be accepted; requests stay until their ACK, "
            + "which is answered by RST, or until their timer.",
        cites: [
            .kernel("inet_connection_sock.c", "inet_csk_listen_stop"), .kernel("tcp_ipv4.c", "tcp_v4_rcv"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
        ],
        longestTimer: { _ in 1 }
    ) {
        let listener = B.listen()
        let (queued, lost, late) = (A.socket("queued"), A.socket("lost"), A.socket("late"))
        step("A connects; the connection waits to be accepted") {
            queued.connect(to: B.port(5000))
            queued.otherEnd.shows(.ESTABLISHED, .queued)
        }
        let third = wire.hold("ACK>")
        let silenced = wire.drop("ACK>", first: 1)
        step("A connects twice more; the wire loses the third segment of one and holds that of the other") {
            lost.connect(to: B.port(5000))
            silenced.meets(1)
            late.connect(to: B.port(5000))
            third.meets(1)
            for client in [lost, late] { client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit) }
        }

        step("B closes its listener: the connection that waits is reset, the requests stay") {
            listener.close()
            listener.isGone()
            listener.passes(.CLOSE, .LISTEN, .CLOSE)
            wire.carriesOnly("<RST/ACK seq=1 ack=1")
            queued.otherEnd.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            queued.isGone()
            queued.receives(.error(.ECONNRESET))
            late.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
        }
        step("the wire delivers the third segment it held, and B answers it by a reset") {
            third.release()
            wire.carries("<RST seq=1")
            late.isGone()
            late.receives(.error(.ECONNRESET))
            late.otherEnd.isGone()
            wire.carriesOnly("<RST")
            for client in [queued, late] { client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE) }
        }
        step("the other request ends in silence when its timer runs out, and its client does not know") {
            lost.otherEnd.isGone(after: .seconds(1))
            lost.shows(.ESTABLISHED, .owned)
            wire.carriesNothing()
            A.counts(["EstabResets": 2])
            B.counts(["OutRsts": 2, "TCPSynRetrans": 0])
        }
    }
}
