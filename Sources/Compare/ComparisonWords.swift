internal import Record

extension Comparison.Step {
    var changed: [Comparison.Change] { scenarios.filter { !$0.differences.isEmpty } }

    /// `6.1.0-42-amd64 -> 6.12.48+deb13-amd64`.
    var title: String { "\(before.name) -> \(after.name)" }

    /// `101 of 146 scenarios changed; 2 have changes that nothing explains`.
    package var summary: String {
        let compared = scenarios.count { $0.skipped == nil }.counted("scenario")
        guard !changed.isEmpty else { return "no differences in \(compared)" }
        let surprising = changed.count { !$0.unexplained.isEmpty }
        let known =
            switch surprising {
            case 0: "all as known"
            case 1: "1 has a change that nothing explains"
            default: "\(surprising) have changes that nothing explains"
            }
        return "\(changed.count) of \(compared) changed; \(known)"
    }

    /// What only one of the two could look at, a line each.
    var skips: [String] {
        scenarios.compactMap { one in one.skipped.map { "left out: \(one.scenario.id): \($0)" } }
    }

    /// What only one of the two has; nil where both have the same.
    package func leftOut(_ telling: Telling) -> String? {
        func words(_ scenarios: [ScenarioDescription], of side: Comparison.Side) -> String? {
            guard !scenarios.isEmpty else { return nil }
            let names = telling.detail == .everything ? ": \(scenarios.map(\.id).joined(separator: ", "))" : ""
            return "\(scenarios.count) that only \(side.name) ran\(names)"
        }
        let parts = [words(onlyBefore, of: before), words(onlyAfter, of: after)].compactMap(\.self)
        return parts.isEmpty ? nil : "left out: " + parts.joined(separator: "; ")
    }
}

extension Comparison {
    /// Groups of one kind, under one heading.
    struct Section {
        let title: String
        let groups: [ChangeGroup]

        /// `1 scenario`, `2 changes`.
        var count: String {
            groups.first?.isKnown ?? false
                ? groups.count.counted("change")
                : groups.reduce(0) { $0 + $1.items.count }.counted("scenario")
        }
    }

    static func sections(_ groups: [ChangeGroup]) -> [Section] {
        let sections =
            [Section(title: "Nothing explains", groups: groups.filter { !$0.isKnown })]
            + Aspect.Kind.allCases.map { kind in
                Section(title: kind.title, groups: groups.filter { $0.isKnown && $0.kind == kind })
            }
        return sections.filter { !$0.groups.isEmpty }
    }
}

extension Aspect.Kind {
    fileprivate var title: String {
        switch self {
        case .behaviour: "Behaviour"
        case .counters: "Counters only"
        case .tracepoints: "Tracepoints only"
        }
    }
}

extension Comparison.Change {
    /// The differences by what explains them, what nothing explains first.
    package var groups: [(explanation: Explanation?, differences: [Difference])] {
        var explanations: [Explanation?] = unexplained.isEmpty ? [] : [nil]
        for difference in differences where !explanations.contains(difference.known) {
            explanations.append(difference.known)
        }
        return explanations.map { explanation in (explanation, differences.filter { $0.known == explanation }) }
    }
}

extension Difference {
    /// What it is about: `state path, client of A`.
    package var heading: String { subject.isEmpty ? aspect.words : "\(aspect.words), \(subject)" }

    /// How it was, where nothing must also have a word.
    package var beforeWords: String { before ?? aspect.absence }

    /// How it is now.
    package var afterWords: String { after ?? aspect.absence }
}

extension Aspect {
    fileprivate var words: String {
        switch self {
        case .presence: "scenario"
        case .verdict: "verdict"
        case .variant: "variant"
        case .path: "state path"
        case .call: "call"
        case .segment: "segments"
        case .packet: "trace"
        case .counter: "counter"
        case .measurement: "measured"
        }
    }

    /// What stands for one side that has nothing.
    fileprivate var absence: String {
        switch self {
        case .presence: "not in this run"
        case .variant: "none"
        case .measurement: "not measured"
        case .verdict, .path, .call, .segment, .packet, .counter: "nothing"
        }
    }
}

extension Flip {
    var line: String {
        "\(scenario) #\(attempt) of \(record): \(aspect.rawValue) was \(first) at first, then \(later)"
    }
}

extension Comparison.Side {
    var cautionLine: String? { caution.map { "\(name): \($0)" } }

    /// `7.3.4: no baseline of its series, held against that of 7.2`.
    var nearestLine: String? {
        nearest.map { "\(name): no baseline of its series, held against that of \($0), the nearest" }
    }
}

extension Int {
    /// `1 scenario`, `2 scenarios`.
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
