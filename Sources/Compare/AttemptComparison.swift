internal import Record

/// Two attempts at one scenario, side by side.
struct AttemptComparison {
    let scenario: String
    let before: Behaviour
    let after: Behaviour
    /// Whether both kernels lived by a clock of their own, so that no load can have caused a retransmission.
    let isExact: Bool
    /// Variants that are known to take each other's place.
    var knownVariants: [(String, String)] = []

    /// Everything that differs, the most telling first.
    var differences: [Difference] {
        var found = verdictDifferences
        // What was skipped or went wrong has shown only a part.
        guard before.isJudged, after.isJudged else { return found }
        found += mapDifferences(.path, before.paths, after.paths)
        found += mapDifferences(.call, before.calls, after.calls)
        found += exitDifferences
        if !before.isLeftToChance && !after.isLeftToChance {
            found += segmentDifferences + packetDifferences + counterDifferences
        }
        return found + measurementDifferences
    }

    private func difference(_ aspect: Aspect, _ subject: String, _ before: String?, _ after: String?) -> Difference {
        Difference(scenario: scenario, aspect: aspect, subject: subject, before: before, after: after)
    }

    private var verdictDifferences: [Difference] {
        var found: [Difference] = []
        // Reasons tell times and ports, which do not make another reason.
        let same = withoutDigits(before.verdictWords) == withoutDigits(after.verdictWords)
        if before.verdict != after.verdict || !same {
            found.append(difference(.verdict, "", before.verdictWords, after.verdictWords))
        }
        if before.isJudged, after.isJudged {
            let changes = Variants(before.variant).changes(to: Variants(after.variant), knowing: knownVariants)
            found += changes.map { difference(.variant, "", $0.before, $0.after) }
        }
        return found
    }

    private func withoutDigits(_ text: String) -> String { text.filter { !$0.isNumber } }

    private func mapDifferences(
        _ aspect: Aspect, _ before: [String: [String]], _ after: [String: [String]]
    ) -> [Difference] {
        Set(before.keys).union(after.keys).sorted().compactMap { subject in
            let changed = Sequence.difference(before[subject] ?? [], after[subject] ?? [])
            return changed.map { difference(aspect, subject, $0.before, $0.after) }
        }
    }

    private var exitDifferences: [Difference] {
        Set(before.exits.keys).union(after.exits.keys).sorted()
            .filter { before.exits[$0] != after.exits[$0] }
            .map { difference(.call, $0, before.exits[$0] ?? "lives on", after.exits[$0] ?? "lives on") }
    }

    private var segmentDifferences: [Difference] {
        let senders = Set(before.traffic.sent.keys).union(after.traffic.sent.keys).sorted()
        let hasSeveral = max(before.traffic.connections, after.traffic.connections) > 1
        return senders.compactMap { sender in
            let peerRepeats = before.traffic.repeats(sender.peer) || after.traffic.repeats(sender.peer)
            func words(_ traffic: Traffic) -> [String] {
                traffic.words(of: sender, withRepetitions: isExact, peerRepeats: peerRepeats)
            }
            let subject = "sent by \(sender.host)" + (hasSeveral ? " on connection \(sender.connection)" : "")
            return Sequence.difference(words(before.traffic), words(after.traffic))
                .map { difference(.segment, subject, $0.before, $0.after) }
        }
    }

    private var packetDifferences: [Difference] {
        func told(_ packets: [String: [String]]) -> [String: [String]] {
            isExact ? packets : packets.filter { !$0.key.hasPrefix("tcp_retransmit") }
        }
        return mapDifferences(.packet, told(before.packets), told(after.packets))
    }

    private var counterDifferences: [Difference] {
        let repeated = before.traffic.repetitions != after.traffic.repetitions
        return Set(before.counters.keys).union(after.counters.keys).sorted().compactMap { subject in
            let (old, new) = (before.counters[subject] ?? 0, after.counters[subject] ?? 0)
            let name = String(subject.prefix { $0 != " " })
            if old == new || (!isExact && repeated && Counters.ofRetransmission.contains(name)) { return nil }
            return difference(.counter, subject, String(old), String(new))
        }
    }

    private var measurementDifferences: [Difference] {
        let old = Dictionary(before.measurements.map { ($0.name, $0) }) { $1 }
        let new = Dictionary(after.measurements.map { ($0.name, $0) }) { $1 }
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            if let one = old[name], let other = new[name], agree(one, other) { return nil }
            return difference(.measurement, name, old[name]?.words, new[name]?.words)
        }
    }

    private func agree(_ one: Measurement, _ other: Measurement) -> Bool {
        (one.value - other.value).magnitude <= max(one.tolerance, other.tolerance) && one.unit == other.unit
    }
}
