internal import Mustache
internal import Pages
internal import Record

/// Trends as a page that needs nothing else: verdicts as strips, measurements as small plots.
package struct TrendPage {
    private let trends: [Trend]

    package init(_ trends: [Trend]) { self.trends = trends }

    /// The page. Throws only for a mistake in the template, which the tests would find.
    package var html: String {
        get throws {
            let template = try MustacheTemplate(
                string: String(decoding: PackageResources.trends_mustache, as: UTF8.self))
            let words = TrendWords(trends)
            let tracks = trends.map(\.track).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            return template.render([
                "style": Pages.style, "script": Pages.script,
                "trendScript": String(decoding: PackageResources.trends_js, as: UTF8.self),
                "tracks": tracks.enumerated().map { number, track in
                    fields(of: track, number, trends.filter { $0.track == track }, words)
                },
            ])
        }
    }

    private func fields(of track: String, _ number: Int, _ trends: [Trend], _ words: TrendWords) -> [String: Any] {
        let runs = trends.map(\.points.count).max() ?? 0
        return [
            "track": track,
            "runs": "\(trends.count) scenario\(trends.count == 1 ? "" : "s"), \(runs) run\(runs == 1 ? "" : "s")",
            "groups": TrendGroup.allCases.compactMap { group -> [String: Any]? in
                let own = trends.filter { $0.group == group }
                if own.isEmpty { return nil }
                return [
                    "group": group.rawValue, "title": group.title, "count": own.count,
                    "verdict": group == .failing ? "failed" : "none",
                    "trends": own.map { fields($0, group, number, words) },
                ]
            },
        ]
    }

    private func fields(
        _ trend: Trend, _ group: TrendGroup, _ track: Int, _ words: TrendWords
    ) -> [String: Any] {
        let series = trend.series.filter { $0.values.count > 1 }.map(plot)
        let before = [nil] + trend.points.dropLast().map(Optional.some)
        var fields: [String: Any] = [
            // Unique, though every track has the scenario.
            "anchor": track == 0 ? trend.scenario : "\(trend.scenario)/\(track)",
            "scenario": trend.scenario, "story": words.story(trend), "group": group.rawValue,
            "runs": "\(trend.points.count) runs: \(trend.points.map(\.verdict.rawValue).joined(separator: ", "))",
            "points": zip(trend.points, before).map { point, before -> [String: Any] in
                [
                    "verdict": point.verdict.rawValue,
                    "other": point.verdict == .passed && before?.verdict == .passed && before?.variant != point.variant,
                    "title": "\(point.startedAt) \(point.release): \(point.words)"
                        + (point.reason.map { " – \($0)" } ?? ""),
                ]
            },
            "series": series,
        ]
        if !series.isEmpty { fields["measured"] = "\(series.count) measurement\(series.count == 1 ? "" : "s")" }
        return fields
    }

    private func plot(_ series: Trend.Series) -> [String: Any] {
        let plot = Plot(series)
        return [
            "name": series.name, "unit": series.unit, "line": plot.line, "dots": plot.dots, "band": plot.band,
            "width": Plot.width, "height": Plot.height, "lowest": plot.lowest, "highest": plot.highest,
        ]
    }
}

/// Where the values of a series come to lie in a picture.
private struct Plot {
    static let width = 160.0
    static let height = 36.0
    private let series: Trend.Series
    private let bottom: Double
    private let top: Double

    /// The picture shows at least the tolerance around the first value, so that noise looks like noise.
    init(_ series: Trend.Series) {
        self.series = series
        let values = series.values.map(\.value)
        let first = values.first ?? 0
        bottom = min(values.min() ?? 0, first - series.tolerance)
        top = max(values.max() ?? 0, first + series.tolerance)
    }

    var line: String { series.values.indices.map { "\(x($0)),\(y(series.values[$0].value))" }.joined(separator: " ") }

    var dots: [[String: Any]] {
        series.values.indices.map { index in
            let value = series.values[index]
            return [
                "x": x(index), "y": y(value.value), "title": "\(value.startedAt): \(short(value.value)) \(series.unit)",
            ]
        }
    }

    /// What is within tolerance of the first value.
    var band: [String: Any] {
        let first = series.values.first?.value ?? 0
        return ["y": y(first + series.tolerance), "height": y(first - series.tolerance) - y(first + series.tolerance)]
    }

    var lowest: String { short(series.values.map(\.value).min() ?? 0) }
    var highest: String { short(series.values.map(\.value).max() ?? 0) }

    private func x(_ index: Int) -> Double {
        rounded(4 + (Self.width - 8) * Double(index) / Double(max(1, series.values.count - 1)))
    }

    private func y(_ value: Double) -> Double {
        guard top > bottom else { return Self.height / 2 }
        return rounded(4 + (Self.height - 8) * (top - value) / (top - bottom))
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

/// What deserves attention, first.
private enum TrendGroup: String, CaseIterable {
    case failing, changed, steady

    var title: String {
        switch self {
        case .failing: "Not passing now"
        case .changed: "Changed"
        case .steady: "As ever"
        }
    }
}

extension Trend {
    fileprivate var group: TrendGroup {
        if [.failed, .error].contains(points.last?.verdict) { return .failing }
        return flips > 0 ? .changed : .steady
    }
}
