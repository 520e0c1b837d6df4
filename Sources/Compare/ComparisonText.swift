internal import Record

extension Comparison {
    /// The comparison as people read it in a terminal: what changed by the commit that is known for it, and in which
    /// scenarios it shows.
    package func text(_ telling: Telling = Telling()) -> String {
        var lines = sides.compactMap(\.cautionLine).map { "caution: \($0)" } + sides.compactMap(\.nearestLine)
        if !lines.isEmpty { lines.append("") }
        for step in steps {
            lines += ["\(step.title)  (\(step.after.header.lane.rawValue) lane)", step.summary]
            if let leftOut = step.leftOut(telling) { lines.append(leftOut) }
            lines += step.skips
            let groups = telling.groups(of: step)
            if telling.detail == .counts {
                lines += groups.isEmpty ? [""] : [""] + Comparison.table(groups) + [""]
            } else {
                lines += Comparison.sections(groups).flatMap { Comparison.lines($0, telling) } + [""]
            }
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

    // MARK: By commit

    private static func lines(_ section: Section, _ telling: Telling) -> [String] {
        var lines = ["", "\(section.title.uppercased()): \(section.count)"]
        for (place, group) in section.groups.enumerated() {
            // What is only counted or traced is one thing each, and need not stand apart.
            if place > 0, !group.isFolded(telling) { lines.append("") }
            lines += Comparison.lines(group, telling)
        }
        return lines
    }

    private static func lines(_ group: ChangeGroup, _ telling: Telling) -> [String] {
        let head = group.source.isEmpty ? group.words : "\(group.source): \(group.words)"
        let lines = group.isKnown ? [head] : []
        let margin = group.isKnown ? "    " : "  "
        if telling.detail == .everything { return lines + group.items.flatMap { everything($0, margin: margin) } }
        if group.isFolded(telling) { return lines + [margin + group.items.folded] }
        let width = group.told.map(\.scenario.id.count).max() ?? 0
        let told = group.told.map { item in
            let gap = String(repeating: " ", count: width - item.scenario.id.count + 2)
            let room = telling.width.map { max(20, $0 - margin.count - width - 2) }
            return margin + item.scenario.id + gap + item.headline(within: room)
        }
        return lines + told + group.aside.map { margin + $0 }
    }

    private static func everything(_ item: ChangeGroup.Item, margin: String) -> [String] {
        var lines = ["\(margin)\(item.scenario.id)", "\(margin)  claim  \(item.scenario.claim)"]
        let width = item.differences.filter { inline($0) != nil }.map(\.heading.count).max() ?? 0
        for difference in item.differences {
            if let values = inline(difference) {
                let gap = String(repeating: " ", count: width - difference.heading.count)
                lines.append("\(margin)  \(difference.heading)\(gap)  \(values)")
            } else {
                lines += [
                    "\(margin)  \(difference.heading)", "\(margin)    was  \(difference.beforeWords)",
                    "\(margin)    now  \(difference.afterWords)",
                ]
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

    // MARK: Counts

    /// A line for each commit.
    private static func table(_ groups: [ChangeGroup]) -> [String] {
        let rows = groups.map { group in
            [
                group.isKnown ? group.source : "nothing explains", group.isKnown ? group.kind.rawValue : "",
                group.items.count.counted("scenario"), group.words,
            ]
        }
        let widths = (0..<3).map { column in rows.map(\.[column].count).max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "  " + (cells + [row[3]]).filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }
}
