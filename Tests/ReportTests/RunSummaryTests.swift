import Record
import Report
import Testing

@Suite struct RunSummaryTests {
    @Test(
        arguments: [
            ([.passed], .asExpected), ([.passed, .skipped], .asExpected), ([.passed, .failed], .regression),
            ([.passed, .error], .harnessError), ([.skipped, .error], .harnessError), ([.skipped], .nothingRan),
            ([], .nothingRan), ([.failed, .error, .skipped], .regression),
        ] as [([Verdict], Report.ExitStatus)])
    func exitStatus(_ verdicts: [Verdict], _ expected: Report.ExitStatus) throws {
        #expect(RunSummary(try record(verdicts, interrupted: nil)).exitStatus == expected)
    }

    @Test func aDeadLabIsAnErrorEvenIfAllWasFinished() throws {
        let record = try record([.passed], interrupted: "the lab ended: exit 3")
        #expect(RunSummary(record).exitStatus == .harnessError)
    }

    /// Scenarios and attempts are two numbers, and each is said to be which.
    @Test(
        arguments: [
            ([[.passed], [.failed]], "2 scenarios: 1 passed, 1 failed"), ([[.passed]], "1 scenario: 1 passed"),
            (
                [[.passed, .passed], [.passed, .error, .failed], [.skipped]],
                "3 scenarios: 1 passed, 1 failed, 1 skipped (6 attempts: 3 passed, 1 failed, 1 in error, 1 skipped)"
            ),
            ([], "nothing ran"),
        ] as [([[Verdict]], String)])
    func scenariosAndAttemptsAreTwoNumbers(_ verdicts: [[Verdict]], _ words: String) throws {
        let events = verdicts.enumerated().flatMap { index, verdicts -> [Event] in
            [.plan(Sample.scenario("topic.\(index)"))]
                + verdicts.enumerated().map {
                    Sample.finished(Attempt(scenario: "topic.\(index)", number: $0 + 1), $1, reason: "because")
                }
        }
        let record = try RunRecord([.run(Sample.header)] + events + [.end(RunEnd(duration: 1))])
        #expect(RunSummary(record).words == words)
        #expect(RunSummary(record).scenarios.total == verdicts.count)
        #expect(RunSummary(record).attempts.total == verdicts.map(\.count).reduce(0, +))
    }

    private func record(_ verdicts: [Verdict], interrupted: String?) throws -> RunRecord {
        let events = verdicts.enumerated().flatMap { index, verdict -> [Event] in
            let attempt = Attempt(scenario: "topic.\(index)", number: 1)
            return [.plan(Sample.scenario(attempt.scenario)), Sample.finished(attempt, verdict, reason: "because")]
        }
        return try RunRecord(
            [.run(Sample.header)] + events + [.end(RunEnd(duration: 1, interrupted: interrupted))])
    }
}
