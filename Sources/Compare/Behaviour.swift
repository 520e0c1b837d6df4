internal import Record

/// What one attempt showed, without what differs from run to run: addresses, descriptors, ports, times.
struct Behaviour {
    let verdict: Verdict?
    /// The verdict and its reason.
    let verdictWords: String
    let variant: String?
    /// Paths of the sockets of one name, by name.
    let paths: [String: [Sequence.Item]]
    /// Calls, by socket or process.
    let calls: [String: [Sequence.Item]]
    /// Ends of processes, by process.
    let exits: [String: String]
    let traffic: Traffic
    /// What tracepoints reported, by tracepoint and host.
    let packets: [String: [Sequence.Item]]
    let counters: [String: Int64]
    let measurements: [Measurement]
    /// What the scenario leaves to chance.
    let chance: Chance?
    /// Whether a buffer took less than it was offered, so that the memory decided how long a stream is.
    let takesPart: Bool

    /// Whether the scenario took back a part of it.
    let takesBack: Bool

    /// Of a scenario that was planned and never begun.
    static let none = Behaviour(nil)

    /// Whether the facts are those of a whole scenario.
    var isJudged: Bool { verdict == .passed || verdict == .failed }

    /// - Parameter withoutAftermath: whether to leave out what came after the scenario's last look.
    init(_ record: RunRecord.AttemptRecord?, withoutAftermath: Bool = false) {
        var facts = record?.facts.withoutVoid ?? []
        takesBack = facts.count < record?.facts.count ?? 0
        verdict = record?.finished?.verdict
        verdictWords = record?.finished?.words ?? "no verdict"
        variant = record?.finished?.variant
        measurements = record?.measurements ?? []
        chance = record?.scenario.chance
        if withoutAftermath, let end = record?.lastLook { facts.removeAll { ($0.at ?? 0) > end } }
        let takesPart = facts.contains { if case .call(let fact) = $0 { CallWords.takesPart(fact) } else { false } }
        self.takesPart = takesPart
        paths = Behaviour.paths(facts)
        calls = Behaviour.calls(facts, takesPart: takesPart)
        exits = Behaviour.exits(facts)
        traffic = Traffic(facts)
        packets = Behaviour.packets(facts)
        counters = Behaviour.counters(facts)
    }

    private static func paths(_ facts: [Event]) -> [String: [Sequence.Item]] {
        let transitions = facts.compactMap { if case .transition(let fact) = $0 { fact } else { nil } }
        // A socket that the scenario never named may also be a stranger's.
        let ours = Set(transitions.filter { $0.socket != nil }.flatMap { [host(of: $0.local), host(of: $0.remote)] })
            .subtracting(["0.0.0.0", "[::]"])
        // Of a child that is cloned from a listener, older kernels show no addresses in its first transition.
        let known = Set(
            transitions.filter { $0.socket != nil || ours.contains(host(of: $0.local)) }.map(\.kernelSocket))
        var states: [Int: (name: String, states: [String])] = [:]
        for fact in transitions where known.contains(fact.kernelSocket) {
            let name = "\(fact.socket ?? "unnamed socket") of \(fact.host)"
            states[fact.kernelSocket, default: (name, [fact.old])].states.append(fact.new)
        }
        return states.sorted { $0.key < $1.key }.reduce(into: [:]) { paths, socket in
            paths[socket.value.name, default: []].append(.path(states: socket.value.states))
        }
    }

    private static func host(of address: String) -> Substring {
        address[..<(address.lastIndex(of: ":") ?? address.endIndex)]
    }

    private static func calls(_ facts: [Event], takesPart: Bool) -> [String: [Sequence.Item]] {
        var calls: [String: [CallFact]] = [:]
        for case .call(let fact) in facts {
            let process = fact.process == "p" ? "" : " (\(fact.process))"
            let caller = "process \(fact.process) of \(fact.host)"
            calls[fact.socket.map { "\($0) of \(fact.host)\(process)" } ?? caller, default: []].append(fact)
        }
        // A harness that waits asks until it has its answer, so how often it asked the same says nothing. Nor does what
        // it was answered while it filled a buffer: the last answer says that it is full.
        return calls.mapValues { calls in
            let ordered = calls.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            let told = told(ordered.map(\.element), takesPart: takesPart)
            let kept = told.indices.filter { place in
                !(told.indices.contains(place + 1) && isFilling(told[place].call, before: told[place + 1].call))
            }
            return Sequence.collapsed(kept.map { .call(words: told[$0].words) })
        }
    }

