package import Record

/// What a kernel series is known to do.
package struct Baseline: Codable, Equatable, Sendable {
    /// Of this format.
    package var version: Int
    /// `6.12`.
    package var series: String
    /// The release that was last seen to do so.
    package var kernel: String
    /// Its version, where that says more than the release: `6.1.192` for `6.1.0-56-cloud-amd64`.
    package var point: String?
    /// By lane, then by scenario: what is measured depends on whose timers are waited for.
    package var lanes: [String: [String: Expectation]]

    /// What one scenario shows.
    package struct Expectation: Codable, Equatable, Sendable {
        package var verdict: Verdict
        /// Why it is skipped or fails.
        package var reason: String?
        /// One name for each question of the scenario, joined by `; `.
        package var variant: String?
        /// The commits that account for the variant, or for a verdict other than `passed`.
        package var commits: [String]?
        package var measurements: [Figure]?
    }

    /// A measurement that is compared.
    package struct Figure: Codable, Equatable, Sendable {
        package var name: String
        package var value: Double
        package var unit: String
        package var tolerance: Double

        var words: String { "\(Numbers.short(value)) \(unit)" }

        /// Each with its name, those after the first of one name with their number: `client lifetime #2`.
        static func numbered(_ figures: [Figure]) -> [(name: String, figure: Figure)] {
            zip(Numbers.distinct(figures.map(\.name)), figures).map { ($0, $1) }
        }

        static func named(_ figures: [Figure]?) -> [String: Figure] {
            Dictionary(numbered(figures ?? []).map { ($0.name, $0.figure) }) { first, _ in first }
        }
    }

    package static let newestVersion = 1

    package init(
        series: String, kernel: String, point: String? = nil, lanes: [String: [String: Expectation]] = [:]
    ) {
        version = Baseline.newestVersion
        self.series = series
        self.kernel = kernel
        self.point = point
        self.lanes = lanes
    }

    /// The version of the release that was last seen.
    package var kernelVersion: KernelVersion? { KernelVersion(release: point ?? kernel) }

    package subscript(scenario: String, lane: Lane) -> Expectation? {
        get { lanes[lane.rawValue]?[scenario] }
        set { lanes[lane.rawValue, default: [:]][scenario] = newValue }
    }

    func commits(_ scenario: String, _ lane: Lane) -> [String] { self[scenario, lane]?.commits ?? [] }

    /// Whether one side of a difference is what this series is known to show.
    func expects(_ difference: Difference, _ words: String?, lane: Lane) -> Bool {
        guard let expected = self[difference.scenario, lane] else { return false }
        switch difference.aspect {
        case .verdict: return expected.verdictWords == words
        case .variant:
            let names = Variants(expected.variant).names
            // Where there is no answer, the other side's must not be expected.
            guard let words else {
                return ![difference.before, difference.after].contains { names.contains($0 ?? "") }
            }
            return names.contains(words)
        case .measurement:
            // Within the tolerance of the baseline, whose words need not be the same.
            guard let figure = Figure.named(expected.measurements)[difference.subject] else {
                return words == nil
            }
            guard let value = Double(words?.prefix { $0 != " " } ?? "") else { return false }
            return (value - figure.value).magnitude <= figure.tolerance
        case .presence, .path, .call, .segment, .packet, .counter: return false
        }
    }
}

extension Baseline.Expectation {
    /// What an attempt showed; nil when it was not judged.
    init?(_ attempt: RunRecord.AttemptRecord) {
        guard let finished = attempt.finished, finished.verdict != .error else { return nil }
        let figures = attempt.measurements.compactMap { measurement in
            measurement.comparison.tolerance.map {
                Baseline.Figure(name: measurement.name, value: measurement.value, unit: measurement.unit, tolerance: $0)
            }
        }
        self.init(
            verdict: finished.verdict, reason: finished.verdict == .passed ? nil : finished.reason,
            variant: finished.variant, commits: nil, measurements: figures.isEmpty ? nil : figures)
    }

    var verdictWords: String {
        guard verdict != .passed, let reason else { return verdict.rawValue }
        return "\(verdict.rawValue): \(reason.split(whereSeparator: \.isNewline).joined(separator: " "))"
    }
}
