internal import Invariants
internal import Judge
internal import Linux
internal import Record

extension Lab {
    /// Records as failed what TCP never does, whatever a scenario is about.
    ///
    /// Where a test plays another kernel by changing segments, nothing is judged: what one kernel sent is not what the
    /// other got.
    package func judgeInvariants(location: String) {
        guard configuration.faults.segments == nil else { return }
        let broken = brokenInvariants(timeline.ordered, link: linkUsed, release: RunningKernel.current.release)
        if broken.isEmpty { judgeRecording(location) }
        for broken in broken {
            let invariant = broken.invariant
            let expectation = Expectation(
                "\(invariant.statement)   (\(invariant.id): \(invariant.source))", exactness: .always,
                location: location, witnesses: ["segments"], canBeDisturbed: !invariant.isOfOneSegment)
            record(Finding(expectation, .broken(seen: broken.words, at: broken.breaches.first?.at ?? 0)))
        }
    }

    /// Of a recording, which tolerates whatever comes and expects nothing, what is judged is that all of it was lawful.
    private func judgeRecording(_ location: String) {
        guard !toleratedResets.isEmpty, timeline.evidence.findings.isEmpty else { return }
        record(
            passed: true, expected: "every segment obeys the invariants of TCP", seen: "every one does",
            witnesses: ["segments"], location: location)
    }
}
