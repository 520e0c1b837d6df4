internal import Record

/// The variants that a scenario saw, one for each of its questions, in the scenario's order.
struct Variants: Equatable {
    let names: [String]

    /// - Parameter words: as records and baselines have them, joined by `; `.
    init(_ words: String?) { names = words?.split(separator: "; ").map { String($0) } ?? [] }

    /// The answers that changed, each with what took its place; nil where there is no such answer.
    ///
    /// - Parameter known: answers that are known to take each other's place, for scenarios with several questions.
    func changes(to other: Variants, knowing known: [(String, String)] = []) -> [(before: String?, after: String?)] {
        let old = Set(names)
        let new = Set(other.names)
        var gone = names.filter { !new.contains($0) }
        var come = other.names.filter { !old.contains($0) }
        var changes: [(before: String?, after: String?)] = []
        for name in gone {
            let places = known.flatMap { [($0.0, $0.1), ($0.1, $0.0)] }.filter { $0.0 == name }.map(\.1)
            guard let place = come.firstIndex(where: places.contains) else { continue }
            changes.append((name, come.remove(at: place)))
            gone.removeAll { $0 == name }
        }
        // The others stand in the order of their questions.
        for place in 0..<max(gone.count, come.count) {
            changes.append(
                (gone.indices.contains(place) ? gone[place] : nil, come.indices.contains(place) ? come[place] : nil))
        }
        return changes
    }
}

extension KnownChange {
    /// Variants that take each other's place in a scenario because of this change.
    func variants(of scenario: String) -> [(String, String)] {
        guard concerns(scenario) else { return [] }
        return signs.compactMap { sign in
            guard case .variant(let without, let with) = sign else { return nil }
            return (without, with)
        }
    }
}
