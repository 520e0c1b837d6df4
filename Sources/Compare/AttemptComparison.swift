internal import Record

/// Two attempts at one scenario, side by side.
struct AttemptComparison {
    let scenario: String
    let before: Behaviour
    let after: Behaviour
    /// Whether both kernels lived by a clock of their own, so that no load can have caused a retransmission.
    let isExact: Bool
    private let records: (RunRecord.AttemptRecord?, RunRecord.AttemptRecord?)
    /// Variants that are known to take each other's place.
    var knownVariants: [(String, String)] = []

    /// - Parameters:
    ///   - before: nil for a scenario that was planned and never begun; so is `after`.
    init(
        scenario: String, before: RunRecord.AttemptRecord?, after: RunRecord.AttemptRecord?, isExact: Bool,
        knownVariants: [(String, String)] = []
    ) {
        self.scenario = scenario
        self.isExact = isExact
        self.knownVariants = knownVariants
        records = (before, after)
        (self.before, self.after) = (Behaviour(before), Behaviour(after))
    }

    private init(_ other: AttemptComparison, _ before: Behaviour, _ after: Behaviour) {
        (scenario, isExact, knownVariants, records) = (
            other.scenario, other.isExact, other.knownVariants, other.records
        )
        (self.before, self.after) = (before, after)
    }

    /// Everything that differs, the most telling first.
    var differences: [Difference] {
        let found = allDifferences
        guard !isExact, found.contains(where: { Self.ofAftermath.contains($0.aspect) }) else { return found }
        // How much comes after the scenario's last look depends on when the laboratory went away: one of the two may
        // have it, before its last look or after, and the other not.
        let (one, other) = (Behaviour(records.0, withoutAftermath: true), Behaviour(records.1, withoutAftermath: true))
        let views = [(one, other), (one, after), (before, other)].map {
            AttemptComparison(self, $0.0, $0.1).allDifferences
        }
        return found.filter { difference in
            !Self.ofAftermath.contains(difference.aspect)
                || views.allSatisfy { view in
                    view.contains { ($0.aspect, $0.subject) == (difference.aspect, difference.subject) }
                }
        }
    }

    /// What goes on by itself when nobody looks any more.
    private static let ofAftermath: Set<Aspect> = [.path, .segment, .packet]

    /// Why only one of the two could look at it at all, in the words of the other; nil where that is not so.
    var onlyOneLooked: (isBefore: Bool, reason: String)? {
        switch (before.verdict, after.verdict) {
        case (.skipped, .passed): (false, before.verdictWords)
        case (.passed, .skipped): (true, after.verdictWords)
        default: nil
        }
    }

    private var allDifferences: [Difference] {
        var found = verdictDifferences
        // What was skipped or went wrong has shown only a part.
        guard before.isJudged, after.isJudged else { return found }
        found += mapDifferences(.path, before.paths, after.paths)
        found += mapDifferences(.call, before.calls, after.calls)
        found += exitDifferences
        return found + segmentDifferences + packetDifferences + counterDifferences + measurementDifferences
    }

    /// Whether losses, which are chance, decide what is sent again.
    var isLossy: Bool { before.chance == .loss || after.chance == .loss }

    /// Whether two runs need to agree on what is sent again: only where no load and no losses can cause it.
    private var repetitionsCount: Bool { isExact && !isLossy }

    private func difference(
        _ aspect: Aspect, _ subject: String, _ before: String?, _ after: String?, _ values: Difference.Values? = nil
    ) -> Difference {
        Difference(
            scenario: scenario, aspect: aspect, subject: subject, before: before, after: after, values: values)
    }

    private var verdictDifferences: [Difference] {
        var found: [Difference] = []
        // What one could not look at and the other could is no change of a kernel.
        if onlyOneLooked != nil { return [] }
        if before.verdict != after.verdict || !Reason.agree(before.verdictWords, after.verdictWords) {
            found.append(difference(.verdict, "", before.verdictWords, after.verdictWords))
        }
        if before.isJudged, after.isJudged {
            let changes = Variants(before.variant).changes(to: Variants(after.variant), knowing: knownVariants)
            found += changes.map { difference(.variant, "", $0.before, $0.after) }
        }
        return found
    }

