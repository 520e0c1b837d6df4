import Health
import Record
import Testing

/// What is held against the kernel of a whole run, and what becomes of it.
@Suite struct LastWordsTests {
    private struct Case {
        var name: String
        var words: LastWords
        var verdict: Verdict?
        var reason: String
    }

    private static func words(_ fill: (inout LastWords) -> Void) -> LastWords {
        var words = LastWords()
        fill(&words)
        return words
    }

    private static func remainder(taints: [String] = [], failure: String? = nil) -> HealthMonitor.Remainder {
        HealthMonitor.Remainder(findings: [], taints: taints, failure: failure)
    }

    private static let cases = [
        Case(name: "nothing", words: words { $0.add(remainder()) }, verdict: nil, reason: ""),
        Case(
            name: "a leak in a guest", words: words { $0.add(.leakedNamespace, "host A is there") }, verdict: .failed,
            reason: "expected the kernel has nothing to complain of, and keeps nothing; seen host A is there"),
        // On a machine that others use too somebody may look into it.
        Case(
            name: "a leak on a machine",
            words: words { $0.add(.leakedNamespace, "host A is there", unless: "another process may hold it") },
            verdict: .error, reason: "another process may hold it; then expected"),
        Case(
            name: "a leak and a taint",
            words: words {
                $0.add(.leakedNamespace, "host A is there", unless: "another process may hold it")
                $0.add(remainder(taints: ["by a warning"]))
            }, verdict: .failed, reason: "expected the kernel has nothing to complain of, and keeps nothing; seen the"),
        Case(
            name: "memory", words: words { $0.add(.leakedObjects, "3 objects of TCP", lines: ["TCP: 1, 4"]) },
            verdict: .failed, reason: "expected the kernel has nothing to complain of, and keeps nothing; seen 3"),
        Case(
            name: "deaf", words: words { $0.add(remainder(failure: "the log was lost")) }, verdict: .error,
            reason: "the log was lost"),
        Case(
            name: "a leak and deaf",
            words: words {
                $0.add(.leakedObjects, "3 objects of TCP")
                $0.fail("no identifiers")
            }, verdict: .failed, reason: "expected"),
    ]

    @Test(arguments: cases.indices) func isJudged(_ index: Int) throws {
        let one = Self.cases[index]
        let events = one.words.events(at: 5)
        guard let verdict = one.verdict else { return #expect(events.isEmpty) }
        guard case .finished(let end)? = events.last else { throw RecordError("\(one.name) does not finish") }
        #expect(end.verdict == verdict, "\(one.name)")
        #expect(end.reason?.hasPrefix(one.reason) == true, "\(one.name): \(end.reason ?? "")")
        // And it is a record that can be read.
        var consistency = Consistency()
        let header = RunHeader(
            tool: "t", kernel: Kernel(release: "6.12", version: "", machine: "x86_64"), lane: .default, link: .auto,
            place: "guest", startedAt: nil)
        for event in [.run(header)] + events + [.end(RunEnd(duration: 9))] { try consistency.admit(event) }
        #expect(events.allSatisfy { $0.fault == nil })
    }
}
