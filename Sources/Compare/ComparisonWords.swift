internal import Record

extension Comparison.Step {
    var changed: [Comparison.Change] { scenarios.filter { !$0.differences.isEmpty } }

    /// `6.1.0-42-amd64 -> 6.12.48+deb13-amd64`.
    var title: String { "\(before.name) -> \(after.name)" }

    /// `2 scenarios changed, one of them unexplained; 17 did not`.
    var summary: String {
        guard !changed.isEmpty else { return "no differences in \(scenarios.count.counted("scenario"))" }
        let surprising = changed.count { !$0.unexplained.isEmpty }
        let known = surprising == 0 ? "all as known" : "\(surprising) of them with what nothing explains"
        return "\(changed.count.counted("scenario")) changed, \(known); \(scenarios.count - changed.count) did not"
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
}

extension Int {
    /// `1 scenario`, `2 scenarios`.
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
