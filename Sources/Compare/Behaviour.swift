internal import Record

/// What one attempt showed, without what differs from run to run: addresses, descriptors, ports, times.
struct Behaviour {
    let verdict: Verdict?
    /// The verdict and its reason.
    let verdictWords: String
    let variant: String?
    /// Paths of the sockets of one name, by name.
    let paths: [String: [String]]
    /// Calls, by socket or process.
    let calls: [String: [String]]
    /// Ends of processes, by process.
    let exits: [String: String]
    let traffic: Traffic
    /// What tracepoints reported, by tracepoint and host.
    let packets: [String: [String]]
    let counters: [String: Int64]
    let measurements: [Measurement]
    /// Whether what was sent is left to chance, so that no two runs need to agree on it.
    let isLeftToChance: Bool

    /// Of a scenario that was planned and never begun.
    static let none = Behaviour(nil)

    /// Whether the facts are those of a whole scenario.
    var isJudged: Bool { verdict == .passed || verdict == .failed }

    init(_ record: RunRecord.AttemptRecord?) {
        let facts = record?.facts.withoutVoid ?? []
        verdict = record?.finished?.verdict
        verdictWords = record?.finished?.words ?? "no verdict"
        variant = record?.finished?.variant
        let measurements = record?.measurements ?? []
        self.measurements = measurements.filter(\.isCompared)
        // A count that is never compared is one that the link's losses decide.
        let isLeftToChance = measurements.contains { !$0.isCompared }
        self.isLeftToChance = isLeftToChance
        paths = Behaviour.paths(facts)
        calls = Behaviour.calls(facts, isLeftToChance: isLeftToChance)
        exits = Behaviour.exits(facts)
        traffic = Traffic(facts)
        packets = Behaviour.packets(facts)
        counters = Behaviour.counters(facts)
    }

    private static func paths(_ facts: [Event]) -> [String: [String]] {
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
            paths[socket.value.name, default: []].append(socket.value.states.joined(separator: " > "))
        }
    }

    private static func host(of address: String) -> Substring {
        address[..<(address.lastIndex(of: ":") ?? address.endIndex)]
    }

    private static func calls(_ facts: [Event], isLeftToChance: Bool) -> [String: [String]] {
        var calls: [String: [(at: Int64, words: String)]] = [:]
        for case .call(let fact) in facts {
            let process = fact.process == "p" ? "" : " (\(fact.process))"
            let caller = "process \(fact.process) of \(fact.host)"
            let subject = fact.socket.map { "\($0) of \(fact.host)\(process)" } ?? caller
            calls[subject, default: []].append((fact.at, CallWords.describe(fact, isLeftToChance: isLeftToChance)))
        }
        // A harness that waits asks until it has its answer, so how often it asked the same says nothing. Nor does what
        // it was answered while it filled a buffer: the last answer says that it is full.
        return calls.mapValues { calls in
            let words = calls.sorted { $0.at < $1.at }.map(\.words)
            return Sequence.collapsed(
                zip(words, words.dropFirst() + [""]).filter { !isFilling($0, before: $1) }.map(\.0))
        }
    }

    /// Whether a call sends what no one reads, and the next the same again.
    private static func isFilling(_ call: String, before next: String) -> Bool {
        let (one, other) = (call.prefix { $0 != "=" }, next.prefix { $0 != "=" })
        return one == other && one.hasPrefix("send(..., ")
    }

    private static func exits(_ facts: [Event]) -> [String: String] {
        facts.reduce(into: [:]) { exits, event in
            // SIGKILL is how the harness ends its processes.
            guard case .exit(let fact) = event, fact.status != "SIGKILL" else { return }
            exits["process \(fact.process) of \(fact.host)"] = fact.status
        }
    }

    private static func packets(_ facts: [Event]) -> [String: [String]] {
        let packets = facts.reduce(into: [String: [String]]()) { packets, event in
            guard case .packet(let fact) = event else { return }
            packets["\(fact.tracepoint) on \(fact.host)", default: []].append(TracedReset.words(fact))
        }
        // Sockets that have nothing to do with each other are traced in any order.
        return packets.mapValues { $0.sorted() }
    }

    private static func counters(_ facts: [Event]) -> [String: Int64] {
        var counters: [String: [String: Int64]] = [:]
        for case .counters(let fact) in facts { counters[fact.host] = fact.deltas }
        return counters.reduce(into: [:]) { all, host in
            for (name, value) in host.value where !Counters.noisy.contains(name) {
                all["\(name) of \(host.key)"] = value
            }
        }
    }
}

/// A traced packet in words.
enum TracedReset {
    static let noReason = "no reason"

    static func words(_ fact: TracedPacketFact) -> String {
        let state = fact.state.map { "in \($0)" } ?? "without a socket"
        guard fact.tracepoint == "tcp_send_reset" else { return state }
        return "\(state), \(fact.reason ?? noReason)"
    }
}

/// Counters that are not compared.
enum Counters {
    /// They tell how the stack went about it (fast path, batches, delayed ACKs), which timing decides.
    static let noisy: Set<String> = [
        "TCPHPHits", "TCPPureAcks", "TCPHPAcks", "DelayedACKs", "DelayedACKLocked", "TCPDelivered", "TCPOrigDataSent",
        "TCPAutoCorking", "TCPBacklogCoalesce", "TCPRcvCoalesce", "TCPRcvCollapsed", "TCPHystartTrainDetect",
        "TCPHystartTrainCwnd", "TCPHystartDelayDetect", "TCPHystartDelayCwnd", "TCPAckCompressed", "TCPDeferAcceptDrop",
        "TCPWantZeroWindowAdv", "TCPToZeroWindowAdv", "TCPFromZeroWindowAdv", "InSegs", "OutSegs", "RtoAlgorithm",
        "RtoMin", "RtoMax", "MaxConn",
    ]

    /// They follow from retransmissions, whose number is the load's where the kernel's clock is not ours.
    static let ofRetransmission: Set<String> = [
        "RetransSegs", "TCPTimeouts", "TCPSynRetrans", "TCPLostRetransmit", "TCPRetransFail", "TCPSlowStartRetrans",
        "TCPFastRetrans", "TcpTimeoutRehash", "TcpDuplicateDataRehash", "TCPSpuriousRtxHostQueues", "TCPSpuriousRTOs",
        "TCPSACKReorder", "TCPTSReorder", "TCPFullUndo", "TCPPartialUndo", "TCPDSACKUndo", "TCPLossUndo",
        "TCPLossProbes", "TCPLossProbeRecovery", "TCPDSACKOldSent", "TCPDSACKOfoSent", "TCPDSACKRecv",
        "TCPDSACKOfoRecv", "TCPDSACKIgnoredOld", "TCPDSACKIgnoredNoUndo", "TCPDSACKIgnoredDubious",
        "TCPDSACKRecvSegs", "DelayedACKLost", "TCPSYNChallenge", "TCPChallengeACK", "TCPACKSkippedSynRecv",
        "TCPACKSkippedSeq", "TCPACKSkippedChallenge", "TCPACKSkippedTimeWait", "TCPACKSkippedFinWait2",
        "TCPReqQFullDrop", "PAWSEstab",
    ]
}

extension Measurement {
    /// Whether runs are expected to agree on it at all.
    var isCompared: Bool { tolerance < 1e308 }

    var words: String { "\(Numbers.short(value)) \(unit)" }
}

extension Finished {
    var words: String {
        guard verdict != .passed, let reason else { return verdict.rawValue }
        return "\(verdict.rawValue): \(reason.split(whereSeparator: \.isNewline).joined(separator: " "))"
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
