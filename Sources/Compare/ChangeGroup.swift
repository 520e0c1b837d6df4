package import Record

/// What changed from one run to the next for the same reason, in every scenario where it shows.
package struct ChangeGroup: Sendable, Equatable {
    /// One scenario with what differs in it for that reason, the most telling first.
    package struct Item: Sendable, Equatable {
        package var scenario: ScenarioDescription
        package var differences: [Difference]

        /// The most telling kind of what differs.
        package var kind: Aspect.Kind { differences.map(\.aspect.kind).min() ?? .behaviour }
    }

    /// What is known of the reason; empty where nothing explains it.
    package var explanations: [Explanation]
    package var kind: Aspect.Kind
    package var items: [Item]

    package var isKnown: Bool { !explanations.isEmpty }

    /// `23e89e8ee7be, c1668292689a (6.11)`; empty where no commit is known.
    package var source: String { explanations.first?.source ?? "" }

    /// What the commit does, or who else expects it.
    package var words: String { explanations.map(\.words).joined(separator: "; ") }
}

extension Comparison.Step {
    /// What changed, by its reason: what nothing explains, then the known changes of behaviour, of counters and of
    /// tracepoints, those that came last first.
    package var groups: [ChangeGroup] {
        var groups: [ChangeGroup] = []
        for change in scenarios {
            for (explanation, differences) in change.groups {
                let item = ChangeGroup.Item(scenario: change.scenario, differences: differences.mostTellingFirst)
                groups.add(item, explanation)
            }
        }
        for index in groups.indices {
            groups[index].items = groups[index].items.stablySorted { $0.kind < $1.kind }
        }
        return groups.stablySorted { one, other in
            if one.isKnown != other.isKnown { return !one.isKnown }
            if one.kind != other.kind { return one.kind < other.kind }
            return one.since.lexicographicallyPrecedes(other.since) { $0 > $1 }
        }
    }
}

extension ChangeGroup {
    /// The numbers of the release that has it first; zero where that is not known.
    fileprivate var since: [Int] { (explanations.first?.since ?? "0").split(separator: ".").map { Int($0) ?? 0 } }

    /// Whether these differences have the same reason.
    fileprivate func has(_ explanation: Explanation?) -> Bool {
        guard let explanation, let first = explanations.first else { return explanation == nil && !isKnown }
        return first.commits == explanation.commits && first.since == explanation.since
            && first.kind == explanation.kind && (!first.commits.isEmpty || first.words == explanation.words)
    }
}

extension [ChangeGroup] {
    fileprivate mutating func add(_ item: ChangeGroup.Item, _ explanation: Explanation?) {
        guard let place = firstIndex(where: { $0.has(explanation) }) else {
            append(
                ChangeGroup(
                    explanations: explanation.map { [$0] } ?? [], kind: explanation?.kind ?? .behaviour, items: [item]))
            return
        }
        // A commit may do several things, of which a scenario shows one.
        if let explanation, !self[place].explanations.contains(explanation) {
            self[place].explanations.append(explanation)
        }
        if let same = self[place].items.firstIndex(where: { $0.scenario.id == item.scenario.id }) {
            self[place].items[same].differences =
                (self[place].items[same].differences + item.differences).mostTellingFirst
        } else {
            self[place].items.append(item)
        }
    }
}

extension [Difference] {
    var mostTellingFirst: [Difference] {
        func place(_ difference: Difference) -> Int { Aspect.mostTelling.firstIndex(of: difference.aspect) ?? 0 }
        return stablySorted { place($0) < place($1) }
    }
}

extension Array {
    /// In order, with what is equal as it was.
    fileprivate func stablySorted(_ precedes: (Element, Element) -> Bool) -> [Element] {
        enumerated().sorted { one, other in
            if precedes(one.element, other.element) { return true }
            return !precedes(other.element, one.element) && one.offset < other.offset
        }.map(\.element)
    }
}
