package import Record

/// A run as people follow it: a line for each finished attempt, then what failed in full, then the counts.
///
/// It only makes text; where that goes and whether it may have colour is the caller's.
package struct Console: Sendable {
    private let colour: Bool
    private var nameWidth = 0
    private var planned = 0
    private var running: Set<Attempt> = []
    private var finished = 0

    package init(colour: Bool) { self.colour = colour }

    /// The text an event gives, with its newlines; empty for most.
    package mutating func render(_ event: Event) -> String {
        switch event {
        case .run(let header): return text(of: header)
        case .plan(let scenario):
            planned += 1
            nameWidth = max(nameWidth, scenario.id.count)
        case .started(let started):
            running.insert(started.attempt)
            nameWidth = max(nameWidth, started.attempt.name.count)
        case .finished(let finished):
            self.finished += 1
            running.remove(finished.attempt)
            return line(of: finished)
        case .hosts, .call, .transition, .row, .segment, .packet, .counters, .exit, .note, .check, .measurement, .end: break
        }
        return ""
    }

    /// How far the run is, for a line that is overwritten by the next.
    package var status: String { "\(running.count) running, \(finished) done, \(planned) scenarios" }

    /// What stands below the lines: failures and errors in full, then the counts.
    package func conclusion(_ record: RunRecord) -> String {
        let bad = record.outcomes.filter { $0.verdict == .failed || $0.verdict == .error }
        var text = ""
        for outcome in bad {
            let heading = outcome.heading(verdict: painted(outcome.verdict.word, outcome.verdict))
            text += "\n" + ([heading] + outcome.explanation).map { $0 + "\n" }.joined()
        }
        let interruption = record.end?.interrupted.map { "\($0); " } ?? record.truncation.map { "\($0); " } ?? ""
        let duration = record.end.map { " in \(seconds($0.duration, decimals: 2)) s" } ?? ""
        return text + "\n\(interruption)\(RunSummary(record).words)\(duration)\n"
    }

    private func text(of header: RunHeader) -> String {
        let place = header.place == "host" ? "" : " (\(header.place))"
        let title =
            "\(header.tool) on Linux \(header.kernel.release) \(header.kernel.machine)\(place), "
            + "\(header.lane.rawValue) lane, link \(header.link.rawValue)\n"
        return title + header.limits.map { "  \($0.oneLine)\n" }.joined() + "\n"
    }

    private func line(of finished: Finished) -> String {
        let verdict = painted(finished.verdict.word.padded(to: 7), finished.verdict)
        let name = finished.attempt.name.padded(to: nameWidth)
        var line = "\(verdict)  \(name)  \(seconds(finished.duration, decimals: 2).aligned(to: 8)) s"
        if let variant = finished.variant { line += "  \(variant)" }
        if finished.verdict == .skipped, let reason = finished.reason { line += "  \(reason.oneLine)" }
        return line + "\n"
    }

    private func painted(_ text: String, _ verdict: Verdict) -> String {
        colour ? verdict.painted(text) : text
    }
}
