package import Record

/// Runs for the page of a CI job or a merge request: what did not pass in full, the rest as a folded table.
package enum SummaryMarkdown {
    package static func document(_ runs: [(name: String, record: RunRecord)]) -> String {
        var lines: [String] = []
        for run in runs { lines += heading(run.name, run.record) }
        for run in runs {
            for outcome in run.record.outcomes where outcome.isBad {
                lines += told(outcome, on: runs.count > 1 ? run.name : nil)
            }
        }
        return (lines + table(runs)).map { $0.plain + "\n" }.joined()
    }

    private static func heading(_ name: String, _ record: RunRecord) -> [String] {
        let header = record.header
        let time = record.end.map { " in \(duration($0.duration))" } ?? ""
        var lines = [
            "## Linux \(escaped(name)): \(RunSummary(record).words)\(time)", "",
            escaped("\(header.tool), \(header.laneWords), link \(header.link.rawValue), \(header.place)"), "",
        ]
        let ending = record.end?.interrupted ?? record.truncation.map { "the record is \($0)" }
        if let ending { lines += ["> **Caution:** \(escaped(ending))", ""] }
        let again = record.outcomes.flatMap { outcome in
            outcome.againLines.map { "- `\(outcome.name)` \(escaped($0))" }
        }
        if !again.isEmpty { lines += again + [""] }
        if let console = record.end?.console {
            lines += ["````text"] + console.told.map { $0.oneLine } + ["````", ""]
        }
        if !header.limits.isEmpty { lines += header.limits.map { "- \(escaped($0))" } + [""] }
        return lines
    }

    private static func told(_ outcome: Outcome, on kernel: String?) -> [String] {
        let place = kernel.map { " on \(escaped($0))" } ?? ""
        // A fence that no line of the text can end.
        return ["### \(outcome.verdict.word) `\(outcome.name)`\(place)", "", "````text"]
            + ([outcome.heading(verdict: outcome.verdict.word)] + outcome.explanation).map { $0.oneLine }
            + ["````", ""]
    }

    private static func table(_ runs: [(name: String, record: RunRecord)]) -> [String] {
        let outcomes = runs.map { run in Dictionary(grouping: run.record.outcomes) { $0.scenario.id } }
        var plan: [ScenarioDescription] = []
        var known: Set<String> = []
        for run in runs.reversed() {
            for scenario in run.record.plan where known.insert(scenario.id).inserted { plan.append(scenario) }
        }
        guard !plan.isEmpty else { return [] }
        var lines = ["<details><summary>All scenarios</summary>", ""]
        lines.append("| scenario | " + runs.map { escaped($0.name) }.joined(separator: " | ") + " |")
        lines.append("|---|" + runs.map { _ in "---|" }.joined())
        for scenario in plan {
            let cells = outcomes.map { cell($0[scenario.id] ?? []) }
            lines.append("| `\(scenario.id)` | " + cells.joined(separator: " | ") + " |")
        }
        return lines + ["", "</details>"]
    }

    private static func cell(_ outcomes: [Outcome]) -> String {
        guard let worst = Verdict.worst(of: outcomes.map(\.verdict)),
            let outcome = outcomes.first(where: { $0.verdict == worst })
        else { return "" }
        let marks: [Verdict: String] = [.passed: "✅", .failed: "❌ FAILED", .error: "⚠️ ERROR", .skipped: "➖ skipped"]
        let variant = outcome.variant.map { " " + escaped($0) } ?? ""
        let alike = outcomes.count { $0.verdict == worst }
        let attempts = outcomes.count > 1 ? " (\(alike) of \(outcomes.count) attempts)" : ""
        return "\(marks[worst] ?? "") \(seconds(outcome.duration, decimals: 2)) s\(variant)\(attempts)"
    }

    /// Text that Markdown shows as it is, also within a table.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.oneLine {
            if "\\|<>*_`[]#".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}
