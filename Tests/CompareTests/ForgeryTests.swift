import Compare
import Record
import Testing

/// Each aspect of each scenario's record is forged, and the comparison must name it.
///
/// What it need not name is a policy with a reason, and `allowed` lists all of these.
@Suite(.enabled(if: CatalogueRun.isReadable, "xz is not installed")) struct ForgeryTests {
    /// Where the attempt is said to have run: only in virtual time is what is sent again compared as well.
    enum Place: String, CaseIterable {
        case guest = "guest, TCG, virtual time"
        case host
    }

    /// What a forgery may go unnoticed for, by the reason that the comparison gives.
    private static let allowed: [(reason: String, aspects: Set<Aspect>, scenarios: Set<String>?)] = [
        ("the fast path and the slow one come to the same", [.counter], nil),
        ("where a stream is cut depends on when room and acknowledgements came", [.counter, .segment], streams),
        ("how much a buffer takes is a matter of the kernel's memory", [.segment, .call], full),
        ("the link loses segments at random", [.segment, .packet, .counter], ["close.transfer-over-loss"]),
        ("each read takes what has come by then", [.measurement], streams),
        ("how much a buffer takes is a matter of the kernel's memory", [.measurement], full),
        (
            "how often something is sent again is left to the link, or the machine's load", [.measurement],
            ["close.transfer-over-loss", "keepalive.pure-ack-unreliable"]
        ),
    ]
    /// Only outside of virtual time.
    private static let busy = "this kernel's clock is the machine's, whose load may cause it"
    private static let aftermath =
        "it counts what is compared itself, and goes on after the scenario's last look until the laboratory goes away"
    /// Scenarios in which a buffer is filled.
    private static let full: Set = [
        "close.zero-window", "close.orphan-visible", "close.orphan-gives-up", "close.returns-immediately",
        "close.sendq-lost-on-peer-crash", "shutdown.rd-new-data", "shutdown.wakes-blocked-calls", "poll.table",
    ]
    /// Scenarios in which so much is sent that a stream is cut somewhere.
    private static let streams = full.union(["close.flushes-sendq", "shutdown.wr-flush", "close.transfer-over-loss"])

    @Test(arguments: Place.allCases) func everyAspectOfEveryScenarioIsNamed(_ place: Place) throws {
        var run = try CatalogueRun.read()
        run.header.place = place.rawValue
        #expect(run.plan.count == run.attempts.count && run.plan.count > 140)
        var forged: [Aspect: Int] = [:]
        var exempted: [String: Set<Aspect>] = [:]
        for attempt in run.attempts {
            for forgery in Forgery.all(of: attempt) {
                forged[forgery.aspect, default: 0] += 1
                if place == .host, ![.segment, .packet, .counter].contains(forgery.aspect) { continue }
                let change = try Self.compare(run.header, attempt, forgery.attempt)
                if change.differences.contains(where: { forgery.isNamed(by: $0) }) { continue }
                let reasons = change.exemptions.filter { forgery.isCovered(by: $0) }.map(\.reason)
                let isAllowed = reasons.contains { reason in
                    if place == .host && reason == Self.busy { return true }
                    if place == .host && reason == Self.aftermath { return forgery.aspect == .counter }
                    return Self.allowed.contains {
                        $0.reason == reason && $0.aspects.contains(forgery.aspect)
                            && $0.scenarios?.contains(attempt.attempt.scenario) ?? true
                    }
                }
                if isAllowed { exempted[attempt.attempt.scenario, default: []].insert(forgery.aspect) }
                #expect(isAllowed, "\(attempt.attempt.scenario): \(forgery.what) goes unnoticed; \(reasons)")
            }
        }
        // The test forges something of each kind, and much of it.
        for (aspect, least) in [
            (Aspect.verdict, 146), (.variant, 146), (.path, 280), (.call, 1400), (.segment, 1400), (.packet, 150),
            (.counter, 1400), (.measurement, 50),
        ] {
            #expect(forged[aspect] ?? 0 >= least, "\(aspect): \(forged[aspect] ?? 0)")
        }
    }

    private static func compare(
        _ header: RunHeader, _ before: RunRecord.AttemptRecord, _ after: RunRecord.AttemptRecord
    ) throws -> Comparison.Change {
        func run(_ attempt: RunRecord.AttemptRecord) throws -> RunRecord {
            try RunRecord(
                [.run(header), .plan(attempt.scenario)] + attempt.facts
                    + attempt.measurements.map { .measurement($0) }
                    + (attempt.finished.map { [.finished($0)] } ?? []) + [.end(RunEnd(duration: 1))])
        }
        return Comparison([("before", try run(before)), ("after", try run(after))], knowing: []).steps[0].scenarios[0]
    }
}

