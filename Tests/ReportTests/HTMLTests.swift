import Compare
import Foundation
import Record
import Report
import Testing

@Suite struct HTMLTests {
    private typealias Runs = [(name: String, record: RunRecord)]

    private func page(_ runs: Runs) -> String {
        let comparisons = runs.count > 1 ? [Comparison(runs, knowing: [])] : []
        let page = HTMLReport.document(runs, comparisons: comparisons, titles: ["001": "A title"])
        return String(decoding: page, as: UTF8.self)
    }

    /// What the page tells its script of each scenario.
    private func data(_ page: String) throws -> [[String: Any]] {
        try page.matches(of: /<script type="application\/json" class="scenario" data-id="[^"]*">(.*)<\/script>/).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.1.utf8)) as? [String: Any])
        }
    }

    @Test(arguments: [Sample.events, Sample.hostile, Sample.cutOff, Sample.interrupted, [.run(Sample.header)]])
    func hasEveryScenario(_ events: [Event]) throws {
        let record = try RunRecord(events, truncation: "cut off after line 8")
        let page = page([("6.12.0", record)])
        #expect(Set(try data(page).map { $0["id"] as? String }) == Set(record.plan.map(\.id)))
        // What asks for attention stands first, whatever the plan's order.
        let order = try #require(page.firstRange(of: "<tbody>")).upperBound
        let shown = page[order...].matches(of: /<tr data-n="\d+" data-id="[^"]+" data-group="([a-z]+)"/).map { $0.1 }
        #expect(shown.count == record.plan.count)
        let ranks = shown.map { ["failed", "error", "skipped", "passed", "none"].firstIndex(of: $0) ?? 9 }
        #expect(ranks == ranks.sorted())
        // Why there is no more of it, in the words of whoever knew.
        #expect(page.contains(record.end?.interrupted ?? "the record is cut off after line 8"))
    }

    @Test func eachGroupSaysHowManyItHas() throws {
        let page = page([("6.12.0", try RunRecord(Sample.events))])
        let said = page.matches(of: /<tr class="group" data-group="([a-z]+)">.*<span class="number">(\d*)<\/span>/)
            .map { "\($0.1) \($0.2)" }
        let rows = page.matches(of: /<tr data-n="\d+" data-id="[^"]+" data-group="([a-z]+)"/).map { String($0.1) }
        #expect(said.count > 1)
        #expect(Set(said) == Set(Dictionary(grouping: rows) { $0 }.map { "\($0) \($1.count)" }))
    }

    @Test func hostileTextStaysText() throws {
        var events = Sample.hostile
        let attempt = Attempt(scenario: "close.hostile", number: 1)
        let text = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>"
        events.insert(.note(NoteFact(attempt: attempt, at: 2, text: text)), at: 4)
        let page = page([("6.12.0", try RunRecord(events))])
        #expect(!page.contains("alert(1)</script>"))
        #expect(!page.contains("<img"))
        #expect(try data(page).count == 1)
    }

    @Test func documentsHaveTheirTitles() throws {
        let data = try data(page([("6.18.44", try Fixture.record("record.jsonl"))]))
        let cites = data.compactMap { $0["cites"] as? [String] }.joined()
        #expect(cites.contains { $0.hasPrefix("document 001, ") && $0.hasSuffix(" (A title)") })
        #expect(cites.contains("RFC 9293, 3.3.2"))
    }

    /// The kernel is the headline; what documents say of it are notes, one for each thing said.
    @Test(
        arguments: [
            ([Citation(source: "RFC 9293", section: "3.6")], []),
            ([Citation(source: "001", standing: .holds)], ["document 001 says the same"]),
            (
                [
                    Citation(source: "001", standing: .differs, text: "A text."), Citation(source: "RFC 9293"),
                    Citation(source: "003", standing: .differs, text: "A text."),
                ], ["document 001, 003 say nearly the same: A text."]
            ),
            (
                [
                    Citation(source: "001", standing: .refuted, text: "A text."),
                    Citation(source: "001", standing: .refuted, text: "A text."),
                    Citation(source: "003", standing: .holds),
                ], ["document 001 says otherwise: A text.", "document 003 says the same"]
            ),
            (
                [
                    Citation(source: "RFC 9293", section: "MUST-24", standing: .holds, text: "On and off."),
                    Citation(source: "RFC 9293", section: "MUST-25", standing: .holds, text: "Off."),
                    Citation(source: "RFC 9293", section: "MUST-23", standing: .refuted, text: "Three minutes."),
                    Citation(source: "RFC 9293", section: "SHLD-9", standing: .refuted, text: "Told."),
                    Citation(source: "listen(2)", section: "again", standing: .unstated, text: "Again."),
                    Citation(source: "tcp(7)", section: "TCP_CORK", standing: .holds, text: "Corks.", part: "the time"),
                ],
                [
                    "RFC 9293 MUST-24, MUST-25 say the same", "RFC 9293 MUST-23 says otherwise: Three minutes.",
                    "RFC 9293 SHLD-9 says otherwise: Told.", "listen(2) again does not say",
                    "tcp(7) TCP_CORK says the same (only the time)",
                ]
            ),
        ] as [([Citation], [String])])
    func documentsAreNotes(_ citations: [Citation], _ notes: [String]) throws {
        var scenario = Sample.scenario("close.noted")
        scenario.citations = citations
        #expect(scenario.standings.map(\.line) == notes)
        let record = try RunRecord([.run(Sample.header), .plan(scenario)])
        let page = page([("6.12.0", record)])
        #expect(!page.contains("badge"))
        let standings = try data(page)[0]["standings"] as? [Any]
        #expect(standings?.count == notes.count)
        #expect(page.contains("data-standing=\"uncited\"") == notes.isEmpty)
    }

    @Test func needsNothingFromElsewhere() throws {
        let page = page([("6.18.44", try Fixture.record("record.jsonl"))])
        #expect(page.firstMatch(of: /(src|href)="(https?:)?\/\//) == nil)
        #expect(page.firstMatch(of: /@import|url\(|fetch\(|XMLHttpRequest/) == nil)
    }

    @Test func tellsWhatChanged() throws {
        let (old, new) = try Sample.twoKernels()
        let page = page([("6.1.0", old), ("6.12.0", new)])
        let changes = try data(page).compactMap { $0["steps_between"] as? [[String: Any]] }
        #expect(changes.contains { !$0.isEmpty })
        #expect(page.contains("data-differs"))
    }

    /// Five kernels with 145 scenarios, each as long as the longer of real ones, stay below 15 MB.
    @Test func staysSmall() throws {
        let page = page(try Sample.many())
        #expect(page.utf8.count < 15_000_000, "\(page.utf8.count)")
        #expect(try data(page).count == 145)
    }

    /// Clicks through filter, scenario and comparison, as the script beside this file says.
    @Test(
        .enabled(if: Tool("chromium") != nil && Tool("python3") != nil, "chromium or python3 is not installed"))
    func worksInABrowser() throws {
        let (old, new) = try Sample.twoKernels()
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let small = directory.appending(path: "small.html")
        let large = directory.appending(path: "large.html")
        try page([("6.1.0", old), ("6.12.0", new)]).write(to: small, atomically: true, encoding: .utf8)
        try page(Sample.many()).write(to: large, atomically: true, encoding: .utf8)
        let script = Fixture.directory.deletingLastPathComponent().appending(path: "Browser/click_through.py")
        let answer = try #require(Tool("python3")).run([script.path(), small.path(), large.path()], input: [])
        #expect(answer.status == 0, "\(answer.output)")
    }
}

