import Compare
import Record
import Report
import Testing

/// Records whose values or lines cannot be true.
@Suite struct ContradictionTests {
    private static let attempt = Attempt(scenario: "a.b", number: 1)
    private static let start: [Event] = [.run(Sample.header), .plan(Sample.scenario("a.b")), Sample.started(attempt)]

    private func refusal(_ text: String) -> String? {
        do {
            _ = try RecordContents(Array(text.utf8))
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Every line of a whole record with one of its values replaced, as a text that JSON can hold.
    @Test(
        arguments: [
            ("segment", "\"length\":0", ["-1", "4294967296", "9223372036854775807"]),
            ("segment", "\"at\":1200000", ["-1", "-9223372036854775808", "9223372036854775807"]),
            ("segment", "\"from\":\"A\"", ["\"C\"", "\"\"", "\"client\""]),
            ("segment", "\"flags\":\"F.\"", ["\"\"", "\"QQ\"", "\"FFFFFFFFFF\""]),
            ("segment", "\"window\":502", ["-1", "9223372036854775807"]),
            ("segment", "\"copies\":2", ["-1", "1000000000"]),
            ("segment", "\"due\":5", ["-1", "9223372036854775807"]),
            ("segment", "\"urgent\":7", ["-1", "65536"]),
            (
                "segment", "\"options\":[\"nop\"]",
                [
                    "[\"option 254 (-9 bytes)\"]", "[\"option 254 (9999 bytes)\"]", "[\"option -1 (1 bytes)\"]",
                    "[\"sack \(Array(repeating: "1:2", count: 200).joined(separator: ","))\"]", "[\"mss 65536\"]",
                    "[\"ts -1 ecr 0\"]", "[\"wscale 999\"]",
                    "[\(Array(repeating: "\"nop\"", count: 41).joined(separator: ","))]",
                ]
            ),
            ("call", "\"took\":90000", ["-1", "9223372036854775807"]),
            ("call", "\"result\":0", ["9223372036854775807", "-9223372036854775808"]),
            ("call", "\"host\":\"A\"", ["\"Z\""]),
            ("row", "\"expires\":200", ["-1", "9223372036854775807"]),
            ("row", "\"sendQueue\":1", ["-1", "9223372036854775807"]),
            ("row", "\"receiveQueue\":2", ["-1"]),
            ("row", "\"retransmits\":3", ["-1"]),
            ("transition", "\"kernelSocket\":1", ["-1", "9223372036854775807"]),
            ("counters", "\"TCPTimeouts\":1", ["9223372036854775807"]),
            ("hosts", "\"10.0.0.1\"", ["\"\"", "\"A\""]),
            ("note", "\"voidsSince\":4", ["-1"]),
            ("measurement", "\"value\":1.5", ["1e999"]),
            ("measurement", "\"within\":0.25", ["-1", "-1e308"]),
            ("finished", "\"duration\":41500000", ["-1", "9223372036854775807"]),
            ("finished", "\"number\":1", ["0", "-9223372036854775808", "9223372036854775807"]),
            ("end", "\"duration\":1600000000", ["-1", "9223372036854775807"]),
            ("end", "\"realDuration\":6", ["-1"]),
            ("run", "\"2026-01-02T03:04:05Z\"", ["\"9999-01-02T03:04:05Z\"", "\"tomorrow\"", "\"-100\""]),
            ("run", "\"count\":3", ["0", "-1", "9223372036854775807"]),
            ("run", "\"index\":2", ["0", "4"]),
            ("run", "\"6.12.0\"", ["\"6.12\\n0\"", "\"\(String(repeating: "6", count: 300))\""]),
            ("plan", "\"nominalSeconds\":0", ["-1", "1e300", "9223372036854775807"]),
            ("plan", "\"id\":\"a.b\"", ["\"\"", "\"../../tmp/evil\"", "\"a b\"", "\".hidden\"", "\"a\\u0000b\""]),
        ] as [(String, String, [String])])
    func aValueOutOfItsBoundsIsRefused(_ kind: String, _ value: String, _ replacements: [String]) throws {
        let whole = String(decoding: Sample.bytes(try Self.everything()), as: UTF8.self)
        #expect(refusal(whole) == nil)
        let lines = whole.split(separator: "\n").map(String.init)
        let number = try #require(lines.firstIndex { $0.contains("\"kind\":\"\(kind)\"") && $0.contains(value) })
        let key = value.contains(":") && !value.hasPrefix("\"2026") ? String(value.prefix { $0 != ":" }) + ":" : ""
        for replacement in replacements {
            var changed = lines
            changed[number] = changed[number].replacing(value, with: key + replacement, maxReplacements: 1)
            let refusal = refusal(changed.map { $0 + "\n" }.joined())
            #expect(refusal?.hasPrefix("line \(number + 1): ") == true, "\(kind) \(value) as \(replacement)")
            #expect(refusal?.contains("\n") == false)
        }
    }

    /// A record with every kind of line and every value that is bounded.
    private static func everything() throws -> [Event] {
        var header = Sample.header
        header.shard = Shard(index: 2, count: 3)
        let segment = SegmentFact(
            attempt: attempt, at: 1_200_000, from: "A", flags: "F.", sequence: 1, acknowledgement: 1, length: 0,
            window: 502, options: ["nop"], fate: .delayed, sourcePort: 1, destinationPort: 2, due: 5, copies: 2,
            urgent: 7)
        return [
            .run(header), .plan(Sample.scenario("a.b")), Sample.started(attempt),
            .hosts(HostsFact(attempt: attempt, at: 0, a: ["10.0.0.1"], b: ["10.0.0.2"])), .segment(segment),
            .call(
                CallFact(
                    attempt: attempt, at: 1, took: 90000, host: "A", process: "p", socket: nil, call: "close",
                    arguments: "", result: 0, errno: nil, output: nil, signals: [])),
            .row(
                RowFact(
                    attempt: attempt, at: 1, host: "A", socket: nil, state: "CLOSE", timer: "off", expires: 200,
                    retransmits: 3, receiveQueue: 2, sendQueue: 1, owned: true, local: "l", remote: "r")),
            .transition(
                TransitionFact(
                    attempt: attempt, at: 1, host: "A", socket: nil, kernelSocket: 1, old: "CLOSE", new: "LISTEN",
                    local: "l", remote: "r")),
            .counters(CountersFact(attempt: attempt, at: 1, host: "A", deltas: ["TCPTimeouts": 1])),
            .note(NoteFact(attempt: attempt, at: 5, text: "a note", voidsSince: 4)),
            .measurement(Measurement(attempt: attempt, name: "time", value: 1.5, unit: "s", comparison: .within(0.25))),
            Sample.finished(attempt, .passed), .end(RunEnd(duration: 1_600_000_000, realDuration: 6)),
        ]
    }

    /// Lines that are fine by themselves, but not together.
    @Test(arguments: [
        (start + [Sample.finished(attempt, .passed), Sample.finished(attempt, .passed)], 5, "a.b finished twice"),
        (start + [Sample.started(attempt)], 4, "a.b started twice"),
        (
            start + [
                Sample.check(attempt, passed: false, expected: "e", seen: "s"), Sample.finished(attempt, .passed),
            ], 5,
            "a.b passed although an expectation was not met"
        ),
        (start + [Sample.finished(Attempt(scenario: "a.b", number: 2), .passed)], 4, "a.b #2 never started"),
        ([.run(Sample.header), Sample.started(attempt)], 2, "a.b was never planned"),
        (start + [.plan(Sample.scenario("a.b"))], 4, "a.b is planned twice"),
        (start + [.run(Sample.header)], 4, "a second header line"),
        ([.plan(Sample.scenario("a.b")), .run(Sample.header)], 1, "the first line is no header"),
        (start + [.end(RunEnd(duration: 1)), .end(RunEnd(duration: 1))], 5, "something comes after the end"),
        (
            start + [Sample.finished(attempt, .failed), Sample.check(attempt, passed: true, expected: "e", seen: "s")],
            5,
            "a.b goes on after it finished"
        ),
        (
            start + [
                .note(NoteFact(attempt: attempt, at: 900_000_000_000, text: "")), Sample.finished(attempt, .failed),
            ],
            5, "a.b was seen to do something long after its end"
        ),
        (
            start + [hosts, hosts], 5, "a.b says twice who its hosts are"
        ),
    ])
    func aContradictionIsOneLine(_ events: [Event], _ line: Int, _ words: String) {
        #expect(throws: RecordError("line \(line): this record contradicts itself: \(words)")) {
            try RecordContents(Sample.bytes(events))
        }
    }

    private static let hosts = Event.hosts(HostsFact(attempt: attempt, at: 0, a: ["10.0.0.1"], b: ["10.0.0.2"]))

    /// Texts lose what would command a terminal where they are read, whichever way they were written.
    @Test(arguments: [
        ("\\u001b[2J", "\\x1b[2J"), ("\\u0000", "\\x00"), ("\\r", "\\x0d"), ("\\b\\f", "\\x08\\x0c"),
        ("\u{7f}", "\\x7f"), ("\u{85}\u{9b}", "\\x85\\x9b"), ("\\u009b", "\\x9b"), ("\u{202e}", "\\u{202e}"),
        ("\\u2066", "\\u{2066}"), ("a\\nb\\tc\\\\u001b", "a\nb\tc\\u001b"), ("四“é", "四“é"),
    ])
    func textsArePlain(_ written: String, _ read: String) throws {
        let line = String(
            decoding: Sample.bytes([.note(NoteFact(attempt: Self.attempt, at: 1, text: "TEXT"))]), as: UTF8.self)
        let bytes = Sample.bytes(Self.start) + Array(line.replacing("TEXT", with: written).utf8)
        guard case .note(let note)? = try RecordContents(bytes).events.last else { throw RecordError("no note") }
        #expect(note.text == read)
        #expect(note.text.plain == note.text)
    }

    /// Reports rest on the reader, but none of them ends the program where they are given more than it lets through.
    @Test func reportsOfImpossibleFacts() throws {
        let numbers: [Int64] = [.min, -1, 0, 1, .max]
        var events = Self.start
        for number in numbers {
            let size = Int(number)
            for options in [
                ["sack \(Array(repeating: "1:2", count: 200).joined(separator: ","))"],
                ["option 254 (\(number) bytes)"],
            ] {
                events.append(
                    .segment(
                        SegmentFact(
                            attempt: Self.attempt, at: number, from: "A", flags: "FS", sequence: .max,
                            acknowledgement: .max, length: size, window: size, options: options, fate: .passed,
                            sourcePort: 1, destinationPort: 2, due: number, copies: size, urgent: size)))
            }
            events += [
                .call(
                    CallFact(
                        attempt: Self.attempt, at: number, took: .max, host: "A", process: "p", socket: nil,
                        call: "close", arguments: "", result: number, errno: nil, output: nil, signals: [])),
                .row(
                    RowFact(
                        attempt: Self.attempt, at: number, host: "B", socket: nil, state: "", timer: "t", expires: size,
                        retransmits: size, receiveQueue: size, sendQueue: size, owned: true, local: "", remote: "")),
                .transition(
                    TransitionFact(
                        attempt: Self.attempt, at: number, host: "A", socket: nil, kernelSocket: size, old: "", new: "",
                        local: "", remote: "")),
                .note(NoteFact(attempt: Self.attempt, at: number, text: "", voidsSince: .min)),
                .measurement(
                    Measurement(
                        attempt: Self.attempt, name: "m", value: number == 0 ? .nan : .infinity, unit: "",
                        comparison: .exact)
                ),
            ]
        }
        for duration in numbers {
            let run = try RunRecord(
                events + [Sample.finished(Self.attempt, .failed, duration: duration), .end(RunEnd(duration: duration))])
            let runs = [(name: "one", record: run), (name: "two", record: run)]
            let outcome = run.outcomes[0]
            #expect(JUnit.document([run, run]).count > 0)
            #expect(HTMLReport.document(runs, comparisons: [Comparison(runs, knowing: [])], titles: [:]).count > 0)
            #expect(SummaryJSON.document(runs).count > 0)
            #expect(!KTAP.document(runs).isEmpty && !SummaryMarkdown.document(runs).isEmpty)
            #expect(!GitHubAnnotations.text(runs).isEmpty)
            #expect(Capture.all(outcome, header: run.header).allSatisfy { $0.bytes.count < 200 << 20 })
            #expect(!LadderText(width: .max, unicode: true, colour: true).render(Ladder(outcome)).isEmpty)
            #expect(!OutcomeText(outcome, header: run.header, colour: true).text.isEmpty)
            var progress = Progress()
            for event in events { progress.add(event, now: duration) }
            #expect(!progress.words(now: duration).isEmpty)
        }
    }

    @Test(arguments: [
        ("..", "_."), (".", "_"), ("", "_"), ("a/b", "a_b"), ("a\0b", "a_b"), ("-rf", "_rf"), ("\u{1b}[2J", "_[2J"),
        ("6.12.0-1 (r.jsonl)", "6.12.0-1 (r.jsonl)"), ("a\nb", "a_b"),
    ])
    func namesOfFiles(_ text: String, _ name: String) {
        #expect(FileName.safe(text) == name)
        #expect(FileName.distinct([text, text]) == [name, "\(name)-2"])
    }
}
