internal import GRDB
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
        try telling { try database.read { try trends(of: scenarios, last: last, $0) } }
    }

    private func trends(of scenarios: [String]?, last: Int, _ database: Database) throws -> [Trend] {
        var trends: [Trend] = []
        for track in try String.fetchAll(database, sql: "SELECT DISTINCT track FROM run ORDER BY track") {
            let runs = try Int64.fetchAll(
                database, sql: "SELECT id FROM run WHERE track = ? ORDER BY startedAt DESC, id DESC LIMIT ?",
                arguments: [track, last])
            var found = try verdicts(database, runs: runs, track: track)
            try addMeasurements(database, runs: runs, to: &found)
            let order = scenarios ?? found.keys.sorted()
            trends += order.compactMap { found[$0] }
        }
        return trends
    }

    private func verdicts(_ database: Database, runs: [Int64], track: String) throws -> [String: Trend] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT scenario, verdict, reason, variant, startedAt, release FROM verdict JOIN run ON run.id = runId
                WHERE runId IN (\(list(runs))) ORDER BY startedAt, run.id
                """)
        return rows.reduce(into: [:]) { trends, row in
            // A column that holds something else was written by somebody else.
            guard let verdict = Verdict(rawValue: row.text("verdict")) else { return }
            let scenario = row.text("scenario")
            trends[scenario, default: Trend(scenario: scenario, track: track, points: [], series: [])].points.append(
                Trend.Point(
                    startedAt: row.text("startedAt"), release: row.text("release"), verdict: verdict,
                    reason: row.textIfAny("reason"), variant: row.textIfAny("variant")))
        }
    }

    private func addMeasurements(_ database: Database, runs: [Int64], to trends: inout [String: Trend]) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT scenario, name, value, unit, tolerance, startedAt FROM measurement JOIN run ON run.id = runId
                WHERE runId IN (\(list(runs))) ORDER BY startedAt, run.id
                """)
        for row in rows {
            let (scenario, name) = (row.text("scenario"), row.text("name"))
            guard var trend = trends[scenario], let value = row.figure("value"), let tolerance = row.figure("tolerance")
            else { continue }
            let place =
                trend.series.firstIndex { $0.name == name }
                ?? {
                    trend.series.append(
                        Trend.Series(name: name, unit: row.text("unit"), tolerance: tolerance, values: []))
                    return trend.series.count - 1
                }()
            trend.series[place].values.append((row.text("startedAt"), value))
            trends[scenario] = trend
        }
    }

    private func list(_ ids: [Int64]) -> String { ids.map { String($0) }.joined(separator: ", ") }
}

extension Row {
    /// SQLite keeps anything in any column, and GRDB's own conversions end the program where it is not what was meant.
    fileprivate func textIfAny(_ column: String) -> String? {
        (self[column] as DatabaseValue?).flatMap { String.fromDatabaseValue($0) }
    }

    fileprivate func text(_ column: String) -> String { textIfAny(column) ?? "" }

    /// A number that can be drawn.
    fileprivate func figure(_ column: String) -> Double? {
        let value = (self[column] as DatabaseValue?).flatMap { Double.fromDatabaseValue($0) }
        return value.flatMap { $0.isFinite ? $0 : nil }
    }
}