/// One thing of a record that was changed.
struct Forgery {
    let aspect: Aspect
    let what: String
    /// What an exemption may say of it: the name of a counter, say.
    var subject: String?
    let attempt: RunRecord.AttemptRecord

    func isNamed(by difference: Difference) -> Bool { difference.aspect == aspect }

    func isCovered(by exemption: Exemption) -> Bool {
        // How much is read of a stream whose length is the memory's is that length.
        let isAboutIt = exemption.aspect == aspect || (aspect == .call && exemption.subject == "how long a stream is")
        return isAboutIt && (subject == nil || exemption.subject == subject)
    }

    /// How many facts of one aspect are forged, evenly spread, where there are more.
    private static let most = 4

    static func all(of attempt: RunRecord.AttemptRecord) -> [Forgery] {
        verdicts(attempt) + measurements(attempt) + paths(attempt) + exits(attempt) + calls(attempt)
            + segments(attempt) + packets(attempt) + counters(attempt)
    }

    private static func verdicts(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        var failed = attempt
        failed.finished?.verdict = .failed
        failed.finished?.reason = "expected A; seen B"
        var varied = attempt
        varied.finished?.variant = (attempt.finished?.variant.map { $0 + "; " } ?? "") + "forged"
        return [
            Forgery(aspect: .verdict, what: "a failure", attempt: failed),
            Forgery(aspect: .variant, what: "one more variant", attempt: varied),
        ]
    }

    private static func measurements(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        attempt.measurements.enumerated().map { place, measurement in
            var forged = attempt
            forged.measurements[place].value += 1 + 2 * (measurement.comparison.tolerance ?? 1000)
            return Forgery(
                aspect: .measurement, what: "the value of \(measurement.name)",
                subject: measurement.comparison.tolerance == nil ? nil : measurement.name, attempt: forged)
        }
    }

    /// Changes single facts, then leaves each out.
    private static func facts(
        _ aspect: Aspect, _ attempt: RunRecord.AttemptRecord, _ changes: [(String, (inout Event) -> String?)]
    ) -> [Forgery] {
        let void = takenBack(attempt)
        return changes.flatMap { what, change -> [Forgery] in
            let places = attempt.facts.indices.filter { place in
                var fact = attempt.facts[place]
                return change(&fact) != nil && !void.contains { $0.contains(fact.at) }
            }
            let step = max(1, places.count / most)
            return stride(from: 0, to: places.count, by: step).map { index in
                var forged = attempt
                let subject = change(&forged.facts[places[index]]) ?? ""
                return Forgery(
                    aspect: aspect, what: "\(what) of \(subject) at fact \(places[index])", attempt: forged)
            }
        }
    }

    /// When what was seen showed nothing, since the scenario's premise did not hold.
    private static func takenBack(_ attempt: RunRecord.AttemptRecord) -> [Range<Int64>] {
        attempt.facts.compactMap { event in
            guard case .note(let note) = event, let since = note.voidsSince, since < note.at else { return nil }
            return since..<note.at
        }
    }

    private static func paths(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        facts(
            .path, attempt,
            [
                (
                    "a state",
                    { event in
                        guard case .transition(var fact) = event, let socket = fact.socket else { return nil }
                        fact.new = "FORGED"
                        event = .transition(fact)
                        return socket
                    }
                )
            ])
    }

