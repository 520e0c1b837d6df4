package import Compare
internal import Mustache
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
        do {
            let template = try MustacheTemplate(string: text(PackageResources.page_mustache))
            return Array(template.render(Page(runs, comparisons, titles)).utf8)
        } catch {
            // The template is part of the program.
            fatalError("the page's template is broken: \(error)")
        }
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What the template is filled with; the names are the template's.
private struct Page {
    struct Run {
        struct Count {
            let verdict: String
            let words: String
        }

        let name: String
        /// The version alone, where that tells the runs apart.
        let short: String
        let counts: [Count]
        let setting: String
        let cautions: [String]
    }

    struct Row {
        let id: String
        let topic: String
        let claim: String
        let document: String
        /// Whether a document claims it, so that there is a verdict on it.
        let judged: Bool
        let verdicts: String
        let differs: Bool
        let cells: [Cell]
        let data: String
    }

    struct Cell {
        let run: Int
        let verdict: String
        let mark: String
        /// Said beside the mark of what deserves attention, where there is room.
        let word: String?
        let time: String
        let title: String
    }

    struct RunName: Encodable {
        let name: String
        let short: String
    }

    let title: String
    let tool: String
    let style = text(PackageResources.style_css)
    let ladderScript = text(PackageResources.ladder_js)
    let pageScript = text(PackageResources.page_js)
    let runs: [Run]
    let several: Bool
    let topics: [String]
    let scenarios: [Row]
    let runsData: String

    init(_ runs: [(name: String, record: RunRecord)], _ comparisons: [Comparison], _ titles: [String: String]) {
        let shorts = runs.map { String($0.name.prefix { $0.isNumber || $0 == "." }) }
        let areTold = Set(shorts).count == runs.count && !shorts.contains("")
        self.runs = zip(runs, shorts).map { Run($0, short: areTold ? $1 : $0.name) }
        several = runs.count > 1
        title = "tcpwitness: " + runs.map(\.name).joined(separator: ", ")
        tool = runs.first?.record.header.tool ?? "tcpwitness"
        runsData = scriptJSON(self.runs.map { RunName(name: $0.name, short: $0.short) })
        let outcomes = runs.map { run in Dictionary(grouping: run.record.outcomes) { $0.scenario.id } }
        // In the order of the newest plan; what only an older run has comes last.
        var plan: [ScenarioDescription] = []
        var known: Set<String> = []
        for run in runs.reversed() {
            for scenario in run.record.plan where known.insert(scenario.id).inserted { plan.append(scenario) }
        }
        topics = plan.map(\.topic).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let changes = Page.changes(comparisons)
        scenarios = plan.map { scenario in
            let each = outcomes.map { $0[scenario.id] ?? [] }
            return Row(scenario, each.map(HTMLScenario.Run.init), changes[scenario.id] ?? [], titles)
        }
    }

    /// What changed, by scenario.
    private static func changes(_ comparisons: [Comparison]) -> [String: [HTMLScenario.Step]] {
        var changes: [String: [HTMLScenario.Step]] = [:]
        for step in comparisons.flatMap(\.steps) {
            for change in step.scenarios where !change.differences.isEmpty {
                let groups = change.groups.map { group in
                    HTMLScenario.Step.Group(
                        known: group.explanation?.line,
                        items: group.differences.map { [$0.heading, $0.beforeWords, $0.afterWords] })
                }
                changes[change.scenario.id, default: []].append(
                    HTMLScenario.Step(before: step.before.name, after: step.after.name, groups: groups))
            }
        }
        return changes
    }
}

extension Page.Run {
    init(_ run: (name: String, record: RunRecord), short: String) {
        self.short = short
        let header = run.record.header
        let summary = RunSummary(run.record)
        name = run.name
        let order: [Verdict] = [.passed, .failed, .error, .skipped]
        counts = order.filter { summary[$0] > 0 }.map {
            Count(verdict: $0.rawValue, words: "\(summary[$0]) \($0 == .error ? "in error" : $0.rawValue)")
        }
        let time = run.record.end.map { ", \(duration($0.duration))" } ?? ""
        setting =
            "\(header.laneWords), link \(header.link.rawValue), \(header.place)\(time)"
            + (header.startedAt.map { ", \($0.replacing("T", with: " ").replacing("Z", with: " UTC"))" } ?? "")
        let ending = run.record.end?.interrupted ?? run.record.truncation.map { "the record is \($0)" }
        cautions = [ending].compactMap(\.self) + header.limits
    }
}

extension Page.Row {
    init(
        _ scenario: ScenarioDescription, _ runs: [HTMLScenario.Run?], _ changes: [HTMLScenario.Step],
        _ titles: [String: String]
    ) {
        id = scenario.id
        topic = scenario.topic
        claim = scenario.claim
        document = scenario.documentVerdict.rawValue
        judged = scenario.documentVerdict != .unclaimed
        verdicts = Set(runs.map { $0?.verdict ?? "none" }).sorted().joined(separator: " ")
        differs = !changes.isEmpty
        cells = runs.enumerated().map { Page.Cell($1, run: $0) }
        data = scriptJSON(
            HTMLScenario(
                id: scenario.id, claim: scenario.claim, says: scenario.documentSays, document: document,
                cites: scenario.citations.map { $0.words(titles: titles) }, location: scenario.location,
                steps: scenario.steps,
                runs: runs, changes: changes))
    }
}

extension Page.Cell {
    init(_ run: HTMLScenario.Run?, run number: Int) {
        guard let run else {
            self.init(run: number, verdict: "none", mark: "·", word: nil, time: "", title: "not in this run")
            return
        }
        let marks = ["passed": "✓", "failed": "✗", "error": "!", "skipped": "–"]
        let reason = run.explain.first.map { ": \($0[1])" } ?? run.variant.map { ", variant \($0)" } ?? ""
        self.init(
            run: number, verdict: run.verdict, mark: marks[run.verdict] ?? "?",
            word: ["failed", "error"].contains(run.verdict) ? run.word : nil,
            time: run.verdict == "skipped" ? run.word : run.took, title: run.word + reason)
    }
}
