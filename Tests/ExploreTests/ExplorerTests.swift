import Testing

@testable import Explore

/// An exploration of kernels that are played here.
@Suite struct ExplorerTests {
    /// Two kernels that do not agree on what a closed socket's linger time is, whatever else a sequence does.
    private static func played(_ candidate: Candidate) -> SequenceOutcome {
        var outcome = SequenceOutcome(features: Set(candidate.lines.map { String($0.suffix(12)) }))
        let lingering = candidate.lines.firstIndex { $0.contains("linger 3") }
        let close = candidate.lines.lastIndex { $0.contains(" close ") }
        if let lingering, let close, lingering < close {
            outcome.sights.append(Sight(key: "linger", words: "3 s -> 4 s"))
        }
        if candidate.lines.contains(where: { $0.hasPrefix("wire repeat") }) {
            outcome.sights.append(Sight(key: "repeat", words: "a -> b"))
        }
        return outcome
    }

    private func explore(_ plan: Explorer.Plan, _ run: @escaping Explorer.Run) throws -> Exploration {
        try Explorer(plan, run: run).explore()
    }

    private static func run(_ sequences: [(id: String, candidate: Candidate)]) -> [String: SequenceOutcome] {
        Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, played($0.candidate)) })
    }

    @Test func whatDiffersIsFoundAndShortened() throws {
        let exploration = try explore(Explorer.Plan(seed: 1, sequences: 600, batch: 100), Self.run)
        #expect(exploration.sequences == 600)
        #expect(exploration.unsteady.isEmpty && exploration.leftOut.isEmpty)
        let shortest = Dictionary(
            uniqueKeysWithValues: exploration.findings.map { ($0.cluster.key, $0.shortest.lines) })
        #expect(Set(shortest.keys) == ["linger", "repeat"])
        // Not one line may go any more.
        for (key, lines) in shortest {
            #expect(lines.count <= 5)
            for place in lines.indices {
                var fewer = lines
                fewer.remove(at: place)
                #expect(!Self.played(Candidate(fewer).readable).sights.contains { $0.key == key }, "\(lines)")
            }
        }
    }

    @Test func theSameSeedFindsTheSame() throws {
        func log(seed: UInt64) throws -> [[Candidate]] {
            var batches: [[Candidate]] = []
            _ = try explore(Explorer.Plan(seed: seed, sequences: 300, batch: 50)) { sequences in
                batches.append(sequences.map(\.candidate))
                return Self.run(sequences)
            }
            return batches
        }
        let one = try log(seed: 7)
        #expect(try log(seed: 7) == one)
        #expect(try log(seed: 8) != one)
        // Where it ends says nothing of how it begins.
        #expect(one.count > 6)
    }

    /// What shows only now and then says nothing of a kernel.
    @Test func whatIsLuckIsNoFinding() throws {
        var count = 0
        let exploration = try explore(Explorer.Plan(seed: 1, sequences: 200, batch: 50)) { sequences in
            var outcomes = Self.run(sequences).mapValues { _ in SequenceOutcome() }
            for (id, _) in sequences {
                count += 1
                if count % 5 == 0 { outcomes[id]?.sights = [Sight(key: "luck", words: "luck")] }
            }
            return outcomes
        }
        #expect(exploration.findings.isEmpty)
        #expect(exploration.unsteady.map(\.key) == ["luck"])
    }

    @Test func theTimeEndsIt() throws {
        var batches = 0
        let explorer = Explorer(
            Explorer.Plan(seed: 1, sequences: .max, batch: 50),
            run: { sequences in
                batches += 1
                return Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, SequenceOutcome()) })
            }, isTimeUp: { batches == 3 })
        #expect(try explorer.explore().sequences == 150)
        #expect(batches == 3)
    }

    /// Who is stopped has looked into nothing more, and says so.
    @Test func whoIsStoppedSaysWhatIsLeft() throws {
        var runs = 0
        let explorer = Explorer(
            Explorer.Plan(seed: 1, sequences: 600, batch: 100),
            run: { sequences in
                runs += 1
                return runs > 7 ? [:] : Self.run(sequences)
            }, isStopped: { runs > 7 })
        let exploration = try explorer.explore()
        #expect(exploration.sequences == 600)
        #expect(Set(exploration.leftOut.map(\.key) + exploration.findings.map(\.cluster.key)) == ["linger", "repeat"])
        #expect(exploration.unsteady.isEmpty)
    }
}
