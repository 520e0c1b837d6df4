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
}

/// How many attempts ended how.
package struct RunSummary: Sendable, Equatable {
    private let counts: [Verdict: Int]
    private let interruption: String?
    /// How many attempts were tried again, because the machine was too slow for the first try.
    private let again: Int

    package init(_ record: RunRecord) {
        counts = record.outcomes.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
        again = record.outcomes.count { !$0.again.isEmpty }
        interruption = record.wasInterruptedByUser ? nil : record.end?.interrupted
    }

    package subscript(verdict: Verdict) -> Int { counts[verdict, default: 0] }

    /// The verdict on the whole run.
    ///
    /// A failure wins over an error: it is a sure finding about the kernel, which nothing else that went wrong makes
    /// less true, while an error only says that something remains unknown.
    package var exitStatus: ExitStatus {
        if self[.failed] > 0 { return .regression }
        if self[.error] > 0 || interruption != nil { return .harnessError }
        return self[.passed] > 0 ? .asExpected : .nothingRan
    }

    /// `18 passed, 1 failed`, without the verdicts that did not occur.
    package var words: String {
        let words: [(Verdict, String)] = [
            (.passed, "passed"), (.failed, "failed"), (.error, "in error"), (.skipped, "skipped"),
        ]
        let parts = words.filter { self[$0.0] > 0 }.map { "\(self[$0.0]) \($0.1)" }
        let ran = parts.isEmpty ? "nothing ran" : parts.joined(separator: ", ")
        return again == 0 ? ran : ran + " (\(again) tried again alone)"
    }
}
