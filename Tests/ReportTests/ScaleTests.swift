import Glibc
import Record
import Report
import Testing

/// Records as large as the reader lets them be.
@Suite struct ScaleTests {
    /// What compares each topic with every other takes a minute for each of these reports.
    @Test func asManyTopicsAsScenarios() throws {
        let attempts = (0..<10_000).map { Attempt(scenario: "topic\($0).only", number: 1) }
        let events =
            [.run(Sample.header)] + attempts.map { Event.plan(Sample.scenario($0.scenario)) }
            + attempts.flatMap { [Sample.started($0), Sample.finished($0, .failed, reason: "why")] }
            + [.end(RunEnd(duration: 1))]
        let record = try RunRecord(Sample.bytes(events))
        let runs = [(name: "6.12.0", record: record)]
        let began = seconds()
        #expect(JUnit.document([record]).count > 1_000_000)
        #expect(HTMLReport.document(runs, comparisons: [], titles: [:]).count > 1_000_000)
        #expect(KTAP.document(runs).utf8.count > 500_000)
        #expect(SummaryMarkdown.document(runs).utf8.count > 500_000)
        #expect(seconds() - began < 60)
    }

    /// Of processor time of this thread: others run beside it.
    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// One more than that is refused, and so is a text without end.
    @Test func moreIsRefused() {
        let plans = (0..<10_001).map { Event.plan(Sample.scenario("topic.s\($0)")) }
        #expect(
            throws: RecordError(
                "line 10002: this record contradicts itself: more than 10000 scenarios are planned")
        ) { try RecordContents(Sample.bytes([.run(Sample.header)] + plans)) }
        let line = Array(repeating: UInt8(ascii: " "), count: RecordDecoder.longestLine + 1)
        #expect(throws: RecordError("line 1: a line is longer than 16777216 bytes")) { try RecordContents(line) }
    }
}
