package import Record

/// Runs laid side by side: what changed from each to the next, and why.
package struct Comparison: Sendable, Equatable {
    /// A run with the name that tells it from the others.
    package struct Side: Sendable, Equatable {
        package var name: String
        package var header: RunHeader
        /// Why less can be concluded from it; empty for a whole record.
        package var caution: String?
    }

    /// What changed from one run to the next.
    package struct Step: Sendable, Equatable {
        package var before: Side
        package var after: Side
        /// Every scenario that either has, in the order of the later plan.
        package var scenarios: [Change]
    }

    /// One scenario in two runs.
    package struct Change: Sendable, Equatable {
        package var scenario: ScenarioDescription
        package var differences: [Difference]
        /// Whether neither run has judged it.
        package var isUnjudged: Bool
        /// What the runs need not agree on.
        package var exemptions: [Exemption] = []

        package var unexplained: [Difference] { differences.filter { $0.known == nil } }
    }

    package var sides: [Side]
    package var steps: [Step]
    package var flips: [Flip]

    /// Differences that neither a known change nor a baseline explains.
    package var unexplained: [Difference] { steps.flatMap { $0.scenarios.flatMap(\.unexplained) } }

    /// Compares each run with the one before it.
    ///
    /// - Parameter records: two or more, each with a name for reports.
    package init(
        _ records: [(name: String, record: RunRecord)], knowing changes: [KnownChange], baselines: [Baseline] = []
    ) {
        let sides = records.map { Side(name: $0.name, header: $0.record.header, caution: $0.record.caution) }
        self.sides = sides
        steps = zip(records.indices, records.indices.dropFirst()).map { before, after in
            Step(
                before: sides[before], after: sides[after],
                scenarios: Comparison.changes(
                    from: records[before].record, to: records[after].record,
                    Comparison.Knowledge(
                        changes: changes, baselines: baselines, before: sides[before].header,
                        after: sides[after].header)))
        }
        flips = records.flatMap { $0.record.flips(named: $0.name) }
    }

    private static func changes(
        from before: RunRecord, to after: RunRecord, _ knowledge: Knowledge
    ) -> [Change] {
        let (old, new) = (before.firstAttempts, after.firstAttempts)
        let planned = Set(after.plan.map(\.id))
        let isExact = before.header.livesByItsOwnClock && after.header.livesByItsOwnClock
        let scenarios = after.plan + before.plan.filter { !planned.contains($0.id) }
        let wasPlanned = Set(before.plan.map(\.id))
        return scenarios.map { scenario in
            let id = scenario.id
            guard planned.contains(id), wasPlanned.contains(id) else {
                let (one, other) = (old[id]?.verdictWords, new[id]?.verdictWords)
                let gone = Difference(
                    scenario: id, aspect: .presence, before: wasPlanned.contains(id) ? one ?? "no verdict" : nil,
                    after: planned.contains(id) ? other ?? "no verdict" : nil)
                return Change(scenario: scenario, differences: [gone], isUnjudged: false)
            }
            let pair = AttemptComparison(
                scenario: id, before: old[id] ?? .none, after: new[id] ?? .none, isExact: isExact,
                knownVariants: knowledge.changes.flatMap { $0.variants(of: id) })
            return Change(
                scenario: scenario, differences: knowledge.explained(pair.differences),
                isUnjudged: !pair.before.isJudged && !pair.after.isJudged, exemptions: pair.exemptions)
        }
    }
}

extension RunHeader {
    /// Whether the kernel ran in virtual time, where the load of the machine cannot be seen.
    var livesByItsOwnClock: Bool { place.contains("virtual") }

    package var kernelVersion: KernelVersion? { KernelVersion(kernel) }
}

extension RunRecord {
    /// Why the record tells less than its plan; nil when it is whole.
    package var caution: String? {
        if let reason = end?.interrupted { return "the run ended early: \(reason)" }
        return truncation.map { "the record is \($0)" }
    }

    /// The first attempt at each scenario.
    var firstAttempts: [String: Behaviour] {
        attempts.reduce(into: [:]) { first, attempt in
            if attempt.attempt.number == 1 { first[attempt.attempt.scenario] = Behaviour(attempt) }
        }
    }

    /// Repeats that ended otherwise than the first attempt.
    package func flips(named name: String) -> [Flip] {
        let first = Dictionary(
            attempts.filter { $0.attempt.number == 1 }.map { ($0.attempt.scenario, $0.finished) }
        ) { $1 }
        return attempts.flatMap { attempt -> [Flip] in
            guard attempt.attempt.number > 1, let one = first[attempt.attempt.scenario] ?? nil,
                let other = attempt.finished
            else { return [] }
            func flip(_ aspect: Aspect, _ first: String, _ later: String) -> Flip {
                Flip(
                    record: name, scenario: attempt.attempt.scenario, attempt: attempt.attempt.number, aspect: aspect,
                    first: first, later: later)
            }
            if one.verdict != other.verdict { return [flip(.verdict, one.words, other.words)] }
            if one.variant != other.variant {
                return [flip(.variant, one.variant ?? "none", other.variant ?? "none")]
            }
            return []
        }
    }
}

extension Comparison {
    /// What is known of the difference between two kernels.
    struct Knowledge {
        let changes: [KnownChange]
        let baselines: [Baseline]
        let before: RunHeader
        let after: RunHeader

        /// The differences of one scenario, each with its explanation, if there is one.
        func explained(_ differences: [Difference]) -> [Difference] {
            var result = differences
            /// Changes that show as a variant in this scenario.
            var seen: [KnownChange] = []
            for index in result.indices {
                let change = change(behind: result[index])
                result[index].known = change?.explanation ?? baselineExplanation(result[index])
                if let change, result[index].aspect == .variant { seen.append(change) }
            }
            for index in result.indices where result[index].known == nil {
                result[index].known = seen.first { $0.hasConsequence(result[index]) }?.explanation
            }
            return result
        }

        /// The known change by which a difference comes about.
        private func change(behind difference: Difference) -> KnownChange? {
            guard let before = before.kernelVersion, let after = after.kernelVersion else { return nil }
            return changes.first { $0.explains(difference, from: before, to: after) }
        }

        /// Both kernels show what their baselines say of them.
        private func baselineExplanation(_ difference: Difference) -> Explanation? {
            guard let one = baseline(before), let other = baseline(after), one.series != other.series,
                one.expects(difference, difference.before, lane: before.lane),
                other.expects(difference, difference.after, lane: after.lane)
            else { return nil }
            let commits = [
                one.commits(difference.scenario, before.lane), other.commits(difference.scenario, after.lane),
            ]
            return Explanation(
                commits: commits.first { !$0.isEmpty } ?? [], since: nil,
                words: "the baselines of \(one.series) and \(other.series) expect it")
        }

        private func baseline(_ header: RunHeader) -> Baseline? {
            baselines.first { $0.series == header.kernelVersion?.series }
        }
    }
}
