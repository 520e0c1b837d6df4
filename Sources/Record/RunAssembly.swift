/// Puts a run together from its events as they come, so that a run of any length can be followed.
package struct RunAssembly: Sendable {
    /// How much of a run is kept.
    package enum Detail: Sendable {
        /// Everything that was seen.
        case whole
        /// What reports tell. Of attempts that say nothing new only their ends are kept, which is all that is told of
        /// them; the record has the rest.
        case reported
    }

    package private(set) var header: RunHeader?
    /// In the order they were planned.
    package private(set) var plan: [ScenarioDescription] = []
    private let detail: Detail
    private var end: RunEnd?
    private var records: [Attempt: RunRecord.AttemptRecord] = [:]
    private var places: [String: Int] = [:]
    /// Of how many repeats that ended this way everything is kept.
    private var kept: [Ending: Int] = [:]

    private struct Ending: Hashable {
        let scenario: String
        let verdict: Verdict
    }

    /// Whoever has seen so many repeats fail the same way learns nothing from more.
    package static let mostKept = 10

    package init(_ detail: Detail) { self.detail = detail }

    /// Takes the next event. What belongs to nothing that was planned is left out.
    package mutating func add(_ event: Event) {
        switch event {
        case .run(let value): header = value
        case .end(let value): end = value
        case .plan(let description):
            places[description.id] = plan.count
            plan.append(description)
        default: addToAttempt(event)
        }
    }

    private mutating func addToAttempt(_ event: Event) {
        guard let attempt = event.attempt, let place = places[attempt.scenario] else { return }
        var record =
            records.removeValue(forKey: attempt)
            ?? RunRecord.AttemptRecord(
                attempt: attempt, scenario: plan[place], start: 0, facts: [], checks: [], measurements: [],
                finished: nil)
        switch event {
        case .check(let check): record.checks.append(check)
        case .measurement(let measurement): record.measurements.append(measurement)
        case .finished(let finished):
            record.finished = finished
            if detail == .reported, !tellsMore(record, finished) { record = record.brief }
        case .started(let started): record.start = started.at
        default: record.facts.append(event)
        }
        records[attempt] = record
    }

    /// Whether reports tell more of an attempt than how it ended.
    private mutating func tellsMore(_ record: RunRecord.AttemptRecord, _ finished: Finished) -> Bool {
        // Of a try that does not count they say only why.
        if finished.isTriedAgain == true { return false }
        if record.attempt.number == 1 { return true }
        if finished.verdict == .passed, record.attempt.again == nil { return false }
        kept[Ending(scenario: record.attempt.scenario, verdict: finished.verdict), default: 0] += 1
        return kept[Ending(scenario: record.attempt.scenario, verdict: finished.verdict), default: 0] <= Self.mostKept
    }

    /// Changes how attempts ended.
    ///
    /// - Parameter change: gives another end, or nil for one that stays.
    /// - Returns: whether any was changed.
    package mutating func changeEnds(_ change: (Finished) -> Finished?) -> Bool {
        var isChanged = false
        for (attempt, record) in records {
            guard let finished = record.finished.flatMap(change) else { continue }
            records[attempt]?.finished = finished
            isChanged = true
        }
        return isChanged
    }

    /// Everything that was kept of the attempt up to now, which is then forgotten; nil of an attempt that never began.
    package mutating func take(_ attempt: Attempt) -> RunRecord.AttemptRecord? { records.removeValue(forKey: attempt) }

    /// The run as far as it is known. Throws when it has no header.
    ///
    /// - Parameter truncation: what is missing at the end, in words.
    package func record(truncation: String? = nil) throws(RecordError) -> RunRecord {
        guard let header else { throw RecordError("not a tcpwitness record: it has no header line") }
        return RunRecord(header: header, plan: plan, attempts: attempts, end: end, truncation: truncation)
    }

    private var attempts: [RunRecord.AttemptRecord] {
        let tries = records.values.sorted {
            (places[$0.attempt.scenario] ?? 0, $0.attempt.number, $0.attempt.again ?? 0)
                < (places[$1.attempt.scenario] ?? 0, $1.attempt.number, $1.attempt.again ?? 0)
        }
        return tries.reduce(into: []) { attempts, record in
            var record = record
            if let last = attempts.last, last.attempt.scenario == record.attempt.scenario,
                last.attempt.number == record.attempt.number, last.finished?.isTriedAgain == true
            {
                attempts.removeLast()
                record.earlier = last.earlier + [last]
                record.earlier[record.earlier.count - 1].earlier = []
            }
            attempts.append(record)
        }
    }
}

extension RunRecord.AttemptRecord {
    /// How it ended, what it measured, and what somebody must look at.
    fileprivate var brief: RunRecord.AttemptRecord {
        var brief = self
        brief.isBrief = true
        brief.checks = checks.filter(\.isBroken)
        brief.facts = facts.filter { if case .health = $0 { true } else { false } }
        return brief
    }
}
