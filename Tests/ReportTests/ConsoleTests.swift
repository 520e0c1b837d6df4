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

    @Test func statusCountsWhatRuns() {
        var console = Console(colour: false)
        for event in Sample.cutOff { _ = console.render(event) }
        #expect(console.status == "1 running, 1 done, 3 scenarios")
    }

    @Test(arguments: [
        (Sample.interrupted, "interrupted; 1 passed in 0.00 s"),
        (Sample.cutOff, "1 passed, 2 in error"),
        ([.run(Sample.header), .end(RunEnd(duration: 0))], "nothing ran in 0.00 s"),
    ])
    func lastLine(_ events: [Event], _ expected: String) throws {
        let text = Console(colour: false).conclusion(try RunRecord(events))
        #expect(text.split(separator: "\n").last.map(String.init) == expected)
    }
}
