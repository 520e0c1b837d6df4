import Foundation
import Record
import Report
import Testing

@Suite struct SummaryTests {
    private static let kinds = [
        Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted, [.run(Sample.header)],
    ]

    private func runs(_ events: [Event] = Sample.events) throws -> [(name: String, record: RunRecord)] {
        [("6.12.0", try RunRecord(events, truncation: events.count == 8 ? "cut off after line 8" : nil))]
    }

    @Test func ktapAsExpected() throws { try Fixture.expect(KTAP.document(runs()), equals: "summary.ktap") }

    @Test func markdownAsExpected() throws {
        try Fixture.expect(SummaryMarkdown.document(runs()), equals: "summary.md")
    }

    @Test func jsonAsExpected() throws {
        try Fixture.expect(String(decoding: SummaryJSON.document(runs()), as: UTF8.self), equals: "summary.json")
    }

    @Test func annotationsAsExpected() throws {
        try Fixture.expect(GitHubAnnotations.text(runs()), equals: "annotations.txt")
    }

    @Test(arguments: kinds)
    func annotationsStayOnTheirLine(_ events: [Event]) throws {
        for line in GitHubAnnotations.text(try runs(events)).split(whereSeparator: \.isNewline) {
            #expect(line.wholeMatch(of: /::(error|warning) [a-z]+=[^:]*::.*/) != nil, "\(line)")
        }
    }

    @Test(arguments: kinds)
    func jsonCountsTheSame(_ events: [Event]) throws {
        let runs = try runs(events)
        let json = try JSONSerialization.jsonObject(with: Data(SummaryJSON.document(runs))) as? [String: Any]
        let run = try #require((json?["runs"] as? [[String: Any]])?.first)
        #expect((run["attempts"] as? [Any])?.count == runs[0].record.outcomes.count)
        let counts = try #require(run["counts"] as? [String: [String: Int]])
        let summary = RunSummary(runs[0].record)
        #expect(counts["attempts"]?["failed"] == summary.attempts[.failed])
        #expect(counts["attempts"]?["total"] == runs[0].record.outcomes.count)
        #expect(counts["scenarios"]?["total"] == Set(runs[0].record.outcomes.map(\.scenario.id)).count)
    }

    /// Plans and numbers, at each level of indentation, as the format's document wants them.
    @Test(arguments: kinds)
    func ktapIsWellFormed(_ events: [Event]) throws {
        let one = try runs(events)
        for document in [KTAP.document(one), KTAP.document(one + [("7.2", one[0].record)])] {
            var plans: [Int: (planned: Int, seen: Int)] = [:]
            #expect(document.hasPrefix("KTAP version 1\n1.."))
            for line in document.split(separator: "\n") {
                let level = line.prefix { $0 == " " }.count
                let text = line.dropFirst(level)
                if let plan = text.wholeMatch(of: /1\.\.(\d+)/) {
                    plans[level] = (Int(plan.1) ?? -1, 0)
                } else if let result = text.wholeMatch(of: /(ok|not ok) (\d+) [^#]*( # (SKIP|ERROR).*)?/) {
                    plans[level]?.seen += 1
                    #expect(Int(result.2) == plans[level]?.seen)
                    if let inner = plans.removeValue(forKey: level + 2) { #expect(inner.planned == inner.seen) }
                } else {
                    #expect(text.hasPrefix("#") || text == "KTAP version 1", "\(line)")
                }
            }
            #expect(plans[0]?.planned == plans[0]?.seen)
        }
    }

    /// `tools/testing/kunit` of a kernel's source, in `KUNIT_TOOLS`, reads it and counts the same.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["KUNIT_TOOLS"] != nil,
            "KUNIT_TOOLS does not name tools/testing/kunit of a kernel's source"),
        arguments: [Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted])
    func theKernelsParserAgrees(_ events: [Event]) throws {
        let runs = try runs(events)
        let script = """
            import os, sys
            sys.path.insert(0, os.environ["KUNIT_TOOLS"])
            import kunit_parser
            lines = sys.stdin.read().splitlines()
            result = kunit_parser.parse_run_tests(lines)
            counts = getattr(result, "test", result).counts
            print(counts.passed, counts.failed, counts.crashed, counts.skipped, counts.errors)
            """
        let answer = try #require(Tool("python3")).run(["-c", script], input: Array(KTAP.document(runs).utf8))
        let summary = RunSummary(runs[0].record).attempts
        let failed = summary[.failed] + summary[.error]
        // It prints a report of its own before.
        let last = answer.output.split(separator: "\n").last
        #expect(last == "\(summary[.passed]) \(failed) 0 \(summary[.skipped]) 0", "\(answer.output)")
    }
}
