internal import Vocabulary

/// What becomes of data that has not been delivered when its socket is closed.
enum SendQueue {
    static let all = [
        flushes, zeroWindow, returnsImmediately, lostOnPeerCrash, lostOnLocalCrash, orphanVisible, appAckPattern,
    ]

    static let flushes = Scenario(
        "close.flushes-sendq",
        claim:
            "close() sends what is left to send, and the FIN goes with the last byte; FIN_WAIT1 ends only when all of "
            + "it has been acknowledged.",
        cites: [
            .document("002", "close"), .document("003", "关闭 TCP 连接"), .rfc(9293, "3.6"),
            .kernel("tcp_output.c", "tcp_send_fin"),
        ]
    ) {
        let (client, server) = connect()
        let data = wire.hold("DATA>", "DATA/FIN>", "FIN>")
        let lastAck = wire.hold("<ACK ack=30002")
        step("A sends 30 000 bytes, of which the wire holds what goes out, and closes") {
            client.calls(.sendFill(count: 30_000, .MSG_DONTWAIT), returns: 30_000)
            client.close()
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 30_001)
            server.shows(.ESTABLISHED, .owned, receiveQueue: 0)
            wire.neverCarries("FIN>", "DATA/FIN>")
        }
        try step("the wire delivers everything but the last ACK; B reads to the end; the wire delivers the last ACK") {
            data.release()
            server.readsToEnd(30_000)
            lastAck.meets(1)
            wire.carries("DATA/FIN> seq=28961 len=1040", since: .chapterBegan)
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 0)
            // A step of its own would take long enough for A to send its FIN again.
            lastAck.release()
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            try expectFINs(of: client, at: 30_001)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }

    static let zeroWindow = Scenario(
        "close.zero-window",
        claim:
            "close() in front of a closed window returns at once; no FIN is sent, only window probes, until the peer "
            + "reads: then comes the rest, with the FIN at its end.",
        cites: [
            .document("003", "关闭 TCP 连接"), .document("001", "状态说明"), .requirement("MUST-36"), .rfc(9293, "3.8.6.1"),
            .kernel("tcp_timer.c", "tcp_probe_timer"),
        ],
        longestTimer: { _ in 0.6 }
    ) {
        let (client, server) = connect(to: B.listen(receiveBuffer: 4096))
        var sent = Filling()
        try step("B has a small receive buffer and does not read; A sends until the window is closed") {
            sent = try Filling(of: server, by: client)
        }
        step("A closes, probes the window twice, and sends nothing else; B answers that its window is closed") {
            client.calls(.close, returns: 0, within: atOnce)
            client.shows(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: sent.left + 1)
            wire.carries(atLeast: 2, of: sent.probe)
            wire.carries(atLeast: 1, of: "<ACK win=0")
            wire.carriesNothing(but: sent.probe, "<ACK win=0")
            server.shows(.ESTABLISHED, .owned, receiveQueue: sent.delivered)
            client.shows(.FIN_WAIT1, .orphan, timer: .persist)
        }
        try step("B reads to the end, and the FIN comes with the last byte") {
            server.readsToEnd(sent.accepted)
            server.shows(.CLOSE_WAIT, .owned, receiveQueue: 0)
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            try expectFINs(of: client, at: sent.accepted + 1)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }

    /// One FIN at least, and each with the last byte.
    private static func expectFINs(of end: Socket, at number: Int) throws {
        let fins = try wire.segments(since: .chapterBegan, from: end).filter(\.segment.hasFIN)
        expect("the FIN goes with the last byte", of: fins) {
            !$0.isEmpty && $0.allSatisfy { $0.view.length > 0 && Int($0.view.sequence) + $0.view.length == number }
        }
    }

    static let returnsImmediately = Scenario(
        "close.returns-immediately",
        claim: "close() and shutdown(SHUT_WR) do not wait for anything: they return at once, also with nothing "
            + "acknowledged of all that is in the send queue.",
        cites: [.document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close")]
    ) {
        let listener = B.listen()
        let (closing, shuttingDown) = (connect("closing", to: listener), connect("shutting down", to: listener))
        wire.cut()
        for (ends, closes) in [(closing, true), (shuttingDown, false)] {
            let (client, server) = ends
            try step(
                "the wire loses everything; A sends as much as it can and "
                    + "\(closes ? "closes" : "shuts down its sending side"), which returns at once"
            ) {
                let accepted = try client.fill(atMost: 100_000)
                client.calls(closes ? .close : .shutdown(.SHUT_WR), returns: 0, within: atOnce)
                client.shows(.FIN_WAIT1, closes ? .orphan : .owned, timer: .retransmit, sendQueue: accepted + 1)
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1)
                server.shows(.ESTABLISHED, .owned, receiveQueue: 0)
                wire.neverCarries("<ANY", since: .stepBegan)
            }
        }
    }

    /// No timeout fits into it; how busy the machine is may show in it.
    private static let atOnce = Duration.zero ... .machineLateness

    static let lostOnPeerCrash = Scenario(
        "close.sendq-lost-on-peer-crash",
        claim:
            "Data that close() left to the kernel is lost when the peer crashes before it has arrived, and no process "
            + "is ever told: close() has returned 0 long before.",
        cites: [
            .document("003", "关闭 TCP 连接"), .rfc(9293, "3.10.7.4"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        longestTimer: { _ in 0.8 }
    ) {
        let ends = connection(to: B.listen(receiveBuffer: 4096))
        let client = ends.client
        var sent = Filling()
        try step("B does not read; A sends until the window is closed, and closes") {
            sent = try Filling(of: ends.server, by: client)
            client.close()
            client.shows(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: sent.left + 1)
        }
        step("B crashes and forgets the connection") {
            ends.listener.close()  // it would answer in its own name
            ends.server.crashes()
        }
        step("A's next window probe is answered by RST, and nobody is told") {
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            wire.carriesOnly(sent.probe, "<RST seq=1")
            B.tracesReset("NO_SOCKET")
            A.counts(["TCPAbortOnTimeout": 0, "OutRsts": 0])
            wire.neverCarries("FIN>", "DATA/FIN>")
        }
    }

    static let lostOnLocalCrash = Scenario(
        "close.sendq-lost-on-local-crash",
        claim: "Data that close() left to the kernel is lost when its own host crashes, and the peer waits for ever in "
            + "ESTABLISHED.",
        cites: [
            .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "tcp_abort"),
            .commit("bac76cf89816", "6.11: orphans can be destroyed too"),
        ],
        longestTimer: { Silence.seconds($0) }
    ) {
        let (client, server) = connect()
        let cut = wire.cut()
        var isGone = false
        step("the wire loses what A sends; A closes") {
            client.send("never arrives")
            client.close()
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 14)
        }
        try step("A crashes and forgets the connection") {
            client.destroy()
            isGone = try happens(within: .seconds(2)) { try client.row() == nil }
            variant(isGone ? "an orphan is destroyed" : "a destroyed orphan stays for ever")
            // Emptied but not closed: what sets its timer again has gone with its queue.
            if !isGone { client.shows(.FIN_WAIT1, .orphan, timer: .off, sendQueue: 14) }
            if isGone { wire.carries("RST/ACK>") }  // lost like everything else
            cut.lift()
        }
        step("nothing is ever sent again (two hours in the default lane); B reads nothing") {
            wire.staysQuiet(for: Silence.duration)
            if isGone {
                client.isGone()
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            } else {
                client.shows(.FIN_WAIT1, .orphan, timer: .off, sendQueue: 14)
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1)
            }
            server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0)
            server.receives(.nothing)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
        }
    }

    static let orphanVisible = Scenario(
        "close.orphan-visible",
        claim: "When a process dies the kernel keeps its connection as an orphan, delivers everything that was left to "
            + "send, and ends the connection in order.",
        cites: [
            .document("002", "调用close后发生了什么"), .kernel("tcp.c", "__tcp_close"),
        ]
    ) {
        let process = A.spawn("sender")
        let (client, server) = connect(to: B.listen(receiveBuffer: 4096), from: process)
        var sent = Filling()
        try step("A's process sends until B's window is closed, and is killed by SIGKILL; the orphan waits") {
            sent = try Filling(of: server, by: client)
            process.isSent(.SIGKILL)
            process.ends(.killed(.SIGKILL))
            client.shows(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: sent.left + 1)
        }
        step("B reads to the end") {
            server.readsToEnd(sent.accepted)
            client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
            server.shows(.CLOSE_WAIT, .owned)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }

    static let appAckPattern = Scenario(
        "close.app-ack-pattern",
        claim: "An end that shuts down, reads until the end and only then closes knows that the other has consumed "
            + "everything; SIOCOUTQ falls to 0 when all has arrived, the FIN included.",
        cites: [.document("003", "关闭 TCP 连接"), .man("tcp", 7, "SIOCOUTQ", .refuted), .kernel("tcp.c", "tcp_ioctl")]
    ) {
        let (client, server) = connect()
        let acks = wire.hold("<ANY")
        step("the wire holds B's ACKs; A sends nine bytes and shuts down its sending side") {
            client.send("important")
            client.calls(.outputQueue, returns: 9)
            client.shutdown(.SHUT_WR)
            client.calls(.outputQueue, returns: 10)
            client.shows(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 10)
            acks.meets(1)
        }
        step("the wire delivers the ACKs") {
            acks.release()
            client.shows(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0)
            client.calls(.outputQueue, returns: 0)
        }
        step("A blocks in recv() until B has read everything and closed; A closes") {
            let waiting = client.begins(.recv())
            server.receives("important", .end)
            waiting.isStillBlocked()
            server.close()
            waiting.returns(0)
            client.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            server.isGone()
            for host in bothHosts { host.counts(["OutRsts": 0]) }
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }

}
