internal import Baselines
internal import Compare
internal import Record
internal import Report
internal import Scenarios

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
        func count(_ standing: DocumentVerdict) -> Int { scenarios.count { $0.documentVerdict == standing } }
        let documents = Document.all.map { "| \($0.number) | \($0.title) | \($0.gloss) |\n" }.joined()
        return """
            # What TCP really does on Linux

            Every behaviour below is a scenario that `tcpwitness` runs on a real kernel and judges by what the kernel
            shows. Made by `tcpwitness behaviours` from the scenarios and the baselines: do not edit it.

            There are \(scenarios.count) behaviours. The documents below say the same of \(count(.holds)), nearly the same
            of \(count(.differs)), otherwise of \(count(.refuted)), and nothing of \(count(.unclaimed)).

            Kernels looked at: \(baselines.map { "\($0.series) (`\($0.kernel)`)" }.joined(separator: ", ")).

            | | document | in English |
            |---|---|---|
            \(documents)
            """
    }

    private var wrong: String {
        let rows = scenarios.filter { [.refuted, .differs].contains($0.documentVerdict) }.map { scenario in
            "| [`\(scenario.id)`](#\(anchor(scenario))) | \(scenario.documentVerdict == .refuted ? "otherwise" : "nearly") | "
                + "\(cell(scenario.documentSays ?? "")) | \(cell(scenario.claim)) |\n"
        }
        return """
            ## Where the documents are not to be trusted

            | scenario | | the document says | Linux does |
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
        if let standing = scenario.standing { lines.append("- Document \(standing.line)") }
        let file = String(scenario.location.prefix { $0 != ":" })
        lines.append("- Scenario: [\(file)](Harness/Scenarios/\(file))")
        lines += kernels(scenario).map { "- \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Where it is said, by whom.
    private func sources(_ scenario: ScenarioDescription) -> String {
        scenario.citations.map { citation in
            guard let section = citation.section else { return citation.source }
            guard let document = Document.all.first(where: { $0.number == citation.source }) else {
                return citation.source.hasPrefix("net/")
                    ? "`\(section)()` in \(citation.source)" : "\(citation.source) (\(section))"
            }
            let gloss = document.sections.first { $0.name == section }?.gloss
            return "\(document.number) § \(section)" + (gloss.map { $0 == section ? "" : " (\($0))" } ?? "")
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
