internal import Record

/// A history of releases with what is known of it, laid out for people.
package struct ReleaseTable: Sendable {
    /// How a scenario stands on one kernel, seen from the one before it.
    package enum Cell: String, Sendable, CaseIterable {
        case same
        case known
        case unexplained
        case skipped
        case failed
        /// The harness could not tell, or did not run it.
        case unjudged
    }

    /// What changed at a release for one reason.
    package struct Reason: Sendable {
        /// Nil where nothing explains it.
        package var explanation: Explanation?
        /// Whether the later kernel lacks what the earlier one had: a series that goes on from an older state.
        package var isGone: Bool
        /// The scenarios, each with its differences that have this reason.
        package var scenarios: [(id: String, differences: [Difference])]
    }

    /// A release at which something changed.
    package struct Turn: Sendable {
        package var before: String
        package var after: String
        package var reasons: [Reason]
    }

    package let history: ReleaseHistory
    package let turns: [Turn]
    /// The scenarios that are not the same on all kernels, each with a cell a kernel.
    package let rows: [(row: ReleaseHistory.Row, cells: [Cell])]

    package init(_ history: ReleaseHistory, knowing changes: [KnownChange]) {
        self.history = history
        let steps = history.steps(knowing: changes)
        turns = steps.compactMap { step in
            let reasons = Self.reasons(step, changes)
            return reasons.isEmpty ? nil : Turn(before: step.before.name, after: step.after.name, reasons: reasons)
        }
        rows = history.rows.enumerated().compactMap { place, row in
            guard !row.changes.isEmpty || Set(row.verdicts).count > 1 else { return nil }
            let cells = zip(row.verdicts, history.releases.indices).map { verdict, release -> Cell in
                switch verdict {
                case "s": return .skipped
                case "f": return .failed
                case "p": break
                default: return .unjudged
                }
                guard release > 0 else { return .same }
                let change = steps[release - 1].scenarios[place]
                return change.differences.isEmpty ? .same : change.unexplained.isEmpty ? .known : .unexplained
            }
            return (row, cells)
        }
    }

    /// How many scenarios are the same on all kernels.
    package var sameCount: Int { history.rows.count - rows.count }

    /// How many differences nothing explains.
    package var unexplainedCount: Int {
        turns.flatMap(\.reasons).filter { $0.explanation == nil }.flatMap(\.scenarios).flatMap(\.differences).count
    }

    /// The reasons of one step, those that are known first.
    private static func reasons(_ step: Comparison.Step, _ changes: [KnownChange]) -> [Reason] {
        var reasons: [Reason] = []
        for change in step.changed {
            for (explanation, differences) in change.groups {
                let one = (id: change.scenario.id, differences: differences)
                if let place = reasons.firstIndex(where: { $0.explanation == explanation }) {
                    reasons[place].scenarios.append(one)
                } else {
                    let isGone = explanation.map { Self.isGone($0, step, changes) } ?? false
                    reasons.append(Reason(explanation: explanation, isGone: isGone, scenarios: [one]))
                }
            }
        }
        return reasons.filter { $0.explanation != nil } + reasons.filter { $0.explanation == nil }
    }

    private static func isGone(_ explanation: Explanation, _ step: Comparison.Step, _ changes: [KnownChange]) -> Bool {
        guard let change = changes.first(where: { $0.explanation == explanation }),
            let before = step.before.header.kernelVersion, let after = step.after.header.kernelVersion
        else { return false }
        return !change.releases.maySeparate(lacking: before, having: after)
    }
}

extension ReleaseTable.Reason {
    /// What differs in a scenario, told by what says most: a variant, or else the first difference.
    package func words(_ scenario: (id: String, differences: [Difference])) -> String {
        guard explanation == nil else { return scenario.id }
        let told = scenario.differences.first { $0.aspect == .variant } ?? scenario.differences[0]
        let rest = scenario.differences.count - 1
        return "\(scenario.id): \(told.heading): \(told.beforeWords) -> \(told.afterWords)"
            + (rest == 0 ? "" : ", and \(rest) more")
    }
}

extension ReleaseTable {
    /// `Linux TCP, 5.10.218 to 7.3.4`.
    package var title: String {
        "Linux TCP, \(history.releases.first?.name ?? "") to \(history.releases.last?.name ?? "")"
    }

    /// `25 kernels, 146 scenarios, of which 110 are the same on all`.
    package var summary: String {
        "\(history.releases.count.counted("kernel")), \(history.rows.count.counted("scenario")), of which \(sameCount) "
            + "\(sameCount == 1 ? "is" : "are") the same on all; "
            + (unexplainedCount == 0
                ? "every change has its commit" : "\(unexplainedCount.counted("difference")) not yet explained")
    }

    /// The table as people read it in a terminal.
    package var text: String {
        var lines = [title, summary]
        for turn in turns {
            lines += ["", "\(turn.before) -> \(turn.after)"]
            for reason in turn.reasons {
                let gone = reason.isGone ? "  not in \(turn.after): " : "  "
                lines.append(gone + (reason.explanation?.line ?? "NOT YET EXPLAINED"))
                lines += reason.scenarios.map { "      \(reason.words($0))" }
            }
        }
        guard !rows.isEmpty else { return lines.map { "\($0)\n" }.joined() }
        let width = rows.map(\.row.id.count).max() ?? 0
        lines += ["", "same .  known change K  not yet explained ?  skipped s  failed F  not judged e", ""]
        // One character a kernel; the last of each series carries its name, written downwards by the list below.
        for (place, release) in history.releases.enumerated() {
            let bars = String(repeating: "|", count: place)
            lines.append(String(repeating: " ", count: width + 2) + bars + "\(release.name)")
        }
        for (row, cells) in rows {
            let gap = String(repeating: " ", count: width + 2 - row.id.count)
            lines.append(row.id + gap + String(cells.map(\.letter)))
        }
        return lines.map { "\($0)\n" }.joined()
    }
}

extension ReleaseTable.Cell {
    /// How it is written where there is room for one letter.
    package var letter: Character {
        switch self {
        case .same: "."
        case .known: "K"
        case .unexplained: "?"
        case .skipped: "s"
        case .failed: "F"
        case .unjudged: "e"
        }
    }
}
