import Record

/// A run of two scenarios on a day of November.
func sampleRun(
    day: Int, release: String = "6.12.0", _ first: Verdict, variant: String? = nil, value: Double = 60
) throws -> RunRecord {
    let ids = ["open.three-way", "close.simultaneous"]
    let attempts = ids.map { Attempt(scenario: $0, number: 1) }
    let events: [Event] =
        [
            .run(
                RunHeader(
                    tool: "tcpwitness 0.1.0", kernel: Kernel(release: release, version: "#1", machine: "x86_64"),
                    lane: .scaled, link: .auto, place: "host",
                    startedAt: "2026-11-\(day < 10 ? "0" : "")\(day)T02:00:00Z"))
        ]
        + ids.map {
            .plan(
                ScenarioDescription(
                    id: $0, claim: "A claim.", citations: [], location: "Here.swift:1",
                    steps: [], nominalSeconds: 0))
        }
        + [
            .measurement(
                Measurement(attempt: attempts[0], name: "gap", value: value, unit: "s", comparison: .within(1))),
            .finished(
                Finished(
                    attempt: attempts[0], verdict: first, reason: first == .passed ? nil : "a <reason>",
                    variant: variant, link: "relay", duration: 1)),
            .finished(
                Finished(
                    attempt: attempts[1], verdict: .passed, reason: nil, variant: nil, link: "relay", duration: 1)),
            .end(RunEnd(duration: 5)),
        ]
    return try RunRecord(events)
}
