import Record
import Report
import Testing

/// Runs of which no more is kept than reports tell.
@Suite struct AssemblyTests {
    private static func record(_ events: [Event], _ detail: RunAssembly.Detail) throws -> RunRecord {
        var assembly = RunAssembly(detail)
        for event in events { assembly.add(event) }
        return try assembly.record()
    }

    /// As many attempts as wanted at one scenario, each with a fact and an expectation of its own.
    private static func events(_ verdicts: [Verdict]) -> [Event] {
        let attempts = verdicts.enumerated().flatMap { place, verdict -> [Event] in
            let attempt = Attempt(scenario: "close.simultaneous", number: place + 1)
            return [
                Sample.started(attempt), .note(NoteFact(attempt: attempt, at: 1, text: "the wire is frozen")),
                Sample.check(attempt, passed: true, expected: "a state", seen: "it"),
                Sample.check(attempt, passed: verdict == .passed, expected: "another", seen: "none"),
                .measurement(Measurement(attempt: attempt, name: "life", value: 60, unit: "s", comparison: .exact)),
                Sample.finished(attempt, verdict, reason: verdict == .passed ? nil : "another"),
            ]
        }
        return [.run(Sample.header), .plan(Sample.scenario("close.simultaneous"))] + attempts
            + [.end(RunEnd(duration: 9))]
    }

    @Test func reportsAreTheSame() throws {
        for events in [Sample.events, Self.events([.passed, .passed, .failed, .error, .passed, .skipped])] {
            let (whole, reported) = (try Self.record(events, .whole), try Self.record(events, .reported))
            #expect(JUnit.document([whole]) == JUnit.document([reported]))
            let runs = [whole, reported].map { [(name: "6.12.0", record: $0)] }
            #expect(
                HTMLReport.document(runs[0], comparisons: [], titles: [:])
                    == HTMLReport.document(runs[1], comparisons: [], titles: [:]))
            #expect(KTAP.document(runs[0]) == KTAP.document(runs[1]))
            #expect(SummaryJSON.document(runs[0]) == SummaryJSON.document(runs[1]))
            #expect(SummaryMarkdown.document(runs[0]) == SummaryMarkdown.document(runs[1]))
            #expect(Console(colour: false).conclusion(whole) == Console(colour: false).conclusion(reported))
        }
    }

    /// Nothing is kept of a repeat that passed, nor of the hundredth that failed but what it failed by.
    @Test func isBriefAboutRepeats() throws {
        let verdicts = [Verdict.passed] + (0..<100).flatMap { _ in [Verdict.passed, .failed] }
        let attempts = try Self.record(Self.events(verdicts), .reported).attempts
        #expect(attempts.count == verdicts.count)
        #expect(!attempts[0].isBrief && attempts[0].facts.count == 1 && attempts[0].checks.count == 2)
        for attempt in attempts.dropFirst() {
            if attempt.finished?.verdict == .passed {
                #expect(attempt.isBrief && attempt.facts.isEmpty && attempt.checks.isEmpty)
            } else {
                #expect(attempt.checks.contains { $0.isBroken })
            }
            #expect(attempt.measurements.count == 1)
        }
        let failed = attempts.filter { $0.finished?.verdict == .failed }
        #expect(failed.map(\.isBrief) == (0..<100).map { $0 >= RunAssembly.mostKept })
        #expect(failed.filter { !$0.isBrief }.allSatisfy { $0.facts.count == 1 })
    }

    /// The kernel's own complaint is never left out.
    @Test func keepsWhatTheKernelSaid() throws {
        let attempts = (1...50).map { Attempt(scenario: "close.simultaneous", number: $0) }
        let events = attempts.flatMap { attempt -> [Event] in
            let fact = HealthFact(attempt: attempt, at: 1, kind: .warning, summary: "WARNING", lines: ["WARNING"])
            return [Sample.started(attempt), .health(fact), Sample.finished(attempt, .failed, reason: "WARNING")]
        }
        let run = try Self.record(
            [.run(Sample.header), .plan(Sample.scenario("close.simultaneous"))] + events, .reported)
        #expect(run.outcomes.allSatisfy { $0.health.count == 1 })
    }

    @Test func changesEnds() throws {
        var assembly = RunAssembly(.reported)
        for event in Self.events([.passed, .passed, .error]) { assembly.add(event) }
        #expect(assembly.changeEnds { $0.attempt.number == 2 ? $0.voided("so") : nil })
        #expect(!assembly.changeEnds { _ in nil })
        #expect(try assembly.record().attempts.map { $0.finished?.verdict } == [.passed, .error, .error])
    }
}
