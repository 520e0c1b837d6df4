internal import Record

extension Comparison {
    /// The comparison for a merge request, an issue or a job summary.
    package func markdown(_ telling: Telling = Telling()) -> String {
        var lines: [String] = []
        for caution in sides.compactMap(\.cautionLine) { lines += ["> **Caution:** \(escaped(caution))", ""] }
        for step in steps {
            lines += [
                "## \(escaped(step.before.name)) → \(escaped(step.after.name))", "", "\(capitalized(step.summary)).",
            ]
            if let leftOut = step.leftOut(telling) {
                lines[lines.endIndex - 1] += " \(escaped(capitalized(leftOut)))."
            }
            lines.append("")
            let groups = telling.groups(of: step)
            if telling.detail == .counts {
                if !groups.isEmpty { lines += table(groups) + [""] }
            } else {
                for section in Comparison.sections(groups) {
                    lines += ["### \(section.title): \(section.count)", ""]
                    lines += section.groups.flatMap { told($0, step, telling) }
                }
            }
        }
        if !flips.isEmpty {
            lines += ["## Repeats that ended otherwise", ""] + flips.map { "- \(escaped($0.line))" } + [""]
        }
        return lines.dropLast().map { "\($0)\n" }.joined()
    }

    private func told(_ group: ChangeGroup, _ step: Step, _ telling: Telling) -> [String] {
        let head = group.source.isEmpty ? "" : "**\(escaped(group.source))** "
        let words = head + escaped(group.words)
        if group.isFolded(telling) { return [words, "", "- \(escaped(group.items.folded))", ""] }
        let intro = group.isKnown ? [words, ""] : []
        if telling.detail == .everything {
            return intro + group.items.flatMap { everything($0, step) }
        }
        let lines = group.told.map { "- `\($0.scenario.id)`: \(escaped($0.headline))" }
        return intro + lines + group.aside.map { "- \(escaped($0))" } + [""]
    }

    private func everything(_ item: ChangeGroup.Item, _ step: Step) -> [String] {
        [
            "#### `\(item.scenario.id)`", "", escaped(item.scenario.claim), "",
            "| | \(escaped(step.before.name)) | \(escaped(step.after.name)) |", "|---|---|---|",
        ]
            + item.differences.map {
                "| \(escaped($0.heading)) | \(escaped($0.beforeWords)) | \(escaped($0.afterWords)) |"
            } + [""]
    }

    private func table(_ groups: [ChangeGroup]) -> [String] {
        ["| | | scenarios | |", "|---|---|---:|---|"]
            + groups.map { group in
                let source = group.isKnown ? escaped(group.source) : "**nothing explains**"
                let kind = group.isKnown ? group.kind.rawValue : ""
                return "| \(source) | \(kind) | \(group.items.count) | \(escaped(group.words)) |"
            }
    }

    private func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private func escaped(_ text: String) -> String { text.escapedForMarkdown }
}

extension String {
    /// Text that Markdown shows as it is, also within a table.
    var escapedForMarkdown: String {
        var result = ""
        for character in self {
            if character.isNewline {
                result += " "
            } else {
                if "\\|<>*_`[]#".contains(character) { result += "\\" }
                result.append(character)
            }
        }
        return result
    }
}
