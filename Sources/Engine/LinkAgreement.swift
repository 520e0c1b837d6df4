internal import Judge
package import Record

/// Attempts at one scenario over netem and over the relay, which must come to the same.
package struct LinkAgreement {
    private struct Result {
        let finished: Finished
        let measurements: [Measurement]
    }

    private let repetitions: Int
    private var first: [Attempt: Result] = [:]

    /// - Parameter repetitions: how many attempts there are over the one link; those over the other are numbered on.
    package init(repetitions: Int) { self.repetitions = repetitions }

    /// How an attempt ended, in view of the one over the other link: the later of two that disagree has not passed.
    package mutating func judged(_ finished: Finished, _ events: [Event]) -> Finished {
        let number = (finished.attempt.number - 1) % repetitions + 1
        let key = Attempt(scenario: finished.attempt.scenario, number: number)
        let result = Result(
            finished: finished,
            measurements: events.compactMap { if case .measurement(let measurement) = $0 { measurement } else { nil } })
        // Two at most: once they have met, neither is needed any more.
        guard let other = first.removeValue(forKey: key) else {
            first[key] = result
            return finished
        }
        let judgement = judge(
            Judgement(verdict: finished.verdict, reason: finished.reason), disagreement: disagreement(other, result))
        var judged = finished
        (judged.verdict, judged.reason) = (judgement.verdict, judgement.reason)
        return judged
    }

    private func disagreement(_ one: Result, _ other: Result) -> String? {
        let verdicts = [one, other].map(\.finished.verdict)
        // An error says itself what is wrong, and what was skipped has shown nothing.
        guard verdicts.allSatisfy({ $0 == .passed || $0 == .failed }) else { return nil }
        func words(_ text: (Result) -> String) -> String {
            func told(_ result: Result) -> String {
                "over \(result.finished.link) (attempt \(result.finished.attempt.number)) \(text(result))"
            }
            return "the links disagree: \(told(one)), \(told(other))"
        }
        guard verdicts[0] == verdicts[1] else {
            return words { $0.finished.verdict.rawValue + ($0.finished.reason.map { " (\($0))" } ?? "") }
        }
        guard one.finished.variant == other.finished.variant else {
            return words { $0.finished.variant.map { "'\($0)'" } ?? "no variant" }
        }
        for measurement in one.measurements {
            guard let other = other.measurements.first(where: { $0.name == measurement.name }),
                !measurement.agrees(with: other)
            else { continue }
            return words { result in
                let value = result.measurements.first { $0.name == measurement.name }?.value ?? 0
                return "\(measurement.name) \(value) \(measurement.unit)"
            }
        }
        return nil
    }
}
