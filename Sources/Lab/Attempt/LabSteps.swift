package import Acts
package import Linux
package import Packets
package import Record

/// Other names for what a vocabulary calls by the same words, since `Lab.Socket` would be sought in the class `Lab`.
package typealias LabSocket = Socket
package typealias LabHost = Host
package typealias LabWire = Wire

// Steps, and what is done in them.
extension Lab {
    /// Begins a step: what the wire has carried before no longer counts in it.
    package func beginStep(_ words: String) throws {
        try settle()
        stepStart = wire.log.count
        stepCount += 1
        let at = timeline.relative(.now)
        timeline.add(
            .step(StepFact(attempt: timeline.attempt, at: at, number: stepCount, words: words)), at: at)
    }

    /// Lets what was sent arrive, with the answers that are under way: goes on until nothing has come any more.
    package func settle() throws {
        var before = -1
        while before != wire.log.count {
            before = wire.log.count
            try synchronize()
        }
    }

    /// Ends a step: whatever it expected exactly has been kept up to here.
    package func endStep() throws { try synchronize() }

    /// Keeps an act for whoever wants to perform it again, and lets those know who wait for it.
    package func record(act: JSON, location: String) {
        let at = timeline.relative(.now)
        let attempt = timeline.attempt
        timeline.add(.act(ActFact(attempt: attempt, at: at, location: location, act: act)), at: at)
        actCount += 1
        configuration.willPerform?(
            StopPoint(attempt: attempt.number, again: attempt.again ?? 0, act: actCount), at)
    }
}

extension Lab {
    /// Where a segment lies in the wire's log.
    package func place(of segment: WireSegment) -> Int {
        wire.log.lastIndex { $0.stamp == segment.stamp && $0.segment == segment.segment } ?? wire.log.count
    }
}

extension Wire {
    /// A rule of any kind.
    package func add(
        _ kind: RuleKind, _ patterns: [SegmentPattern], first: Int?, ends: [SocketAddress]
    ) throws -> WireRule {
        let ends = ends.isEmpty ? nil : Set(ends)
        return switch kind {
        case .hold: try add(patterns, .hold, ends: ends, first: first)
        case .drop: try add(patterns, .drop, ends: ends, first: first)
        case .allow: try add(patterns, .pass, ends: ends, first: first)
        case .duplicate: try add(patterns, .duplicate, ends: ends, first: first)
        case .delay(let delay): try add(patterns, .delay(delay), ends: ends, first: first)
        }
    }
}
