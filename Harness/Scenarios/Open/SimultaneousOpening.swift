internal import Vocabulary

/// Two SYNs that cross.
enum SimultaneousOpening {
    static let all = [simultaneous, segmentCount, needsCrossing]

    static let simultaneous = Scenario(
        "open.simultaneous",
        claim: "When SYNs cross, each end goes SYN_SENT, SYN_RECV, ESTABLISHED, and answers the other's SYN by a "
            + "SYN/ACK with its own initial sequence number.",
        cites: [
            .document("000", "同时打开"), .requirement("MUST-10"), .rfc(9293, "3.5"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
        ],
        ipv6: true
    ) {
        try overBothFamilies {
            let crossing = Crossing()
            step("A and B have bound and connect to each other; the wire holds both SYNs") {
                for socket in crossing.sockets {
                    socket.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
                }
            }
            try step("the wire delivers the SYNs and holds both SYN/ACKs") {
                crossing.deliverSYNs()
                for socket in crossing.sockets {
                    // Full sockets, not requests: there is no listener.
                    socket.shows(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1)
                    socket.polls([])
                    socket.tcpInfo(shows: .SYN_RECV)
                }
                // Relative numbers count from the latest SYN, so these are the absolute ones.
                for host in bothHosts {
                    let numbers = try wire.segments(since: .chapterBegan).filter {
                        $0.from == host.name && $0.segment.flags.contains(.SYN)
                    }.map(\.segment.sequence)
                    expect(
                        "the SYN/ACK of \(host.letter) has the sequence number of its SYN", of: numbers, by: .segments
                    ) { Set($0).count == 1 }
                }
            }
            step("the wire delivers the SYN/ACKs, and the connection is there") {
                crossing.deliverSYNACKs()
                for socket in crossing.sockets {
                    socket.shows(.ESTABLISHED, .owned, timer: .off)
                    socket.polls([.OUT])
                    socket.hasNoError()
                    socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
                }
                for host in bothHosts { host.counts(["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1]) }
            }
        }
    }

    static let segmentCount = Scenario(
        "open.simultaneous-segment-count",
        claim: "A simultaneous open takes six segments on Linux: the documents' four, and one more ACK from each end, "
            + "because the SYN in the other's SYN/ACK is old.",
        says: "A simultaneous open exchanges four segments, one more than the usual three.",
        cites: [
            .document("000", "同时打开", .refuted), .document("001", "三次握手", .refuted),
            .commit("23e89e8ee7be", "6.11: SYN/ACK accepted in SYN_RECV of a crossed open"),
            .commit("c1668292689a", "6.11: answered by an ACK with DSACK"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ]
    ) {
        try step("SYNs of A and B cross; six segments open the connection, and nothing follows for 300 ms") {
            let crossing = Crossing()
            crossing.deliverSYNs()
            crossing.deliverSYNACKs()
            for socket in crossing.sockets { socket.shows(.ESTABLISHED) }
            wire.carriesOnly(
                "SYN> seq=0", "<SYN seq=0", "SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1",
                "<ACK seq=1 ack=1", inAnyOrder: true)
            wire.staysQuiet(for: .milliseconds(300))
            measure("segments", Double(try wire.segments().count), "segments", within: 0)
            try judgeLastACKs(countedBy: bothHosts)
        }
    }

    /// The ACK that answers a SYN/ACK in SYN_RECV: a duplicate report since 6.11 and its backports, a challenge before.
    ///
    /// - Parameter hosts: those that send one of these ACKs each, where their counters are to show it.
    static func judgeLastACKs(countedBy hosts: [Host]) throws {
        let acks = try wire.segments(since: .chapterBegan).filter { $0.view.kind == .ACK }
        let reports = acks.filter(\.view.reportsDuplicate)
        expect("all ACKs of a SYN/ACK report a duplicate, or none does", of: acks) {
            reports.count == $0.count || reports.isEmpty
        }
        expect("what they report is the SYN", of: reports) {
            $0.allSatisfy { $0.view.sackBlocks == [SACKBlock(0, 1)] }
        }
        variant(reports.isEmpty ? "challenge ACK" : "DSACK")
        for host in hosts {
            host.counts(
                reports.isEmpty
                    // No InErrs: to tcp_rcv_state_process() a SYN is no error here (tcp_validate_incoming()).
                    ? ["TCPSYNChallenge": 1, "TCPChallengeACK": 1, "InErrs": 0, "TCPDSACKOldSent": 0]
                    : [
                        "DelayedACKLost": 1, "TCPDSACKOldSent": 1, "TCPDSACKRecv": 1, "TCPDSACKIgnoredDubious": 1,
                        "TCPChallengeACK": 0,
                    ])
        }
    }

    static let needsCrossing = Scenario(
        "open.simultaneous-needs-crossing",
        claim: "Two connects make one connection only if the SYNs cross; a SYN that arrives before the other end has "
            + "begun is refused.",
        cites: [.document("000", "同时打开"), .rfc(9293, "3.5")],
        link: .impaired(delay: oneWay),
        longestTimer: { _ in 0.5 }
    ) {
        chapter("one after the other")
        step("A connects to B's port, where nobody is yet, and is refused; then B likewise") {
            let early = A.socket("early a")
            early.bind(A.port(7000))
            early.calls(.connect(B.port(7001)), fails: .ECONNREFUSED)
            let late = B.socket("late b")
            late.bind(B.port(7001))
            late.calls(.connect(A.port(7000)), fails: .ECONNREFUSED)
            wire.carriesOnly("SYN>", "<RST/ACK", "<SYN", "RST/ACK>")
            for socket in [early, late] { socket.passes(.CLOSE, .SYN_SENT, .CLOSE) }
        }
        try step("A and B connect while both SYNs are under way, and have one connection") {
            // Whether the SYNs cross is up to when two processes are given the processor. If they do not, nothing is
            // shown either way, so try again until the premise holds.
            for round in 0..<50 {
                chapter("crossing, round \(round + 1)")
                if try cross(from: UInt16(8000 + 2 * round), to: UInt16(8001 + 2 * round)) { return }
            }
            try giveUp("the SYNs never crossed in 50 rounds: the machine is too busy for a 200 ms link")
        }
    }

    /// Two sockets connect to each other at once; whether their SYNs crossed, in which case it is judged.
    private static func cross(from port: UInt16, to other: UInt16) throws -> Bool {
        let (a, b) = (A.socket("a"), B.socket("b"))
        a.bind(A.port(port))
        b.bind(B.port(other))
        let calls = [a.begins(.connect(B.port(other))), b.begins(.connect(A.port(port)))]
        for call in calls { _ = try call.result(after: .seconds(1)) }
        guard try wire.worstLateness < .milliseconds(400), try crossed() else {
            voidChapter("the SYNs did not cross: \(try wire.segments(since: .chapterBegan).evidence.words)")
            wire.forgetLateness()
            return false
        }
        for call in calls { call.returns(0) }
        for (name, socket) in [("a", a), ("b", b)] {
            socket.shows(.ESTABLISHED)
            socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
            let took = try time(from: socket.goes(.CLOSE, .SYN_SENT), to: socket.goes(.SYN_RECV, .ESTABLISHED))
            // Two one-way delays and not less; what comes on top is the wait for a processor, which is long on a busy
            // machine and none in a guest's own time.
            lasts(
                "\(name) takes two one-way delays", took, .milliseconds(399) ... .milliseconds(399) + .seconds(1),
                by: .trace)
            measure("\(name) opened after", took.seconds, "s", within: isScaled ? 1 : 0.1)
        }
        // netem shows a segment when it has had its delay, the relay before.
        wire.carriesOnly(
            "SYN>", "<SYN", "SYN/ACK>", "<SYN/ACK", "ACK>", "<ACK", inAnyOrder: true, since: .chapterBegan)
        // The last ACKs may still be under way, and so is what they count.
        wire.staysQuiet(for: .milliseconds(250))
        try judgeLastACKs(countedBy: [])
        return true
    }

    /// Whether each SYN was sent before the other can have arrived, by the kernel's stamps, and none again because its
    /// time was up.
    ///
    /// What the hosts made of it says nothing: that is what the scenario is about.
    private static func crossed() throws -> Bool {
        let syns = try wire.segments(since: .chapterBegan).filter(\.segment.isSYN)
        let ends = bothHosts.map { host in syns.filter { $0.from == host.name }.map(\.stamp) }
        guard let one = ends[0].first, let other = ends[1].first else { return false }
        let isRepeated = ends.contains { $0.count > 1 && $0[1].since($0[0]) >= .milliseconds(988) }
        return max(one.since(other), other.since(one)) < oneWay && !isRepeated
    }

    private static let oneWay = Duration.milliseconds(200)
}
