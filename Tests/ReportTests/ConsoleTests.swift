import Record
import Report
import Testing

@Suite struct ConsoleTests {
    @Test(arguments: [(false, "console.txt"), (true, "console-colour.txt")])
    func allVerdictsAsExpected(colour: Bool, golden: String) throws {
        var console = Console(colour: colour)
        let lines = Sample.events.map { console.render($0) }.joined()
        try Fixture.expect(lines + console.conclusion(RunRecord(Sample.events)), equals: golden)
    }

    @Test func colourAddsNothingElse() throws {
        var plain = Console(colour: false)
        var painted = Console(colour: true)
        let codes = /\u{1b}\[[0-9]*m/
        for event in Sample.events { #expect(painted.render(event).replacing(codes, with: "") == plain.render(event)) }
    }

    /// Between words, below where the text of the line began; colours have no width, Chinese characters two columns.
    @Test(arguments: [
        ("short", "short"),
        ("  claim     one two three four five six", "  claim     one two three\n            four five six"),
        ("FAILED  a.b  one two three four", "FAILED  a.b  one two three\n             four"),
        ("  unknown change: a.b: one two three", "  unknown change: a.b: one\n    two three"),
        ("\u{1b}[31mFAILED\u{1b}[0m  a.b  one two three", "\u{1b}[31mFAILED\u{1b}[0m  a.b  one two three"),
        ("  a  Where FINs cross (\u{540c}\u{65f6}\u{5173})", "  a  Where FINs cross\n     (\u{540c}\u{65f6}\u{5173})"),
        ("a/path/that/is/longer/than/any/line is", "a/path/that/is/longer/than/any/line\n  is"),
    ])
    func longLinesAreFolded(_ line: String, _ folded: String) {
        #expect((line + "\n").folded(to: 26) == folded + "\n")
    }

    @Test func theQuietTellsWhatFailedAlone() throws {
        var console = Console(colour: false, detail: .quiet)
        #expect(Sample.events.allSatisfy { console.render($0).isEmpty })
        let passed = try RunRecord(Sample.interrupted)
        #expect(console.conclusion(passed) == "\ninterrupted; 1 scenario: 1 passed in 0.00 s\n")
    }

    /// What ended everything before it began is said once, not by each scenario.
    @Test(arguments: [(3, 3), (4, 0)])
    func whatNeverStartedIsToldTogether(_ count: Int, _ blocks: Int) throws {
        let plan = (1...count).map { Event.plan(Sample.scenario("close.number-\($0)")) }
        let end = RunEnd(duration: 0, interrupted: "the lab ended: exit 3")
        let record = try RunRecord([.run(Sample.header)] + plan + [.end(end)])
        let text = Console(colour: false).conclusion(record)
        #expect(text.ranges(of: "\n  claim ").count == blocks)
        #expect(text.matches(of: /the lab ended: exit 3/).count == (blocks == 0 ? 2 : 2 * count + 1))
        #expect(
            text.contains(
                "ERROR   4 scenarios, close.number-1, close.number-2, close.number-3 and others, did not start: "
                    + "the lab ended: exit 3\nthe lab ended: exit 3; 4 scenarios: 4 in error") == (blocks == 0))
    }

    @Test func theVerboseTellsExpectations() {
        var console = Console(colour: false, detail: .verbose)
        let text = Sample.events.map { console.render($0) }.joined()
        #expect(text.contains("  ok      left in FIN_WAIT1: left FIN_WAIT1\n"))
        #expect(text.contains("  NOT     4 segments: 3 segments the last was lost\n"))
    }

    @Test func linesFitIntoTheTerminal() {
        var console = Console(colour: false, width: 50)
        let lines = Sample.events.map { console.render($0) }.joined().split(separator: "\n")
        let told = lines.filter { $0.hasPrefix("passed") || $0.hasPrefix("skipped") }
        #expect(told.contains { $0.contains("…") })
        #expect(told.allSatisfy { $0.count <= 50 })
    }

    @Test func virtualTimeIsToldBesideTheReal() throws {
        let end = RunEnd(duration: 7_927_830_000_000, realDuration: 12_400_000_000)
        let text = Console(colour: false).conclusion(try RunRecord([.run(Sample.header), .end(end)]))
        #expect(text.hasSuffix("nothing ran in 7927.83 s of virtual time, 12.40 s of real time\n"))
    }

    @Test(arguments: [
        (Sample.interrupted, "interrupted; 1 scenario: 1 passed in 0.00 s"),
        (Sample.cutOff, "3 scenarios: 1 passed, 2 in error"),
        ([.run(Sample.header), .end(RunEnd(duration: 0))], "nothing ran in 0.00 s"),
    ])
    func lastLine(_ events: [Event], _ expected: String) throws {
        let text = Console(colour: false).conclusion(try RunRecord(events))
        #expect(text.split(separator: "\n").last.map(String.init) == expected)
    }
}
