internal import Compare
internal import Record

/// What the page's script is told of one scenario.
struct HTMLScenario {
    let scenario: ScenarioDescription
    /// In the page's order of runs; nil where a run has nothing of it.
    let runs: [HTMLRun?]
    let changes: [HTMLStep]
    /// The documents' titles by their numbers.
    let titles: [String: String]

    var value: ScriptValue {
        var pool = StringPool()
        let runs = runs.map { $0?.value(&pool) ?? .null }
        return .object([
            ("id", .text(scenario.id)), ("claim", .text(scenario.claim)), ("location", .text(scenario.location)),
            ("cites", ScriptValue(scenario.citations.map { $0.words(titles: titles) })),
            ("standings", standings), ("steps", ScriptValue(scenario.steps)), ("runs", .list(runs)),
            ("steps_between", .list(changes.map(\.value))), ("texts", ScriptValue(pool.texts)),
        ])
    }

    /// How the claims of documents fare: a note each, and their words where they say something else.
    private var standings: ScriptValue {
        .list(scenario.standings.map { [ScriptValue($0.note), ScriptValue($0.says)] })
    }
}

/// One run's attempts at a scenario: the one that deserves attention, the first that did not pass or the first.
struct HTMLRun {
    let outcome: Outcome
    /// How the attempts ended, if there were several.
    let attempts: String?

    init?(_ outcomes: [Outcome]) {
        guard let verdict = Verdict.worst(of: outcomes.map(\.verdict)),
            let outcome = outcomes.first(where: { $0.verdict == verdict && !$0.isBrief })
                ?? outcomes.first(where: { $0.verdict == verdict })
        else { return nil }
        self.outcome = outcome
        let counts = Verdict.gravest.reversed().compactMap { one -> String? in
            let count = outcomes.count { $0.verdict == one }
            return count > 0 ? "\(count) \(one.word)" : nil
        }
        attempts =
            outcomes.count > 1
            ? "\(outcomes.count) attempts: \(counts.joined(separator: ", ")); shown is \(outcome.name)" : nil
    }

    var took: String { duration(outcome.duration) }

    /// Why it did not pass, in a line; nil where it did.
    var reason: String? { outcome.verdict == .passed ? nil : outcome.finding.oneLine }

    func value(_ pool: inout StringPool) -> ScriptValue {
        let files = Capture.names(outcome)
        return .object([
            ("verdict", .text(outcome.verdict.rawValue)), ("word", .text(outcome.verdict.word)),
            ("took", .text(took)), ("link", .text(outcome.link)), ("variant", ScriptValue(outcome.variant)),
            ("attempts", ScriptValue(attempts)),
            ("explain", .list(outcome.explained.map { [.text($0.0), pool.add($0.1)] })),
            (
                "checks",
                .list(
                    outcome.checks.map {
                        [
                            ScriptValue($0.status.code), pool.add($0.expected), pool.add($0.seen),
                            pool.add($0.witnesses.joined(separator: " ")),
                        ]
                    })
            ),
            (
                "measures",
                .list(
                    outcome.measurements.map {
                        [pool.add($0.name), pool.add("\($0.value.short) \($0.unit)"), pool.add($0.toleranceWords)]
                    })
            ),
            ("counters", .list(outcome.counters.map { [pool.add($0.0), pool.add($0.1)] })),
            ("files", ScriptValue(["A", "B"].map { host in files.first { $0.hasSuffix(".\(host).pcapng") } ?? "" })),
            ("ends", ScriptValue(outcome.ends)),
            ("ladder", LadderCode(ladder: Ladder(outcome), packets: Capture.numbers(outcome)).value(&pool)),
        ])
    }
}

/// What changed from one run to the next.
struct HTMLStep {
    let number: Int
    let before: String
    let after: String
    let change: Comparison.Change

    var value: ScriptValue {
        let groups = change.groups.map { group in
            ScriptValue.object([
                ("known", ScriptValue(group.explanation?.line)),
                ("items", .list(group.differences.map { ScriptValue([$0.heading, $0.beforeWords, $0.afterWords]) })),
            ])
        }
        return .object([("before", .text(before)), ("after", .text(after)), ("groups", .list(groups))])
    }
}

extension Outcome {
    /// Why it did not pass, as pairs of a name and a text.
    fileprivate var explained: [(String, String)] {
        var pairs = again.map { ("tried again", "alone, since \($0)") }
        if verdict == .error || verdict == .skipped || (verdict == .failed && failedChecks.isEmpty), let reason {
            pairs.append((verdict == .skipped ? "skipped" : "reason", reason))
        }
        for check in failedChecks {
            pairs += [("when", "\(seconds(check.at, decimals: 6)) s")]
            pairs += [("expected", check.expected), ("seen", check.seen)]
            if let wire = check.wire { pairs.append(("wire", wire)) }
            pairs.append(("at", check.location))
        }
        for text in kernelTexts { pairs.append(("kernel", text)) }
        return pairs
    }

    /// Hosts with their counters that moved.
    fileprivate var counters: [(String, String)] {
        facts.compactMap { fact in
            guard case .counters(let fact) = fact else { return nil }
            let deltas = fact.deltas.sorted { $0.key < $1.key }.map {
                "\($0.key) \($0.value > 0 ? "+" : "")\($0.value)"
            }
            return (fact.host, deltas.joined(separator: ", "))
        }
    }

    /// The addresses of A and B, first over IPv4 and then over IPv6; empty where the record names none.
    fileprivate var ends: [String] {
        let addresses = AddressBook(facts)
        return [false, true].flatMap { ipv6 in
            ["A", "B"].map { addresses.address(of: $0, ipv6: ipv6) ?? "" }
        }
    }
}

extension CheckStatus {
    fileprivate var code: Int {
        switch self {
        case .met: 1
        case .broken: 0
        case .unjudged: -1
        }
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
