internal import Linux
package import Record

/// Runs one attempt at a scenario on the calling thread and says how it ended.
///
/// Everything seen is in `timeline` afterwards.
package func runAttempt(
    _ scenario: Scenario, configuration: LabConfiguration, timeline: Timeline
) -> Finished {
    func finished(_ verdict: Verdict, _ reason: String?, _ lab: Lab?) -> Finished {
        let variants = lab?.variants ?? []
        let variant = variants.isEmpty ? nil : variants.joined(separator: "; ")
        return Finished(
            attempt: timeline.attempt, verdict: verdict, reason: reason, variant: variant,
            link: lab?.linkUsed ?? "none", duration: (Instant.now - timeline.start).nanoseconds)
    }
    let lab: Lab
    do {
        lab = try Lab(scenario, configuration: configuration, timeline: timeline)
    } catch ScenarioStop.skipped(let reason) {
        return finished(.skipped, reason, nil)
    } catch {
        return finished(.error, "cannot build the laboratory: \(error)", nil)
    }
    defer { lab.close() }
    do {
        do {
            try scenario.run(lab)
        } catch ScenarioStop.failed {
            // Already recorded; what the witnesses are worth is still to be looked at.
        }
        try lab.audit()
        try lab.completeRecord()
    } catch ScenarioStop.skipped(let reason) {
        // What has gone wrong before is not excused by what could not be looked at.
        return lab.firstFailure.map { finished(.failed, $0, lab) } ?? finished(.skipped, reason, lab)
    } catch ScenarioStop.harness(let reason) {
        return finished(.error, reason, lab)
    } catch {
        return finished(.error, "\(error)", lab)
    }
    if let failure = lab.firstFailure { return finished(.failed, failure, lab) }
    guard lab.checks > 0 else { return finished(.error, "the scenario expected nothing", lab) }
    return finished(.passed, nil, lab)
}
