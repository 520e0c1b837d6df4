package import Record

/// What a run tells `git bisect run`.
package enum BisectStatus: Int32, Sendable {
    case good = 0
    case bad = 1
    /// This commit cannot be judged; try another.
    case skip = 125
}

extension BisectStatus {
    /// Judges a run, by a baseline if there is one and else by its verdicts alone.
    ///
    /// A sure finding about the kernel wins over anything that went wrong elsewhere. A scenario that was skipped says
    /// nothing, so without a baseline that expects it the commit is not called good.
    package init(of record: RunRecord, expecting baseline: Baseline? = nil) {
        let lane = record.header.lane
        let isBad = record.attempts.contains { attempt in
            guard let seen = Baseline.Expectation(attempt) else { return false }
            guard let expected = baseline?[attempt.attempt.scenario, lane] else { return seen.verdict == .failed }
            // Where the baseline saw it skipped, or it is skipped now, nothing was seen on one side.
            guard seen.verdict != .skipped, expected.verdict != .skipped else { return seen.verdict == .failed }
            return baseline?.check(attempt, lane).contains { $0.isFailure } ?? false
        }
        if isBad {
            self = .bad
            return
        }
        let judged = record.attempts.filter { $0.finished?.verdict == .passed || $0.finished?.verdict == .failed }
        let started = Set(record.attempts.map(\.attempt.scenario))
        let isWhole = record.caution == nil && record.plan.allSatisfy { started.contains($0.id) }
        let isUnclear = record.attempts.contains { attempt in
            switch attempt.finished?.verdict {
            case nil, .error: true
            case .skipped: baseline?[attempt.attempt.scenario, lane]?.verdict != .skipped
            case .passed, .failed: false
            }
        }
        self = judged.isEmpty || !isWhole || isUnclear ? .skip : .good
    }
}
