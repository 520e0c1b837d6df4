internal import Record

/// Something that two runs of a scenario need not agree on, and why.
package struct Exemption: Codable, Equatable, Sendable {
    package var scenario: String
    package var aspect: Aspect
    /// `DelayedACKs`, `what is sent again`.
    package var subject: String
    package var reason: String

    /// What is left out of every comparison.
    package static let everywhere = [
        "addresses, ports that the kernel chose, descriptors and process ids: each run has its own",
        "when something happened and how long a call took, unless it is measured: the clock's and the scheduler's",
        "sequence numbers of a connection that went before: the clock chose where it began",
        "windows and their scale: the kernel's memory decides; timestamps: the clock's",
        "which of two segments that cross, or of two sockets, came first: neither does anything else for it",
        "how often the same was asked, or sent into a buffer until it was full: the harness asks until it has its answer",
        "which byte ranges SACK reports: they follow from what was lost",
        "SIGKILL as the end of a process: so the harness ends its own",
    ]
}

extension AttemptComparison {
    private static let busy = "this kernel's clock is the machine's, whose load may cause it"
    private static let aftermath =
        "it counts what is compared itself, and goes on after the scenario's last look until the laboratory goes away"
    private static let losses = "the link loses segments at random"
    private static let cut = "where a stream is cut depends on when room and acknowledgements came"
    private static let path = "the fast path and the slow one come to the same"
    private static let memory = "how much a buffer takes is a matter of the kernel's memory"

    /// Why what is sent again is not compared; nil where it is.
    private var repetitionExemption: String? { isLossy ? Self.losses : isExact ? nil : Self.busy }

    /// Why a counter is not compared; nil where it is.
    func exemption(ofCounter name: String) -> String? {
        if Counters.ofPath.contains(name) { return Self.path }
        let countsSegments = Counters.ofSegments.contains(name)
        if countsSegments || Counters.ofRetransmission.contains(name) {
            if isLossy { return Self.losses }
            if !isExact, before.traffic.repetitions != after.traffic.repetitions { return Self.busy }
        }
        if !isExact, countsSegments || Counters.ofAftermath.contains(name) { return Self.aftermath }
        if isLossy, Counters.ofLoss.contains(name) { return Self.losses }
        if countsSegments, before.traffic.hasStreams || after.traffic.hasStreams { return Self.cut }
        if !isExact, Counters.ofTiming.contains(name) { return Self.busy }
        return nil
    }

    /// Everything that the two need not agree on.
    var exemptions: [Exemption] {
        if let one = onlyOneLooked {
            return [exemption(.presence, "the scenario", "only one of the two could look at it: \(one.reason)")]
        }
        guard before.isJudged, after.isJudged else {
            return [exemption(.presence, "all but the verdict", "what was not judged has shown only a part")]
        }
        var found: [Exemption] = []
        if before.takesBack || after.takesBack {
            found.append(
                exemption(.presence, "what the scenario took back", "its premise did not hold and it began anew"))
        }
        if before.traffic.repetitions + after.traffic.repetitions > 0, let reason = repetitionExemption {
            found.append(exemption(.segment, "what is sent again", reason))
        }
        if isLossy { found.append(exemption(.segment, "all but how connections begin and are reset", Self.losses)) }
        if before.traffic.hasStreams || after.traffic.hasStreams {
            found.append(exemption(.segment, "the segments of a stream", Self.cut))
        }
        if takesPart { found.append(exemption(.segment, "how long a stream is", Self.memory)) }
        if let reason = repetitionExemption {
            for tracepoint in Set(before.packets.keys).union(after.packets.keys).sorted()
            where Self.isOfRetransmission(tracepoint) {
                found.append(exemption(.packet, tracepoint, reason))
            }
        }
        for counter in Set(before.counters.keys).union(after.counters.keys).sorted() {
            guard let reason = exemption(ofCounter: String(counter.prefix { $0 != " " })) else { continue }
            found.append(exemption(.counter, counter, reason))
        }
        let measured = [before, after].flatMap { Measurement.named($0.measurements) }
        for (name, measurement) in measured.sorted(by: { $0.key < $1.key }) {
            guard case .never(let reason) = measurement.comparison, !found.contains(where: { $0.subject == name })
            else { continue }
            found.append(exemption(.measurement, name, reason))
        }
        return found
    }

    /// Whether the memory decided how long a stream is.
    var takesPart: Bool { before.takesPart || after.takesPart }

    static func isOfRetransmission(_ tracepoint: String) -> Bool { tracepoint.hasPrefix("tcp_retransmit") }

    private func exemption(_ aspect: Aspect, _ subject: String, _ reason: String) -> Exemption {
        Exemption(scenario: scenario, aspect: aspect, subject: subject, reason: reason)
    }
}
