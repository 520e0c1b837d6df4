package import Compare
package import Record

extension SequenceOutcome {
    /// What became of sequences on two sides, by id.
    ///
    /// - Parameter changes: what is known to differ between kernels.
    package static func all(
        before: (name: String, record: RunRecord), after: (name: String, record: RunRecord),
        knowing changes: [KnownChange]
    ) -> [String: SequenceOutcome] {
        let comparison = Comparison([before, after], knowing: changes)
        let (old, new) = (before.record.byScenario, after.record.byScenario)
        return comparison.steps.flatMap(\.scenarios).reduce(into: [:]) { outcomes, change in
            let id = change.scenario.id
            let sides = [(before.name, old[id]), (after.name, new[id])]
            var outcome = SequenceOutcome(features: sides.reduce(into: []) { $0.formUnion($1.1?.features ?? []) })
            outcome.unjudged =
                sides.lazy.compactMap { name, attempt in
                    attempt.flatMap { $0.obstacle.map { "\(name): \($0.withoutNumbers)" } }
                        ?? (attempt == nil ? "\(name): it did not run" : nil)
                }.first
            if outcome.unjudged == nil {
                outcome.sights = sides.flatMap { name, attempt in
                    (attempt?.brokenRules ?? []).map { Sight(broken: $0.expected, seen: $0.seen, on: name) }
                }
                // Of a verdict that says no more than what is broken there is nothing to add.
                let isBroken = !outcome.sights.isEmpty
                let differences = change.differences.filter { !(isBroken && $0.aspect == .verdict) }
                let ordered = differences.enumerated().sorted { one, other in
                    (one.element.rank, one.offset) < (other.element.rank, other.offset)
                }
                outcome.sights += ordered.map { Sight($0.element) }
            }
            outcomes[id] = outcome
        }
    }
}

extension Difference {
    fileprivate var rank: Int { Sight.order.firstIndex(of: aspect) ?? Sight.order.count }
}

extension RunRecord {
    fileprivate var byScenario: [String: AttemptRecord] {
        Dictionary(attempts.map { ($0.attempt.scenario, $0) }) { first, _ in first }
    }
}

extension RunRecord.AttemptRecord {
    /// Why it says nothing of the kernel.
    fileprivate var obstacle: String? {
        guard let finished else { return "it did not end" }
        switch finished.verdict {
        case .error, .skipped: return finished.reason ?? finished.verdict.rawValue
        case .passed, .failed: return nil
        }
    }

    /// What no kernel may do, whatever a sequence is about: invariants of TCP, and what the kernel itself complains of.
    fileprivate var brokenRules: [Check] {
        checks.filter { check in
            check.isBroken && (check.witnesses == ["kernel"] || check.isOfAnInvariant)
        }
    }

    /// What it has come to.
    fileprivate var features: Set<String> {
        var features: Set<String> = []
        var latest: [Int: String] = [:]
        for fact in facts {
            switch fact {
            case .transition(let fact):
                let step = "\(fact.old)>\(fact.new)"
                features.insert("\(latest[fact.kernelSocket] ?? "")>\(step)")
                latest[fact.kernelSocket] = fact.old
            case .call(let fact):
                features.insert("\(fact.call) \(fact.errno ?? (fact.took == nil ? "blocks" : "succeeds"))")
            case .segment(let fact):
                let options = fact.options.map { $0.prefix { $0 != " " } }.joined(separator: ",")
                features.insert("\(fact.from) \(fact.flags) \(fact.length > 0) \(options) \(fact.fate)")
            case .packet(let fact): features.insert("\(fact.tracepoint) \(fact.state ?? "") \(fact.reason ?? "")")
            case .counters(let fact): for name in fact.deltas.keys { features.insert(name) }
            default: break
            }
        }
        return features
    }
}

extension Check {
    /// Such an expectation ends with the invariant's name and source in brackets.
    fileprivate var isOfAnInvariant: Bool { expected.contains("   (") && expected.hasSuffix(")") }
}
