internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

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
        ],
        steps: [
            "A sends 30 000 bytes, of which the wire holds what goes out, and closes",
            "the wire delivers everything but the last ACK", "B reads to the end; the wire delivers the last ACK",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let data = try lab.wire.hold("DATA>", "DATA/FIN>", "FIN>")
        let lastAck = try lab.wire.hold("<ACK ack=30002")
        lab.expect(try client.ask(.sendFill(0x61, count: 30_000, .MSG_DONTWAIT)), returns: 30_000)
        try client.close()
        try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 30_001))
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 0))
        try lab.expect("FIN>", carried: 0)
        try lab.expect("DATA/FIN>", carried: 0)

        try lab.wire.release(data)
        let read = try lab.readToEnd(server)
        lab.expect("B reads all of it, then the end", read == 30_000, seen: "\(read) bytes", witnesses: ["call"])
        try lab.require(lastAck, met: 1)
        try lab.requireCarried("DATA/FIN> seq=28961 len=1040")
        let early = lab.carried().filter { $0.segment.hasFIN && $0.view.sequence &+ UInt32($0.view.length) != 30_001 }
        lab.expect(
            "no FIN goes before the last byte", early.isEmpty, seen: SegmentView.describe(early.map(\.view)),
            witnesses: ["segments"])
        try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit))
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 0))
        try lab.wire.release(lastAck)
        try lab.require(client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let zeroWindow = Scenario(
        "close.zero-window",
        claim:
            "close() in front of a closed window returns at once; no FIN is sent, only window probes, until the peer "
            + "reads: then comes the rest, with the FIN at its end.",
        cites: [
            .document("003", "关闭 TCP 连接"), .document("001", "状态说明"), .rfc(9293, "3.8.6.1"),
            .kernel("tcp_timer.c", "tcp_probe_timer"),
        ],
        steps: [
            "B has a small receive buffer and does not read; A sends until the window is closed, and closes",
            "A probes twice; B answers that its window is closed", "B reads to the end",
        ],
        longestTimer: { _ in 0.6 }
    ) { lab in
        let full = try FullReceiver(lab)
        let (client, server) = (full.client, full.server)
        let closing = try client.ask(.close)
        lab.expect(closing, returns: 0)
        lab.expect("close() takes", lasted: closing.took ?? .zero, within: FullReceiver.atOnce, witnesses: ["call"])
        try lab.require(
            client, shows: .row(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: full.accepted - full.delivered + 1))
        let place = lab.wire.log.count
        // A window probe lies one below the next number: the last byte that B has already acknowledged.
        let probe = try SegmentPattern(parsing: "ACK> seq=\(full.delivered)")
        try lab.expect(probe, carriedAtLeast: 2, since: place)
        try lab.expect("<ACK win=0", carriedAtLeast: 1, since: place)
        let answers = lab.carried(since: place).filter { $0.from == .b }.map(\.view)
        lab.expect(
            "B answers each probe: closed", answers.allSatisfy { $0.kind == .ACK && $0.window == 0 },
            seen: SegmentView.describe(answers), witnesses: ["segments"])
        let sent = lab.carried(since: place).filter { $0.from == .a }.map(\.view)
        lab.expect(
            "A sends nothing but probes", sent.allSatisfy(probe.matches), seen: SegmentView.describe(sent),
            witnesses: ["segments"])
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: full.delivered))
        try lab.require(client, shows: .row(.FIN_WAIT1, .orphan, timer: .persist))

        let read = try lab.readToEnd(server)
        lab.expect(
            "B reads all \(full.accepted) bytes, then the end", read == full.accepted, seen: "\(read) bytes",
            witnesses: ["call"])
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 0))
        try lab.require(client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        let fins = lab.carried().map(\.view).filter { $0.fromA && $0.flags.contains(.FIN) }
        lab.expect(
            "the FIN goes with the last byte",
            !fins.isEmpty && fins.allSatisfy { Int($0.sequence) + $0.length == full.accepted + 1 && $0.length > 0 },
            seen: SegmentView.describe(fins), witnesses: ["segments"])
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let returnsImmediately = Scenario(
        "close.returns-immediately",
        claim: "close() and shutdown(SHUT_WR) do not wait for anything: they return at once, also with nothing "
            + "acknowledged of all that is in the send queue.",
        cites: [.document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close")],
        steps: ["the wire loses everything; A sends as much as it can and closes", "the same with shutdown(SHUT_WR)"]
    ) { lab in
        let first = try lab.connectedPair()
        try first.listener.close()
        let second = try lab.connectedPair()
        try lab.wire.silence()
        let place = lab.wire.log.count
        for (pair, closes) in [(first, true), (second, false)] {
            let accepted = try lab.fill(pair.client, atMost: 100_000)
            let answer = try pair.client.ask(closes ? .close : .shutdown(.SHUT_WR))
            lab.expect(answer, returns: 0)
            lab.expect("the call takes", lasted: answer.took ?? .zero, within: FullReceiver.atOnce, witnesses: ["call"])
            try lab.require(
                pair.client,
                shows: .row(
                    .FIN_WAIT1, closes ? .orphan : .owned, timer: .retransmit, sendQueue: accepted + 1))
            try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, receiveQueue: 0))
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1)
        }
        try lab.expect("<ANY", carried: 0, since: place)
    }

    static let lostOnPeerCrash = Scenario(
        "close.sendq-lost-on-peer-crash",
        claim:
            "Data that close() left to the kernel is lost when the peer crashes before it has arrived, and no process "
            + "is ever told: close() has returned 0 long before.",
        cites: [
            .document("003", "关闭 TCP 连接"), .rfc(9293, "3.10.7.4"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        steps: [
            "B does not read; A sends until the window is closed, and closes", "B crashes and forgets the connection",
            "A's next window probe is answered by RST",
        ],
        longestTimer: { _ in 0.8 }
    ) { lab in
        let full = try FullReceiver(lab)
        try full.client.close()
        let left = full.accepted - full.delivered
        try lab.require(full.client, shows: .row(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: left + 1))
        try full.listener.close()  // it would answer in its own name
        try lab.forget(full.server)
        let place = lab.wire.log.count
        try lab.requireGone(full.client)
        try lab.expect(full.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        let probe = try SegmentPattern(parsing: "ACK> seq=\(full.delivered)")
        try lab.expectCarried(probe, "<RST seq=1", since: place)
        try lab.expect(lab.b, tracesReset: "NO_SOCKET")
        try lab.expect(lab.a, counts: ["TCPAbortOnTimeout": 0, "OutRsts": 0])
        try lab.expect("FIN>", carried: 0)
        try lab.expect("DATA/FIN>", carried: 0)
    }

    static let lostOnLocalCrash = Scenario(
        "close.sendq-lost-on-local-crash",
        claim: "Data that close() left to the kernel is lost when its own host crashes, and the peer waits for ever in "
            + "ESTABLISHED.",
        cites: [
            .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "tcp_abort"),
            .commit("bac76cf89816", "6.11: orphans can be destroyed too"),
        ],
        steps: [
            "the wire loses what A sends; A closes", "A crashes and forgets the connection",
            "nothing is ever sent again (two hours in the default lane); B reads nothing",
        ],
        longestTimer: { Silence.seconds($0) }
    ) { lab in
        let pair = try lab.connectedPair()
        let cut = try lab.wire.silence()
        try pair.client.send("never arrives")
        try pair.client.close()
        try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 14))
        try lab.destroy(pair.client)
        let isGone = try lab.comesAbout(within: .seconds(2)) { try lab.row(pair.client) == nil }
        lab.sawVariant(isGone ? "an orphan is destroyed" : "a destroyed orphan stays for ever")
        if isGone {
            try lab.requireCarried("RST/ACK>")  // lost like everything else
        } else {
            // Emptied but not closed: what sets its timer again has gone with its queue.
            try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .off, sendQueue: 14))
        }
        try lab.wire.lift(cut)

        try lab.expectQuiet(for: .seconds(Silence.seconds(lab)))
        if isGone {
            try lab.requireGone(pair.client)
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
        } else {
            try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .off, sendQueue: 14))
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1)
        }
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0))
        lab.expect(try pair.server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
    }

    static let orphanVisible = Scenario(
        "close.orphan-visible",
        claim: "When a process dies the kernel keeps its connection as an orphan, delivers everything that was left to "
            + "send, and ends the connection in order.",
        cites: [
            .document("002", "调用close后发生了什么"), .kernel("tcp.c", "__tcp_close"),
        ],
        steps: [
            "A's process sends until B's window is closed, and is killed by SIGKILL",
            "the orphan waits for the window; B reads to the end",
        ]
    ) { lab in
        let process = try lab.a.spawn("sender")
        let full = try FullReceiver(lab, sender: process)
        let left = full.accepted - full.delivered
        let sigkill: Int32 = 9
        try process.kill(sigkill)
        try lab.require(process, ends: .killed(sigkill))
        try lab.require(full.client, shows: .row(.FIN_WAIT1, .orphan, timer: .persist, sendQueue: left + 1))
        let read = try lab.readToEnd(full.server)
        lab.expect(
            "B reads all \(full.accepted) bytes, then the end", read == full.accepted, seen: "\(read) bytes",
            witnesses: ["call"])
        try lab.require(full.client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
        try lab.require(full.server, shows: .row(.CLOSE_WAIT, .owned))
        try lab.expect(full.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let appAckPattern = Scenario(
        "close.app-ack-pattern",
        claim: "An end that shuts down, reads until the end and only then closes knows that the other has consumed "
            + "everything; SIOCOUTQ falls to 0 when all has arrived, the FIN included.",
        cites: [.document("003", "关闭 TCP 连接"), .kernel("tcp.c", "tcp_ioctl")],
        steps: [
            "the wire holds B's ACKs; A sends nine bytes and shuts down", "the wire delivers the ACKs",
            "A blocks in recv() until B has read everything and closed", "A closes",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let acks = try lab.wire.hold("<ANY")
        try client.send("important")
        lab.expect(try client.ask(.outputQueue), returns: 9)
        try client.shutdown(.SHUT_WR)
        lab.expect(try client.ask(.outputQueue), returns: 10)
        try lab.require(client, shows: .row(.FIN_WAIT1, .owned, timer: .retransmit, sendQueue: 10))
        try lab.require(acks, met: 1)
        try lab.wire.release(acks)
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off, sendQueue: 0))
        lab.expect(try client.ask(.outputQueue), returns: 0)

        let waiting = try client.begin(.recv(100))
        lab.expect(try server.ask(.recv(100)), reads: "important")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.expectBlocked(waiting)
        try server.close()
        lab.expect(try waiting.answer(), returns: 0)
        try client.close()
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        try lab.requireGone(server)
        for host in [lab.a!, lab.b!] { try lab.expect(host, counts: ["OutRsts": 0]) }
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }
}

/// A connection whose receiver, B, takes no more: its buffer is small, and nobody reads.
private struct FullReceiver {
    /// No timeout fits into it; how busy the machine is may show in it.
    static let atOnce = Duration.zero ... .lateness
    let listener: Socket
    let client: Socket
    let server: Socket
    /// Bytes that A's kernel has taken, and those of them that have arrived.
    let accepted: Int
    let delivered: Int

    init(_ lab: Lab, sender: WorkerProcess? = nil) throws {
        listener = try lab.b.process().listen(port: 5000, receiveBuffer: 4096)
        client = try (sender ?? lab.a.process()).socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        server = try listener.accept("server")
        accepted = try lab.fill(client, atMost: 200_000)
        let row = try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .persist))
        delivered = accepted - row.sendQueue
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, receiveQueue: delivered))
    }
}
