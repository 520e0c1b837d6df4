internal import Compare
internal import FoundationEssentials
internal import Record

/// What the page's script is told of one scenario.
struct HTMLScenario: Encodable {
    /// One run's attempt at it.
    struct Run: Encodable {
        var verdict: String
        var word: String
        var took: String
        var link: String
        var variant: String?
        /// How the other attempts ended, if there were several.
        var attempts: String?
        /// Pairs of a name and a text: why it did not pass.
        var explain: [[String]]
        var checks: [Judged]
        var measures: [[String]]
        var counters: [[String]]
        var ladder: LadderCode
    }

    /// An expectation: whether it was met, then what was expected, seen, and by whom.
    struct Judged: Encodable {
        let check: Check

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(check.passed ? 1 : 0)
            try list.encode(check.expected)
            try list.encode(check.seen)
            try list.encode(check.witnesses.joined(separator: " "))
        }
    }

    /// What changed from one run to the next.
    struct Step: Encodable {
        struct Group: Encodable {
            var known: String?
            /// What, before, after.
            var items: [[String]]
        }

        var before: String
        var after: String
        var groups: [Group]
    }

    enum CodingKeys: String, CodingKey {
        case id, claim, says, document, cites, location, steps, runs, changes = "steps_between"
    }

    var id: String
    var claim: String
    var says: String?
    var document: String
    var cites: [String]
    var location: String
    var steps: [String]
    /// In the page's order of runs; nil where a run has nothing of it.
    var runs: [Run?]
    var changes: [Step]
}

extension HTMLScenario.Run {
    /// The attempt that deserves attention: the first that did not pass, or the first.
    init?(_ outcomes: [Outcome]) {
        let order: [Verdict] = [.failed, .error, .skipped, .passed]
        guard let verdict = order.first(where: { one in outcomes.contains { $0.verdict == one } }),
            let outcome = outcomes.first(where: { $0.verdict == verdict })
        else { return nil }
        self.verdict = verdict.rawValue
        word = verdict.word
        took = duration(outcome.duration)
        link = outcome.link
        variant = outcome.variant
        if outcomes.count > 1 {
            let counts = order.reversed().compactMap { one -> String? in
                let count = outcomes.count { $0.verdict == one }
                return count > 0 ? "\(count) \(one.word)" : nil
            }
            attempts = "\(outcomes.count) attempts: \(counts.joined(separator: ", ")); shown is \(outcome.name)"
        }
        explain = outcome.explained
        checks = outcome.checks.map(HTMLScenario.Judged.init)
        measures = outcome.measurements.map { [$0.name, "\($0.value.short) \($0.unit)", $0.toleranceWords] }
        counters = outcome.facts.compactMap { fact in
            guard case .counters(let fact) = fact else { return nil }
            let deltas = fact.deltas.sorted { $0.key < $1.key }.map {
                "\($0.key) \($0.value > 0 ? "+" : "")\($0.value)"
            }
            return [fact.host, deltas.joined(separator: ", ")]
        }
        ladder = LadderCode(ladder: Ladder(outcome))
    }
}

extension Outcome {
    /// Why it did not pass, as pairs of a name and a text.
    fileprivate var explained: [[String]] {
        var pairs: [[String]] = []
        if verdict == .error || verdict == .skipped || (verdict == .failed && failedChecks.isEmpty), let reason {
            pairs.append([verdict == .skipped ? "skipped" : "reason", reason])
        }
        for check in failedChecks {
            pairs += [["expected", check.expected], ["seen", check.seen]]
            if let wire = check.wire { pairs.append(["wire", wire]) }
            pairs.append(["at", check.location])
        }
        return pairs
    }
}

extension Double {
    /// With as many digits as tell something.
    fileprivate var short: String {
        if let whole = Int(exactly: self) { return String(whole) }
        let rounded = (self * 1e6).rounded() / 1e6
        return "\(rounded)"
    }
}

extension Measurement {
    fileprivate var toleranceWords: String {
        switch comparison {
        case .exact: "none"
        case .within(let tolerance): "± \(tolerance.short) \(unit)"
        case .never(let reason): "any: \(reason)"
        }
    }
}

/// JSON that may stand inside a script element.
func scriptJSON(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
        // A "<" is only ever inside a string, where its escape means the same, and cannot end the element.
        return String(decoding: try encoder.encode(value), as: UTF8.self).replacing("<", with: "\\u003c")
    } catch {
        // Strings and finite numbers are always expressible.
        fatalError("cannot encode a report: \(error)")
    }
}
