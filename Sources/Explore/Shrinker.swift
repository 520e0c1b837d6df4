/// Shortens a sequence as long as it still shows what it is about.
///
/// Each round proposes many shorter ones, to be tried side by side, and goes on with the best. It works on lines, and
/// what stands on a line that is left out goes with it.
package struct Shrinker: Sendable {
    /// The shortest so far that shows it.
    package private(set) var best: Candidate
    package private(set) var isDone = false
    private var proposed: [Candidate] = []
    private var known: Set<Candidate>
    /// Pieces of a sequence that may go one at a time, to be tried together next.
    private var removable: (of: Candidate, pieces: [Set<Int>])?

    package init(_ candidate: Candidate) {
        best = candidate
        known = [candidate]
    }

    /// What is to be tried next; none has been before.
    package mutating func candidates() -> [Candidate] {
        guard !isDone else { return [] }
        proposed = fresh(removable.map(unions) ?? [])
        if proposed.isEmpty {
            removable = nil
            proposed = fresh(Self.pieces(of: best).map { without($0, best) } + simpler)
        }
        isDone = proposed.isEmpty
        return proposed
    }

    /// Takes which of the candidates show it, in their order.
    package mutating func take(_ shows: [Bool]) {
        known.formUnion(proposed)
        let good = zip(proposed, shows).filter(\.1).map(\.0)
        let wasTogether = removable != nil
        removable = nil
        guard let shortest = good.min(by: { $0.isSimpler(than: $1) }) else {
            // Nothing may go any more, unless so many together were too many.
            isDone = !wasTogether
            return
        }
        if !wasTogether {
            let single = Set(good)
            let pieces = disjoint(Self.pieces(of: best).filter { single.contains(without($0, best)) })
            if pieces.count > 1 { removable = (best, pieces) }
        }
        if shortest.isSimpler(than: best) { best = shortest }
    }

    private func fresh(_ candidates: [Candidate]) -> [Candidate] {
        var seen = known
        return candidates.filter { !$0.lines.isEmpty && seen.insert($0).inserted }
    }

    /// The more of them the better; from either end, so that two of which one must stay are told apart.
    private func unions(of removable: (of: Candidate, pieces: [Set<Int>])) -> [Candidate] {
        [removable.pieces, removable.pieces.reversed()].flatMap { pieces in
            var union: Set<Int> = []
            return pieces.map { piece in
                union.formUnion(piece)
                return without(union, removable.of)
            }
        }
    }

    /// Halves, quarters and so on down to single lines.
    private static func pieces(of candidate: Candidate) -> [Set<Int>] {
        let count = candidate.lines.count
        var pieces: [Set<Int>] = []
        var size = count / 2
        while size >= 1 {
            for start in stride(from: 0, to: count, by: size) {
                pieces.append(Set(start..<min(start + size, count)))
            }
            size /= 2
        }
        // A setting of one's own and the line that uses it need not be neighbours of one piece.
        if count > 2 { for start in 0..<(count - 1) { pieces.append([start, start + 1]) } }
        return pieces
    }

    private func disjoint(_ pieces: [Set<Int>]) -> [Set<Int>] {
        var result: [Set<Int>] = []
        for piece in pieces.sorted(by: { ($0.count, -$0.min()!) > ($1.count, -$1.min()!) })
        where result.allSatisfy({ $0.isDisjoint(with: piece) }) {
            result.append(piece)
        }
        return result
    }

    private func without(_ places: Set<Int>, _ candidate: Candidate) -> Candidate {
        Candidate(candidate.lines.enumerated().filter { !places.contains($0.offset) }.map(\.element)).readable
    }

    /// The same with one line said more simply.
    private var simpler: [Candidate] {
        best.lines.enumerated().compactMap { place, line in
            guard line.hasPrefix("wait "), let shorter = Self.shorterWaits[line] else { return nil }
            var candidate = best
            candidate.lines[place] = shorter
            return candidate
        }
    }

    private static let shorterWaits = [
        "wait 290s": "wait 80s", "wait 80s": "wait 20s", "wait 20s": "wait 5500ms", "wait 5500ms": "wait 1700ms",
        "wait 1700ms": "wait 330ms", "wait 330ms": "wait 70ms",
    ]
}

extension Candidate {
    /// Whether it has fewer lines, or as many that wait for less.
    fileprivate func isSimpler(than other: Candidate) -> Bool {
        (lines.count, waits, text(id: "x")) < (other.lines.count, other.waits, other.text(id: "x"))
    }
}
