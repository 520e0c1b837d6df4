package import Compare
internal import Pages
package import Record

/// Runs as one page that needs nothing but itself: a table of scenarios by kernel, and a ladder diagram for each.
package enum HTMLReport {
    /// The whole page, UTF-8.
    ///
    /// - Parameters:
    ///   - runs: one or more, each with a name that tells it from the others.
    ///   - comparisons: of the same runs, for what changed from one to the next; one for each lane.
    ///   - titles: of the documents that citations name by a number.
    package static func document(
        _ runs: [(name: String, record: RunRecord)], comparisons: [Comparison], titles: [String: String]
    ) -> [UInt8] {
        Array(Page(runs, comparisons, titles).html.text.utf8)
    }
}

/// What the page says; `PageMarkup` has how.
struct Page {
    struct Run {
        let number: Int
        let name: String
        /// The version alone, where that tells the runs apart.
        let short: String
        let counts: [Count]
        /// How many attempts there were, where these are not as many as scenarios.
        let attempts: String?
        let setting: String
        let cautions: [String]
        /// The last lines of a guest's console, where it ended early.
        let console: String?
    }

    struct Count {
        let verdict: String
        let words: String
    }

    /// Scenarios with the same worst verdict, which stand together.
    struct Group {
        let verdict: String
        let title: String
        let rows: [Row]
    }

    struct Row {
        let number: Int
        let id: String
        let topic: String
        let claim: String
        let standing: String
        let verdicts: String
        /// In what kernels differ: `behaviour`, `counters`, `tracepoints`, `unexplained`, and by which changes.
        let differs: String
        let isDifferent: Bool
        let reasons: [Reason]
        let cells: [Cell]
        let data: String
    }

    /// Why a run's attempt did not pass.
    struct Reason {
        let verdict: String
        /// Which run; nil where there is only one.
        let run: String?
        let words: String
    }

    struct Cell {
        let run: Int
        let verdict: String
        let mark: String
        /// Said beside the mark of what deserves attention, where there is room.
        let word: String?
        let time: String
        /// For sorting, in microseconds.
        let took: Int64
        let title: String
    }

    let title: String
    let tool: String
    let runs: [Run]
    /// What all runs have in common, said once.
    let setting: String
    let cautions: [String]
    let topics: [String]
    let groups: [Group]
    /// What changed from each run to the next.
    let news: [HTMLNews]
    let runsData: String

    init(_ runs: [(name: String, record: RunRecord)], _ comparisons: [Comparison], _ titles: [String: String]) {
        let shorts = runs.map { String($0.name.prefix { $0.isNumber || $0 == "." }) }
        let areTold = Set(shorts).count == runs.count && !shorts.contains("")
        let settings = Set(runs.map(\.record.header.setting))
        let isCommon = runs.count > 1 && settings.count == 1
        setting = isCommon ? settings.first ?? "" : ""
        let limits = isCommon ? runs[0].record.header.limits : []
        cautions = limits.filter { limit in runs.allSatisfy { $0.record.header.limits.contains(limit) } }
        let told = (setting, cautions)
        self.runs = runs.enumerated().map {
            Run($1, number: $0, short: areTold ? shorts[$0] : $1.name, besides: told)
        }
        title = "tcpwitness: " + runs.map(\.name).joined(separator: ", ")
        tool = runs.first?.record.header.tool ?? "tcpwitness"
        runsData =
            ScriptValue.list(self.runs.map { .object([("name", .text($0.name)), ("short", .text($0.short))]) }).json
        let outcomes = runs.map { run in Dictionary(grouping: run.record.outcomes) { $0.scenario.id } }
        // In the order of the newest plan; what only an older run has comes last.
        var plan: [ScenarioDescription] = []
        var known: Set<String> = []
        for run in runs.reversed() {
            for scenario in run.record.plan where known.insert(scenario.id).inserted { plan.append(scenario) }
        }
        var seen: Set<String> = []
        topics = plan.map(\.topic).filter { seen.insert($0).inserted }
        let all = comparisons.flatMap(\.steps)
        let steps = Page.changes(all)
        news = all.enumerated().map { HTMLNews($1, number: $0) }
        let names = self.runs.map(\.short)
        var rows: [Verdict?: [Row]] = [:]
        for (number, scenario) in plan.enumerated() {
            let each = outcomes.map { HTMLRun($0[scenario.id] ?? []) }
            let data = HTMLScenario(scenario: scenario, runs: each, changes: steps[scenario.id] ?? [], titles: titles)
            let worst = Verdict.worst(of: each.compactMap { $0?.outcome.verdict })
            rows[worst, default: []].append(Row(data, number: number, names: names))
        }
        groups = (Verdict.gravest.map { $0 } + [nil]).compactMap { verdict in
            rows[verdict].map { Group(verdict: verdict?.rawValue ?? "none", title: verdict.title, rows: $0) }
        }
    }

