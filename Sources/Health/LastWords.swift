internal import Judge
package import Record

/// What is held against the kernel when a run is over and it cannot be told on whose account.
package struct LastWords: Sendable {
    /// Each with whether it is about what runs here, and not about what else the machine does.
    private var facts: [HealthFact] = []
    /// Why something could not be looked at.
    private var failure: String?
    /// What somebody else may have done.
    private var suspicions: [Suspicion] = []

    private static let attempt = Attempt(scenario: ScenarioDescription.kernelHealth.id, number: 1)

    package init() {}

    /// Takes what the kernel said.
    package mutating func add(_ remainder: HealthMonitor.Remainder) {
        facts += remainder.findings.map { finding in
            HealthFact(
                attempt: Self.attempt, at: 0, kind: finding.complaint.kind, summary: finding.complaint.summary,
                lines: finding.complaint.lines, whileRunning: finding.running.map(\.name), isOurs: finding.isOurs)
        }
        facts += remainder.taints.map {
            HealthFact(attempt: Self.attempt, at: 0, kind: .taint, summary: "the kernel is tainted \($0)", lines: [])
        }
        failure = failure ?? remainder.failure
    }

    /// Takes something that the kernel did not give back.
    ///
    /// - Parameter holder: who else may keep it; nil where there is nobody else.
    package mutating func add(_ kind: HealthKind, _ summary: String, lines: [String] = [], unless holder: String? = nil)
    {
        facts.append(HealthFact(attempt: Self.attempt, at: 0, kind: kind, summary: summary, lines: lines))
        // It may have begun before anything else.
        if let holder { suspicions.append(Suspicion(.disagreement, holder, began: -1, noticed: 0)) }
    }

    /// What could not be looked at.
    package mutating func fail(_ words: String) { failure = failure ?? words }

    /// The attempt at a scenario that stands for the whole run; nothing where there is nothing to tell.
    ///
    /// - Parameter now: nanoseconds since the run began.
    package func events(at now: Int64) -> [Event] {
        guard !facts.isEmpty || failure != nil else { return [] }
        let scenario = ScenarioDescription.kernelHealth
        var evidence = Evidence()
        for suspicion in suspicions { evidence.add(suspicion) }
        for fact in facts where fact.isOurs {
            // However late anybody was: a kernel that warns has warned.
            let expectation = Expectation(
                "the kernel has nothing to complain of, and keeps nothing", exactness: .always,
                location: scenario.location, witnesses: ["kernel"],
                canBeDisturbed: fact.kind == .leakedNamespace && !suspicions.isEmpty)
            evidence.add(Finding(expectation, .broken(seen: fact.summary, at: 0)))
        }
        let ending: Ending =
            failure.map { .error($0) }
            ?? .skipped("the kernel complained of something else: \(facts.first?.summary ?? "")")
        let judgement = judge(evidence, ending: ending)
        let checks = evidence.findings.map { Event.check($0.check(of: Self.attempt, at: 0)) }
        return [.plan(scenario), .started(Started(attempt: Self.attempt, at: now))] + facts.map(Event.health) + checks
            + [
                .finished(
                    Finished(
                        attempt: Self.attempt, verdict: judgement.verdict, reason: judgement.reason, variant: nil,
                        link: "none", duration: 0))
            ]
    }
}
