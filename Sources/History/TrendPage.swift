internal import Pages
internal import Record

/// Trends as a page that needs nothing else: verdicts as strips, measurements as small plots.
package struct TrendPage {
    private let tracks: [TrackTrends]
    private let words: TrendWords

    private struct TrackTrends {
        let number: Int
        let name: String
        let trends: [Trend]
    }

    package init(_ trends: [Trend]) {
        words = TrendWords(trends)
        let names = trends.map(\.track).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        tracks = names.enumerated().map { number, name in
            TrackTrends(number: number, name: name, trends: trends.filter { $0.track == name })
        }
    }

    /// The page.
    package var html: String { page.text }

    private var page: HTML {
        """
        \(Pages.head(title: "tcpwitness: history"))
        <body class="history">
        <header>
        <h1><a href="#">tcpwitness</a> history</h1>
        <ul class="runs">
        \(tracks.map(summary))\
        </ul>
        \(Pages.tools)
        </header>
        <main>
        <form id="filter" role="search">
        <div class="verdicts" role="group" aria-label="By what became of them" id="verdicts"></div>
        <input id="words" type="search" placeholder="Filter: words of id and story  ( / )" \
        aria-label="Words of id and story" autocomplete="off" spellcheck="false">
        <output id="count" aria-live="polite"></output>
        </form>
        \(tracks.map(section))\
        <p id="none" hidden>No scenario matches. <button type="button" id="clear">Show all</button></p>
        \(tracks.isEmpty ? "<p class=\"headline\" id=\"empty\">No runs yet.</p>" : nil)
        </main>
        \(legend)
        <script>
        "use strict";
        \(verbatim: Pages.script)
        \(verbatim: String(decoding: PackageResources.trends_js, as: UTF8.self))
        </script>
        </body>
        </html>

        """
    }

    private var legend: HTML {
        """
        <footer><span class="strip"><i class="passed"></i></span> passed \
        · <span class="strip"><i class="passed other"></i></span> passed, but in another way \
        · <span class="strip"><i class="failed"></i></span> failed \
        · <span class="strip"><i class="error"></i></span> in error \
        · <span class="strip"><i class="skipped"></i></span> skipped · <kbd>?</kbd> shows all keys</footer>
        """
    }

    private func summary(of track: TrackTrends) -> HTML {
        let (scenarios, runs) = (track.trends.count, track.trends.map(\.points.count).max() ?? 0)
        return """
            <li><b>\(track.name)</b> <small>\(scenarios) scenario\(scenarios == 1 ? "" : "s"), \
            \(runs) run\(runs == 1 ? "" : "s")</small></li>

            """
    }

    private func section(of track: TrackTrends) -> HTML {
        """
        <section aria-label="\(track.name)">
        <h2>\(track.name)</h2>
        <table class="scenarios" role="table" style="--runs: 1">
        <thead><tr><th scope="col">Scenario</th><th scope="col" class="cell">Runs, oldest first</th>\
        <th scope="col" class="claim">Unchanged since</th></tr></thead>
        <tbody>
        \(TrendGroup.allCases.compactMap { rows(of: $0, on: track) })\
        </tbody>
        </table>
        </section>

        """
    }

    private func rows(of group: TrendGroup, on track: TrackTrends) -> HTML? {
        let trends = track.trends.filter { $0.group == group }
        if trends.isEmpty { return nil }
        return """
            <tr class="group" data-group="\(group.rawValue)"><th scope="colgroup" colspan="3">\
            <span class="verdict \(group == .failing ? "failed" : "none")">\(group.title)</span> \
            <span class="number">\(trends.count)</span></th></tr>
            \(trends.map { row(of: $0, in: group, on: track) })
            """
    }

    private func row(of trend: Trend, in group: TrendGroup, on track: TrackTrends) -> HTML {
        // Unique, though every track has the scenario.
        let anchor = track.number == 0 ? trend.scenario : "\(trend.scenario)/\(track.number)"
        let verdicts = trend.points.map(\.verdict.rawValue).joined(separator: ", ")
        return """
            <tr data-group="\(group.rawValue)" data-id="\(trend.scenario)"><th scope="row">\
            <a href="#\(anchor)" id="\(anchor)">\(trend.scenario)</a></th>
            <td class="cell strip"><span role="img" aria-label="\(trend.points.count) runs: \(verdicts)">\
            \(trend.marks)</span></td>
            <td class="claim">\(words.story(trend))\(measured(trend))</td></tr>

            """
    }

    private func measured(_ trend: Trend) -> HTML? {
        let plots = trend.series.filter { $0.values.count > 1 }.map { Plot($0) }
        if plots.isEmpty { return nil }
        return """
            <details><summary>\(plots.count) measurement\(plots.count == 1 ? "" : "s")</summary>\
            \(plots.map(\.html))</details>
            """
    }
}

extension Trend {
    fileprivate var marks: [HTML] {
        zip(points, [nil] + points.dropLast().map(Optional.some)).map { point, before in
            let isOther = point.verdict == .passed && before?.verdict == .passed && before?.variant != point.variant
            let reason = point.reason.map { " – \($0)" } ?? ""
            return """
                <i class="\(point.verdict.rawValue)\(isOther ? " other" : "")" \
                title="\(point.startedAt) \(point.release): \(point.words)\(reason)"></i>
                """
        }
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

    var html: HTML {
        """

        <figure><figcaption>\(series.name), \(lowest) to \(highest) \(series.unit)</figcaption>
        <svg class="plot" width="\(Self.width)" height="\(Self.height)" role="img" \
        aria-label="\(series.name) over time, \(lowest) to \(highest) \(series.unit)">\
        \(band)<polyline points="\(line)"/>\(dots)</svg></figure>
        """
    }

    private var line: String {
        series.values.indices.map { "\(x($0)),\(y(series.values[$0].value))" }.joined(separator: " ")
    }

    private var dots: [HTML] {
        series.values.indices.map { index in
            let value = series.values[index]
            return """
                <circle cx="\(x(index))" cy="\(y(value.value))" r="2">\
                <title>\(value.startedAt): \(short(value.value)) \(series.unit)</title></circle>
                """
        }
    }

    /// What is within tolerance of the first value.
    private var band: HTML {
        let first = series.values.first?.value ?? 0
        let (top, bottom) = (y(first + series.tolerance), y(first - series.tolerance))
        return "<rect x=\"0\" width=\"\(Self.width)\" y=\"\(top)\" height=\"\(bottom - top)\"/>"
    }

    private var lowest: String { short(series.values.map(\.value).min() ?? 0) }
    private var highest: String { short(series.values.map(\.value).max() ?? 0) }

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
