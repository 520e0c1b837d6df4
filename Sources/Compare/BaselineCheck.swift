package import Record

/// One thing a run shows otherwise than the baseline of its kernel series says.
package struct Finding: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The kernel does something that nobody expects.
        case unknownChange = "unknown change"
        /// A commit that came or was taken out between the two releases accounts for it.
        case knownChange = "known change"
        /// What a commit or an expected failure accounts for is not to be seen any more.
        case vanishedDifference = "vanished, unexplained"
        /// The baseline has a scenario that the run does not.
        case vanishedScenario = "scenario vanished"
        /// The run has a scenario that the baseline does not.
        case newScenario = "new scenario"
        /// The kernel was built without something that the scenario is about.
        case notBuiltIn = "not built in"
        /// It was built with something that the baseline's kernel does not have.
        case builtIn = "built in"
        /// The harness could not tell.
        case unjudged
    }

    package var kind: Kind
    package var scenario: String
    /// What it is about: `verdict`, `variant`, or the name of a measurement.
    package var subject: String
    package var expected: String?
    package var seen: String?
    /// The commits that account for what was expected.
    package var commits: [String]
    /// The change that accounts for what was seen instead.
    package var known: Explanation?
    /// What differs of a measurement.
    fileprivate var values: Difference.Values?

    private enum CodingKeys: CodingKey { case kind, scenario, subject, expected, seen, commits, known }

    /// Whether a check fails for it. A new scenario that passes is news, and so is a change that is known; how a kernel
    /// was built is no change of its code.
    package var isFailure: Bool { ![.newScenario, .knownChange, .notBuiltIn, .builtIn].contains(kind) }

    /// The finding in one line.
    package var line: String {
        let commit = commits.isEmpty || known != nil ? "" : " (\(commits.joined(separator: ", ")))"
        let change =
            switch (expected, seen) {
            case (let expected?, let seen?): "\(subject) was \(expected)\(commit), now \(seen)"
            case (let expected?, nil): "\(subject) was \(expected)\(commit), now missing"
            case (nil, let seen?): "\(subject) \(seen)"
            case (nil, nil): subject
            }
        return "\(kind.rawValue): \(scenario): \(change)" + (known.map { "; \($0.line)" } ?? "")
    }
}

extension Baseline {
    /// What a run shows otherwise.
    ///
    /// - Parameters:
    ///   - changes: what is known to differ between releases, which is then told and is no failure.
    ///   - partial: whether scenarios that were not selected for the run may be missing.
    package func check(_ record: RunRecord, knowing changes: [KnownChange] = [], partial: Bool = false) -> [Finding] {
        let lane = record.header.lane
        let kernel = record.header.kernelVersion
        let planned = Set(record.plan.map(\.id))
        let attempts = Dictionary(grouping: record.attempts) { $0.attempt.scenario }
        var findings = record.plan.flatMap { scenario -> [Finding] in
            let tried = attempts[scenario.id] ?? []
            guard !tried.isEmpty else { return [unjudged(scenario.id, record.caution ?? "it did not start")] }
            // A repeat that does otherwise is as much of a surprise, but the same surprise only once.
            return tried.flatMap {
                check($0, lane, record.caution, isOther: kernel?.series != series, knowing: changes)
            }.map {
                explained($0, kernel, changes)
            }
            .reduce(into: []) { unique, finding in
                if !unique.contains(where: { $0.isAlike(finding) }) { unique.append(finding) }
            }
        }
        guard !partial else { return findings }
        for (id, expected) in (lanes[lane.rawValue] ?? [:]).sorted(by: { $0.key < $1.key }) where !planned.contains(id)
        {
            findings.append(
                Finding(
                    kind: .vanishedScenario, scenario: id, subject: "verdict", expected: expected.verdictWords,
                    seen: nil, commits: expected.commits ?? []))
        }
        return findings
    }

    /// A finding, with the change that accounts for it if the release can have it and that of the baseline cannot, or
    /// the other way round.
    ///
    /// That the release is a new one explains nothing.
    private func explained(_ finding: Finding, _ kernel: KernelVersion?, _ changes: [KnownChange]) -> Finding {
        guard [.unknownChange, .vanishedDifference].contains(finding.kind), let before = kernelVersion, let kernel,
            let difference = finding.difference,
            let change = changes.first(where: { $0.explains(difference, from: before, to: kernel) })
        else { return finding }
        var told = finding
        told.kind = .knownChange
        told.known = change.explanation
        return told
    }

    private func unjudged(_ scenario: String, _ reason: String) -> Finding {
        Finding(kind: .unjudged, scenario: scenario, subject: reason, expected: nil, seen: nil, commits: [])
    }

    func check(
        _ attempt: RunRecord.AttemptRecord, _ lane: Lane, _ caution: String? = nil, isOther: Bool = false,
        knowing changes: [KnownChange] = []
    ) -> [Finding] {
        let id = attempt.attempt.scenario
        guard let seen = Expectation(attempt) else {
            let reason = attempt.finished?.words ?? caution ?? "it did not finish"
            return [unjudged(id, reason)]
        }
        guard let expected = self[id, lane] else {
            let kind: Finding.Kind = seen.verdict == .failed ? .unknownChange : .newScenario
            let variant = seen.variant.map { ", variant \($0)" } ?? ""
            return [
                Finding(
                    kind: kind, scenario: id, subject: "verdict", expected: nil, seen: seen.verdictWords + variant,
                    commits: [])
            ]
        }
        // What one series could not look at and another could is no change of a kernel.
        if isOther, seen.verdict == .skipped || expected.verdict == .skipped, seen.verdict != .failed { return [] }
        return expected.findings(id, seen, changes.flatMap { $0.variants(of: id) })
    }
}

