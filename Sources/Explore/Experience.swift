/// What an exploration has learned: which states and calls and segments it has come to, and by what.
///
/// It follows from the sequences and what became of them alone, so that the same exploration learns the same.
struct Experience: Sendable {
    private(set) var reached: Set<String> = []
    /// Sequences that have come to something new, to be gone on with; the latest.
    private(set) var interesting: [(derivation: Derivation, stages: [Stage])] = []
    private var uses: [String: Int] = [:]
    private var news: [String: Int] = [:]

    /// As many as anybody needs; the older ones have been gone on with.
    private static let most = 300

    /// Takes in what a sequence has come to.
    mutating func learn(_ derivation: Derivation, _ stages: [Stage], came features: Set<String>) {
        let new = features.subtracting(reached)
        reached.formUnion(new)
        for name in Set(derivation.steps.map(\.production)) {
            uses[name, default: 0] += 1
            news[name, default: 0] += new.isEmpty ? 0 : 1
        }
        guard !new.isEmpty else { return }
        interesting.append((derivation, stages))
        if interesting.count > Self.most { interesting.removeFirst() }
    }

    /// What multiplies each production's weight: up to three times as much for what has often led to something new.
    var weights: [String: Double] {
        uses.reduce(into: [:]) { weights, use in
            weights[use.key] = 0.5 + 2.5 * Double(news[use.key, default: 0] + 1) / Double(use.value + 2)
        }
    }
}

/// Makes the sequences of an exploration, one after the other.
struct Generator: Sendable {
    private let grammar: Grammar
    private let seed: UInt64
    private(set) var experience = Experience()
    private(set) var count = 0
    private var known: Set<Candidate> = []

    init(seed: UInt64, topics: Set<Topic>) {
        self.seed = seed
        grammar = Grammar(topics: topics)
    }

    /// A sequence with what it was made of.
    struct Made: Sendable {
        let number: Int
        let derivation: Derivation
        let stages: [Stage]
        let candidate: Candidate
    }

    /// The next ones; none has come before.
    mutating func next(_ wanted: Int) -> [Made] {
        var made: [Made] = []
        // A grammar of few topics may have come to its end.
        var tries = 0
        while made.count < wanted, tries < 20 * wanted {
            tries += 1
            count += 1
            var chances = Chances(seed: seed, number: count)
            let (derivation, stages) = derivation(&chances)
            let candidate = derivation.candidate.readable
            guard candidate.lines.count > 1, known.insert(candidate).inserted else { continue }
            made.append(Made(number: count, derivation: derivation, stages: stages, candidate: candidate))
        }
        return made
    }

    mutating func learn(_ made: Made, came features: Set<String>) {
        experience.learn(made.derivation, made.stages, came: features)
    }

    /// Half of them go on with, or leave something out of, one that came to something new.
    private func derivation(_ chances: inout Chances) -> (Derivation, [Stage]) {
        let old = experience.interesting
        guard !old.isEmpty, chances.isLucky(percent: 50) else {
            return grammar.derivation(weights: experience.weights, &chances)
        }
        let (one, stages) = old[chances.below(old.count)]
        let end = 1 + chances.below(max(1, one.steps.count - 1))
        if chances.isLucky(percent: 70), stages.indices.contains(end - 1) {
            return grammar.derivation(
                after: Array(one.steps.prefix(end)), stages: Array(stages.prefix(end)), weights: experience.weights,
                &chances)
        }
        var shorter = one
        shorter.steps.remove(at: chances.below(shorter.steps.count))
        // What becomes of the hosts without it is not known, so nothing goes on with it.
        return (shorter, [])
    }
}