    /// Calls with their words, those that read a stream as one.
    private static func told(_ calls: [CallFact], takesPart: Bool) -> [(call: CallFact, words: String)] {
        var told: [(call: CallFact, words: String)] = []
        var reads: [CallFact] = []
        func endReads() {
            let total = reads.reduce(0) { $0 &+ ($1.result ?? 0) }
            if total < Traffic.bulk {
                told += reads.map { ($0, CallWords.describe($0)) }
            } else {
                told.append((reads[0], CallWords.reads(reads, total: takesPart ? nil : total)))
            }
            reads = []
        }
        for call in calls {
            if let last = reads.last, last.call != call.call || last.arguments != call.arguments { endReads() }
            if CallWords.isStreamRead(call) {
                reads.append(call)
            } else {
                endReads()
                told.append((call, CallWords.describe(call)))
            }
        }
        endReads()
        return told
    }

    /// Whether a call fills a buffer with what no one reads, and the next does so again.
    private static func isFilling(_ call: CallFact, before next: CallFact) -> Bool {
        guard call.call == "send", next.call == "send", call.arguments == next.arguments, call.signals.isEmpty,
            call.arguments.contains("..., ")
        else { return false }
        return call.result ?? 0 > 0 || call.errno == "EAGAIN"
    }

    private static func exits(_ facts: [Event]) -> [String: String] {
        facts.reduce(into: [:]) { exits, event in
            // SIGKILL is how the harness ends its processes.
            guard case .exit(let fact) = event, fact.status != "SIGKILL" else { return }
            exits["process \(fact.process) of \(fact.host)"] = fact.status
        }
    }

    private static func packets(_ facts: [Event]) -> [String: [Sequence.Item]] {
        let packets = facts.reduce(into: [String: [Sequence.Item]]()) { packets, event in
            guard case .packet(let fact) = event else { return }
            packets["\(fact.tracepoint) on \(fact.host)", default: []].append(
                .packet(
                    tracepoint: fact.tracepoint, words: fact.state.map { "in \($0)" } ?? "without a socket",
                    reason: fact.tracepoint == TracedReset.tracepoint ? fact.reason : nil))
        }
        // Sockets that have nothing to do with each other are traced in any order.
        return packets.mapValues { $0.sorted { $0.words < $1.words } }
    }

    private static func counters(_ facts: [Event]) -> [String: Int64] {
        var counters: [String: [String: Int64]] = [:]
        for case .counters(let fact) in facts { counters[fact.host] = fact.deltas }
        return counters.reduce(into: [:]) { all, host in
            for (name, value) in host.value { all["\(name) of \(host.key)"] = value }
        }
    }
}

/// The tracepoint that may give a reason.
enum TracedReset {
    static let tracepoint = "tcp_send_reset"
    static let noReason = "no reason"
}

extension Measurement {
    /// Whether runs are expected to agree on it at all.
    var isCompared: Bool { comparison.tolerance != nil }

    var words: String { "\(Numbers.short(value)) \(unit)" }
}

extension Finished {
    var words: String {
        guard verdict != .passed, let reason else { return verdict.rawValue }
        return "\(verdict.rawValue): \(reason.split(whereSeparator: \.isNewline).joined(separator: " "))"
    }
}

extension RunRecord.AttemptRecord {
    /// When the scenario did or looked at something for the last time; nil where the record does not say.
    fileprivate var lastLook: Int64? {
        let acts = facts.compactMap { if case .act(let act) = $0 { act.at } else { nil } }
        return (acts + checks.map(\.at)).max()
    }
}

extension [Event] {
    /// Without what the scenario itself took back, because its premise did not hold.
    var withoutVoid: [Event] {
        let spans = compactMap { event -> Range<Int64>? in
            guard case .note(let note) = event, let since = note.voidsSince, since < note.at else { return nil }
            return since..<note.at
        }
        guard !spans.isEmpty else { return self }
        return filter { event in
            guard let at = event.at else { return true }
            return !spans.contains { $0.contains(at) }
        }
    }
}

extension Event {
    /// When a fact was; nil for what is no fact of one instant.
    fileprivate var at: Int64? {
        switch self {
        case .call(let fact): fact.at
        case .transition(let fact): fact.at
        case .segment(let fact): fact.at
        case .packet(let fact): fact.at
        case .row(let fact): fact.at
        case .run, .plan, .started, .hosts, .counters, .exit, .step, .act, .note, .health, .check, .suspicion,
            .lateness,
            .measurement, .finished, .end:
            nil
        }
    }
}

/// Figures as people write them.
enum Numbers {
    /// Names of which none comes twice: those after the first of one name have their number.
    static func distinct(_ names: [String]) -> [String] {
        var counts: [String: Int] = [:]
        return names.map { name in
            counts[name, default: 0] += 1
            return name + (counts[name] == 1 ? "" : " #\(counts[name] ?? 0)")
        }
    }

    /// With three decimals at most, and none that are zero.
    static func short(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded()
        guard thousandths.magnitude < 1e15 else { return String(value) }
        let whole = Int64(thousandths)
        let digits = String(whole.magnitude % 1000 + 1000).dropFirst()
        let fraction = String(digits.reversed().drop { $0 == "0" }.reversed())
        let sign = whole < 0 ? "-" : ""
        return "\(sign)\(whole.magnitude / 1000)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}
