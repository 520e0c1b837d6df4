package import Acts
internal import Health
internal import Judge
package import Lab
internal import Linux
package import Record
internal import Synchronization

/// Threads of attempts so far: the kernel names the one that a complaint comes from.
private let threads = Atomic<Int>(0)

/// Runs one attempt at a scenario on the calling thread and says how it ended.
///
/// Everything seen is in `timeline` afterwards.
package func runAttempt(
    _ scenario: Scenario, configuration: LabConfiguration, timeline: Timeline
) -> Finished {
    runJudged(scenario, configuration: configuration, timeline: timeline).finished
}

/// The same, with whether another try alone may well do without what went wrong.
func runJudged(
    _ scenario: Scenario, configuration: LabConfiguration, timeline: Timeline
) -> (finished: Finished, mayPassAlone: Bool) {
    let thread = "tcpwitness/\(threads.add(1, ordering: .relaxed).newValue)"
    nameThread(thread)
    configuration.health?.begin(timeline.attempt, threadName: thread)
    defer { configuration.health?.end(timeline.attempt) }
    let lab: Lab
    do {
        lab = try Lab(scenario, configuration: configuration, timeline: timeline)
    } catch {
        return timeline.finished(Ending(error, before: "cannot build the laboratory: "))
    }
    defer { lab.close() }
    var ending = Ending.ran
    var isWhole = false
    do {
        try Performer.run(scenario, in: lab)
        isWhole = true
    } catch ScenarioStop.missing(let expected, let seen) {
        lab.record(
            passed: false, expected: expected, seen: seen, witnesses: ["segments"], location: scenario.location)
    } catch {
        ending = Ending(error)
    }
    // What the witnesses are worth, and what has become of what was expected exactly, is still to be looked at.
    do {
        try lab.audit(isWhole: isWhole)
        try lab.completeRecord()
    } catch {
        if ending == .ran { ending = Ending(error) }
    }
    lab.judgeInvariants(location: scenario.location)
    lab.close()
    do {
        try lab.judgeHealth(location: scenario.location)
    } catch {
        if ending == .ran { ending = Ending(error) }
    }
    return timeline.finished(ending, of: lab)
}

extension Ending {
    /// What an error that ended a scenario means.
    init(_ error: any Error, before: String = "") {
        self =
            switch error {
            case ScenarioStop.failed, ScenarioStop.missing: .ran
            case ScenarioStop.skipped(let reason): .skipped(reason)
            case ScenarioStop.harness(let reason): .error(reason)
            case ScenarioStop.late(let reason): .tooLate(reason)
            default: .error("\(before)\(error)")
            }
    }
}

extension Timeline {
    /// The attempt's last line: what the judge says of it.
    func finished(_ ending: Ending, of lab: Lab? = nil) -> (finished: Finished, mayPassAlone: Bool) {
        let judgement = judge(evidence, ending: ending)
        let variants = lab?.variants ?? []
        let finished = Finished(
            attempt: attempt, verdict: judgement.verdict, reason: judgement.reason,
            variant: variants.isEmpty ? nil : variants.joined(separator: "; "), link: lab?.linkUsed ?? "none",
            duration: (Instant.now - start).nanoseconds)
        return (finished, judgement.mayPassAlone)
    }
}