extension Finding {
    /// What was seen instead of what was expected; nil where there is nothing to lay beside the other.
    fileprivate var difference: Difference? {
        guard let expected, let seen, subject != "verdict" else { return nil }
        return Difference(
            scenario: scenario, aspect: subject == "variant" ? .variant : .measurement,
            subject: subject == "variant" ? "" : subject, before: expected, after: seen, values: values)
    }

    fileprivate func isAlike(_ other: Finding) -> Bool {
        (kind, subject, expected) == (other.kind, other.subject, other.expected)
            && (kind == .unjudged || Reason.agree(seen, other.seen))
    }
}

extension Baseline.Expectation {
    /// What was seen otherwise.
    ///
    /// - Parameter known: variants that are known to take each other's place.
    fileprivate func findings(
        _ scenario: String, _ seen: Baseline.Expectation, _ known: [(String, String)]
    ) -> [Finding] {
        let commits = commits ?? []
        func finding(_ kind: Finding.Kind, _ subject: String, _ expected: String?, _ now: String?) -> Finding {
            Finding(kind: kind, scenario: scenario, subject: subject, expected: expected, seen: now, commits: commits)
        }
        if verdict != seen.verdict || !Reason.agree(reason, seen.reason) {
            let kind: Finding.Kind =
                switch (verdict, seen.verdict) {
                case (.failed, .passed): .vanishedDifference
                case (.passed, .skipped) where Reason.tellsOfFeature(seen.reason): .notBuiltIn
                case (.skipped, .passed) where Reason.tellsOfFeature(reason): .builtIn
                default: .unknownChange
                }
            return [finding(kind, "verdict", verdictWords, seen.verdictWords)]
        }
        var findings: [Finding] = []
        for (old, new) in Variants(variant).changes(to: Variants(seen.variant), knowing: known) {
            let isNew = old == nil || commits.isEmpty
            findings.append(
                finding(isNew ? .unknownChange : .vanishedDifference, "variant", old ?? "none", new ?? "none"))
        }
        let (old, new) = (Baseline.Figure.named(measurements), Baseline.Figure.named(seen.measurements))
        for name in Set(old.keys).union(new.keys).sorted() {
            let (one, other) = (old[name], new[name])
            if let one, let other, (one.value - other.value).magnitude <= max(one.tolerance, other.tolerance),
                one.unit == other.unit
            {
                continue
            }
            var found = finding(.unknownChange, name, one?.words ?? "not measured", other?.words)
            found.values = .measurements(name, one?.value, other?.value)
            findings.append(found)
        }
        return findings
    }
}

extension Baseline {
    /// The baseline as a run would have it.
    ///
    /// What the run could not judge stays as it was, as does what it did not plan unless `pruned`.
    package func updated(with record: RunRecord, knowing changes: [KnownChange], pruned: Bool = false) -> Baseline {
        var result = self
        let lane = record.header.lane
        result.kernel = record.header.kernel.release
        let version = record.header.kernelVersion
        result.point = version?.words == KernelVersion(release: result.kernel)?.words ? nil : version?.words
        if pruned {
            let planned = Set(record.plan.map(\.id))
            result.lanes[lane.rawValue] = result.lanes[lane.rawValue]?.filter { planned.contains($0.key) }
        }
        for attempt in record.attempts where attempt.attempt.number == 1 {
            guard var seen = Expectation(attempt) else { continue }
            let id = attempt.attempt.scenario
            seen.commits = commits(for: seen, id, record.header, changes)
            result[id, lane] = seen.keepingFigures(of: self[id, lane])
        }
        return result
    }

    /// The commits that account for the variants, if anybody knows; those written by hand stay with what they explain.
    private func commits(
        for seen: Expectation, _ scenario: String, _ header: RunHeader, _ changes: [KnownChange]
    ) -> [String]? {
        let old = self[scenario, header.lane]
        if let commits = old?.commits, old?.variant == seen.variant, old?.verdict == seen.verdict { return commits }
        guard let version = header.kernelVersion else { return nil }
        var commits: [String] = []
        for variant in Variants(seen.variant).names {
            let change = changes.first { $0.explains(variant: variant, of: scenario, on: version) }
            for commit in change?.explanation.commits ?? [] where !commits.contains(commit) { commits.append(commit) }
        }
        return commits.isEmpty ? nil : commits
    }
}

extension Baseline.Expectation {
    /// Keeps figures and reasons that agree with the old ones, so that an update that changes nothing writes nothing.
    fileprivate func keepingFigures(of old: Baseline.Expectation?) -> Baseline.Expectation {
        guard let old else { return self }
        var result = self
        let before = Baseline.Figure.named(old.measurements)
        result.measurements = Baseline.Figure.numbered(measurements ?? []).map { name, figure in
            guard let before = before[name], before.unit == figure.unit, before.tolerance == figure.tolerance else {
                return figure
            }
            return (before.value - figure.value).magnitude <= figure.tolerance ? before : figure
        }
        if measurements == nil { result.measurements = nil }
        if verdict == old.verdict, Reason.agree(reason, old.reason) {
            result.reason = old.reason
        }
        return result
    }
}
