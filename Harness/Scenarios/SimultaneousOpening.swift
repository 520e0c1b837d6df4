internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// Two SYNs that cross.
enum SimultaneousOpening {
    static let all = [simultaneous, segmentCount, needsCrossing]

    static let simultaneous = Scenario(
        "open.simultaneous",
        claim: "When SYNs cross, each end goes SYN_SENT, SYN_RECV, ESTABLISHED, and answers the other's SYN by a "
            + "SYN/ACK with its own initial sequence number.",
        cites: [.document("000", "同时打开"), .rfc(9293, "3.5"), .kernel("tcp_input.c", "tcp_rcv_synsent_state_process")],
        ipv6: true,
        steps: [
            "A and B bind and connect to each other; the wire holds both SYNs",
            "the wire delivers the SYNs and holds both SYN/ACKs", "the wire delivers the SYN/ACKs",
            "the same over IPv6",
        ]
    ) { lab in
        for (v6, ports) in [(false, (7000, 7001)), (true, (7100, 7101))] as [(Bool, (UInt16, UInt16))] {
            try lab.chapter(v6 ? "over IPv6" : "over IPv4")
            let crossing = try CrossingOpen(lab, ports: ports, v6: v6)
            for socket in crossing.sockets {
                try lab.require(socket, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))
            }

            try crossing.deliverSYNs()
            for socket in crossing.sockets {
                // Full sockets, not requests: there is no listener.
                try lab.require(socket, shows: .row(.SYN_RECV, .owned, timer: .retransmit, sendQueue: 1))
                try lab.expect(socket, polls: [])
                try lab.expect(socket, tcpInfo: .SYN_RECV)
            }
            // Relative numbers count from the latest SYN, so these are the absolute ones.
            for end in [HostName.a, .b] {
                let numbers = lab.carried().filter { $0.from == end && $0.segment.flags.contains(.SYN) }
                    .map(\.segment.sequence)
                lab.expect(
                    "the SYN/ACK of \(end.rawValue) has the sequence number of its SYN", Set(numbers).count == 1,
                    seen: numbers.map(String.init).joined(separator: ", "), witnesses: ["segments"])
            }

            try crossing.deliverSYNACKs()
            for socket in crossing.sockets {
                try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off))
                try lab.expect(socket, polls: [.OUT])
                try lab.expect(socket, soError: nil)
                try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
            }
            for host in [lab.a!, lab.b!] {
                try lab.expect(host, counts: ["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
            }
        }
    }

    static let segmentCount = Scenario(
        "open.simultaneous-segment-count",
        claim: "A simultaneous open takes six segments on Linux: the documents' four, and one more ACK from each end, "
            + "because the SYN in the other's SYN/ACK is old.",
        says: "A simultaneous open exchanges four segments, one more than the usual three.",
        cites: [
            .document("000", "同时打开"), .document("001", "三次握手"),
            .commit("23e89e8ee7be", "6.11: SYN/ACK accepted in SYN_RECV of a crossed open"),
            .commit("c1668292689a", "6.11: answered by an ACK with DSACK"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        verdict: .refuted,
        steps: ["as open.simultaneous", "the wire stays quiet for 300 ms after the sixth segment"]
    ) { lab in
        let crossing = try CrossingOpen(lab, ports: (7000, 7001))
        try crossing.deliverSYNs()
        try crossing.deliverSYNACKs()
        for socket in crossing.sockets { try lab.require(socket, shows: .row(.ESTABLISHED)) }

        try lab.expectCarried(
            "SYN> seq=0", "<SYN seq=0", "SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1",
            "<ACK seq=1 ack=1", inAnyOrder: true)
        try lab.expectQuiet(for: .milliseconds(300))
        lab.measure("segments", Double(lab.carried().count), "segments", tolerance: 0)
        try expectLastACKs(lab, countedOn: [lab.a, lab.b])
    }

    /// The ACK that answers a SYN/ACK in SYN_RECV: a duplicate report since 6.11 and its backports, a challenge before.
    ///
    /// - Parameter hosts: those that send one of these ACKs each, where their counters are to show it.
    static func expectLastACKs(_ lab: Lab, countedOn hosts: [Host]) throws {
        let acks = lab.carried().map(\.view).filter { $0.kind == .ACK }
        let reports = acks.count { $0.reportsDuplicate }
        lab.expect(
            "all ACKs of a SYN/ACK report a duplicate, or none does", reports == acks.count || reports == 0,
            seen: SegmentView.describe(acks), witnesses: ["segments"])
        let stray = acks.filter { $0.reportsDuplicate && $0.sackBlocks != [SACKBlock(0, 1)] }
        lab.expect(
            "what they report is the SYN", stray.isEmpty, seen: stray.map(\.description).joined(separator: ", "),
            witnesses: ["segments"])
        lab.sawVariant(reports > 0 ? "DSACK" : "challenge ACK")
        for host in hosts {
            try lab.expect(
                host,
                counts: reports > 0
                    ? [
                        "DelayedACKLost": 1, "TCPDSACKOldSent": 1, "TCPDSACKRecv": 1, "TCPDSACKIgnoredDubious": 1,
                        "TCPChallengeACK": 0,
                    ]
                    // No InErrs: tcp_rcv_state_process() tells tcp_validate_incoming() that a SYN is no error here.
                    : ["TCPSYNChallenge": 1, "TCPChallengeACK": 1, "InErrs": 0, "TCPDSACKOldSent": 0])
        }
    }

    static let needsCrossing = Scenario(
        "open.simultaneous-needs-crossing",
        claim: "Two connects make one connection only if the SYNs cross; a SYN that arrives before the other end has "
            + "begun is refused.",
        cites: [.document("000", "同时打开"), .rfc(9293, "3.5")],
        link: .impaired(delay: oneWay),
        steps: [
            "A connects to B's port, where nobody is yet, and is refused; then B likewise",
            "A and B connect while both SYNs are under way",
        ],
        longestTimer: { _ in 0.5 }
    ) { lab in
        try lab.chapter("one after the other")
        let early = try lab.a.socket("early a")
        try early.bind(SocketAddress(lab.a.ip, 7000))
        lab.expect(try early.ask(.connect(SocketAddress(lab.b.ip, 7001))), fails: .ECONNREFUSED)
        let late = try lab.b.socket("late b")
        try late.bind(SocketAddress(lab.b.ip, 7001))
        lab.expect(try late.ask(.connect(SocketAddress(lab.a.ip, 7000))), fails: .ECONNREFUSED)
        try lab.expectCarried("SYN>", "<RST/ACK", "<SYN", "RST/ACK>")
        for socket in [early, late] { try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE) }

        // Whether the SYNs cross is up to when two processes are given the processor. If they do not, nothing is
        // shown either way, so try again until the premise holds.
        for round in 0..<50 {
            try lab.chapter("crossing, round \(round + 1)")
            let ports = (UInt16(8000 + 2 * round), UInt16(8001 + 2 * round))
            let a = try lab.a.socket("a")
            try a.bind(SocketAddress(lab.a.ip, ports.0))
            let b = try lab.b.socket("b")
            try b.bind(SocketAddress(lab.b.ip, ports.1))
            let opening = (
                try a.begin(.connect(SocketAddress(lab.b.ip, ports.1))),
                try b.begin(.connect(SocketAddress(lab.a.ip, ports.0)))
            )
            let answers = (
                try opening.0.answer(after: .seconds(1)), try opening.1.answer(after: .seconds(1))
            )
            guard lab.wire.worstLateness < .milliseconds(400), crossed(lab) else {
                lab.voidChapter("the SYNs did not cross: \(SegmentView.describe(lab.carried().map(\.view)))")
                lab.wire.forgetLateness()
                continue
            }
            lab.expect(answers.0, returns: 0)
            lab.expect(answers.1, returns: 0)
            for socket in [a, b] {
                try lab.require(socket, shows: .row(.ESTABLISHED))
                try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
                let begun = try lab.requireStep(of: socket, .CLOSE, .SYN_SENT)
                let done = try lab.requireStep(of: socket, .SYN_RECV, .ESTABLISHED)
                // Two one-way delays and not less; what comes on top is the wait for a processor, which is long on a
                // busy machine and none in a guest's own time.
                lab.expect(
                    "\(socket.label) takes two one-way delays", lasted: done - begun,
                    within: .milliseconds(399) ... .milliseconds(399) + .seconds(1), witnesses: ["trace"])
                lab.measure(
                    "\(socket.label) opened after", (done - begun).seconds, "s", tolerance: lab.isScaled ? 1 : 0.1)
            }
            // netem shows a segment when it has had its delay, the relay before.
            try lab.expectCarried(
                "SYN>", "<SYN", "SYN/ACK>", "<SYN/ACK", "ACK>", "<ACK", inAnyOrder: true)
            // The last ACKs may still be under way, and so is what they count.
            try lab.expectQuiet(for: .milliseconds(250))
            try expectLastACKs(lab, countedOn: [])
            return
        }
        throw ScenarioStop.harness("the SYNs never crossed in 50 rounds: the machine is too busy for a 200 ms link")
    }

    /// Whether each SYN was sent before the other can have arrived, by the kernel's stamps, and none again because its
    /// time was up.
    ///
    /// What the hosts made of it says nothing: that is what the scenario is about.
    private static func crossed(_ lab: Lab) -> Bool {
        let syns = lab.carried().filter(\.segment.isSYN)
        let ends = [HostName.a, .b].map { name in syns.filter { $0.from == name }.map(\.stamp) }
        guard let one = ends[0].first, let other = ends[1].first else { return false }
        let isRepeated = ends.contains { $0.count > 1 && $0[1] - $0[0] >= .milliseconds(988) }
        return max(one - other, other - one) < oneWay && !isRepeated
    }

    private static let oneWay = Duration.milliseconds(200)
}

