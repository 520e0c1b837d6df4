package import Compare

/// Sequences that show the same.
package struct Cluster: Sendable {
    package let key: String
    /// How many sequences show it.
    package private(set) var count = 0
    /// The shortest of them, the shortest first.
    package private(set) var candidates: [(number: Int, candidate: Candidate)] = []
    /// It in words, as the first one shows it.
    package let words: String

    private static let most = 3

    init(_ sight: Sight) {
        key = sight.key
        words = sight.words
    }

    mutating func add(_ number: Int, _ candidate: Candidate) {
        count += 1
        candidates.append((number, candidate))
        candidates.sort { ($0.candidate.lines.count, $0.number) < ($1.candidate.lines.count, $1.number) }
        if candidates.count > Self.most { candidates.removeLast() }
    }
}

/// What sequences have shown, put together by the first thing that each shows and that nothing explains.
package struct Clusters: Sendable {
    /// In the order in which they were found.
    package private(set) var unknown: [Cluster] = []
    /// What is known, with how many sequences show it and the shortest of these.
    package private(set) var known: [(explanation: Explanation, cluster: Cluster)] = []
    /// Why sequences said nothing, with how many did.
    package private(set) var unjudged: [String: Int] = [:]

    package init() {}

    package mutating func add(_ number: Int, _ candidate: Candidate, _ outcome: SequenceOutcome) {
        if let reason = outcome.unjudged {
            unjudged[reason, default: 0] += 1
            return
        }
        var explanations: Set<Explanation> = []
        for sight in outcome.sights {
            guard let explanation = sight.known, explanations.insert(explanation).inserted else { continue }
            if let place = known.firstIndex(where: { $0.explanation == explanation }) {
                known[place].cluster.add(number, candidate)
            } else {
                var cluster = Cluster(sight)
                cluster.add(number, candidate)
                known.append((explanation, cluster))
            }
        }
        guard let first = outcome.surprises.first else { return }
        if let place = unknown.firstIndex(where: { $0.key == first.key }) {
            unknown[place].add(number, candidate)
        } else {
            var cluster = Cluster(first)
            cluster.add(number, candidate)
            unknown.append(cluster)
        }
    }
}
