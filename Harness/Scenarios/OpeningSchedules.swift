internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing
internal import Worker

/// How often, and for how long, the first two segments of a handshake are repeated.
enum OpeningSchedules {
    static let all = [SynRepetition.synSchedule, synAckSchedule]

    static let synAckSchedule = Scenario(
        "open.synack-retransmit-schedule",
        claim:
            "A SYN/ACK that is not acknowledged is sent again tcp_synack_retries times, after 1 s, 2 s, 4 s and so on; "
            + "then the request is gone, silently, and an ACK that comes later is answered by RST.",
        cites: [
            .document("003", "客户端连接的建立"), .rfc(6298, "5"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
            .commit("1e9d3005e02c", "6.19: tcp_rto_max_ms limits these intervals too"),
        ],
        steps: [
            "a forged SYN reaches B's listener; the wire swallows all that B sends",
            "another one reaches a listener that was made with tcp_rto_max_ms=1000",
            "B repeats its SYN/ACKs, then the request vanishes", "a forged ACK comes too late",
        ],
        sysctls: { $0 == .scaled ? ["tcp_synack_retries": "2"] : [:] },
        longestTimer: { $0 == .scaled ? 7 : 63 }
    ) { lab in
        let retries = Int(try lab.b.sysctl("tcp_synack_retries") ?? "5") ?? 5
        let doubling = (0...retries).map { Duration.seconds(1 << $0) }
        try lab.wire.drop("<ANY")
        // A listener keeps the limit it was made with; kernels before 6.15 know none.
        let (plain, limited) = (SocketAddress(lab.b.ip, 5000), SocketAddress(lab.b.ip, 5001))
        _ = try lab.b.listen(port: plain.port)
        if try lab.b.sysctl("tcp_rto_max_ms") != nil { try lab.b.set(sysctl: "tcp_rto_max_ms", to: "1000") }
        _ = try lab.b.listen("limited listener", port: limited.port)

        let forged = SocketAddress(lab.a.ip, 1234)
        func send(_ flags: TCPFlags, to address: SocketAddress, acknowledging number: UInt32 = 0) throws {
            try lab.wire.inject(
                TCPSegment(
                    source: forged, destination: address, sequence: flags == .SYN ? 1000 : 1001,
                    acknowledgement: number, flags: flags, options: flags == .SYN ? [.mss(1460)] : []), to: .b)
        }
        func answers(of address: SocketAddress) -> [WireSegment] {
            lab.carried().filter { $0.segment.source == address }
        }
        let begun = Instant.now
        try send(.SYN, to: plain)
        var row = try lab.require(
            endToward: forged, on: lab.b,
            shows: .row(.SYN_RECV, .minisock, timer: .retransmit, retransmits: 0))
        try send(.SYN, to: limited)
        for number in 1...retries {
            row = try lab.require(
                endToward: forged, on: lab.b,
                shows: .row(.SYN_RECV, .minisock, timer: .retransmit, retransmits: number),
                within: lab.patience(after: doubling[number - 1]))
        }
        try lab.expectVanish(row, called: "the request", on: lab.b, since: begun, after: doubling.reduce(.zero, +))
        try expectSynAcks(lab, answers(of: plain), after: doubling.dropLast())
        let ours = answers(of: limited)
        let isLimited = zip(ours, ours.dropFirst()).allSatisfy { $1.stamp - $0.stamp < .milliseconds(1500) }
        lab.sawVariant(
            isLimited ? "tcp_rto_max_ms limits SYN/ACK intervals" : "tcp_rto_max_ms does not limit SYN/ACK intervals")
        try expectSynAcks(
            lab, ours, after: isLimited ? doubling.dropLast().map { _ in .seconds(1) } : doubling.dropLast())
        try lab.require(
            "no request is left", within: lab.patience(after: .seconds(1)), seen: { "\(try lab.b.rows().count) rows" }
        ) { try lab.b.rows().allSatisfy { $0.state == .LISTEN } }
        try lab.expect(.retransmitSynAck, on: lab.b, traced: 2 * retries)
        try lab.expect(lab.b, counts: ["TCPSynRetrans": 2 * Int64(retries), "PassiveOpens": 0, "OutRsts": 0])

        let place = lab.wire.log.count
        try send(.ACK, to: plain, acknowledging: answers(of: plain)[0].segment.sequence &+ 1)
        try lab.expectCarried("<RST seq=1", since: place)
        try lab.expect(lab.b, counts: ["OutRsts": 1])
        try lab.expect(lab.b, tracesReset: "TCP_FLAGS", in: .LISTEN)
    }

    /// Expects a SYN/ACK and then one more after each of these waits.
    private static func expectSynAcks(
        _ lab: Lab, _ segments: [WireSegment], after waits: some Sequence<Duration>
    ) throws {
        let waits = Array(waits)
        lab.expect(
            "\(waits.count + 1) SYN/ACKs with one sequence number",
            segments.count == waits.count + 1 && segments.allSatisfy(\.segment.isSYNACK)
                && Set(segments.map(\.segment.sequence)).count == 1,
            seen: SegmentView.describe(segments.map(\.view)), witnesses: ["segments"])
        for (number, (wait, pair)) in zip(waits, zip(segments, segments.dropFirst())).enumerated() {
            lab.expect(
                "SYN/ACK interval \(number + 1)", lasted: pair.1.stamp - pair.0.stamp, within: wait.asTimer)
        }
    }
}

/// How many SYNs a kernel sends, and when it gives up, by its sysctls.
///
/// Two limits hold: tcp_write_timeout() counts retransmissions, retransmits_timed_out() compares elapsed time.
struct SynSchedule {
    let retries: Int
    /// How many timeouts besides the first do not double.
    let linear: Int
    /// The time after each SYN, the last one's being that until it gives up.
    let waits: [Duration]

    init(of host: Host) throws {
        self.init(
            retries: Int(try host.sysctl("tcp_syn_retries") ?? "6") ?? 6,
            linear: Int(try host.sysctl("tcp_syn_linear_timeouts") ?? "0") ?? 0)
    }

    init(retries: Int, linear: Int) {
        self.retries = retries
        self.linear = linear
        let limit = (1 << (retries + 1)) - 1
        var waits: [Int] = []
        // The first `linear + 1` timeouts take a second each, the rest double.
        while waits.count < 1 + retries + linear {
            waits.append(waits.count <= linear ? 1 : waits[waits.count - 1] * 2)
            if waits.count > retries && waits.reduce(0, +) >= limit { break }
        }
        self.waits = waits.map { .seconds($0) }
    }

    var count: Int { waits.count }
    var giveUp: Duration { waits.reduce(.zero, +) }
    var variant: String { linear > 0 ? "\(linear + 1) equal timeouts first" : "timeouts double at once" }
}