extension Sample {
    /// SYN/ACK with all usual options, as a kernel sends it.
    private static let synAck: [UInt8] = [
        0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00,
        0x45, 0, 0, 0x3c, 0, 0, 0x40, 0, 0x40, 6, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1,
        0x13, 0x88, 0xda, 0x9c, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xa0, 0x12, 0xfe, 0x88, 0xbe, 0xef, 0,
        0,
        2, 4, 5, 0xb4, 4, 2, 8, 10, 10, 11, 12, 13, 1, 2, 3, 4, 1, 3, 3, 7,
    ]

    /// The same run on two kernels, of which the later shows another variant, fails one scenario and sends less.
    static func twoKernels() throws -> (RunRecord, RunRecord) {
        let told = ["open.syn-recv-visible", "open.syn-timeout", "open.simultaneous-segment-count"]
        let old = try Fixture.events("record.jsonl").filter { event in
            if case .plan(let scenario) = event { return told.contains(scenario.id) }
            return event.attempt.map { told.contains($0.scenario) } ?? true
        }.map { event in
            guard case .segment(var fact) = event else { return event }
            fact.frame = FrameBytes(synAck)
            return .segment(fact)
        }
        let new = old.compactMap { event -> Event? in
            switch event {
            case .run(var header):
                header.kernel.release = "6.12.0"
                return .run(header)
            case .finished(var finished) where finished.attempt.scenario == "open.syn-recv-visible":
                finished.verdict = .failed
                finished.reason = "the wire carries <RST"
                return .finished(finished)
            case .finished(var finished):
                finished.variant = "another"
                return .finished(finished)
            case .transition(let fact) where fact.new == "SYN_SENT": return nil
            default: return event
            }
        }
        return (try RunRecord(old), try RunRecord(new))
    }

    /// Five kernels with 145 scenarios.
    static func many() throws -> [(name: String, record: RunRecord)] {
        let record = try Fixture.record("record.jsonl")
        let template = record.attempts[0]
        return ["5.10", "6.1", "6.12", "6.18", "7.2"].map { name in
            var run = record
            run.header.kernel.release = name
            run.plan = (0..<145).map { number in
                var scenario = template.scenario
                scenario.id = "topic\(number % 12).scenario-\(number)"
                return scenario
            }
            run.attempts = run.plan.map { scenario in
                var attempt = template
                attempt.scenario = scenario
                attempt.attempt = Attempt(scenario: scenario.id, number: 1)
                attempt.facts += attempt.facts + attempt.facts
                return attempt
            }
            return (name, run)
        }
    }
}
