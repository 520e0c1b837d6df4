package import Record

/// Runs laid side by side: what changed from each to the next, and why.
package struct Comparison: Sendable, Equatable {
    /// A run with the name that tells it from the others.
    package struct Side: Sendable, Equatable {
        package var name: String
        package var header: RunHeader
        /// Why less can be concluded from it; empty for a whole record.
        package var caution: String?
        /// The series whose baseline it is held against, where its own has none.
        package var nearest: String?
    }

    /// What changed from one run to the next.
    package struct Step: Sendable, Equatable {
        package var before: Side
        package var after: Side
        /// Every scenario that both have begun, in the order of the later plan.
        package var scenarios: [Change]
        /// Scenarios that only the earlier run has begun.
        package var onlyBefore: [ScenarioDescription]
        /// Scenarios that only the later run has begun.
        package var onlyAfter: [ScenarioDescription]
    }

    /// One scenario in two runs.
    package struct Change: Sendable, Equatable {
        package var scenario: ScenarioDescription
        package var differences: [Difference]
        /// Whether neither run has judged it.
        package var isUnjudged: Bool
        /// Why only one of the runs could look at it, in the words of the other; nil where that is not so.
        package var skipped: String?
        /// What the runs need not agree on.
        package var exemptions: [Exemption] = []

        package var unexplained: [Difference] { differences.filter { $0.known == nil } }
    }

    package var sides: [Side]
    package var steps: [Step]
    package var flips: [Flip]

    /// Every scenario that some run has begun.
    package var scenarios: [ScenarioDescription] {
        steps.flatMap { $0.scenarios.map(\.scenario) + $0.onlyBefore + $0.onlyAfter }
    }

    /// Differences that neither a known change nor a baseline explains.
    package var unexplained: [Difference] { steps.flatMap { $0.scenarios.flatMap(\.unexplained) } }

    /// Compares each run with the one before it.
    ///
    /// - Parameter records: two or more, each with a name for reports.
    package init(
        _ records: [(name: String, record: RunRecord)], knowing changes: [KnownChange], baselines: [Baseline] = []
    ) {
        let sides = records.map {
            Side(
                name: $0.name, header: $0.record.header, caution: $0.record.caution,
                nearest: baselines.nearest(to: $0.record.header)?.series)
        }
        self.sides = sides
        steps = zip(records.indices, records.indices.dropFirst()).map { before, after in
            Step(
                from: (sides[before], records[before].record), to: (sides[after], records[after].record),
                knowing: changes, baselines: baselines)
        }
        flips = records.flatMap { $0.record.flips(named: $0.name) }
    }

    /// What the comparison says of some scenarios.
    package func narrowed(to isWanted: (ScenarioDescription) -> Bool) -> Comparison {
        var narrowed = self
        for index in steps.indices {
            narrowed.steps[index].scenarios.removeAll { !isWanted($0.scenario) }
            narrowed.steps[index].onlyBefore.removeAll { !isWanted($0) }
            narrowed.steps[index].onlyAfter.removeAll { !isWanted($0) }
        }
        let wanted = Set(scenarios.filter(isWanted).map(\.id))
        narrowed.flips.removeAll { !wanted.contains($0.scenario) }
        return narrowed
    }
}

extension Comparison.Step {
    /// Compares what both have begun.
    fileprivate init(
        from before: (side: Comparison.Side, record: RunRecord), to after: (side: Comparison.Side, record: RunRecord),
        knowing changes: [KnownChange], baselines: [Baseline]
    ) {
        let knowledge = Comparison.Knowledge(
            changes: changes, baselines: baselines, before: before.side.header, after: after.side.header)
        let (old, new) = (before.record.firstAttempts, after.record.firstAttempts)
        let isExact = before.side.header.livesByItsOwnClock && after.side.header.livesByItsOwnClock
        self.before = before.side
        self.after = after.side
        onlyBefore = before.record.plan.filter { old[$0.id] != nil && new[$0.id] == nil }
        onlyAfter = after.record.plan.filter { old[$0.id] == nil && new[$0.id] != nil }
        scenarios = after.record.plan.compactMap { scenario in
            guard let one = old[scenario.id], let other = new[scenario.id] else { return nil }
            let pair = AttemptComparison(
                scenario: scenario.id, before: one, after: other, isExact: isExact,
                knownVariants: changes.flatMap { $0.variants(of: scenario.id) })
            return Comparison.Change(
                scenario: scenario, differences: knowledge.explained(pair.differences, ofText: scenario.isText),
                isUnjudged: !pair.before.isJudged && !pair.after.isJudged,
                skipped: pair.onlyOneLooked.map {
                    "\($0.isBefore ? after.side.name : before.side.name): \($0.reason)"
                }, exemptions: pair.exemptions)
        }
    }
}

extension ScenarioDescription {
    /// Whether it is a text sequence.
    var isText: Bool { location.prefix { $0 != ":" }.hasSuffix(".tcp") }
}

extension RunRecord.AttemptRecord {
    /// Its verdict and the reason.
    fileprivate var words: String { finished?.words ?? "no verdict" }
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
    var firstAttempts: [String: AttemptRecord] {
        attempts.reduce(into: [:]) { first, attempt in
            if attempt.attempt.number == 1 { first[attempt.attempt.scenario] = attempt }
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
        ///
        /// - Parameter isText: whether it is a text sequence, which changes are recognized in by marks of their own.
        func explained(_ differences: [Difference], ofText isText: Bool) -> [Difference] {
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
            if isText { for change in marking(result) { explain(&result, by: change) } }
            return result
        }

        /// Changes that show by their marks.
        private func marking(_ differences: [Difference]) -> [KnownChange] {
            guard let before = before.kernelVersion, let after = after.kernelVersion else { return [] }
            return changes.filter { change in differences.contains { change.marks($0, from: before, to: after) } }
        }

        private func explain(_ differences: inout [Difference], by change: KnownChange) {
            guard let before = before.kernelVersion, let after = after.kernelVersion else { return }
            for index in differences.indices where differences[index].known == nil {
                let difference = differences[index]
                guard change.marks(difference, from: before, to: after) || change.hasConsequenceAnywhere(difference)
                else { continue }
                differences[index].known = change.explanation
            }
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
            baselines.own(of: header) ?? baselines.nearest(to: header)
        }
    }
}

extension [Baseline] {
    fileprivate func own(of header: RunHeader) -> Baseline? {
        first { $0.series == header.kernelVersion?.series && $0.lanes[header.lane.rawValue] != nil }
    }

    /// The baseline of the series that is nearest to that of a kernel, the newest before it or else the oldest after it;
    /// nil where its own series has one.
    fileprivate func nearest(to header: RunHeader) -> Baseline? {
        guard own(of: header) == nil, let version = header.kernelVersion else { return nil }
        let others = filter { $0.lanes[header.lane.rawValue] != nil }
            .compactMap { baseline in KernelVersion(release: baseline.series).map { (version: $0, baseline: baseline) }
            }
            .sorted { $0.version < $1.version }
        return (others.last { ($0.version.major, $0.version.minor) < (version.major, version.minor) } ?? others.first)?
            .baseline
    }
}
