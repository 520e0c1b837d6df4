internal import Compare
internal import History
internal import Record
internal import Report

extension Target {
    /// Records and streams, with everything that is made of them.
    static let records = [
        Target("reports of a record", isText: true, SampleRecord.all) { try reports(RunRecord($0)) },
        Target("comparisons of records", isText: true, SampleRecord.all) { try comparisons(RunRecord($0)) },
        Target("a lab's stream", isText: true, SampleRecord.all) { try stream($0) },
        Target("a baseline", isText: true, [SampleRecord.baseline]) { bytes in
            let baseline = try Baseline(json: bytes)
            _ = baseline.check(SampleRecord.run).map(\.line)
            _ = baseline.updated(with: SampleRecord.run, knowing: []).json
        },
    ]

    private static func reports(_ run: RunRecord) throws {
        let runs = [(name: "Linux \(run.header.kernel.release)", record: run)]
        _ = JUnit.document([run])
        _ = HTMLReport.document(runs, comparisons: [], titles: [:])
        _ = KTAP.document(runs)
        _ = SummaryJSON.document(runs)
        _ = SummaryMarkdown.document(runs)
        _ = GitHubAnnotations.text(runs)
        _ = Console(colour: true).conclusion(run).folded(to: 80)
        for outcome in run.outcomes {
            _ = FileName.distinct(Capture.all(outcome, header: run.header).map(\.name))
            _ = LadderText(width: 80, unicode: true, colour: true, showsMinor: true).render(Ladder(outcome))
            _ = OutcomeText(outcome, header: run.header, colour: true).text
        }
        // Nothing that is in a record may command a terminal.
        for text in [run.header.kernel.release, run.header.place] + run.outcomes.map(\.name) {
            precondition(text.plain == text, "a control character came through")
        }
    }

    private static func comparisons(_ run: RunRecord) throws {
        let comparison = Comparison([("one", SampleRecord.run), ("two", run)], knowing: [])
        for detail in [Telling.Detail.counts, .lines, .everything] {
            _ = comparison.text(Telling(detail, width: 60))
            _ = comparison.markdown(Telling(detail))
        }
        _ = comparison.json()
        _ = comparison.junit
        _ = Baseline(series: "6.12", kernel: "6.12.0").updated(with: run, knowing: []).json
        let history = try History(path: nil)
        try history.add(run)
        let trends = try history.trends()
        _ = TrendWords(trends).text
        _ = TrendPage(trends).html
        if let shard = run.header.shard {
            let contents = RecordContents(of: run)
            _ = try merge([(name: "one", contents: contents), (name: "\(shard.words)", contents: contents)], order: [])
        }
    }

    /// In pieces, as it comes through a pipe or a guest's memory.
    private static func stream(_ bytes: [UInt8]) throws {
        var lines = LineBuffer()
        var guardian = StreamGuard(SampleRecord.assignment)
        var console = Console(colour: true, detail: .verbose, width: 80)
        var progress = Progress()
        let decoder = RecordDecoder()
        var events: [Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            for line in try lines.add(Array(rest.prefix(1000))) {
                guard let event = try decoder.entry(line).event else { continue }
                let admitted = try guardian.admit(event)
                events.append(admitted)
                _ = console.render(admitted)
                progress.add(admitted, now: 0)
                _ = progress.words(now: .max)
            }
            rest = rest.dropFirst(1000)
        }
        let run = try RunRecord(events)
        // What nobody asked for, or judged, never counts as passed.
        for attempt in run.attempts where attempt.finished?.verdict == .passed {
            precondition(attempt.checks.contains { $0.isJudged } && !attempt.checks.contains { $0.isBroken })
            precondition(SampleRecord.assignment.attempts[attempt.attempt.scenario] != nil)
        }
    }
}

extension RecordContents {
    /// A record with no more than the plan of a run.
    fileprivate init(of run: RunRecord) {
        let encoder = RecordEncoder()
        let events = [.run(run.header)] + run.plan.map { Event.plan($0) }
        // What has been read can be read again.
        do {
            try self.init(events.flatMap { encoder.line($0) })
        } catch {
            preconditionFailure("what was read is not read again: \(error)")
        }
    }
}