    private static func exits(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        facts(
            .call, attempt,
            [
                (
                    "the end",
                    { event in
                        guard case .exit(var fact) = event else { return nil }
                        fact.status = "SIGFORGED"
                        event = .exit(fact)
                        return fact.process
                    }
                )
            ])
    }

    private static func calls(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        facts(
            .call, attempt,
            [
                (
                    "an error",
                    { event in
                        guard case .call(var fact) = event else { return nil }
                        (fact.result, fact.errno) = (-1, "EFORGED")
                        event = .call(fact)
                        return fact.call
                    }
                ),
                (
                    "a signal",
                    { event in
                        guard case .call(var fact) = event, fact.result != nil else { return nil }
                        fact.signals.append("SIGFORGED")
                        event = .call(fact)
                        return fact.call
                    }
                ),
                (
                    "one byte more",
                    { event in
                        guard case .call(var fact) = event, ["recv", "send", "read", "write"].contains(fact.call),
                            let result = fact.result, result > 0
                        else { return nil }
                        fact.result = result + 1
                        event = .call(fact)
                        return fact.call
                    }
                ),
            ])
    }

    private static func segments(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        func sent(_ event: Event) -> SegmentFact? {
            guard case .segment(let fact) = event, fact.fate != .released, fact.fate != .injected else { return nil }
            return fact
        }
        func change(_ event: inout Event, _ body: (inout SegmentFact) -> Void) -> String? {
            guard var fact = sent(event) else { return nil }
            let words = "\(fact.flags) seq \(fact.sequence) from \(fact.from)"
            body(&fact)
            event = .segment(fact)
            return words
        }
        func forged(_ number: UInt32) -> UInt32 { number < 1 << 31 ? number + 7 : 7 }
        var forgeries = facts(
            .segment, attempt,
            [
                ("a reset in place", { change(&$0) { $0.flags = $0.flags == "R." ? "R" : "R." } }),
                ("an option", { change(&$0) { $0.options.append("forged") } }),
                // Numbers of the connection before are far below this one's first.
                ("the number", { change(&$0) { $0.sequence = forged($0.sequence) } }),
                ("the acknowledgement", { change(&$0) { $0.acknowledgement = forged($0.acknowledgement ?? 0) } }),
                ("the length", { change(&$0) { $0.length += 1 } }),
            ])
        // A reset that nobody expects, from either end of each connection.
        let void = takenBack(attempt)
        for (place, event) in attempt.facts.enumerated().reversed() {
            guard var reset = sent(event), !void.contains(where: { $0.contains(event.at) }) else { continue }
            (reset.flags, reset.length, reset.at) = ("R", 0, reset.at + 1)
            var forged = attempt
            forged.facts.insert(.segment(reset), at: place + 1)
            forgeries.append(Forgery(aspect: .segment, what: "a reset more from \(reset.from)", attempt: forged))
            if forgeries.count > 6 * most { break }
        }
        return forgeries
    }

    private static func packets(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        facts(
            .packet, attempt,
            [
                (
                    "the state",
                    { event in
                        guard case .packet(var fact) = event else { return nil }
                        fact.state = "FORGED"
                        event = .packet(fact)
                        return fact.tracepoint
                    }
                )
            ])
    }

    private static func counters(_ attempt: RunRecord.AttemptRecord) -> [Forgery] {
        attempt.facts.indices.flatMap { place -> [Forgery] in
            guard case .counters(let fact) = attempt.facts[place] else { return [] }
            return (fact.deltas.keys.sorted() + ["TCPForged", "OutRsts", "TCPAbortOnData"]).map { name in
                var counted = fact
                counted.deltas[name, default: 0] += 1
                var forged = attempt
                forged.facts[place] = .counters(counted)
                return Forgery(
                    aspect: .counter, what: "one more \(name)", subject: "\(name) of \(fact.host)", attempt: forged)
            }
        }
    }
}

extension Event {
    /// When a fact that is forged was.
    fileprivate var at: Int64 {
        switch self {
        case .call(let fact): fact.at
        case .transition(let fact): fact.at
        case .segment(let fact): fact.at
        case .packet(let fact): fact.at
        default: -1
        }
    }
}
