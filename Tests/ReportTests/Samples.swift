import Foundation
import Record

/// A run with every verdict, made by hand.
enum Sample {
    static let header = RunHeader(
        tool: "tcpwitness 0.1.0",
        kernel: Kernel(release: "6.12.0", version: "#1 SMP", machine: "x86_64"), lane: .scaled, link: .auto,
        place: "host", startedAt: "2026-01-02T03:04:05Z", limits: ["no perf events: transitions come from sock_diag"])

    static func scenario(_ id: String, claim: String = "A claim.") -> ScenarioDescription {
        ScenarioDescription(
            id: id, claim: claim, citations: [Citation(source: "RFC 9293", section: "3.6"), Citation(source: "000")],
            location: "Closing.swift:31", steps: ["a step"], nominalSeconds: 0)
    }

    static func finished(
        _ attempt: Attempt, _ verdict: Verdict, reason: String? = nil, variant: String? = nil,
        duration: Int64 = 41_500_000
    ) -> Event {
        .finished(
            Finished(
                attempt: attempt, verdict: verdict, reason: reason, variant: variant, link: "relay",
                duration: duration))
    }

    static func started(_ attempt: Attempt) -> Event { .started(Started(attempt: attempt, at: 1_000_000)) }

    /// Four scenarios, six attempts, two of them not passed as they should.
    static var events: [Event] {
        let ordinary = Attempt(scenario: "close.ordinary-path", number: 1)
        let again = Attempt(scenario: "close.ordinary-path", number: 2)
        let simultaneous = Attempt(scenario: "close.simultaneous", number: 1)
        let lost = Attempt(scenario: "open.synack-lost", number: 1)
        let keepalive = Attempt(scenario: "keepalive.dead-peer", number: 1)
        return [
            .run(header),
            .plan(scenario("close.ordinary-path")),
            .plan(
                scenario(
                    "close.simultaneous", claim: "When FINs cross, each end goes FIN_WAIT1, CLOSING, TIME_WAIT.")),
            .plan(scenario("open.synack-lost")),
            .plan(scenario("keepalive.dead-peer")),
            started(ordinary), started(simultaneous),
            .segment(segment(simultaneous, at: 1_200_000, from: "A", fate: .held)),
            .segment(segment(simultaneous, at: 1_250_000, from: "B", fate: .passed)),
            // Witnesses report late, so a record is not in the order of time.
            .call(call(simultaneous, at: 1_000_000, took: 90_000, result: 0)),
            .call(call(simultaneous, at: 3_000_000, took: 1_500_000_000, result: -1, errno: "ECONNRESET")),
            .transition(
                TransitionFact(
                    attempt: simultaneous, at: 1_100_000, host: "A", socket: "left", kernelSocket: 1,
                    old: "ESTABLISHED", new: "FIN_WAIT1", local: "10.0.0.1:40000", remote: "10.0.0.2:80")),
            .note(NoteFact(attempt: simultaneous, at: 900_000, text: "the wire is frozen")),
            .exit(ExitFact(attempt: simultaneous, at: 5_000_000, host: "B", process: "server", status: "SIGPIPE")),
            finished(ordinary, .passed),
            started(again), finished(again, .passed, variant: "since 4.4", duration: 2_000_000),
            check(simultaneous, passed: true, expected: "left in FIN_WAIT1", seen: "left FIN_WAIT1"),
            check(
                simultaneous, passed: false, expected: "left passes FIN_WAIT1, CLOSING, TIME_WAIT",
                seen: "left ESTABLISHED, FIN_WAIT1 (trace); never CLOSING"),
            check(
                simultaneous, passed: false, expected: "4 segments", seen: "3 segments\nthe last was lost",
                location: "Closing.swift:44"),
            finished(
                simultaneous, .failed, reason: "left passes FIN_WAIT1, CLOSING, TIME_WAIT", duration: 1_502_000_000),
            started(lost),
            finished(lost, .error, reason: "the witnesses disagree: trace says \"CLOSE\", netlink <ESTABLISHED>"),
            started(keepalive), finished(keepalive, .skipped, reason: "this kernel has no sch_netem", duration: 0),
            .end(RunEnd(duration: 1_600_000_000)),
        ]
    }

    static func bytes(_ events: [Event]) -> [UInt8] { events.flatMap { RecordEncoder().line($0) } }

    private static func call(
        _ attempt: Attempt, at: Int64, took: Int64, result: Int64, errno: String? = nil
    ) -> CallFact {
        CallFact(
            attempt: attempt, at: at, took: took, host: "A", process: "client", socket: "left", call: "close",
            arguments: "left", result: result, errno: errno, output: nil, signals: [])
    }

    private static func segment(_ attempt: Attempt, at: Int64, from: String, fate: Fate) -> SegmentFact {
        SegmentFact(
            attempt: attempt, at: at, from: from, flags: "F.", sequence: 1, acknowledgement: 1, length: 0,
            window: 502, options: ["nop", "nop"], fate: fate, sourcePort: 40000, destinationPort: 80)
    }

    static func check(
        _ attempt: Attempt, passed: Bool, expected: String, seen: String, location: String = "Closing.swift:38"
    ) -> Event {
        .check(
            Check(
                attempt: attempt, at: 6_000_000, status: passed ? .met : .broken, expected: expected, seen: seen,
                witnesses: ["trace"], wire: passed ? nil : "FIN> <FIN", location: location))
    }
}
