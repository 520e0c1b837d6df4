/// Looks by chance for sequences that two kernels, or two ways to run a kernel, do not do alike.
///
/// It has nothing to do with kernels itself: it hands out sequences and is told what became of them.
package struct Explorer {
    /// What to look for, and how much.
    package struct Plan: Sendable {
        package var seed: UInt64
        package var topics: Set<Topic>
        /// How many sequences are made at most.
        package var sequences: Int
        /// How many run in one boot.
        package var batch: Int
        /// How many clusters are shortened at most, the largest first.
        package var clusters = 24

        package init(seed: UInt64, topics: Set<Topic> = [], sequences: Int, batch: Int) {
            self.seed = seed
            self.topics = topics
            self.sequences = sequences
            self.batch = batch
        }
    }

    /// How far it is.
    package enum Progress: Sendable {
        case explored(sequences: Int, clusters: Int, reached: Int)
        case shortening(round: Int, open: Int, ran: Int)
    }

    /// Runs sequences, each under its id, and says what became of them; what is missing was not run.
    package typealias Run = ([(id: String, candidate: Candidate)]) throws -> [String: SequenceOutcome]

    private let plan: Plan
    private let run: Run
    /// Whether no more sequences are to be made: the time is up.
    private let isTimeUp: () -> Bool
    /// Whether nothing more is to be run at all.
    private let isStopped: () -> Bool
    private let tell: (Progress) throws -> Void

    package init(
        _ plan: Plan, run: @escaping Run, isTimeUp: @escaping () -> Bool = { false },
        isStopped: @escaping () -> Bool = { false },
        tell: @escaping (Progress) throws -> Void = { _ in }
    ) {
        self.plan = plan
        self.run = run
        self.isTimeUp = isTimeUp
        self.isStopped = isStopped
        self.tell = tell
    }

    /// Explores, and shortens what it has found.
    package func explore() throws -> Exploration {
        var generator = Generator(seed: plan.seed, topics: plan.topics)
        var exploration = Exploration()
        while exploration.sequences < plan.sequences, !isTimeUp() {
            let made = generator.next(min(plan.batch, plan.sequences - exploration.sequences))
            guard !made.isEmpty else { break }
            let outcomes = try run(made.map { (Self.id($0.number), $0.candidate) })
            for one in made {
                guard let outcome = outcomes[Self.id(one.number)] else { continue }
                exploration.sequences += 1
                generator.learn(one, came: outcome.features)
                exploration.clusters.add(one.number, one.candidate, outcome)
            }
            exploration.reached = generator.experience.reached.count
            try tell(
                .explored(
                    sequences: exploration.sequences, clusters: exploration.clusters.unknown.count,
                    reached: exploration.reached))
            // Nothing of it ran: nothing of the next one would.
            guard !outcomes.isEmpty else { break }
        }
        try investigate(&exploration)
        return exploration
    }

    /// Shortens what was found, all clusters side by side, so that a boot runs candidates of each.
    private func investigate(_ exploration: inout Exploration) throws {
        let largest = exploration.clusters.unknown.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        var investigations = largest.prefix(plan.clusters).map { Investigation($0.element) }
        exploration.leftOut = largest.dropFirst(plan.clusters).map(\.element)
        var round = 0
        while !isStopped() {
            round += 1
            var proposals: [(place: Int, id: String, candidate: Candidate)] = []
            for place in investigations.indices {
                for (number, candidate) in investigations[place].proposals().enumerated() {
                    proposals.append((place, "shorter-\(place + 1).\(round).\(number + 1)", candidate))
                }
            }
            guard !proposals.isEmpty else { break }
            try tell(
                .shortening(
                    round: round, open: investigations.count { !$0.isOver }, ran: exploration.rerun))
            var outcomes: [String: SequenceOutcome] = [:]
            for start in stride(from: 0, to: proposals.count, by: plan.batch) {
                let batch = proposals[start..<min(start + plan.batch, proposals.count)]
                outcomes.merge(try run(batch.map { ($0.id, $0.candidate) })) { $1 }
            }
            // What did not run has shown nothing, which is no answer.
            guard !isStopped() else { break }
            exploration.rerun += proposals.count
            for place in investigations.indices where !investigations[place].isOver {
                investigations[place].take(proposals.filter { $0.place == place }.map { outcomes[$0.id] })
            }
        }
        for investigation in investigations {
            if let steady = investigation.steady {
                exploration.findings.append(Discovery(cluster: investigation.cluster, shortest: steady))
            } else if investigation.isOver {
                exploration.unsteady.append(investigation.cluster)
            } else {
                exploration.leftOut.append(investigation.cluster)
            }
        }
    }

    private static func id(_ number: Int) -> String { "explored-\(number)" }
}

/// Something that nothing explains, with the shortest sequence that shows it each time.
package struct Discovery: Sendable {
    package let cluster: Cluster
    package let shortest: Candidate
}

/// What an exploration has come to.
package struct Exploration: Sendable {
    /// How many sequences were run.
    package var sequences = 0
    /// How many more it took to shorten what was found.
    package var rerun = 0
    /// How many states, errors, segments and counters they have come to.
    package var reached = 0
    package var clusters = Clusters()
    package var findings: [Discovery] = []
    /// What did not show again each time, and so says nothing of a kernel.
    package var unsteady: [Cluster] = []
    /// What nobody had time for.
    package var leftOut: [Cluster] = []
}
