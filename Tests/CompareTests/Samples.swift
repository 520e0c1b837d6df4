import Compare
import Record

/// Small records made by hand.
enum Sample {
    /// One run of some scenarios on a kernel.
    static func run(
        _ release: String, lane: Lane = .scaled, place: String = "host", chance: Chance? = nil,
        _ attempts: [SampleAttempt],
        plan: [String]? = nil, end: RunEnd? = RunEnd(duration: 1_000_000_000)
    ) -> RunRecord {
        let header = RunHeader(
            tool: "tcpwitness 0.1.0",
            kernel: Kernel(release: release, version: "#1 SMP", machine: "x86_64"), lane: lane, link: .auto,
            place: place, startedAt: "2026-01-02T03:04:05Z")
        var ids: [String] = []
        for id in plan ?? attempts.map(\.attempt.scenario) where !ids.contains(id) { ids.append(id) }
        let events = [.run(header)] + ids.map { Event.plan(description($0, chance)) } + attempts.flatMap(\.events)
        do {
            return try RunRecord(events + (end.map { [.end($0)] } ?? []), truncation: end == nil ? "cut off" : nil)
        } catch {
            fatalError("a run without a header: \(error)")
        }
    }

    static func description(_ id: String, _ chance: Chance? = nil) -> ScenarioDescription {
        ScenarioDescription(
            id: id, claim: claims[id] ?? "A claim.", citations: [Citation(source: "RFC 9293")],
            location: "Opening.swift:31", steps: ["a step"], nominalSeconds: 0,
            chance: chance)
    }

    private static let claims = [
        "open.simultaneous-segment-count": "A simultaneous open takes six segments on Linux.",
        "open.syn-timeout": "A client that hears nothing gives up: connect() fails with ETIMEDOUT, silently.",
        "close.rst-on-late-data": "Data for a socket whose process has closed it is answered by RST.",
    ]
}

/// One attempt at a scenario, with what a test wants to be seen in it.
struct SampleAttempt {
    let attempt: Attempt
    private(set) var events: [Event] = []
    private var at: Int64 = 0

    init(_ scenario: String, number: Int = 1) { attempt = Attempt(scenario: scenario, number: number) }

    /// The next instant.
    private mutating func tick() -> Int64 {
        at += 1_000_000
        return at
    }

    mutating func path(
        _ socket: String?, of host: String = "A", kernel: Int = 1, local: String = "10.0.0.1:40000", _ states: String...
    ) {
        for (old, new) in zip(states, states.dropFirst()) {
            events.append(
                .transition(
                    TransitionFact(
                        attempt: attempt, at: tick(), host: host, socket: socket, kernelSocket: kernel, old: old,
                        new: new, local: local, remote: "10.0.0.2:5000")))
        }
    }

    mutating func call(
        _ name: String, _ arguments: String, _ result: Int64?, errno: String? = nil, output: String? = nil,
        socket: String? = "client", process: String = "p", signals: [String] = []
    ) {
        events.append(
            .call(
                CallFact(
                    attempt: attempt, at: tick(), took: result.map { _ in 5000 }, host: "A", process: process,
                    socket: socket, call: name, arguments: arguments, result: result, errno: errno, output: output,
                    signals: signals)))
    }

    mutating func exit(_ process: String, _ status: String) {
        events.append(.exit(ExitFact(attempt: attempt, at: tick(), host: "B", process: process, status: status)))
    }

    mutating func segment(
        _ from: String, _ flags: String, _ sequence: UInt32, ack: UInt32? = nil, length: Int = 0,
        options: [String] = [], fate: Fate = .passed, window: Int = 502, ports: (UInt16, UInt16) = (40000, 5000)
    ) {
        let (source, destination) = from == "A" ? ports : (ports.1, ports.0)
        events.append(
            .segment(
                SegmentFact(
                    attempt: attempt, at: tick(), from: from, flags: flags, sequence: sequence, acknowledgement: ack,
                    length: length, window: window, options: options, fate: fate, sourcePort: source,
                    destinationPort: destination)))
    }

    mutating func packet(_ tracepoint: String, on host: String = "A", state: String? = nil, reason: String? = nil) {
        events.append(
            .packet(
                TracedPacketFact(
                    attempt: attempt, at: tick(), host: host, tracepoint: tracepoint, state: state, reason: reason,
                    local: "10.0.0.1:40000", remote: "10.0.0.2:5000")))
    }

    mutating func counters(_ deltas: [String: Int64], of host: String = "A") {
        events.append(.counters(CountersFact(attempt: attempt, at: tick(), host: host, deltas: deltas)))
    }

    /// The scenario looks at something.
    mutating func look() {
        events.append(
            .check(
                Check(
                    attempt: attempt, at: tick(), status: .met, expected: "a", seen: "a", witnesses: ["netlink"],
                    wire: nil, location: "Opening.swift:31")))
    }