    private func mapDifferences(
        _ aspect: Aspect, _ before: [String: [Sequence.Item]], _ after: [String: [Sequence.Item]]
    ) -> [Difference] {
        Set(before.keys).union(after.keys).sorted().compactMap { subject in
            sequenceDifference(aspect, subject, before[subject] ?? [], after[subject] ?? [])
        }
    }

    private func sequenceDifference(
        _ aspect: Aspect, _ subject: String, _ before: [Sequence.Item], _ after: [Sequence.Item]
    ) -> Difference? {
        guard let changed = Sequence.difference(before, after) else { return nil }
        return difference(
            aspect, subject, Sequence.words(changed.before), Sequence.words(changed.after),
            .sequence(before: changed.before, after: changed.after))
    }

    private var exitDifferences: [Difference] {
        Set(before.exits.keys).union(after.exits.keys).sorted()
            .filter { before.exits[$0] != after.exits[$0] }
            .map { difference(.call, $0, before.exits[$0] ?? "lives on", after.exits[$0] ?? "lives on") }
    }

    private var segmentDifferences: [Difference] {
        let senders = before.traffic.senders.union(after.traffic.senders).sorted()
        let hasSeveral = max(before.traffic.connections, after.traffic.connections) > 1
        let leeway = Traffic.Leeway(
            repetitions: !repetitionsCount, volume: takesPart, loss: isLossy)
        return senders.compactMap { sender in
            let peerRepeats = before.traffic.repeats(sender.peer) || after.traffic.repeats(sender.peer)
            let subject = "sent by \(sender.host)" + (hasSeveral ? " on connection \(sender.connection)" : "")
            return sequenceDifference(
                .segment, subject, before.traffic.items(of: sender, leeway, peerRepeats: peerRepeats),
                after.traffic.items(of: sender, leeway, peerRepeats: peerRepeats))
        }
    }

    private var packetDifferences: [Difference] {
        func told(_ packets: [String: [Sequence.Item]]) -> [String: [Sequence.Item]] {
            repetitionsCount ? packets : packets.filter { !Self.isOfRetransmission($0.key) }
        }
        return mapDifferences(.packet, told(before.packets), told(after.packets))
    }

    private var counterDifferences: [Difference] {
        Set(before.counters.keys).union(after.counters.keys).sorted().compactMap { subject in
            let (old, new) = (before.counters[subject] ?? 0, after.counters[subject] ?? 0)
            let name = String(subject.prefix { $0 != " " })
            guard old != new, exemption(ofCounter: name) == nil else { return nil }
            return difference(
                .counter, subject, String(old), String(new), .counter(name: name, before: old, after: new))
        }
    }

    private var measurementDifferences: [Difference] {
        let (old, new) = (figures(before), figures(after))
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            if let one = old[name], let other = new[name], one.agrees(with: other) { return nil }
            // Where both or the only one say so, nobody looks at it.
            guard old[name]?.isCompared ?? true, new[name]?.isCompared ?? true else { return nil }
            return difference(
                .measurement, name, old[name]?.words, new[name]?.words,
                .measurements(name, old[name]?.value, new[name]?.value))
        }
    }

    /// Measurements by name; a scenario may take one several times.
    private func figures(_ behaviour: Behaviour) -> [String: Measurement] {
        Measurement.named(behaviour.measurements)
    }
}

extension Measurement {
    /// By name, those after the first of one name with their number: `client lifetime #2`.
    static func named(_ measurements: [Measurement]) -> [String: Measurement] {
        Dictionary(zip(Numbers.distinct(measurements.map(\.name)), measurements)) { first, _ in first }
    }
}
