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

    private func record(_ verdicts: [Verdict], interrupted: String?) throws -> RunRecord {
        let events = verdicts.enumerated().flatMap { index, verdict -> [Event] in
            let attempt = Attempt(scenario: "topic.\(index)", number: 1)
            return [.plan(Sample.scenario(attempt.scenario)), Sample.finished(attempt, verdict, reason: "because")]
        }
        return try RunRecord(
            [.run(Sample.header)] + events + [.end(RunEnd(duration: 1, interrupted: interrupted))])
    }
}
