/// A way to go on with a sequence.
struct Production: Sendable {
    let name: String
    let topic: Topic?
    /// How often it is chosen, against the others, before anything was learned.
    let weight: Double
    /// Whether it makes sense now.
    let isPossible: @Sendable (Stage) -> Bool
    /// Writes its lines.
    let lines: @Sendable (inout Stage, inout Chances) -> [String]

    init(
        _ name: String, _ topic: Topic?, weight: Double = 1,
        when isPossible: @escaping @Sendable (Stage) -> Bool = { _ in true },
        lines: @escaping @Sendable (inout Stage, inout Chances) -> [String]
    ) {
        self.name = name
        self.topic = topic
        self.weight = weight
        self.isPossible = isPossible
        self.lines = lines
    }
}

/// A sequence with the productions that have made it.
struct Derivation: Sendable {
    struct Step: Sendable {
        let production: String
        let lines: [String]
    }

    var steps: [Step] = []

    var candidate: Candidate { Candidate(steps.flatMap(\.lines)) }
}

/// Writes sequences of acts by chance: productions over the vocabulary, each with a weight.
struct Grammar: Sendable {
    let productions: [Production]

    /// - Parameter topics: what to write of; without any, of everything.
    init(topics: Set<Topic> = []) {
        let all =
            Self.opening + Self.data + Self.closing + Self.options + Self.sysctls + Self.wire + Self.forging
            + Self.timers + Self.families
        productions = all.filter { production in
            topics.isEmpty || production.topic.map(topics.contains) ?? true
        }
    }

    /// Without it much would hang on whether a segment or the next call comes first, which is no kernel's behaviour. What
    /// shows without it too is shown without.
    private static let pace = Derivation.Step(production: "pace", lines: ["pace 5ms"])

    /// The most productions of a sequence.
    static let longest = 16

    /// Writes one.
    ///
    /// - Parameters:
    ///   - beginning: what it begins with, of another one.
    ///   - beginningStages: what is known after each of these steps.
    ///   - weights: by name, what experience multiplies a production's weight by.
    func derivation(
        after beginning: [Derivation.Step] = [], stages beginningStages: [Stage] = [],
        weights: [String: Double] = [:], _ chances: inout Chances
    ) -> (derivation: Derivation, stages: [Stage]) {
        var derivation = Derivation(steps: beginning.isEmpty ? [Self.pace] : beginning)
        var stages = beginning.isEmpty ? [Stage()] : beginningStages
        var stage = stages.last ?? Stage()
        let length = beginning.count + 3 + chances.below(Self.longest - 4)
        while derivation.steps.count < length {
            let possible = productions.filter { $0.isPossible(stage) && isInPlace($0, derivation) }
            guard !possible.isEmpty else { break }
            let place = chances.place(by: possible.map { $0.weight * weights[$0.name, default: 1] })
            derivation.steps.append(
                Derivation.Step(production: possible[place].name, lines: possible[place].lines(&stage, &chances)))
            stages.append(stage)
        }
        // What was begun is to come to something before everybody looks away.
        let last = chances.one(of: ["330ms", "1700ms", "5500ms"])
        derivation.steps.append(Derivation.Step(production: "last wait", lines: ["wait \(last)"]))
        stages.append(stage)
        return (derivation, stages)
    }

    /// Settings come before everything else, and nothing works without sockets.
    private func isInPlace(_ production: Production, _ derivation: Derivation) -> Bool {
        let isSetting = production.topic == .sysctls || production.topic == .ipv6
        let onlySettings = derivation.steps.allSatisfy { step in
            step.lines.allSatisfy {
                $0.hasPrefix("pace") || $0.hasPrefix("sysctl") || $0 == "ipv6" || $0 == "over IPv6"
            }
        }
        return isSetting ? onlySettings : true
    }
}
