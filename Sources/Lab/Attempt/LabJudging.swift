internal import Acts
package import Judge
package import Linux
internal import Packets
internal import Record
internal import Tracing

/// What is seen of something that must hold exactly.
struct Observation {
    var isAsExpected: Bool
    var seen: String
    /// When the kernel did what is not as expected, if that is known; the time of the look otherwise.
    var at: Instant?
}

/// An expectation that must hold until the scenario next acts, with the way to look again.
struct Standing {
    let expectation: Expectation
    let look: () throws -> Observation
}

// Every expectation passes here on its way to the judge and into the record.
extension Lab {
    /// Hands a finding to the judge: a scenario's, or one of whatever else watches the kernel.
    package func record(_ finding: Finding) {
        guard case .broken = finding.status else { return timeline.add(finding) }
        // Before the kernel is blamed, we ask ourselves.
        do { try interrogate() } catch { timeline.add(Suspicion(.lost, "\(error)", began: 0, noticed: moment)) }
        timeline.add(finding, wire: SegmentView.describe(wire.log.map(\.view)))
    }

    /// Records an expectation that was judged at one moment.
    ///
    /// - Parameter instant: when the kernel did what is not as expected; now, unless said.
    package func record(
        passed: Bool, expected: String, seen: String, witnesses: [String], location: String,
        at instant: Instant? = nil, carriesClaim: Bool = false
    ) {
        let expectation = Expectation(
            expected, location: location, witnesses: witnesses, carriesClaim: carriesClaim)
        record(Finding(expectation, status(passed, seen, instant)))
    }

    /// Records an expectation that must hold exactly: now, when the scenario next does something that may cause
    /// traffic, and at the end.
    func recordExactly(
        expected: String, witnesses: [String], location: String, carriesClaim: Bool = false,
        look: @escaping () throws -> Observation
    ) throws {
        let expectation = Expectation(
            expected, exactness: .untilNextAct, location: location, witnesses: witnesses, carriesClaim: carriesClaim)
        let sight = try look()
        record(Finding(expectation, status(sight.isAsExpected, sight.seen, sight.at)))
        if sight.isAsExpected { standing.append(Standing(expectation: expectation, look: look)) }
    }

    /// Records that nobody could judge an expectation.
    func recordUnjudged(
        expected: String, witnesses: [String], location: String, because reason: String, carriesClaim: Bool = false
    ) {
        let expectation = Expectation(
            expected, location: location, witnesses: witnesses, carriesClaim: carriesClaim)
        record(Finding(expectation, .unjudged(reason: reason)))
    }

    /// Records a failed requirement and ends the scenario.
    func requirementFailed(
        expected: String, seen: String, witnesses: [String], location: String
    ) throws -> Never {
        record(passed: false, expected: expected, seen: seen, witnesses: witnesses, location: location)
        throw ScenarioStop.failed
    }

    /// Whether something has failed already.
    var hasFailed: Bool { timeline.evidence.firstBroken != nil }

    private func status(_ passed: Bool, _ seen: String, _ instant: Instant?) -> Status {
        passed ? .met(seen: seen) : .broken(seen: seen, at: instant.map(timeline.relative) ?? moment)
    }

    private var moment: Int64 { timeline.relative(.now) }

    // MARK: What must hold exactly

    /// Judges once more what must hold exactly up to here; the scenario is about to do something.
    func endStanding() throws {
        guard !standing.isEmpty else { return }
        let ended = standing
        standing = []
        try wire.service()
        if ended.contains(where: { $0.expectation.witnesses.contains("trace") }) { try synchronize() }
        for one in ended {
            let sight = try one.look()
            guard !sight.isAsExpected else { continue }
            try interrogate()
            timeline.add(
                Finding(one.expectation, .broken(seen: sight.seen, at: sight.at.map(timeline.relative) ?? moment)),
                wire: SegmentView.describe(wire.log.map(\.view)), revised: true)
        }
    }

    // MARK: What the harness holds against itself

    private static let lastLook = Duration.milliseconds(5)

    /// Looks for everything that could be our own or somebody else's doing, up to now.
    func interrogate() throws {
        for process in processes where process.status == nil { try process.interrogate() }
        let drops = try wire.drops()
        if drops > 0 { suspect(.lost, "\(drops) frames were lost before the wire saw them") }
        if wire.clockSteps > 0 { suspect(.lost, "the wall clock was set, by which the kernel timestamps segments") }
        if let inbox, configuration.trace?.hasLost(inbox) == true {
            suspect(.lost, "the kernel's trace buffer overflowed")
        }
        if let gap = paths.discontinuity { suspect(.lost, gap) }
    }

    /// Keeps a suspicion that may have begun at any time.
    private func suspect(_ kind: SuspicionKind, _ words: String) {
        guard !timeline.evidence.suspicions.contains(where: { $0.words == words }) else { return }
        timeline.add(Suspicion(kind, words, began: 0, noticed: moment))
    }

    /// Looks once more at everything, once the scenario is over.
    ///
    /// What the last step has brought about may still be under way: the wire is watched for a moment, during which every
    /// frame that comes begins the moment anew. Whoever looks longer sees more and blames nobody for less.
    ///
    /// - Parameter isWhole: whether the scenario came to its last line. One that was cut short has not got round to
    ///   expecting what was still to come.
    package func audit(isWhole: Bool) throws {
        let deadline = Instant.now + configuration.timeout
        var count = -1
        while count != wire.log.count && .now < deadline {
            count = wire.log.count
            try watch(for: Self.lastLook)
        }
        try synchronize()
        try endStanding()
        if isWhole { expectNoOtherReset() }
        try interrogate()
    }
}
