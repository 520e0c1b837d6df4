package import Record

/// What became of one attempt, in the words that all reports share.
package struct Outcome: Sendable, Equatable {
    /// The scenario's id, with ` #2` and so on for repeats, so that names are unique and stable.
    package var name: String
    /// Which attempt at the scenario.
    package var number: Int
    package var scenario: ScenarioDescription
    /// False for repeats.
    package var isFirst: Bool { number == 1 }
    package var verdict: Verdict
    /// Nil when passed; otherwise the first failed expectation, what went wrong, or what was missing.
    package var reason: String?
    /// Why it was tried again, once for each try before this one, which counts.
    package var again: [String] = []
    /// Nanoseconds from the begin of the run to that of the attempt.
    package var start: Int64
    /// Nanoseconds; up to the last fact for an attempt that was cut off.
    package var duration: Int64
    package var variant: String?
    /// `direct`, `netem`, `relay` or `loopback`.
    package var link: String
    /// Every expectation, with what became of it.
    package var checks: [Check]
    /// Whether somebody must look at it.
    package var isBad: Bool { verdict == .failed || verdict == .error }
    /// In the order of time, but counters last: one that is off says less than the state that explains it.
    package var failedChecks: [Check] {
        let broken = checks.filter { $0.status == .broken }
        return broken.filter { !$0.isCount } + broken.filter(\.isCount)
    }
    /// In a line: what was expected first and not seen, or why there is no verdict.
    package var finding: String {
        guard verdict == .failed, let check = failedChecks.first else { return reason ?? "no reason given" }
        return "expected \(check.expected), seen \(check.seen)"
    }
    package var measurements: [Measurement]
    /// What the kernel complained of.
    package var health: [HealthFact] {
        facts.compactMap { fact in
            if case .health(let fact) = fact { fact } else { nil }
        }
    }
    /// In the order of the record.
    package var facts: [Event]
    /// Whether facts, and expectations that were met, were left out, since only its end was to be told.
    package var isBrief = false
}

extension [Outcome] {
    /// Grouped by their topics, in the order in which those come first.
    var byTopic: [(topic: String, outcomes: [Outcome])] {
        var places: [String: Int] = [:]
        return reduce(into: []) { groups, outcome in
            let topic = outcome.scenario.topic
            if let place = places[topic] {
                groups[place].outcomes.append(outcome)
            } else {
                places[topic] = groups.count
                groups.append((topic, [outcome]))
            }
        }
    }
}

extension RunRecord {
    /// Every attempt that a report tells of, in the plan's order.
    ///
    /// What was planned and has no verdict is an error, because silence must not look like success. A user who ends a
    /// run knows that, so such a run lists only what was finished.
    package var outcomes: [Outcome] {
        var attempts: [String: [AttemptRecord]] = [:]
        for record in self.attempts { attempts[record.attempt.scenario, default: []].append(record) }
        return plan.flatMap { scenario -> [Outcome] in
            guard let records = attempts[scenario.id] else {
                return outcome(ofUnstarted: scenario).map { [$0] } ?? []
            }
            return records.compactMap(outcome(of:))
        }
    }

    private func outcome(of record: AttemptRecord) -> Outcome? {
        if let finished = record.finished {
            return Outcome(
                name: record.attempt.nameOfAll, number: record.attempt.number, scenario: record.scenario,
                verdict: finished.verdict,
                reason: finished.reason, again: record.reasonsForMore, start: record.start, duration: finished.duration,
                variant: finished.variant,
                link: finished.link,
                checks: record.checks, measurements: record.measurements, facts: record.facts,
                isBrief: record.isBrief)
        }
        guard let cause = causeOfSilence else { return nil }
        return Outcome(
            name: record.attempt.nameOfAll, number: record.attempt.number, scenario: record.scenario, verdict: .error,
            reason: "\(record.attempt.name) did not finish: \(cause)", again: record.reasonsForMore,
            start: record.start, duration: record.facts.compactMap(\.time).max() ?? 0, variant: nil, link: "unknown",
            checks: record.checks, measurements: record.measurements, facts: record.facts)
    }

    private func outcome(ofUnstarted scenario: ScenarioDescription) -> Outcome? {
        guard let cause = causeOfSilence else { return nil }
        return Outcome(
            name: scenario.id, number: 1, scenario: scenario, verdict: .error,
            reason: scenario.id + Outcome.unstarted + cause, start: 0, duration: 0, variant: nil, link: "none",
            checks: [],
            measurements: [], facts: [])
    }

    /// Why a planned attempt has no verdict; nil when the user knows.
    private var causeOfSilence: String? {
        if stop != nil { return nil }
        if let cause = end?.interrupted { return cause }
        return truncation.map { "the record is \($0)" } ?? "the run ended without it"
    }
}

extension RunRecord.AttemptRecord {
    /// Why its earlier tries did not count.
    fileprivate var reasonsForMore: [String] { earlier.map { $0.finished?.reason ?? "no reason given" } }
}

extension Outcome {
    fileprivate static let unstarted = " did not start: "

    /// Whether it stands for a scenario that was planned and never began.
    var isUnstarted: Bool { reason?.hasPrefix(scenario.id + Self.unstarted) ?? false }

    /// Why it never began.
    var unstartedCause: String { reason?.dropFirst((scenario.id + Self.unstarted).count).description.oneLine ?? "" }

    /// A line for each try before the one that counts.
    var againLines: [String] { again.map { "tried again alone, since \($0.oneLine)" } }
}

extension Event {
    /// Nanoseconds since the attempt began; nil for what is no fact of an attempt.
    var time: Int64? {
        switch self {
        case .call(let fact): fact.at
        case .transition(let fact): fact.at
        case .row(let fact): fact.at
        case .segment(let fact): fact.at
        case .packet(let fact): fact.at
        case .counters(let fact): fact.at
        case .exit(let fact): fact.at
        case .step(let fact): fact.at
        case .act(let fact): fact.at
        case .note(let fact): fact.at
        case .health(let fact): fact.at
        case .suspicion(let fact): fact.at
        case .run, .plan, .started, .hosts, .check, .lateness, .measurement, .finished, .end: nil
        }
    }
}

extension Check {
    fileprivate var isCount: Bool { witnesses == ["counters"] }
}