    mutating func note(_ text: String, voidsSince: Int64? = nil) {
        events.append(.note(NoteFact(attempt: attempt, at: tick(), text: text, voidsSince: voidsSince)))
    }

    mutating func measure(
        _ name: String, _ value: Double, _ unit: String = "s", tolerance: Double = 0, never reason: String? = nil
    ) {
        events.append(
            .measurement(
                Measurement(
                    attempt: attempt, name: name, value: value, unit: unit,
                    comparison: reason.map { .never($0) } ?? ComparisonPolicy(tolerance: tolerance))))
    }

    mutating func finish(_ verdict: Verdict = .passed, _ reason: String? = nil, variant: String? = nil) {
        events.append(
            .finished(
                Finished(
                    attempt: attempt, verdict: verdict, reason: reason, variant: variant, link: "relay",
                    duration: 41_500_000)))
    }

    /// A finished attempt with what is seen in it.
    static func of(
        _ scenario: String, number: Int = 1, _ verdict: Verdict = .passed, _ reason: String? = nil,
        variant: String? = nil, seen: (inout SampleAttempt) -> Void = { _ in }
    ) -> SampleAttempt {
        var trial = SampleAttempt(scenario, number: number)
        seen(&trial)
        trial.finish(verdict, reason, variant: variant)
        return trial
    }
}

extension Sample {
    static let old = "5.10.0-35-amd64"
    static let middle = "6.1.0-42-amd64"
    static let new = "6.12.48+deb13-amd64"

    /// Crossed SYNs, a SYN timeout and a reset as a kernel before all known changes shows them.
    static func before(_ release: String = old) -> RunRecord {
        run(
            release, lane: .default, place: "guest (TCG, virtual time)",
            [
                .of("open.simultaneous-segment-count", variant: "challenge ACK") {
                    crossing(&$0, options: [])
                    $0.counters(["TCPSYNChallenge": 1, "TCPChallengeACK": 1])
                },
                .of("open.syn-timeout") {
                    for _ in 0..<7 { $0.segment("A", "S", 0, options: ["mss 1460", "sackOK"], fate: .dropped) }
                    for _ in 0..<6 { $0.packet("tcp_retransmit_skb", state: "SYN_SENT") }
                    $0.counters(["TCPSynRetrans": 6, "TCPTimeouts": 7])
                    $0.measure("SYNs", 7, "segments")
                    $0.measure("give-up", 130.6, tolerance: 1)
                },
                .of("close.rst-on-late-data") {
                    $0.path("client", "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE")
                    $0.segment("A", "R", 2)
                },
                .of("close.ordinary-path") { $0.call("close", "5", 0) },
            ])
    }

    /// The same as a kernel with all known changes shows them, and one thing that nobody knows.
    static func after(_ release: String = new, fin: Bool = true) -> RunRecord {
        run(
            release, lane: .default, place: "guest (TCG, virtual time)",
            [
                .of("open.simultaneous-segment-count", variant: "DSACK") {
                    crossing(&$0, options: ["ts 3 ecr 4", "sack 800195182:800195183"])
                    $0.counters(["DelayedACKLost": 1, "TCPDSACKOldSent": 1])
                },
                .of("open.syn-timeout") {
                    for _ in 0..<11 { $0.segment("A", "S", 0, options: ["mss 1460", "sackOK"], fate: .dropped) }
                    for _ in 0..<10 { $0.packet("tcp_retransmit_skb", state: "SYN_SENT") }
                    $0.counters(["TCPSynRetrans": 10, "TCPTimeouts": 11])
                    $0.measure("SYNs", 11, "segments")
                    $0.measure("give-up", 134.5, tolerance: 1)
                },
                fin
                    ? .of("close.rst-on-late-data", .failed, "expected RST> seq=2; seen FIN>") {
                        $0.path("client", "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT")
                        $0.segment("A", "F.", 2, ack: 4)
                    }
                    : .of("close.rst-on-late-data") {
                        $0.path("client", "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE")
                        $0.segment("A", "R", 2)
                        $0.packet("tcp_send_reset", state: "TIME_WAIT", reason: "TCP_TIMEWAIT_SOCKET")
                    },
                .of("close.ordinary-path") { $0.call("close", "5", 0) },
            ])
    }

    private static func crossing(_ trial: inout SampleAttempt, options: [String]) {
        for host in ["A", "B"] { trial.segment(host, "S", 0, ports: (7000, 7001)) }
        for host in ["A", "B"] { trial.segment(host, "S.", 0, ack: 1, ports: (7000, 7001)) }
        for host in ["A", "B"] { trial.segment(host, ".", 1, ack: 1, options: options, ports: (7000, 7001)) }
    }
}
