internal import Vocabulary

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
        link: .direct
    ) {
        step("A connects to B's listener, B accepts: three segments, and nothing more for 300 ms") {
            let (client, server) = connect()
            wire.carriesOnly("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
            wire.staysQuiet(for: .milliseconds(300))
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            // Not from CLOSE, as the documents draw it: the child is cloned from the listener.
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            A.counts(["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
            B.counts(["ActiveOpens": 0, "PassiveOpens": 1, "CurrEstab": 1])
        }
    }

    static let synRecvVisible = Scenario(
        "open.syn-recv-visible",
        claim: "While the handshake's third segment is missing, the server's end is in SYN_RECV and repeats its "
            + "SYN/ACK; when the ACK comes it is ESTABLISHED.",
        cites: [
            .document("001", "状态说明"), .document("003", "服务端连接的建立"), .rfc(9293, "3.3.2"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
        ],
        longestTimer: { _ in 1 }
    ) {
        let third = wire.hold("ACK>")
        let listener = B.listen()
        let client = A.socket("client")
        step("A connects; the wire holds its ACK, so B's end stays a request in SYN_RECV") {
            client.connect(to: B.port(5000))
            client.shows(.ESTABLISHED, timer: .off)
            third.meets(1)
            // A request sock: netlink shows it, the tracepoint does not.
            client.otherEnd.shows(
                .SYN_RECV, .minisock, timer: .retransmit, expires: .zero ... .milliseconds(1004), retransmits: 0)
            listener.shows(.LISTEN, receiveQueue: 0)
        }
        step("B repeats its SYN/ACK after one second, and A answers again") {
            let first = wire.carries("<SYN/ACK seq=0 ack=1", since: .chapterBegan)
            let again = wire.carriesAgain("<SYN/ACK seq=0 ack=1", after: first)
            lasts("SYN/ACK is repeated after", from: first, to: again, .seconds(1) ... .milliseconds(1175))
            client.otherEnd.shows(
                .SYN_RECV, .minisock, timer: .retransmit, expires: .zero ... .milliseconds(2004), retransmits: 1)
            B.traces(.retransmitSynAck, 1)
            third.meets(2)
            B.tracesNoChild(ofPort: 5000)
        }
        try step("the wire lets the ACKs go, and B accepts") {
            third.release()
            listener.shows(.LISTEN, receiveQueue: 1)
            let server = listener.accept("server")
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            if try isTraced {
                // The child is born and opened by the same segment, whatever time its request has waited.
                let born = server.goes(.LISTEN, .SYN_RECV)
                let opened = server.goes(.SYN_RECV, .ESTABLISHED)
                lasts(
                    "the child is in SYN_RECV for", try time(from: born, to: opened), .zero ... .milliseconds(900),
                    by: .trace)
            }
            server.shows(.ESTABLISHED, .owned)
            B.counts(["PassiveOpens": 1, "TCPSynRetrans": 1])
        }
    }

    static let synAckLost = Scenario(
        "open.synack-lost",
        claim: "A lost SYN or SYN/ACK is sent again and the connection comes about once; a second SYN/ACK that "
            + "reaches the established client is answered by a challenge ACK.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(9293, "3.8.1"), .rfc(5961, "4"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        longestTimer: { _ in 2 }
    ) {
        let listener = B.listen()
        step("the wire loses A's first SYN; A sends it again after one second, and connects") {
            let client = A.socket("client 1")
            wire.drop("SYN>", first: 1)
            client.connect(to: B.port(5000))
            let server = listener.accept("server 1")
            wire.carriesOnly("SYN> seq=0", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
            let first = wire.carries("SYN>")
            let again = wire.carriesAgain("SYN>", after: first)
            lasts("SYN is repeated after", from: first, to: again, .seconds(1) ... .milliseconds(1175))
            A.traces(.retransmit, 1)
            A.counts(["TCPSynRetrans": 1])
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
        }

        chapter("the SYN/ACK is lost")
        let client = A.socket("client 2")
        // Whichever timer fires first: what either repeats is held, so that both have fired before anything arrives.
        let synAcks = wire.hold("<SYN/ACK")
        let lost = wire.drop("<SYN/ACK", first: 1)
        let syns = wire.hold("SYN>")
        wire.allow("SYN>", first: 1)
        step("the wire loses B's SYN/ACK and holds what follows until both ends' timers have fired") {
            client.beginConnecting(to: B.port(5000))
            lost.meets(1)
            syns.meets(1, after: .seconds(1))
            synAcks.meets(1, after: .seconds(1))
        }
        step("the wire delivers A's SYN, which B answers too, then the SYN/ACKs: one opens A, one is challenged") {
            syns.release()
            synAcks.meets(2)
            synAcks.release()
            let server = listener.accept("server 2")
            wire.carriesOnly(
                "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "<SYN/ACK seq=0 ack=1",
                "ACK> seq=1 ack=1", "ACK> seq=1 ack=1", inAnyOrder: true, since: .chapterBegan)
            A.counts(["TCPSynRetrans": 1, "TCPSYNChallenge": 1, "TCPChallengeACK": 1])
            B.counts(["TCPSynRetrans": 2, "PassiveOpens": 1])
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            server.shows(.ESTABLISHED)
        }
        step("B has exactly one child: nothing is left to accept") {
            listener.shows(.LISTEN, receiveQueue: 0)
            listener.setNonblocking()
            listener.calls(.accept, fails: .EAGAIN)
        }
    }

    static let refused = Scenario(
        "open.refused",
        claim: "A SYN to a port nobody listens on is answered by a reset, and connect() fails with ECONNREFUSED; "
            + "the same socket can try again.",
        cites: [
            .document("003", "客户端连接的建立"), .man("connect", 2, "after failure", .differs), .rfc(9293, "3.10.7.1"),
            .kernel("tcp_ipv4.c", "tcp_v4_send_reset"),
        ],
        link: .direct
    ) {
        let client = A.socket("client")
        step("A connects to a closed port of B, and is answered by a reset") {
            client.calls(.connect(B.port(5999)), fails: .ECONNREFUSED)
            wire.carriesOnly("SYN> seq=0", "<RST/ACK seq=0 ack=1 win=0")
            client.passes(.CLOSE, .SYN_SENT, .CLOSE)
            client.hasNoError()  // connect() has taken it
            client.polls([.OUT, .HUP])
            client.tcpInfo(shows: .CLOSE)
            A.counts(["ActiveOpens": 1, "AttemptFails": 1])
            B.counts(["OutRsts": 1])
            B.tracesReset("NO_SOCKET")
        }
        step("A tries once more, and is refused once more") {
            client.calls(.connect(B.port(5999)), fails: .ECONNREFUSED)
            wire.carriesOnly("SYN>", "<RST/ACK", "SYN>", "<RST/ACK", since: .chapterBegan)
        }
        try step("B listens; the same socket of A connects") {
            let listener = B.listen(port: 5999)
            client.connect(to: B.port(5999))
            let server = listener.accept("server")
            client.shows(.ESTABLISHED)
            server.shows(.ESTABLISHED)
            wire.carriesOnly(
                "SYN>", "<RST/ACK", "SYN>", "<RST/ACK", "SYN>", "<SYN/ACK", "ACK>", since: .chapterBegan)
            let ports = try wire.segments(since: .chapterBegan).filter(\.segment.isSYN).map(\.segment.source.port)
            expect("each attempt has an ephemeral port of its own", of: ports, by: .segments) { Set($0).count == 3 }
        }
    }

    static let synTimeout = Scenario(
        "open.syn-timeout",
        claim: "A client that hears nothing gives up: connect() fails with ETIMEDOUT, silently.",
        cites: [
            .document("003", "客户端连接的建立"), .requirement("MUST-22", only: "the second threshold, without the process"),
            .rfc(9293, "3.8.3"), .kernel("tcp_timer.c", "tcp_write_timeout"),
            .commit("ccce324dabfe", "6.5: the first timeouts are equal"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_syn_retries": "1", "tcp_syn_linear_timeouts": "0"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 131 }
    ) {
        wire.drop("SYN>")
        let client = A.socket("client")
        try step("the wire loses every SYN of A, whose connect() fails with ETIMEDOUT") {
            let schedule = try SynSchedule(of: A)
            let connecting = client.begins(.connect(B.port(5000)))
            client.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
            connecting.fails(.ETIMEDOUT, after: schedule.giveUp)
            client.passes(.CLOSE, .SYN_SENT, .CLOSE)
            let first = wire.carries("SYN>")
            if try isTraced {
                let givenUp = try time(from: first, to: client.goes(.SYN_SENT, .CLOSE))
                lasts("A gives up after", givenUp, schedule.giveUp.timerBounds, by: .trace)
                measure(
                    "give-up", givenUp.seconds, "s", within: 0.125 * schedule.giveUp.seconds + machineNoise)
            }
            // How late the process hears of it is up to who else wants the processor.
            let soonest = (schedule.giveUp - .milliseconds(12)).seconds
            expect(
                "connect() returns no sooner: \(soonest) s", of: try connecting.result().took.seconds, by: .call
            ) { $0 >= soonest }
            measure("SYNs", Double(schedule.count), "segments", within: 0)
            variant(schedule.variant)
            // No reset and no FIN at the end: SYNs are all that was ever sent.
            wire.carriesOnly(Array(repeating: "SYN> seq=0", count: schedule.count))
            A.traces(.retransmit, schedule.count - 1)
            client.isGone()
            A.counts(["AttemptFails": 1, "TCPAbortOnTimeout": 1])
        }

        chapter("a SYN/ACK comes too late")
        step("A answers it by a reset") {
            let syn = wire.hasCarried("SYN>")
            wire.forges(
                [.SYN, .ACK], from: syn.destination, to: syn.source, sequence: 1000, acknowledgement: syn.end())
            wire.carriesOnly("RST> seq=1")
        }
    }
}
