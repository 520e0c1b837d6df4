import History
import Record
import Testing

@Suite struct HistoryTests {
    /// What a run measures several times is a series each, over the runs.
    @Test func repeatedMeasurementsAreSeriesOfTheirOwn() throws {
        let history = try History(path: nil)
        for day in 1...3 {
            var run = try sampleRun(day: day, .passed, value: Double(10 * day))
            let place = try #require(run.attempts.firstIndex { $0.attempt.scenario == "open.three-way" })
            var second = run.attempts[place].measurements[0]
            second.value += 1
            run.attempts[place].measurements.append(second)
            #expect(try history.add(run))
        }
        let trend = try #require(history.trends(of: ["open.three-way"]).first)
        #expect(trend.series.map(\.name) == ["gap", "gap #2"])
        #expect(trend.series.map { $0.values.map(\.value) } == [[10, 20, 30], [11, 21, 31]])
    }

    @Test func saysSinceWhen() throws {
        let history = try History(path: nil)
        for (day, verdict) in zip(1..., [.passed, .passed, .failed, .passed, .failed, .failed] as [Verdict]) {
            #expect(try history.add(sampleRun(day: day, release: day < 5 ? "6.12.0" : "6.12.1", verdict)))
        }
        let trends = try history.trends()
        #expect(trends.map(\.scenario) == ["close.simultaneous", "open.three-way"])
        let trend = try #require(trends.last)
        #expect(trend.track == "6.12 scaled host")
        #expect(trend.flips == 3)
        #expect(trend.since?.startedAt == "2026-11-05T02:00:00Z" && trend.since?.release == "6.12.1")
        #expect(trend.before?.startedAt == "2026-11-04T02:00:00Z")
        #expect(
            TrendWords(trends).text == """
                6.12 scaled host  (6.12.0, 6.12.1)
                  close.simultaneous  ......  passed in all 6 runs
                  open.three-way      ..F.FF  failed since 2026-11-05 on 6.12.1; passed until 2026-11-04 on 6.12.0; 3 changes in 6 runs

                . passed  F failed  E error  s skipped  v passed, but in another way

                """)
    }

    @Test func anotherVariantIsAChange() throws {
        let history = try History(path: nil)
        for (day, variant) in zip(1..., ["old", "old", "new"]) {
            try history.add(sampleRun(day: day, .passed, variant: variant))
        }
        let trend = try #require(history.trends(of: ["open.three-way"]).first)
        #expect(TrendWords([trend]).strip(trend) == "..v")
        #expect(
            TrendWords([trend]).story(trend)
                == "passed (new) since 2026-11-03 on 6.12.0; passed (old) until 2026-11-02 on 6.12.0")
    }

    @Test func tracksAreKeptApartAndOnlyTheLastRunsAreShown() throws {
        let history = try History(path: nil)
        for day in 1...9 { try history.add(sampleRun(day: day, .passed)) }
        try history.add(sampleRun(day: 9, release: "6.1.5", .failed))
        let trends = try history.trends(of: ["open.three-way"], last: 4)
        #expect(trends.map(\.track) == ["6.1 scaled host", "6.12 scaled host"])
        #expect(trends.map(\.points.count) == [1, 4])
        #expect(trends[1].points.first?.startedAt == "2026-11-06T02:00:00Z")
    }

    @Test func theSameRunIsKeptOnce() throws {
        let history = try History(path: nil)
        let run = try sampleRun(day: 1, .passed)
        #expect(try history.add(run))
        #expect(try !history.add(run))
        #expect(try history.trends().map(\.points.count) == [1, 1])
    }

    @Test func aRunWithoutATimeIsRefused() throws {
        var run = try sampleRun(day: 1, .passed)
        run.header.startedAt = nil
        #expect(throws: HistoryError.self) { try History(path: nil).add(run) }
    }

    @Test func measurementsBecomePlots() throws {
        let history = try History(path: nil)
        for (day, value) in zip(1..., [60.0, 60.5, 64.25]) {
            try history.add(sampleRun(day: day, day == 3 ? .failed : .passed, value: value))
        }
        let trends = try history.trends(of: ["open.three-way"])
        #expect(trends.first?.series.first?.values.map(\.value) == [60, 60.5, 64.25])
        let page = TrendPage(trends).html
        #expect(page.contains("gap, 60.0 to 64.25 s"))
        #expect(page.contains(#"<i class="failed" title="2026-11-03T02:00:00Z 6.12.0: failed – a &lt;reason&gt;""#))
        #expect(page.contains("<polyline points=\"4.0,"))
    }
}