/// Two sockets that connect to each other while the wire holds what they send.
struct CrossingOpen {
    let lab: Lab
    let a: Socket
    let b: Socket
    private let syns: (a: WireRule, b: WireRule)
    private let synAcks: WireRule

    var sockets: [Socket] { [a, b] }

    /// Sends both SYNs; neither arrives.
    init(_ lab: Lab, ports: (UInt16, UInt16), v6: Bool? = nil) throws {
        self.lab = lab
        let v6 = v6 ?? lab.prefersIPv6
        let addresses = (
            SocketAddress(v6 ? lab.a.ip6 : lab.a.ip4, ports.0), SocketAddress(v6 ? lab.b.ip6 : lab.b.ip4, ports.1)
        )
        syns = (try lab.wire.hold("SYN>"), try lab.wire.hold("<SYN"))
        synAcks = try lab.wire.hold("SYN/ACK>", "<SYN/ACK")
        a = try lab.a.socket("a", v6: v6)
        b = try lab.b.socket("b", v6: v6)
        try a.bind(addresses.0)
        try b.bind(addresses.1)
        for socket in [a, b] { try socket.setNonblocking() }
        lab.expect(try a.ask(.connect(addresses.1)), fails: .EINPROGRESS)
        lab.expect(try b.ask(.connect(addresses.0)), fails: .EINPROGRESS)
        try lab.require(syns.a, met: 1)
        try lab.require(syns.b, met: 1)
    }

    /// Lets one end's SYN arrive at the other.
    func deliverSYN(of host: HostName) throws { try lab.wire.release(host == .a ? syns.a : syns.b) }

    /// Lets both SYNs arrive and waits until both SYN/ACKs are on the wire.
    func deliverSYNs() throws {
        try lab.wire.release([syns.a, syns.b])
        // One of each end: after a second either sends its own again.
        for synAck in ["SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1"] as [SegmentPattern] {
            try lab.requireCarried(synAck)
        }
    }

    /// Lets both SYN/ACKs arrive.
    func deliverSYNACKs() throws { try lab.wire.release(synAcks) }
}
