package import Record

extension HealthMonitor {
    /// What the kernel complained of without anybody knowing on whose account, as the attempt of a scenario that stands
    /// for the whole run; nothing where there is nothing to tell.
    ///
    /// Call it when every attempt has ended.
    ///
    /// - Parameter now: nanoseconds since the run began.
    package func lastWords(at now: Int64) -> [Event] {
        let (findings, taints, failure) = remainder()
        guard !findings.isEmpty || !taints.isEmpty || failure != nil else { return [] }
        let scenario = ScenarioDescription.kernelHealth
        let attempt = Attempt(scenario: scenario.id, number: 1)
        var facts = findings.map { finding in
            HealthFact(
                attempt: attempt, at: 0, kind: finding.complaint.kind, summary: finding.complaint.summary,
                lines: finding.complaint.lines, whileRunning: finding.running.map(\.name), isOurs: finding.isOurs)
        }
        facts += taints.map {
            HealthFact(attempt: attempt, at: 0, kind: .taint, summary: "the kernel is tainted \($0)", lines: [])
        }
        let ours = facts.filter(\.isOurs)
        let checks = ours.map { fact in
            Event.check(
                Check(
                    attempt: attempt, at: 0, status: .broken, expected: "the kernel has nothing to complain of",
                    seen: fact.summary, witnesses: ["kernel"], wire: nil, location: scenario.location))
        }
        let verdict: Verdict = !ours.isEmpty ? .failed : failure != nil ? .error : .skipped
        let reason =
            ours.first.map { "expected the kernel has nothing to complain of; seen \($0.summary)" }
            ?? failure ?? "the kernel complained of something else: \(facts.first?.summary ?? "")"
        return [.plan(scenario), .started(Started(attempt: attempt, at: now))] + facts.map(Event.health) + checks + [
            .finished(
                Finished(
                    attempt: attempt, verdict: verdict, reason: reason, variant: nil, link: "none", duration: 0))
        ]
    }
}
