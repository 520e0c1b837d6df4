internal import Vocabulary

/// How often, and for how long, the first two segments of a handshake are repeated.
enum OpeningSchedules {
    static let all = [SynRepetition.synSchedule, synAckSchedule]

    static let synAckSchedule = Scenario(
        "open.synack-retransmit-schedule",
        claim:
            "A SYN/ACK that is not acknowledged is sent again tcp_synack_retries times, after 1 s, 2 s, 4 s and so on; "
            + "then the request is gone, silently, and an ACK that comes later is answered by RST.",
        cites: [
            .document("003", "客户端连接的建立"), .sysctl("tcp_synack_retries"), .rfc(6298, "5"),
            .kernel("inet_connection_sock.c", "reqsk_timer_handler"),
            .commit("1e9d3005e02c", "6.19: tcp_rto_max_ms limits these intervals too"),
        ],
        sysctls: { $0 == .scaled ? ["tcp_synack_retries": "2"] : [:] },
        longestTimer: { $0 == .scaled ? 7 : 63 }
    ) {
        wire.drop("<ANY")
        _ = B.listen()
        let forger = A.port(1234)
        try step(
            "forged SYNs reach two listeners of B, the second made with tcp_rto_max_ms=1000; the wire swallows the "
                + "SYN/ACKs, and B repeats them until the requests vanish"
        ) {
            // A listener keeps the limit it was made with; kernels before 6.15 know none.
            if try B.sysctl("tcp_rto_max_ms") != nil { B.set("tcp_rto_max_ms", to: "1000") }
            _ = B.listen("limited listener", port: 5001)
            let retries = Int(try B.sysctl("tcp_synack_retries") ?? "5") ?? 5
            let doubling = (0...retries).map { Duration.seconds(1 << $0) }
            let begun = moment {
                wire.forges(.SYN, from: forger, to: B.port(5000), sequence: 1000, mss: 1460)
                B.shows(.SYN_RECV, .minisock, toward: forger, timer: .retransmit, retransmits: 0)
            }
            wire.forges(.SYN, from: A.port(1235), to: B.port(5001), sequence: 1000, mss: 1460)
            for number in 1...retries {
                B.shows(
                    .SYN_RECV, .minisock, toward: forger, timer: .retransmit, retransmits: number,
                    after: doubling[number - 1])
            }
            B.endVanishes(toward: forger, called: "the request", after: doubling.reduce(.zero, +), since: begun)
            try sent(by: 5000, after: doubling.dropLast())
            let limited = try answers(from: 5001)
            let isLimited = zip(limited, limited.dropFirst()).allSatisfy {
                $1.stamp.since($0.stamp) < .milliseconds(1500)
            }
            variant(
                isLimited
                    ? "tcp_rto_max_ms limits SYN/ACK intervals" : "tcp_rto_max_ms does not limit SYN/ACK intervals")
            try sent(by: 5001, after: doubling.dropLast().map { isLimited ? .seconds(1) : $0 })
            try waitUntil("no request is left", after: .seconds(1), of: { try B.rows() }) {
                $0.allSatisfy { $0.state == .LISTEN }
            }
            B.traces(.retransmitSynAck, 2 * retries)
            B.counts(["TCPSynRetrans": 2 * Int64(retries), "PassiveOpens": 0, "OutRsts": 0])
        }
        step("a forged ACK comes too late, and B answers it by a reset") {
            let answer = wire.carries("<SYN/ACK", since: .chapterBegan)
            wire.forges(
                .ACK, from: answer.destination, to: answer.source, sequence: answer.acknowledged(),
                acknowledgement: answer.end())
            wire.carriesOnly("<RST seq=1")
            B.counts(["OutRsts": 1])
            B.tracesReset("TCP_FLAGS", in: .LISTEN)
        }
    }

    /// What B's listener on this port has answered.
    private static func answers(from port: UInt16) throws -> [CarriedSegment] {
        try wire.segments(since: .chapterBegan).filter { $0.segment.source.port == port }
    }

    /// Expects a SYN/ACK of this port and then one more after each of these waits.
    private static func sent(by port: UInt16, after waits: some Collection<Duration>) throws {
        let sent = try answers(from: port)
        expect("\(waits.count + 1) SYN/ACKs with one sequence number", of: sent) {
            $0.count == waits.count + 1 && $0.allSatisfy(\.segment.isSYNACK)
                && Set($0.map(\.segment.sequence)).count == 1
        }
        for (number, (wait, (one, next))) in zip(waits, zip(sent, sent.dropFirst())).enumerated() {
            lasts("SYN/ACK interval \(number + 1)", next.stamp.since(one.stamp), wait.timerBounds)
        }
    }
}
