internal import Compare
internal import Record

/// Small records that have every kind of line.
enum SampleRecord {
    static let scenarios = ["close.simultaneous", "open.three-way"]

    static let header = RunHeader(
        tool: "tcpwitness \(toolVersion)", kernel: Kernel(release: "6.12.1", version: "#1 SMP", machine: "x86_64"),
        lane: .scaled, link: .auto, place: "guest, TCG, virtual time", startedAt: "2026-01-02T03:04:05Z",
        limits: ["no tracepoints"])

    static let assignment = Assignment(header, attempts: ["close.simultaneous": 2, "open.three-way": 1])

    /// Whole ones, a shard and one that is cut off.
    static let all: [[UInt8]] = {
        var shard = header
        shard.shard = Shard(index: 1, count: 2)
        return [
            bytes([.run(header)] + body), bytes([.run(shard)] + body), bytes([.run(header)] + body.dropLast(4)),
        ]
    }()

    static let run: RunRecord = {
        do {
            return try RunRecord(all[0])
        } catch {
            preconditionFailure("the sample is no record: \(error)")
        }
    }()

    static let baseline = Baseline(series: "6.12", kernel: "6.12.0").updated(with: run, knowing: []).json

    private static func bytes(_ events: [Event]) -> [UInt8] {
        let encoder = RecordEncoder()
        return events.flatMap { encoder.line($0) }
    }

    private static var body: [Event] {
        let plans = scenarios.map { id in
            Event.plan(
                ScenarioDescription(
                    id: id, claim: "A claim.",
                    citations: [
                        Citation(
                            source: "RFC 9293", section: "MUST-23", standing: .differs, text: "Another.",
                            part: "a part", standings: ["a variant": .holds])
                    ],
                    location: "Closing.swift:31", steps: ["a step"], nominalSeconds: 1.5))
        }
        let attempts = [
            Attempt(scenario: "close.simultaneous", number: 1), Attempt(scenario: "close.simultaneous", number: 2),
            Attempt(scenario: "open.three-way", number: 1),
        ]
        return plans + attempts.flatMap { facts($0) } + [.end(RunEnd(duration: 9_000_000_000, realDuration: 5))]
    }

    private static func facts(_ attempt: Attempt) -> [Event] {
        let isBad = attempt.number == 2
        let pairs: [(Fate, String, UInt32, Int, Int64?, Int?)] = [
            (.passed, "S", 0, 0, nil, nil), (.held, "S.", 0, 0, nil, nil), (.released, "S.", 0, 0, nil, nil),
            (.delayed, "P.", 1, 1448, 9_000_000, nil), (.passed, "P.", 1449, 1448, nil, 3),
            (.dropped, "F.", 2897, 0, nil, 0),
            (.injected, "R", 9, 0, nil, nil),
        ]
        let segments = pairs.enumerated().map { index, pair in
            Event.segment(
                SegmentFact(
                    attempt: attempt, at: Int64(index) * 1_000_000, from: index % 2 == 0 ? "A" : "B", flags: pair.1,
                    sequence: pair.2, acknowledgement: 1, length: pair.3, window: 65535,
                    options: ["mss 1460", "sackOK", "ts 1 ecr 2", "wscale 7", "sack 1:5,7:9", "option 254 (4 bytes)"],
                    fate: pair.0, sourcePort: 40000, destinationPort: 5000, due: pair.4, copies: pair.5,
                    ipv6: index == 3, urgent: index == 4 ? 1 : nil,
                    frame: FrameBytes(Array(repeating: 2, count: 54 + pair.3))))
        }
        return [
            .started(Started(attempt: attempt, at: 1_000_000)),
            .hosts(HostsFact(attempt: attempt, at: 0, a: ["10.0.0.1", "fd00::1"], b: ["10.0.0.2", "fd00::2"])),
            .call(
                CallFact(
                    attempt: attempt, at: 2_000_000, took: 3_000_000_000, host: "A", process: "p", socket: "client",
                    call: "connect", arguments: "5, 10.0.0.2:5000", result: -1, errno: "ECONNREFUSED", output: "x",
                    signals: ["SIGPIPE"])),
            .transition(
                TransitionFact(
                    attempt: attempt, at: 3_000_000, host: "A", socket: "client", kernelSocket: 1, old: "CLOSE",
                    new: "SYN_SENT", local: "10.0.0.1:40000", remote: "10.0.0.2:5000")),
            .row(
                RowFact(
                    attempt: attempt, at: 4_000_000, host: "B", socket: nil, state: "TIME_WAIT (minisock)",
                    timer: "timewait", expires: 60000, retransmits: 1, receiveQueue: 2, sendQueue: 3, owned: false,
                    local: "10.0.0.2:5000", remote: "10.0.0.1:40000")),
        ] + segments + [
            .packet(
                TracedPacketFact(
                    attempt: attempt, at: 5_000_000, host: "B", tracepoint: "tcp_send_reset", state: "CLOSE",
                    reason: "NO_SOCKET", local: "10.0.0.2:5000", remote: "10.0.0.1:40000")),
            .counters(CountersFact(attempt: attempt, at: 6_000_000, host: "A", deltas: ["TCPTimeouts": 2])),
            .exit(ExitFact(attempt: attempt, at: 6_000_000, host: "A", process: "p", status: "SIGPIPE")),
            .note(NoteFact(attempt: attempt, at: 7_000_000, text: "a note", voidsSince: 6_500_000)),
            .check(
                Check(
                    attempt: attempt, at: 8_000_000, status: isBad ? .broken : .met, expected: "a state",
                    seen: "another",
                    witnesses: ["trace"], wire: isBad ? "SYN> <RST" : nil, location: "Closing.swift:38")),
            .step(StepFact(attempt: attempt, at: 7_000_000, number: 1, words: "a step")),
            .act(
                ActFact(
                    attempt: attempt, at: 7_000_000, location: "Closing.swift:31",
                    act: .object(["socket": .array([.string("client"), .integer(1), .number(0.5), .null])]))),
            .health(
                HealthFact(
                    attempt: attempt, at: 8_000_000, kind: .warning, summary: "WARNING: a line", lines: ["[ 1.0] a"],
                    whileRunning: ["open.three-way"])),
            .suspicion(
                SuspicionFact(
                    attempt: attempt, at: 8_000_000, began: 7_000_000, kind: .late, text: "the relay was late")),
            .lateness(LatenessFact(attempt: attempt, at: 9_000_000, relay: 1, look: 2, call: 3)),
            .measurement(Measurement(attempt: attempt, name: "time", value: 1.5, unit: "s", comparison: .within(0.25))),
            .finished(
                Finished(
                    attempt: attempt, verdict: isBad ? .failed : .passed, reason: isBad ? "a state" : nil,
                    variant: "one; two", link: "relay", duration: 41_500_000)),
        ]
    }
}
