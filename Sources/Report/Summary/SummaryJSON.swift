internal import FoundationEssentials
package import Record

/// Runs for programs: verdicts and why, without the timelines, which the record has.
package enum SummaryJSON {
    /// `{"version": 1, "runs": [...]}`, ending with a newline.
    package static func document(_ runs: [(name: String, record: RunRecord)]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .anyNumber
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let document = Document(runs: runs.map { Run(name: $0.name, $0.record) })
            return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and numbers are always expressible.
            fatalError("cannot encode a summary: \(error)")
        }
    }
}

private struct Document: Encodable {
    let version = 1
    let runs: [Run]
}

private struct Run: Encodable {
    let name: String
    let tool: String
    let kernel: Kernel
    let lane: Lane
    let link: LinkChoice
    let place: String
    let startedAt: String?
    let seconds: Double?
    let limits: [String]
    /// Why the run or its record ended early.
    let incomplete: String?
    /// What the kernel of a guest that ended early had printed.
    let console: ConsoleExcerpt?
    let counts: Counts
    let exitStatus: Int32
    let attempts: [Attempt]

    /// Scenarios by the worst of their attempts, and attempts.
    struct Counts: Encodable {
        let scenarios: [String: Int]
        let attempts: [String: Int]

        init(_ summary: RunSummary) {
            scenarios = Self.counts(summary.scenarios)
            attempts = Self.counts(summary.attempts)
        }

        private static func counts(_ counts: RunSummary.Counts) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, counts[$0]) })
                .merging(["total": counts.total]) { $1 }
        }
    }

    init(name: String, _ record: RunRecord) {
        let header = record.header
        let summary = RunSummary(record)
        self.name = name
        tool = header.tool
        kernel = header.kernel
        lane = header.lane
        link = header.link
        place = header.place
        startedAt = header.startedAt
        seconds = record.end.map { Double($0.duration) / 1e9 }
        limits = header.limits
        incomplete = record.end?.interrupted ?? record.truncation.map { "the record is \($0)" }
        console = record.end?.console
        counts = Counts(summary)
        exitStatus = summary.exitStatus.rawValue
        attempts = record.outcomes.map(Attempt.init)
    }
}

private struct Attempt: Encodable {
    struct Failure: Encodable {
        let expected: String
        let seen: String
        let wire: String?
        let location: String
    }

    struct Measured: Encodable {
        let name: String
        let value: Double
        let unit: String
    }

    let scenario: String
    let name: String
    let claim: String
    let location: String
    let citations: [Citation]
    let verdict: Verdict
    let reason: String?
    /// Why it was tried again, once for each try before the one that counts.
    let triedAgain: [String]?
    let variant: String?
    let link: String
    let seconds: Double
    let failures: [Failure]
    let measurements: [Measured]
    /// What the kernel complained of, in its own lines.
    let kernel: [[String]]?

    init(_ outcome: Outcome) {
        scenario = outcome.scenario.id
        name = outcome.name
        claim = outcome.scenario.claim
        location = outcome.scenario.location
        citations = outcome.scenario.citations
        verdict = outcome.verdict
        reason = outcome.reason
        triedAgain = outcome.again.isEmpty ? nil : outcome.again
        variant = outcome.variant
        link = outcome.link
        seconds = Double(outcome.duration) / 1e9
        failures = outcome.failedChecks.map {
            Failure(expected: $0.expected, seen: $0.seen, wire: $0.wire, location: $0.location)
        }
        kernel = outcome.health.isEmpty ? nil : outcome.health.map(\.lines)
        measurements = outcome.measurements.map { Measured(name: $0.name, value: $0.value, unit: $0.unit) }
    }
}

extension JSONEncoder.NonConformingFloatEncodingStrategy {
    /// JSON has neither infinity nor NaN; records have none either.
    fileprivate static let anyNumber = convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
