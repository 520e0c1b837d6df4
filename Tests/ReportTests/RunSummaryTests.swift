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

    /// A counter that is off by one does not come before the state that explains it.
    @Test func statesComeBeforeCounters() throws {
        let attempt = Attempt(scenario: "topic.count", number: 1)
        func check(_ witness: String, _ expected: String) -> Event {
            .check(
                Check(
                    attempt: attempt, at: 1, status: .broken, expected: expected, seen: "else", witnesses: [witness],
                    wire: nil, location: "A.swift:1"))
        }
        let record = try RunRecord([
            .run(Sample.header), .plan(Sample.scenario("topic.count")), check("counters", "one reset"),
            check("trace", "client passes CLOSING"), check("netlink", "client CLOSING"),
            Sample.finished(attempt, .failed, reason: "one reset"), .end(RunEnd(duration: 1)),
        ])
        let outcome = try #require(record.outcomes.first)
        #expect(outcome.failedChecks.map(\.expected) == ["client passes CLOSING", "client CLOSING", "one reset"])
        #expect(outcome.finding == "expected client passes CLOSING, seen else")
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
