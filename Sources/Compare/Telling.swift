internal import Record

/// How much of a comparison is told.
package struct Telling: Sendable {
    package enum Detail: Sendable {
        /// How many scenarios each change shows in.
        case counts
        /// A line for each scenario.
        case lines
        /// Every difference, with the scenario's claim.
        case everything
    }

    package var detail: Detail
    /// Whether what a known change or a baseline explains is left out.
    package var onlyUnexplained: Bool
    /// Where a line that stands for a scenario is cut; nil where it may be as long as it is.
    package var width: Int?

    package init(_ detail: Detail = .lines, onlyUnexplained: Bool = false, width: Int? = nil) {
        self.detail = detail
        self.onlyUnexplained = onlyUnexplained
        self.width = width
    }

    /// The groups that are told.
    func groups(of step: Comparison.Step) -> [ChangeGroup] { step.groups.filter { !onlyUnexplained || !$0.isKnown } }
}

extension ChangeGroup {
    /// Whether its scenarios are only counted: what is merely counted or traced is no behaviour of theirs.
    func isFolded(_ telling: Telling) -> Bool { telling.detail == .lines && isKnown && kind != .behaviour }

    /// As many scenarios of one known change as say what it is.
    private static let most = 8

    /// What has a line of its own: of a known change, where behaviour shows it.
    var told: [Item] { isKnown ? Array(shown.prefix(shown.count > Self.most + 1 ? Self.most : shown.count)) : items }

    private var shown: [Item] { items.filter { $0.kind == .behaviour } }

    /// Where a known change shows besides.
    var aside: [String] {
        guard isKnown else { return [] }
        let rest = shown.dropFirst(told.count).map(\.scenario.id)
        let more = rest.isEmpty ? [] : ["and \(rest.count) more: \(rest.joined(separator: ", "))"]
        return more
            + [(Aspect.Kind.counters, "counters"), (.tracepoints, "tracepoints")].compactMap { kind, words in
                let others = items.filter { $0.kind == kind }
                return others.isEmpty ? nil : "in \(words) alone: \(others.folded)"
            }
    }
}

extension [ChangeGroup.Item] {
    /// The ids of a few; of more, how many there are of each topic.
    var folded: String {
        guard count > 3 else { return map(\.scenario.id).joined(separator: ", ") }
        var topics: [(name: String, count: Int)] = []
        for item in self {
            if let place = topics.firstIndex(where: { $0.name == item.scenario.topic }) {
                topics[place].count += 1
            } else {
                topics.append((item.scenario.topic, 1))
            }
        }
        return "\(count) scenarios: " + topics.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    }
}
