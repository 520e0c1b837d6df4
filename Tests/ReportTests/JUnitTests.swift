import Foundation
import FoundationXML
import Record
import Report
import Testing

@Suite struct JUnitTests {
    @Test func allVerdictsAsExpected() throws {
        let document = JUnit.document([try RunRecord(Sample.events)])
        try Fixture.expect(String(decoding: document, as: UTF8.self), equals: "all-verdicts.xml")
    }

    @Test(
        .enabled(if: Tool("xmllint") != nil, "xmllint is not installed (libxml2-utils)"),
        arguments: [
            Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted, [.run(Sample.header)],
        ])
    func isValid(_ events: [Event]) throws {
        let document = JUnit.document([try RunRecord(events)])
        let answer = try #require(Tool("xmllint")).run(
            ["--noout", "--schema", Fixture.path("junit.xsd"), "-"], input: document)
        #expect(answer.status == 0, "\(answer.output)")
    }

    @Test(.enabled(if: Tool("xmllint") != nil, "xmllint is not installed (libxml2-utils)"))
    func theSchemaRefusesWhatIsWrong() throws {
        let document = String(decoding: JUnit.document([try RunRecord(Sample.events)]), as: UTF8.self)
        for (right, wrong) in [
            ("tests=\"3\"", "tests=\"three\""), ("time=\"1.502\"", "time=\"1.5020\""),
            ("<testsuites>", "<testsuites name=\"x\">"),
            ("name=\"close.ordinary-path #2\"", "name=\"close.ordinary-path\""),
        ] {
            #expect(document.contains(right))
            let answer = try #require(Tool("xmllint")).run(
                ["--noout", "--schema", Fixture.path("junit.xsd"), "-"],
                input: Array(document.replacing(right, with: wrong).utf8))
            #expect(answer.status != 0, "\(wrong) passed")
        }
    }

    @Test(
        .enabled(if: Tool("python3") != nil, "python3 is not installed"),
        arguments: [Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted])
    func twoParsersCountTheSame(_ events: [Event]) throws {
        let record = try RunRecord(events)
        let document = JUnit.document([record])
        let ours = try Counts(document)
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.stdin.buffer).getroot()
            cases = list(root.iter("testcase"))
            print(len(cases), *(sum(case.find(kind) is not None for case in cases)
                                for kind in ("failure", "error", "skipped")),
                  *(sum(int(suite.get(name)) for suite in root.iter("testsuite"))
                    for name in ("tests", "failures", "errors", "skipped")))
            """
        let theirs = try #require(Tool("python3")).run(["-c", script], input: document)
        #expect(theirs.output == "\(ours.elements) \(ours.attributes)\n")
        let summary = RunSummary(record).attempts
        #expect(
            ours.elements
                == "\(record.outcomes.count) \(summary[.failed]) \(summary[.error]) \(summary[.skipped])")
        #expect(ours.elements == ours.attributes)
        #expect(Set(ours.names).count == ours.names.count)
    }

    @Test func attachmentsStandOnLinesOfTheirOwn() throws {
        let attached = JUnit.Attachments { _, outcome in
            ["/captures/\(outcome.name).A.pcapng", "/captures/<&>.pcapng"]
        }
        let document = String(
            decoding: JUnit.document([try RunRecord(Sample.events)], attachments: attached), as: UTF8.self)
        #expect(
            document.contains(
                "<system-out>[[ATTACHMENT|/captures/close.simultaneous.A.pcapng]]\n"
                    + "[[ATTACHMENT|/captures/&lt;&amp;&gt;.pcapng]]</system-out>"))
        #expect(document.matches(of: /\[\[ATTACHMENT/).count == 2 * 5)
        #expect(
            try Counts(Array(document.utf8)).elements == Counts(JUnit.document([try RunRecord(Sample.events)])).elements
        )
    }

    /// Two programs that people read JUnit with, from PyPI.
    @Test(
        .enabled(if: Tool.canImport("junitparser", "junit2htmlreport"), "junitparser or junit2html is not installed"),
        arguments: [Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted])
    func itsReadersCountTheSame(_ events: [Event]) throws {
        let record = try RunRecord(events)
        let script = """
            import sys, junitparser, junit2htmlreport.parser
            text = sys.stdin.buffer.read()
            suites = junitparser.JUnitXml.fromstring(text)
            cases = [case for suite in suites for case in suite]
            print(len(cases), sum(any(isinstance(one, junitparser.Failure) for one in case.result) for case in cases))
            report = junit2htmlreport.parser.Junit(xmlstring=text.decode())
            cases = [case for suite in report.suites for case in suite.all()]
            print(len(cases), sum(case.failed() for case in cases))
            assert report.html()
            """
        let document = JUnit.document([record], attachments: JUnit.Attachments { _, _ in ["a.pcapng"] })
        let answer = try #require(Tool("python3")).run(["-c", script], input: document)
        let summary = RunSummary(record).attempts
        let lines = answer.output.split(separator: "\n")
        #expect(lines.first == "\(record.outcomes.count) \(summary[.failed])", "\(answer.output)")
        // This one calls errors failures too.
        #expect(lines.last == "\(record.outcomes.count) \(summary[.failed] + summary[.error])", "\(answer.output)")
    }

    @Test func whatWasCutOffIsAnError() throws {
        let errors = try RunRecord(Sample.cutOff, truncation: "cut off after line 8").outcomes
            .filter { $0.verdict == .error }.map(\.reason)
        #expect(
            errors == [
                "close.simultaneous did not finish: the record is cut off after line 8",
                "open.synack-lost did not start: the record is cut off after line 8",
            ])
    }

    @Test func aDeadLabIsNamedInEveryUnfinishedAttempt() throws {
        let events = Sample.cutOff + [.end(RunEnd(duration: 5, interrupted: "the lab ended: SIGSEGV"))]
        let outcomes = try RunRecord(events).outcomes
        #expect(outcomes.count == 3)
        #expect(outcomes[1].reason == "close.simultaneous did not finish: the lab ended: SIGSEGV")
        #expect(outcomes[2].reason == "open.synack-lost did not start: the lab ended: SIGSEGV")
    }

    @Test func aRunItsUserEndedListsWhatWasFinished() throws {
        let outcomes = try RunRecord(Sample.interrupted).outcomes
        #expect(outcomes.map(\.name) == ["close.ordinary-path"])
    }

    @Test func anAttemptForgottenByAWholeRunIsAnError() throws {
        let outcomes = try RunRecord(Sample.cutOff + [.end(RunEnd(duration: 5))]).outcomes
        #expect(outcomes[2].reason == "open.synack-lost did not start: the run ended without it")
    }
}

extension Sample {
    /// One attempt finished, one under way, one not begun, no end.
    static var cutOff: [Event] {
        let first = Attempt(scenario: "close.ordinary-path", number: 1)
        let second = Attempt(scenario: "close.simultaneous", number: 1)
        return [
            .run(header), .plan(scenario("close.ordinary-path")), .plan(scenario("close.simultaneous")),
            .plan(scenario("open.synack-lost")), started(first), started(second),
            .note(NoteFact(attempt: second, at: 7_000_000, text: "the wire is frozen")),
            finished(first, .passed),
        ]
    }

    static var interrupted: [Event] { cutOff + [.end(RunEnd(duration: 5, interrupted: RunStop.interrupted.words))] }

    /// Texts that XML cannot carry or must escape.
    static var hostile: [Event] {
        let attempt = Attempt(scenario: "close.hostile", number: 1)
        let text = "\u{0}\u{8}\u{1b}[31m <&>\"' ]]> \u{fffe}\r\n\t\u{1F980} 同时关闭"
        return [
            .run(header), .plan(scenario("close.hostile", claim: text)), started(attempt),
            .note(NoteFact(attempt: attempt, at: 1, text: text)),
            check(attempt, passed: false, expected: text, seen: text), finished(attempt, .failed, reason: text),
            .end(RunEnd(duration: 1)),
        ]
    }
}

/// What Foundation's parser counts.
private final class Counts: NSObject, XMLParserDelegate {
    private(set) var names: [String] = []
    private var found: [String: Int] = [:]
    private var claimed: [String: Int] = [:]

    var elements: String { words(of: found, ["testcase", "failure", "error", "skipped"]) }
    var attributes: String { words(of: claimed, ["tests", "failures", "errors", "skipped"]) }

    init(_ document: [UInt8]) throws {
        super.init()
        let parser = XMLParser(data: Data(document))
        parser.delegate = self
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
    }

    private func words(of counts: [String: Int], _ names: [String]) -> String {
        names.map { "\(counts[$0, default: 0])" }.joined(separator: " ")
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        found[element, default: 0] += 1
        if element == "testcase", let name = attributes["name"] { names.append(name) }
        if element == "testsuite" {
            for (name, value) in attributes { claimed[name, default: 0] += Int(value) ?? 0 }
        }
    }
}
