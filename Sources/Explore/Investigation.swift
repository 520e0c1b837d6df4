/// A cluster on its way to the shortest sequence that shows it.
struct Investigation {
    private enum Stage {
        /// Whether it shows again, a few times over, in other company and at other times.
        case confirming
        case shrinking
        /// The same of what it was shortened to.
        case confirmingShortest
        case over
    }

    let cluster: Cluster
    private var stage = Stage.confirming
    private var shrinker: Shrinker
    private var waiting: ArraySlice<Candidate>
    /// What it was shortened to, one after the other.
    private var shorter: [Candidate] = []
    /// The last one that has shown it each time.
    private(set) var steady: Candidate?
    private(set) var tries = 0

    init(_ cluster: Cluster) {
        self.cluster = cluster
        waiting = cluster.candidates.map(\.candidate)[...]
        shrinker = Shrinker(waiting.removeFirst())
    }

    var isOver: Bool { if case .over = stage { true } else { false } }

    /// What is to be run next.
    mutating func proposals() -> [Candidate] {
        let proposals: [Candidate]
        switch stage {
        case .confirming: proposals = Self.again(shrinker.best)
        case .confirmingShortest: proposals = Self.again(shorter.last ?? shrinker.best)
        case .shrinking:
            let next = shrinker.candidates()
            guard next.isEmpty else {
                proposals = next
                break
            }
            stage = shorter.isEmpty ? .over : .confirmingShortest
            return self.proposals()
        case .over: proposals = []
        }
        tries += proposals.count
        return proposals
    }

    /// Takes what became of them, in their order.
    mutating func take(_ outcomes: [SequenceOutcome?]) {
        let shows = outcomes.map { outcome in
            outcome.map { $0.unjudged == nil && $0.surprises.contains { $0.key == cluster.key } } ?? false
        }
        switch stage {
        case .confirming where shows.allSatisfy { $0 }:
            steady = shrinker.best
            stage = .shrinking
        case .confirming:
            // A matter of luck, at least in this one.
            guard let next = waiting.popFirst() else { return stage = .over }
            shrinker = Shrinker(next)
        case .shrinking:
            let before = shrinker.best
            shrinker.take(shows)
            if shrinker.best != before { shorter.append(shrinker.best) }
        case .confirmingShortest where shows.allSatisfy { $0 }:
            steady = shorter.last
            stage = .over
        case .confirmingShortest:
            // It shows it now and then only. The one before it was longer, and may do so each time.
            shorter.removeLast()
            if shorter.isEmpty { stage = .over }
        case .over: break
        }
    }

    /// The same a few times over, each begun a little later than the others, so that nothing hangs on where the kernel's
    /// ticks lie.
    static func again(_ candidate: Candidate) -> [Candidate] {
        [[], ["wait 13ms"], ["wait 37ms"]].map { wait in
            // Settings stand before acts wherever they are in the list.
            Candidate(wait + candidate.lines)
        }
    }
}
