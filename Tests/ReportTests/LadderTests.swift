import Record
import Report
import Testing

@Suite struct LadderTests {
    private let attempt = Attempt(scenario: "close.sample", number: 1)

    private func segment(
        _ at: Int64, from: String = "A", flags: String = "F.", fate: Fate, due: Int64? = nil, copies: Int? = nil
    ) -> Event {
        .segment(
            SegmentFact(
                attempt: attempt, at: at, from: from, flags: flags, sequence: 1, acknowledgement: 1, length: 0,
                window: 502, options: [], fate: fate, sourcePort: 40000, destinationPort: 80, due: due,
                copies: copies))
    }

    private func ladder(_ facts: [Event]) -> Ladder { Ladder(facts: facts, failedChecks: []) }

    @Test func aHeldSegmentIsOneArrowWithTwoRows() {
        let ladder = ladder([
            segment(1, fate: .held), segment(2, from: "B", fate: .passed), segment(3, fate: .released),
        ])
        #expect(ladder.arrows.count == 2)
        #expect(ladder.arrows[0].sent == 0)
        #expect(ladder.arrows[0].arrived == 2)
        #expect(ladder.arrows[0].fate == .released)
        #expect(ladder.rows.map(\.host) == ["A", "B", "B"])
    }

    @Test func whatIsHeldForEverOrLostNeverArrives() {
        let ladder = ladder([segment(1, fate: .held), segment(2, fate: .dropped)])
        #expect(ladder.arrows.map(\.arrived) == [nil, nil])
        #expect(ladder.arrows.map(\.fate) == [.held, .dropped])
    }

    @Test func aDelayedSegmentArrivesWhenItIsDue() {
        let ladder = ladder([segment(1, fate: .delayed, due: 50), segment(9, from: "B", fate: .delayed, due: 60)])
        #expect(ladder.rows.map(\.at) == [1, 9, 50, 60])
        #expect(ladder.arrows.map(\.arrived) == [2, 3])
        // One that its attempt did not live to see.
        #expect(self.ladder([segment(1, fate: .delayed)]).arrows[0].arrived == nil)
    }

    @Test func forgedAndDoubledSegmentsAreToldAsSuch() {
        let ladder = ladder([segment(1, fate: .injected), segment(2, fate: .passed, copies: 2)])
        #expect(ladder.arrows.map(\.fate) == [.injected, .passed])
        #expect(ladder.arrows.map(\.copies) == [1, 2])
    }

    @Test func aDiagramHasAnEnd() {
        let ladder = ladder((0..<5000).map { segment($0, fate: .passed) })
        #expect(ladder.rows.count == Ladder.longest + 1)
        #expect(ladder.rows.last?.text == "the rest is in the record")
    }

    @Test(arguments: [
        ("record.jsonl", "open.simultaneous-segment-count"), ("record.jsonl", "open.syn-timeout"),
        ("record.jsonl", "open.syn-recv-visible"), ("record.jsonl", "open.simultaneous-needs-crossing"),
    ])
    func drawnForATerminal(_ file: String, _ id: String) throws {
        let record = try Fixture.record(file)
        let outcome = try #require(record.outcomes.first { $0.scenario.id == id })
        let text = [(80, true), (130, true), (80, false)].map { width, unicode in
            LadderText(width: width, unicode: unicode, colour: false).render(Ladder(outcome))
        }
        for (drawing, width) in zip(text, [80, 130, 80]) {
            #expect(drawing.split(separator: "\n").allSatisfy { $0.count <= width })
        }
        #expect(text[2].allSatisfy { $0.isASCII })
        let story = OutcomeText(outcome, header: record.header, colour: false).text
        try Fixture.expect(([story] + text).joined(separator: "\n"), equals: "ladder-\(id).txt")
    }

    @Test func barsFollowTheStates() throws {
        let record = try Fixture.record("record.jsonl")
        let outcome = try #require(record.outcomes.first { $0.scenario.id == "open.syn-recv-visible" })
        let bars = Ladder(outcome).bars
        let paths = bars.map { bar in
            "\(bar.host) \(bar.name) "
                + bar.spans.map { $0.isSampled ? "(\($0.state))" : $0.state }.joined(separator: " ")
        }
        #expect(paths.contains("A client SYN_SENT ESTABLISHED"))
        // The request is netlink's alone, until the third segment makes a socket of it.
        #expect(paths.contains { $0.hasPrefix("B server (SYN_RECV) SYN_RECV ESTABLISHED") })
        for bar in bars {
            for (one, next) in zip(bar.spans, bar.spans.dropFirst()) { #expect(one.end <= next.begin) }
        }
    }

    @Test func coloursAddNothingElse() throws {
        let record = try Fixture.record("record.jsonl")
        for outcome in record.outcomes {
            let plain = LadderText(width: 100, unicode: true, colour: false).render(Ladder(outcome))
            let painted = LadderText(width: 100, unicode: true, colour: true).render(Ladder(outcome))
            let bare = painted.replacing(/\u{1b}\[[0-9]*m/, with: "")
            // Colour ends behind the spaces that are otherwise cut off.
            #expect(bare.replacing(" ", with: "") == plain.replacing(" ", with: ""))
        }
    }

    @Test(
        arguments: [
            (350_000_000, "350 ms"), (3_020_000_000, "3.02 s"), (7_928_000_000_000, "2 h 12 min"),
            (60_000_000_000 * 60 * 24 * 9, "9 d"), (132_000_000_000, "2 min 12 s"),
        ] as [(Int64, String)])
    func durations(_ nanoseconds: Int64, _ words: String) { #expect(duration(nanoseconds) == words) }
}
