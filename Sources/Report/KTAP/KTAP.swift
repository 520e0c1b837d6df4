package import Record

/// Runs as KTAP (Documentation/dev-tools/ktap.rst of the kernel): topics as tests, attempts as their subtests.
package enum KTAP {
    /// The whole text; several runs become a level of their own above the topics.
    package static func document(_ runs: [(name: String, record: RunRecord)]) -> String {
        let tests = runs.map { run in
            Test(name: "Linux \(run.name)", subtests: topics(run.record), diagnostics: diagnostics(run.record))
        }
        let top = tests.count == 1 ? tests[0] : Test(name: "", subtests: tests, diagnostics: [])
        return top.body(indentation: "", isTop: true).map { $0.plain + "\n" }.joined()
    }

    private static func topics(_ record: RunRecord) -> [Test] {
        record.outcomes.byTopic.map { Test(name: $0.topic, subtests: $0.outcomes.map(Test.init), diagnostics: []) }
    }

    private static func diagnostics(_ record: RunRecord) -> [String] {
        let header = record.header
        let ending = record.end?.interrupted ?? record.truncation.map { "the record is \($0)" }
        return [
            "\(header.tool) on Linux \(header.kernel.release) \(header.kernel.machine), \(header.laneWords), "
                + "link \(header.link.rawValue), \(header.place)"
        ] + [RunSummary(record).words] + header.limits + [ending].compactMap(\.self)
            + (record.end?.console?.told.map { "console  \($0)" } ?? [])
    }
}

private struct Test {
    enum Result {
        case ok
        case notOK
        /// Directives that the format knows: SKIP, ERROR.
        case directive(ok: Bool, String)
    }

    let name: String
    var subtests: [Test]
    var diagnostics: [String]
    var result: Result

    init(name: String, subtests: [Test], diagnostics: [String]) {
        self.name = name.oneLine.replacing("#", with: "")
        self.subtests = subtests
        self.diagnostics = diagnostics
        result = subtests.allSatisfy(\.isOK) ? .ok : .notOK
        let areSkipped = !subtests.isEmpty && subtests.allSatisfy(\.isSkipped)
        if areSkipped { result = .directive(ok: true, "SKIP") }
    }

    init(_ outcome: Outcome) {
        // A "#" would begin a directive.
        name = outcome.name.replacing(" #", with: " attempt ")
        subtests = []
        let reason = (outcome.reason ?? "").oneLine.replacing("#", with: "")
        diagnostics = outcome.isBad ? outcome.explanation : []
        diagnostics += outcome.againLines
        if let variant = outcome.variant { diagnostics.append("variant \(variant)") }
        result =
            switch outcome.verdict {
            case .passed: .ok
            case .failed: .notOK
            case .error: .directive(ok: false, "ERROR \(reason)")
            case .skipped: .directive(ok: true, "SKIP \(reason)")
            }
    }

    var isOK: Bool {
        switch result {
        case .ok, .directive(ok: true, _): true
        case .notOK, .directive(ok: false, _): false
        }
    }

    var isSkipped: Bool {
        if case .directive(ok: true, _) = result { true } else { false }
    }

    /// Version, plan and subtests.
    func body(indentation: String, isTop: Bool = false) -> [String] {
        var lines = ["KTAP version 1"]
        if !isTop { lines.append("# Subtest: \(name)") }
        lines.append("1..\(subtests.count)")
        lines += diagnostics.map { "# \($0.oneLine)" }
        for (index, test) in subtests.enumerated() { lines += test.lines(number: index + 1) }
        return lines.map { indentation + $0 }
    }

    private func lines(number: Int) -> [String] {
        let told = diagnostics.filter { !$0.isEmpty }.map { "# \(name): \($0.oneLine)" }
        let inner = subtests.isEmpty ? told : body(indentation: "  ")
        let directive =
            if case .directive(_, let words) = result { " # \(words)" } else { "" }
        return inner + ["\(isOK ? "ok" : "not ok") \(number) \(name)\(directive)"]
    }
}
