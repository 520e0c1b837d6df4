import Foundation
import Record
import Report
import Testing

/// What KernelCI's common database is given.
@Suite struct KCIDBTests {
    private static let kinds = [
        Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted, [.run(Sample.header)],
    ]

    private func runs(_ events: [Event] = Sample.events) throws -> [(name: String, record: RunRecord)] {
        [("6.12.0", try RunRecord(events, truncation: events.count == 8 ? "cut off after line 8" : nil))]
    }

    private func json(_ bytes: [UInt8]) throws -> [String: [[String: Any]]] {
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return try #require(object).compactMapValues { $0 as? [[String: Any]] }
    }

    @Test func asExpected() throws {
        let document = KCIDB.document(try runs(), from: KCIDB.Origin(name: "tcpwitness"))
        try Fixture.expect(String(decoding: document, as: UTF8.self), equals: "summary.kcidb.json")
    }

    /// A test for each attempt, each with an id of its own, and one for the run that ended early.
    @Test(arguments: kinds)
    func everyAttemptIsATest(_ events: [Event]) throws {
        let runs = try runs(events)
        let record = runs[0].record
        let tests = try #require(try json(KCIDB.document(runs, from: KCIDB.Origin(name: "mine")))["tests"])
        let hasEndedEarly = record.end?.interrupted != nil || record.truncation != nil
        #expect(tests.count == record.outcomes.count + (hasEndedEarly ? 1 : 0))
        #expect(Set(tests.compactMap { $0["id"] as? String }).count == tests.count)
        let counts = Dictionary(grouping: tests.compactMap { $0["status"] as? String }) { $0 }.mapValues(\.count)
        let summary = RunSummary(record).attempts
        #expect(counts["PASS", default: 0] == summary[.passed])
        #expect(counts["FAIL", default: 0] == summary[.failed])
        #expect(counts["SKIP", default: 0] == summary[.skipped])
        #expect(counts["ERROR", default: 0] + counts["MISS", default: 0] == summary[.error] + (hasEndedEarly ? 1 : 0))
    }

    /// Kernels that are one build are one build, and a build that is known there is not described again.
    @Test func buildsAreSubmittedOnce() throws {
        let one = try runs()[0]
        var other = one
        other.record.header.kernel.release = "7.2.0"
        let document = try json(KCIDB.document([one, one, other], from: KCIDB.Origin(name: "mine")))
        #expect(document["checkouts"]?.compactMap { $0["comment"] as? String } == ["Linux 6.12.0", "Linux 7.2.0"])
        #expect(document["builds"]?.count == 2)
        let known = try json(KCIDB.document([one], from: KCIDB.Origin(name: "mine", build: "ci:4711")))
        #expect(known["checkouts"] == nil && known["builds"] == nil)
        #expect(known["tests"]?.allSatisfy { $0["build_id"] as? String == "ci:4711" } == true)
    }

    /// The schema that KernelCI itself validates with, of PyPI's kcidb-io.
    @Test(.enabled(if: Tool.canImport("kcidb_io"), "kcidb-io is not installed"), arguments: kinds)
    func theSchemaTakesIt(_ events: [Event]) throws {
        let script = """
            import json, sys, kcidb_io
            kcidb_io.schema.LATEST.validate(json.load(sys.stdin))
            print("valid")
            """
        for origin in [KCIDB.Origin(name: "mine"), KCIDB.Origin(name: "mine", build: "ci:4711")] {
            let document = KCIDB.document(try runs(events), from: origin)
            let answer = try #require(Tool("python3")).run(["-c", script], input: document)
            #expect(answer.output == "valid\n", "\(answer.output.suffix(2000))")
        }
    }
}
