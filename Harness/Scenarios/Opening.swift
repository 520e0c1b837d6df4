internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing

/// How connections are opened in the ordinary way, and how that fails.
enum Opening {
    static let all = [threeWay, synRecvVisible, synAckLost, refused, synTimeout]

    static let threeWay = Scenario(
        "open.three-way",
        claim: "An ordinary connection is opened by exactly three segments: SYN, SYN/ACK, ACK.",
        cites: [
            .document("000", "同时打开"), .document("001", "三次握手"), .document("003", "客户端连接的建立"),
            .rfc(9293, "3.5"),
        ],
        link: .direct,
        steps: ["B listens, A connects, B accepts", "the wire stays quiet for 300 ms"]
    ) { lab in
        let pair = try lab.connectedPair()

        try lab.expectCarried("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
        try lab.expectQuiet(for: .milliseconds(300))
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        // Not from CLOSE, as the documents draw it: the child is cloned from the listener.
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expect(lab.a, counts: ["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
        try lab.expect(lab.b, counts: ["ActiveOpens": 0, "PassiveOpens": 1, "CurrEstab": 1])
    }

    static let synRecvVisible = Scenario(
        "open.syn-recv-visible",
        claim: "While the handshake's third segment is missing, the server's end is in SYN_RECV and repeats its "
            + "SYN/ACK; when the ACK comes it is ESTABLISHED.",
        cites: [
            .document("001", "状态说明"), .document("003", "服务端连接的建立"), .rfc(9293, "3.3.2"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
        ],
        steps: [
            "the wire holds every pure ACK of A", "A connects to B's listener",
            "B repeats its SYN/ACK after one second", "the wire lets the ACKs go, B accepts",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        let thirdAck = try lab.wire.hold("ACK>")
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(client, shows: .row(.ESTABLISHED, timer: .off))
        try lab.require(thirdAck, met: 1)

        // A request sock: netlink shows it, the tracepoint does not.
        try lab.require(
            oppositeOf: client,
            shows: .row(
                .SYN_RECV, .minisock, timer: .retransmit, expires: .zero ... .milliseconds(1004), retransmits: 0))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))

        let again = try lab.requireAgain("<SYN/ACK seq=0 ack=1", first: try lab.requireCarried("<SYN/ACK seq=0 ack=1"))
        lab.expect("SYN/ACK is repeated after", lasted: again, within: .seconds(1) ... .milliseconds(1175))
        try lab.require(
            oppositeOf: client,
            shows: .row(
                .SYN_RECV, .minisock, timer: .retransmit, expires: .zero ... .milliseconds(2004), retransmits: 1))
        try lab.expect(.retransmitSynAck, on: lab.b, traced: 1)
        try lab.require(thirdAck, met: 2)  // A answers the duplicate
        try lab.expectUntraced(childOn: lab.b, port: 5000)

        try lab.wire.release(thirdAck)
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
        let server = try listener.accept("server")
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        if lab.configuration.trace != nil {
            // The child is born and opened by the same segment, whatever time its request has waited.
            let born = try lab.requireStep(of: server, .LISTEN, .SYN_RECV)
            let opened = try lab.requireStep(of: server, .SYN_RECV, .ESTABLISHED)
            lab.expect(
                "the child is in SYN_RECV for", lasted: opened - born, within: .zero ... .milliseconds(900),
                witnesses: ["trace"])
        }
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(lab.b, counts: ["PassiveOpens": 1, "TCPSynRetrans": 1])
    }

    static let synAckLost = Scenario(
        "open.synack-lost",
        claim: "A lost SYN or SYN/ACK is sent again and the connection comes about once; a second SYN/ACK that "
            + "reaches the established client is answered by a challenge ACK.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.8.1"), .rfc(5961, "4"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        steps: [
            "the wire loses A's first SYN; A connects all the same",
            "the wire loses B's first SYN/ACK and holds all that follows until both ends' timers have fired",
            "the wire delivers A's SYN, then the SYN/ACKs: one opens, one is challenged",
        ],
        longestTimer: { _ in 2 }
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let first = try lab.a.socket("client 1")
        try lab.wire.drop("SYN>", first: 1)
        try first.connect(SocketAddress(lab.b.ip, 5000))
        let accepted = try listener.accept("server 1")
        try lab.expectCarried(
            "SYN> seq=0", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
        let syns = lab.carried()
        lab.expect(
            "SYN is repeated after", lasted: syns[1].stamp - syns[0].stamp,
            within: .seconds(1) ... .milliseconds(1175))
        try lab.expect(.retransmit, on: lab.a, traced: 1)
        try lab.expect(lab.a, counts: ["TCPSynRetrans": 1])
        try lab.expect(first, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        try lab.expect(accepted, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)

        try lab.chapter("the SYN/ACK is lost")
        let second = try lab.a.socket("client 2")
        try second.setNonblocking()
        let lost = try lab.wire.drop("<SYN/ACK", first: 1)
        lab.expect(try second.ask(.connect(SocketAddress(lab.b.ip, 5000))), fails: .EINPROGRESS)
        try lab.require(lost, met: 1)
        // Whichever timer fires first: hold both, so that both have fired before anything arrives.
        let syn = try lab.wire.hold("SYN>")
        let synAck = try lab.wire.hold("<SYN/ACK")
        try lab.require(syn, met: 1, within: lab.patience(after: .seconds(1)))
        try lab.require(synAck, met: 1, within: lab.patience(after: .seconds(1)))
        try lab.wire.release(syn)
        try lab.require(synAck, met: 2)  // B answers the repeated SYN too
        try lab.wire.release(synAck)
        let server = try listener.accept("server 2")
        try lab.expectCarried(
            "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "<SYN/ACK seq=0 ack=1",
            "ACK> seq=1 ack=1", "ACK> seq=1 ack=1", inAnyOrder: true)
        try lab.expect(lab.a, counts: ["TCPSynRetrans": 1, "TCPSYNChallenge": 1, "TCPChallengeACK": 1])
        try lab.expect(lab.b, counts: ["TCPSynRetrans": 2, "PassiveOpens": 1])
        try lab.expect(second, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.require(server, shows: .row(.ESTABLISHED))
        // Exactly one child: nothing is left to accept.
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        try listener.setNonblocking()
        lab.expect(try listener.ask(.accept), fails: .EAGAIN)
    }

    static let refused = Scenario(
        "open.refused",
        claim: "A SYN to a port nobody listens on is answered by a reset, and connect() fails with ECONNREFUSED; "
            + "the same socket can try again.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.10.7.1"), .kernel("tcp_ipv4.c", "tcp_v4_send_reset"),
        ],
        link: .direct,
        steps: ["A connects to a closed port of B, twice", "B listens; the same socket of A connects"]
    ) { lab in
        let address = SocketAddress(lab.b.ip, 5999)
        let client = try lab.a.socket("client")
        lab.expect(try client.ask(.connect(address)), fails: .ECONNREFUSED)
        try lab.expectCarried("SYN> seq=0", "<RST/ACK seq=0 ack=1 win=0")
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(client, soError: nil)  // connect() has taken it
        try lab.expect(client, polls: [.OUT, .HUP])
        try lab.expect(client, tcpInfo: .CLOSE)
        try lab.expect(lab.a, counts: ["ActiveOpens": 1, "AttemptFails": 1])
        try lab.expect(lab.b, counts: ["OutRsts": 1])
        try lab.expect(lab.b, tracesReset: "NO_SOCKET")

        lab.expect(try client.ask(.connect(address)), fails: .ECONNREFUSED)
        try lab.expectCarried("SYN>", "<RST/ACK", "SYN>", "<RST/ACK")

        let listener = try lab.b.listen(port: 5999)
        try client.connect(address)
        let server = try listener.accept("server")
        try lab.require(client, shows: .row(.ESTABLISHED))
        try lab.require(server, shows: .row(.ESTABLISHED))
        try lab.expectCarried("SYN>", "<RST/ACK", "SYN>", "<RST/ACK", "SYN>", "<SYN/ACK", "ACK>")
        let ports = lab.carried().filter { $0.segment.isSYN }.map(\.segment.source.port)
        lab.expect(
            "each attempt has an ephemeral port of its own", Set(ports).count == 3,
            seen: ports.map(String.init).joined(separator: ", "), witnesses: ["segments"])
    }

    static let synTimeout = Scenario(
        "open.syn-timeout",
        claim: "A client that hears nothing gives up: connect() fails with ETIMEDOUT, silently.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.8.3"), .kernel("tcp_timer.c", "tcp_write_timeout"),
            .commit("ccce324dabfe", "6.5: the first timeouts are equal"),
        ],
        steps: [
            "the wire loses every SYN of A", "A connects and waits", "a SYN/ACK that comes too late is answered by RST",
        ],
        sysctls: { $0 == .scaled ? ["tcp_syn_retries": "1", "tcp_syn_linear_timeouts": "0"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 131 }
    ) { lab in
        let schedule = try SynSchedule(of: lab.a)
        try lab.wire.drop("SYN>")
        let client = try lab.a.socket("client")
        let connecting = try client.begin(.connect(SocketAddress(lab.b.ip, 5000)))
        try lab.require(client, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))

        let answer = try connecting.answer(after: schedule.giveUp)
        lab.expect(answer, fails: .ETIMEDOUT)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .CLOSE)
        let first = try lab.requireCarried("SYN>")
        if lab.configuration.trace != nil {
            let given = try lab.requireStep(of: client, .SYN_SENT, .CLOSE) - first.stamp
            lab.expect("A gives up after", lasted: given, within: schedule.giveUp.asTimer, witnesses: ["trace"])
            lab.measure("give-up", given.seconds, "s", tolerance: 0.125 * schedule.giveUp.seconds + lab.wait)
        }
        // How late the process is told is up to who else wants the processor.
        let taken = answer.took ?? .zero
        lab.expect(
            "connect() returns no sooner: \((schedule.giveUp - .milliseconds(12)).seconds) s",
            taken >= schedule.giveUp - .milliseconds(12), seen: "\(taken.seconds) s", witnesses: ["call"])
        lab.measure("SYNs", Double(schedule.count), "segments", tolerance: 0)
        lab.sawVariant(schedule.variant)
        // No reset and no FIN at the end: SYNs are all that was ever sent.
        try lab.expectCarried(Array(repeating: "SYN> seq=0", count: schedule.count))
        try lab.expect(.retransmit, on: lab.a, traced: schedule.count - 1)
        try lab.requireGone(client)
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "TCPAbortOnTimeout": 1])

        let syn = try lab.requireCarried("SYN>").segment
        try lab.chapter("a SYN/ACK comes too late")
        try lab.wire.inject(
            TCPSegment(
                source: syn.destination, destination: syn.source, sequence: 1000,
                acknowledgement: syn.sequence &+ 1, flags: [.SYN, .ACK]), to: .a)
        try lab.expectCarried("RST> seq=1")
    }
}
