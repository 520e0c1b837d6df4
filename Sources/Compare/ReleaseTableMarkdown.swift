internal import Record

extension ReleaseTable {
    /// The table as a page.
    package var markdown: String {
        var lines = ["# \(title.escapedForMarkdown)", "", "\(summary.escapedForMarkdown).", ""]
        lines += [
            "Each kernel is compared with the one before it, in virtual time, where two runs of one kernel are the same byte by "
                + "byte. A series goes on from an older state than the last point release of the series before, so what "
                + "that had by a backport may be gone at first.", "",
        ]
        lines += ["| kernel | built as | passed | failed | skipped |", "|---|---|--:|--:|--:|"]
        for (place, release) in history.releases.enumerated() {
            let letters = history.rows.map { Array($0.verdicts)[place] }
            func count(_ letter: Character) -> String { String(letters.count { $0 == letter }) }
            lines.append(
                "| \(release.name) | \(release.kernel.release.escapedForMarkdown) | \(count("p")) | \(count("f")) "
                    + "| \(count("s")) |")
        }
        lines += ["", "## What changed", ""]
        for turn in turns {
            lines += ["### \(turn.before) → \(turn.after)", ""]
            for reason in turn.reasons { lines += told(reason, turn) }
        }
        if turns.isEmpty { lines += ["Nothing.", ""] }
        if !rows.isEmpty { lines += table }
        return lines.map { "\($0)\n" }.joined()
    }

    private func told(_ reason: Reason, _ turn: Turn) -> [String] {
        guard let explanation = reason.explanation else {
            return ["**Not yet explained:**", ""] + reason.scenarios.map { "- \(reason.words($0).escapedForMarkdown)" }
                + [""]
        }
        let commits = explanation.commits.map { "[`\($0)`](https://git.kernel.org/linus/\($0))" }
        let releases = [explanation.since, explanation.reverted].compactMap(\.self).joined(separator: "; ")
        let source = commits.joined(separator: ", ") + (releases.isEmpty ? "" : " (\(releases))")
        let gone = reason.isGone ? "**Not in \(turn.after):** " : ""
        let words = source.isEmpty ? explanation.words : "\(source): \(explanation.words.escapedForMarkdown)"
        return [gone + words + "  ", reason.scenarios.map { "`\($0.id)`" }.joined(separator: ", "), ""]
    }

    /// The scenarios that are not the same everywhere, a column a kernel.
    private var table: [String] {
        let names = history.releases.map(\.name)
        var lines = [
            "## Scenario by release", "",
            Self.legend, "",
            "| | \(names.joined(separator: " | ")) |", "|---|\(String(repeating: ":-:|", count: names.count))",
        ]
        for (row, cells) in rows {
            lines.append("| `\(row.id)` | \(cells.map(\.sign).joined(separator: " | ")) |")
        }
        return lines
    }
}

extension ReleaseTable {
    /// What the signs of the table mean.
    package static let legend =
        "● a known change, ? one not yet explained, – skipped, ✗ failed, ! not judged; nothing where it is as before."
}

extension ReleaseTable.Cell {
    /// How it is shown in a page.
    package var sign: String {
        switch self {
        case .same: ""
        case .known: "●"
        case .unexplained: "?"
        case .skipped: "–"
        case .failed: "✗"
        case .unjudged: "!"
        }
    }
}