    /// What changed, by scenario.
    private static func changes(_ steps: [Comparison.Step]) -> [String: [HTMLStep]] {
        var changes: [String: [HTMLStep]] = [:]
        for (number, step) in steps.enumerated() {
            for change in step.scenarios where !change.differences.isEmpty {
                changes[change.scenario.id, default: []].append(
                    HTMLStep(number: number, before: step.before.name, after: step.after.name, change: change))
            }
        }
        return changes
    }
}

extension Verdict? {
    /// Above the rows that have it.
    fileprivate var title: String {
        switch self {
        case .passed: "Passed"
        case .failed: "Failed"
        case .error: "In error"
        case .skipped: "Skipped"
        case nil: "Not run"
        }
    }
}

extension RunHeader {
    fileprivate var setting: String { "\(laneWords), link \(link.rawValue), \(place)" }
}

extension Page.Run {
    /// - Parameter besides: what is said of all runs together.
    init(
        _ run: (name: String, record: RunRecord), number: Int, short: String,
        besides common: (setting: String, cautions: [String])
    ) {
        self.number = number
        self.short = short
        let header = run.record.header
        let summary = RunSummary(run.record)
        name = run.name
        counts = Verdict.gravest.filter { summary.scenarios[$0] > 0 }.map {
            Page.Count(verdict: $0.rawValue, words: "\(summary.scenarios[$0]) \($0.past)")
        }
        attempts = summary.hasRepeats ? summary.attempts.words(of: "attempts") : nil
        let time = run.record.end.map { duration($0.duration) }
        let start = header.startedAt.map { $0.replacing("T", with: " ").replacing("Z", with: " UTC") }
        setting = [common.setting.isEmpty ? header.setting : nil, time, start].compactMap(\.self)
            .joined(separator: ", ")
        let ending = run.record.end?.interrupted ?? run.record.truncation.map { "the record is \($0)" }
        cautions = [ending].compactMap(\.self) + header.limits.filter { !common.cautions.contains($0) }
        console = run.record.end?.console?.told.joined(separator: "\n")
    }
}

extension Page.Row {
    init(_ data: HTMLScenario, number: Int, names: [String]) {
        let scenario = data.scenario
        self.number = number
        id = scenario.id
        topic = scenario.topic
        claim = scenario.claim
        standing = scenario.standingTags.joined(separator: " ")
        verdicts = data.runs.map { $0?.outcome.verdict.rawValue ?? "none" }.joined(separator: " ")
        let kinds = data.changes.flatMap { step in
            step.change.differences.flatMap { difference in
                [difference.aspect.kind.rawValue, HTMLNews.key(difference.known, step: step.number)]
                    + (difference.known == nil ? ["unexplained"] : [])
            }
        }
        differs = Set(kinds).sorted().joined(separator: " ")
        isDifferent = !kinds.isEmpty
        reasons = zip(data.runs, names).compactMap { run, name in
            guard let run, let reason = run.reason else { return nil }
            return Page.Reason(
                verdict: run.outcome.verdict.rawValue, run: names.count > 1 ? name : nil, words: reason.cut(to: 240))
        }
        cells = zip(data.runs, names).enumerated().map { Page.Cell($1.0, run: $0, name: $1.1) }
        self.data = data.value.json
    }
}

extension Page.Cell {
    init(_ run: HTMLRun?, run number: Int, name: String) {
        guard let run else {
            self.init(
                run: number, verdict: "none", mark: "·", word: nil, time: "", took: -1,
                title: "\(name): not in this run")
            return
        }
        let verdict = run.outcome.verdict
        let mark =
            switch verdict {
            case .passed: "✓"
            case .failed: "✗"
            case .error: "!"
            case .skipped: "–"
            }
        let reason = run.reason.map { ": \($0.cut(to: 160))" } ?? run.outcome.variant.map { ", variant \($0)" } ?? ""
        self.init(
            run: number, verdict: verdict.rawValue, mark: mark, word: run.outcome.isBad ? verdict.word : nil,
            time: verdict == .skipped ? verdict.word : run.outcome.duration > 0 ? run.took : "",
            took: run.outcome.duration / 1000,
            title: "\(name): \(verdict.word)\(reason)")
    }
}
