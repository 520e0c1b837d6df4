internal import Baselines
internal import Compare
internal import Documents
internal import Record
internal import Report

/// The page of all claims: what a document says, what Linux does, and where kernels differ.
///
/// It is made from the scenarios and from the baselines of the kernel series, so it says what was seen.
struct BehavioursPage {
    var scenarios: [ScenarioDescription]
    /// What each series shows, oldest first.
    var baselines: [Baseline]

    var markdown: String {
        ([head, wrong] + topics.map { topic in section(topic) }).joined(separator: "\n")
    }

    private var topics: [String] {
        scenarios.map(\.topic).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private var head: String {
        func count(_ standing: Citation.Standing?) -> Int { scenarios.count { $0.gravestStanding == standing } }
        let articles = Document.articles.map { "| \($0.name) | \($0.title) | \($0.gloss ?? "") |\n" }.joined()
        return """
            # What TCP really does on Linux

            Every behaviour below is a scenario that `tcpwitness` runs on a real kernel and judges by what the kernel
            shows. Made by `tcpwitness behaviours` from the scenarios and the baselines: do not edit it.

            There are \(scenarios.count) behaviours. Documents that they cite say the same of \(count(.holds)), nearly the
            same of \(count(.differs)), otherwise of \(count(.refuted)), leave \(count(.unstated)) open, and
            \(count(nil)) are in none. [docs/documents.md](docs/documents.md) has the documents, claim by claim: standards,
            manual pages, the kernel's own, and the articles that the catalogue began with.

            Kernels looked at: \(baselines.map { "\($0.series) (`\($0.kernel)`)" }.joined(separator: ", ")).

            | | article | in English |
            |---|---|---|
            \(articles)
            """
    }

    private var wrong: String {
        let rows = scenarios.flatMap { scenario in
            scenario.standings.compactMap { standing in
                standing.says.map {
                    "| [`\(scenario.id)`](#\(anchor(scenario))) | \(standing.note) | \(cell($0)) "
                        + "| \(cell(scenario.claim)) |\n"
                }
            }
        }
        return """
            ## Where the documents are not to be trusted

            | scenario | | its words in ours | Linux does |
            |---|---|---|---|
            \(rows.joined())
            """
    }

    private func section(_ topic: String) -> String {
        "## \(topic)\n\n" + scenarios.filter { $0.topic == topic }.map(entry).joined(separator: "\n")
    }

    private func entry(_ scenario: ScenarioDescription) -> String {
        var lines = ["### \(scenario.id)", "", scenario.claim, ""]
        lines.append("- Written in: \(sources(scenario))")
        lines += scenario.standings.map { "- Standing: \($0.line)" }
        let file = String(scenario.location.prefix { $0 != ":" })
        lines.append("- Scenario: [\(file)](Harness/Scenarios/\(file))")
        lines += kernels(scenario).map { "- \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Where it is said, by whom.
    private func sources(_ scenario: ScenarioDescription) -> String {
        scenario.citations.map { citation in
            guard let section = citation.section else { return citation.source }
            guard citation.isArticle else {
                return citation.source.hasPrefix("net/")
                    ? "`\(section)()` in \(citation.source)" : "\(citation.source) (\(section))"
            }
            let gloss = Document.row(section, of: citation.source)?.text
            return "\(citation.source) § \(section)" + (gloss.map { $0 == section ? "" : " (\($0))" } ?? "")
        }.joined(separator: "; ") + "."
    }

    /// What the series show where that is not plainly the same, neighbours with the same sight on one line.
    private func kernels(_ scenario: ScenarioDescription) -> [String] {
        var groups: [(series: [String], words: String)] = []
        for baseline in baselines {
            guard let expected = baseline[scenario.id, .default] else { continue }
            let words = sight(expected)
            if groups.last?.words == words {
                groups[groups.count - 1].series.append(baseline.series)
            } else {
                groups.append(([baseline.series], words))
            }
        }
        if groups.count == 1, groups[0].words == Self.plain { return [] }
        return groups.map { "\($0.series.joined(separator: ", ")): \($0.words)" }
    }

    private static let plain = "as claimed"

    private func sight(_ expected: Baseline.Expectation) -> String {
        guard expected.verdict == .passed else {
            return "\(expected.verdict.rawValue)" + (expected.reason.map { ": \($0)" } ?? "")
        }
        let commits = (expected.commits ?? []).map { "`\($0)`" }.joined(separator: ", ")
        return (expected.variant ?? Self.plain) + (commits.isEmpty ? "" : " (\(commits))")
    }

    private func anchor(_ scenario: ScenarioDescription) -> String { scenario.id.filter { $0 != "." } }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
