internal import Record

/// What a person reads of trends: a line each, and in full where something changed or is wrong.
package struct TrendWords {
    private let trends: [Trend]

    package init(_ trends: [Trend]) { self.trends = trends }

    /// By track: a strip of the last verdicts for each scenario, with the day of its last change.
    package var text: String {
        guard !trends.isEmpty else { return "the history has no run of these scenarios\n" }
        let width = trends.map(\.scenario.count).max() ?? 0
        var text = ""
        var track = ""
        for trend in trends {
            if trend.track != track {
                track = trend.track
                let releases = Set(trends.filter { $0.track == track }.flatMap(\.points).map(\.release))
                text += (text.isEmpty ? "" : "\n") + "\(track)  (\(releases.sorted().joined(separator: ", ")))\n"
            }
            let name = trend.scenario + String(repeating: " ", count: width - trend.scenario.count)
            text += "  \(name)  \(strip(trend))  \(story(trend))\n"
        }
        return text + "\n. passed  F failed  E error  s skipped  v passed, but in another way\n"
    }

    /// One sign a run, oldest first.
    package func strip(_ trend: Trend) -> String {
        var before: Trend.Point?
        return String(
            trend.points.map { point -> Character in
                defer { before = point }
                switch point.verdict {
                case .passed:
                    let isOther = before?.verdict == .passed && before?.variant != point.variant
                    return isOther ? "v" : "."
                case .failed: return "F"
                case .error: return "E"
                case .skipped: return "s"
                }
            })
    }

    /// Unchanged since, and what it was before.
    package func story(_ trend: Trend) -> String {
        guard let last = trend.points.last, let since = trend.since else { return "" }
        guard let before = trend.before else {
            let count = trend.points.count
            return "\(last.words) in \(count == 1 ? "the only run" : "all \(count) runs")"
        }
        let flips = trend.flips == 1 ? "" : "; \(trend.flips) changes in \(trend.points.count) runs"
        return "\(last.words) since \(day(since.startedAt)) on \(since.release); "
            + "\(before.words) until \(day(before.startedAt)) on \(before.release)\(flips)"
    }

    private func day(_ stamp: String) -> Substring { stamp.prefix { $0 != "T" } }
}
