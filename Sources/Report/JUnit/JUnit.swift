internal import JUnitXML
package import Record

/// A run as JUnit XML.
///
/// The format's common part has no output in a `testcase`, so the timelines of a topic's attempts stand one after the
/// other in the output of its suite. Repeats that passed, or that failed as many before them, are left out there: they
/// would only make the report a hundred times as long, and the record has them.
package enum JUnit {
    /// The whole document, UTF-8, ending with a newline. Runs in guests name their kernels.
    ///
    /// - Parameter attachments: the files that belong to an attempt, for the extension of the format that Jenkins and
    ///   GitLab read; the report then has output in each testcase.
    package static func document(_ records: [RunRecord], attachments: Attachments? = nil) -> [UInt8] {
        var suites: [TestSuite] = []
        for record in records {
            var topics = record.outcomes.byTopic
            // Where a record breaks off at once, its suite is there to say so.
            if topics.isEmpty, record.truncation != nil { topics = [("tcpwitness", [])] }
            for (topic, outcomes) in topics {
                suites.append(
                    TestSuite(
                        id: suites.count, topic: topic, outcomes: outcomes,
                        record: record
                    ) { outcome in attachments?.paths(record, outcome) ?? [] })
            }
        }
        return TestSuites(suites).bytes
    }

    /// Says which files belong to an attempt, by the paths that readers are to find them under.
    package struct Attachments {
        fileprivate let paths: (RunRecord, Outcome) -> [String]

        package init(paths: @escaping (RunRecord, Outcome) -> [String]) { self.paths = paths }
    }
}

extension RunHeader {
    /// The kernel's release for names of suites; nil for the machine's own kernel.
    fileprivate var guestKernel: String? { place == "host" ? nil : kernel.release }

    fileprivate var properties: [(String, String)] {
        [
            ("kernel release", kernel.release), ("kernel version", kernel.version), ("machine", kernel.machine),
            ("lane", lane.rawValue), ("link", link.rawValue), ("place", place), ("tool", tool),
        ].map { ($0.0, $0.1.oneLine) } + (shuffle.map { [("shuffle", String($0))] } ?? [])
            + limits.enumerated().map { ("limit \($0.offset + 1)", $0.element.oneLine) }
    }
}

extension TestSuite {
    fileprivate init(
        id: Int, topic: String, outcomes: [Outcome], record: RunRecord, attached: (Outcome) -> [String]
    ) {
        let header = record.header
        let told = outcomes.filter { !$0.isBrief && ($0.verdict != .passed || $0.isFirst || !$0.again.isEmpty) }
        let timelines = told.map { outcome in
            let title = outcome.name + (outcome.variant.map { "  (variant \($0))" } ?? "")
            return ([title] + outcome.againLines.map { "  \($0)" } + outcome.timeline).joined(separator: "\n")
        }
        self.init(
            id: id, name: (header.guestKernel.map { "\($0) " } ?? "") + topic, startedAt: header.startedAt,
            time: seconds(outcomes.map(\.duration).reduce(0) { $0.plus($1) }, decimals: 3),
            // The format counts test cases, which are attempts.
            properties: header.properties + [
                ("scenarios", String(Set(outcomes.map(\.scenario.id)).count)), ("attempts", String(outcomes.count)),
            ],
            cases: outcomes.map { TestCase($0, header, attached: attached($0)) },
            output: timelines.joined(separator: "\n\n"),
            // All that was planned may have finished before what follows was lost.
            errorOutput: record.truncation.map { "the record is \($0)" }
                ?? record.end?.console?.told.joined(separator: "\n") ?? "")
    }
}

extension TestCase {
    fileprivate init(_ outcome: Outcome, _ header: RunHeader, attached: [String]) {
        // Readers make a hierarchy of the dots, in which a kernel is one level.
        let kernel = header.guestKernel.map { String($0.map { $0 == "." ? "_" : $0 }) + "." } ?? ""
        // A line for each attached file, in the form that Jenkins and GitLab look for.
        let lines = outcome.againLines + attached.map { "[[ATTACHMENT|\($0)]]" }
        self.init(
            classname: "tcpwitness.\(kernel)\(outcome.scenario.topic)", name: outcome.name,
            time: seconds(outcome.duration, decimals: 3), trouble: outcome.trouble,
            output: lines.isEmpty ? nil : lines.joined(separator: "\n"))
    }
}

extension Outcome {
    fileprivate var trouble: TestCase.Trouble? {
        let message = (reason ?? "no reason given").oneLine
        let body = ([heading(verdict: verdict.word)] + explanation).joined(separator: "\n")
        return switch verdict {
        case .passed: nil
        case .failed: .failure(message: message, type: "expectation", body: body)
        case .error: .error(message: message, type: "harness", body: body)
        case .skipped: .skipped(message: message)
        }
    }
}
