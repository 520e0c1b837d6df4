internal import Record

extension Comparison {
    /// The comparison for a merge request, an issue or a job summary.
    package var markdown: String {
        var lines: [String] = []
        for caution in sides.compactMap(\.cautionLine) { lines += ["> **Caution:** \(escaped(caution))", ""] }
        for step in steps {
            lines += ["## \(escaped(step.before.name)) → \(escaped(step.after.name))", ""]
            lines += ["\(step.summary.prefix(1).uppercased() + step.summary.dropFirst()).", ""]
            for change in step.changed { lines += told(change, step) + [""] }
        }
        if !flips.isEmpty {
            lines += ["## Repeats that ended otherwise", ""] + flips.map { "- \(escaped($0.line))" } + [""]
        }
        return lines.dropLast().map { "\($0)\n" }.joined()
    }

    private func told(_ change: Change, _ step: Step) -> [String] {
        var lines = ["### `\(change.scenario.id)`", "", escaped(change.scenario.claim)]
        for (explanation, differences) in change.groups {
            let reason = explanation.map { "Known: \(escaped($0.line))" } ?? "**New: nothing explains this.**"
            lines += [
                "", reason, "", "| | \(escaped(step.before.name)) | \(escaped(step.after.name)) |", "|---|---|---|",
            ]
            lines += differences.map {
                "| \(escaped($0.heading)) | \(escaped($0.beforeWords)) | \(escaped($0.afterWords)) |"
            }
        }
        return lines
    }

    /// Text that Markdown shows as it is, also within a table.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
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
