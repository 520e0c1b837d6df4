package import Record

/// What the process tells its caller.
package enum ExitStatus: Int32, Sendable {
    case asExpected = 0
    /// The kernel did otherwise than expected.
    case regression = 1
    /// Bad input: arguments, privileges, files.
    case usage = 2
    /// The harness could not tell.
    case harnessError = 3
    /// Nothing was selected, or everything was skipped.
    case nothingRan = 4
    /// For `git bisect run`: this commit cannot be judged, try another.
    case unjudged = 125
    /// For `git bisect run`: no commit could be judged, give up.
    case stop = 128
    /// 128 + SIGINT, as shells count.
    case interrupted = 130
    /// 128 + SIGTERM.
    case terminated = 143
    /// 128 + SIGHUP.
    case hungUp = 129
}

/// How a run went: its scenarios, and its attempts at them, which are more where some are repeated.
package struct RunSummary: Sendable, Equatable {
    /// How many ended how.
    package struct Counts: Sendable, Equatable {
        private let counts: [Verdict: Int]

        init(_ verdicts: some Sequence<Verdict>) {
            counts = verdicts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }

        package subscript(verdict: Verdict) -> Int { counts[verdict, default: 0] }
        package var total: Int { counts.values.reduce(0, +) }

        /// `19 scenarios: 18 passed, 1 failed`, without the verdicts that did not occur.
        package func words(of things: String) -> String {
            let count = "\(total) \(total == 1 ? String(things.dropLast()) : things)"
            let parts = [Verdict.passed, .failed, .error, .skipped].filter { self[$0] > 0 }.map {
                "\(self[$0]) \($0.past)"
            }
            return "\(count): \(parts.joined(separator: ", "))"
        }
    }

    /// By the worst of each scenario's attempts.
    package let scenarios: Counts
    package let attempts: Counts
    private let interruption: String?
    /// How many attempts were tried again, because the machine was too slow for the first try.
    private let again: Int

    package init(_ record: RunRecord) {
        let outcomes = record.outcomes
        attempts = Counts(outcomes.map(\.verdict))
        let byScenario = Dictionary(grouping: outcomes) { $0.scenario.id }
        scenarios = Counts(byScenario.values.compactMap { Verdict.worst(of: $0.map(\.verdict)) })
        again = outcomes.count { !$0.again.isEmpty }
        interruption = record.stop != nil ? nil : record.end?.interrupted
    }

    /// Whether the two counts differ, so that each must be said to be which.
    package var hasRepeats: Bool { attempts.total != scenarios.total }

    /// The verdict on the whole run.
    ///
    /// A failure wins over an error: it is a sure finding about the kernel, which nothing else that went wrong makes
    /// less true, while an error only says that something remains unknown.
    package var exitStatus: ExitStatus {
        if attempts[.failed] > 0 { return .regression }
        if attempts[.error] > 0 || interruption != nil { return .harnessError }
        return attempts[.passed] > 0 ? .asExpected : .nothingRan
    }

    /// `19 scenarios: 18 passed, 1 failed`, followed by the attempts where these are not as many.
    package var words: String {
        guard scenarios.total > 0 else { return "nothing ran" }
        return scenarios.words(of: "scenarios") + (hasRepeats ? " (\(attempts.words(of: "attempts")))" : "")
            + (again == 0 ? "" : " (\(again) tried again alone)")
    }
}

extension Verdict {
    /// What became of things that have it: `3 failed`.
    package var past: String { self == .error ? "in error" : rawValue }
}
