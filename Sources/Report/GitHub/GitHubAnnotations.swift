package import Record

/// Workflow commands that GitHub shows beside the lines of the scenarios that did not pass.
package enum GitHubAnnotations {
    /// Where the scenarios are in the source tree; a record names their files alone.
    private static let directory = "Harness/Scenarios/"

    package static func text(_ runs: [(name: String, record: RunRecord)]) -> String {
        runs.flatMap { run in
            let failing = run.record.outcomes.filter(\.isBad)
            var lines = failing.map { annotation($0, on: run.name) }
            for outcome in run.record.outcomes {
                lines += outcome.againLines.map {
                    "::notice title=\(property("\(outcome.name) on Linux \(run.name)"))::\(message($0))"
                }
            }
            if let ending = run.record.truncation ?? run.record.end?.interrupted {
                lines.append("::warning title=Linux \(property(run.name))::\(message(ending))")
            }
            return lines
        }.map { $0 + "\n" }.joined()
    }

    private static func annotation(_ outcome: Outcome, on kernel: String) -> String {
        let place = (outcome.failedChecks.first?.location ?? outcome.scenario.location).split(separator: ":")
        let file = property(directory + (place.first.map(String.init) ?? ""))
        let line = place.count > 1 ? UInt32(place[1]).map { ",line=\($0)" } ?? "" : ""
        let title = property("\(outcome.name) \(outcome.verdict.word) on Linux \(kernel)")
        let text = message(outcome.explanation.joined(separator: "\n"))
        return "::error file=\(file)\(line),title=\(title)::\(text)"
    }

    private static func message(_ text: String) -> String {
        text.plain.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        message(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
