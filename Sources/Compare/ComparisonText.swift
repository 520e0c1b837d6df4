internal import Record

extension Comparison {
    /// The comparison as people read it in a terminal: for every scenario that changed its claim, then what changed,
    /// under the commit that is known for it.
    package var text: String {
        var lines = sides.compactMap(\.cautionLine).map { "caution: \($0)" }
        if !lines.isEmpty { lines.append("") }
        for step in steps {
            lines += ["\(step.title)  (\(step.after.header.lane.rawValue) lane)", ""]
            for change in step.changed { lines += Comparison.lines(change) + [""] }
            lines += [step.summary, ""]
        }
        if !flips.isEmpty { lines += ["repeats that ended otherwise:"] + flips.map { "  \($0.line)" } + [""] }
        return lines.dropLast().map { "\($0)\n" }.joined()
    }

    /// What was not compared, by the reason.
    package var exemptionsText: String {
        let all = steps.flatMap(\.scenarios).flatMap(\.exemptions)
        var lines = ["", "not compared:"] + Exemption.everywhere.map { "  \($0)" }
        for reason in all.map(\.reason).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } }) {
            lines.append("  since \(reason):")
            let ones = all.filter { $0.reason == reason }
            for scenario in ones.map(\.scenario).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } }) {
                let subjects = ones.filter { $0.scenario == scenario }.map(\.subject)
                    .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                lines.append("    \(scenario): \(subjects.joined(separator: ", "))")
            }
        }
        return lines.map { "\($0)\n" }.joined()
    }

    private static func lines(_ change: Change) -> [String] {
        var lines = [change.scenario.id, "  claim  \(change.scenario.claim)"]
        for (explanation, differences) in change.groups {
            lines.append(explanation.map { "  known  \($0.line)" } ?? "  NEW    nothing explains this:")
            let short = differences.filter { inline($0) != nil }.map(\.heading.count)
            let width = short.max() ?? 0
            for difference in differences {
                if let values = inline(difference) {
                    let gap = String(repeating: " ", count: width - difference.heading.count)
                    lines.append("         \(difference.heading)\(gap)  \(values)")
                } else {
                    lines += [
                        "         \(difference.heading)", "           was  \(difference.beforeWords)",
                        "           now  \(difference.afterWords)",
                    ]
                }
            }
        }
        return lines
    }

    /// Both values in one line; nil where they are too long for that.
    private static func inline(_ difference: Difference) -> String? {
        let line = "\(difference.beforeWords) -> \(difference.afterWords)"
        // State paths have arrows of their own.
        return difference.aspect == .path || line.count > 70 ? nil : line
    }
}
