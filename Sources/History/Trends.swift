package import Record

/// One scenario on one track over time.
package struct Trend: Sendable, Equatable {
    package var scenario: String
    package var track: String
    /// Oldest first.
    package var points: [Point]
    package var series: [Series]

    /// The verdict of one run.
    package struct Point: Sendable, Equatable {
        package var startedAt: String
        package var release: String
        package var verdict: Verdict
        package var reason: String?
        package var variant: String?

        /// What must stay the same from run to run.
        var sight: String { "\(verdict.rawValue) \(variant ?? "")" }
        var words: String { verdict.rawValue + (variant.map { " (\($0))" } ?? "") }
    }

    /// One measurement over time; a run that lacks it has no value.
    package struct Series: Sendable, Equatable {
        package var name: String
        package var unit: String
        package var tolerance: Double
        package var values: [(startedAt: String, value: Double)]

        package static func == (left: Series, right: Series) -> Bool {
            left.name == right.name && left.unit == right.unit && left.tolerance == right.tolerance
                && left.values.map(\.startedAt) == right.values.map(\.startedAt)
                && left.values.map(\.value) == right.values.map(\.value)
        }
    }

    /// The run since which the newest verdict and variant stand.
    package var since: Point? {
        guard let last = points.last else { return nil }
        return points.reversed().prefix { $0.sight == last.sight }.last
    }

    /// The run before that, with which the change can be bracketed; nil where it was never otherwise.
    package var before: Point? {
        guard let last = points.last else { return nil }
        return points.last { $0.sight != last.sight }
    }

    /// How often verdict or variant changed from one run to the next.
    package var flips: Int { zip(points, points.dropFirst()).count { $0.sight != $1.sight } }
}

extension History {
    /// Every scenario on every track, by track in the order of its name, then in the order of `scenarios`, which also
    /// selects; all scenarios by name where it is nil.
    ///
    /// - Parameter last: how many of the newest runs of each track to look at.
    package func trends(of scenarios: [String]? = nil, last: Int = 30) throws(HistoryError) -> [Trend] {
        do {
            // One transaction, so that a run that is added meanwhile is there for all queries or for none.
            return try database.transaction(.deferred) { () throws(SQLiteError) in
                try readTrends(of: scenarios, last: last)
            }
        } catch {
            throw HistoryError(error)
        }
    }

    private func readTrends(of scenarios: [String]?, last: Int) throws(SQLiteError) -> [Trend] {
        var trends: [Trend] = []
        for track in try database.query("SELECT DISTINCT track FROM run ORDER BY track", read: { $0.text(0) ?? "" }) {
            let runs = try database.query(
                "SELECT id FROM run WHERE track = ? ORDER BY startedAt DESC, id DESC LIMIT ?",
                .text(track), .integer(Int64(last))
            ) { String($0.integer(0) ?? 0) }
            let list = runs.joined(separator: ", ")
            var found = try verdicts(of: list, on: track)
            try addMeasurements(of: list, to: &found)
            let order = scenarios ?? found.keys.sorted()
            trends += order.compactMap { found[$0] }
        }
        return trends
    }

    private func verdicts(of runs: String, on track: String) throws(SQLiteError) -> [String: Trend] {
        let rows = try database.query(
            """
            SELECT scenario, verdict, reason, variant, startedAt, release FROM verdict JOIN run ON run.id = runId
            WHERE runId IN (\(runs)) ORDER BY startedAt, run.id
            """
        ) { row in
            (
                scenario: row.text(0) ?? "", verdict: row.text(1), reason: row.text(2), variant: row.text(3),
                startedAt: row.text(4) ?? "", release: row.text(5) ?? ""
            )
        }
        var trends: [String: Trend] = [:]
        for row in rows {
            // A column that holds something else was written by somebody else.
            guard let verdict = row.verdict.flatMap(Verdict.init(rawValue:)) else { continue }
            let empty = Trend(scenario: row.scenario, track: track, points: [], series: [])
            trends[row.scenario, default: empty].points.append(
                Trend.Point(
                    startedAt: row.startedAt, release: row.release, verdict: verdict, reason: row.reason,
                    variant: row.variant))
        }
        return trends
    }

    private func addMeasurements(of runs: String, to trends: inout [String: Trend]) throws(SQLiteError) {
        let rows = try database.query(
            """
            SELECT scenario, name, value, unit, tolerance, startedAt, runId FROM measurement JOIN run ON run.id = runId
            WHERE runId IN (\(runs)) ORDER BY startedAt, run.id, measurement.rowid
            """
        ) { row in
            (
                scenario: row.text(0) ?? "", name: row.text(1) ?? "", value: row.figure(2), unit: row.text(3) ?? "",
                tolerance: row.figure(4), startedAt: row.text(5) ?? "", run: row.figure(6) ?? 0
            )
        }
        // A scenario may measure the same several times in a run: each time is a series of its own over the runs.
        var times: [[String]: Int] = [:]
        for row in rows {
            guard var trend = trends[row.scenario], let value = row.value, let tolerance = row.tolerance else {
                continue
            }
            let measured = ["\(row.run)", row.scenario, row.name]
            let time = times[measured, default: 0] + 1
            times[measured] = time
            let name = row.name + (time == 1 ? "" : " #\(time)")
            let place =
                trend.series.firstIndex { $0.name == name }
                ?? {
                    trend.series.append(Trend.Series(name: name, unit: row.unit, tolerance: tolerance, values: []))
                    return trend.series.count - 1
                }()
            trend.series[place].values.append((row.startedAt, value))
            trends[row.scenario] = trend
        }
    }
}
