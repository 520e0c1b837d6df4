package import Record

/// The verdicts and measurements of many runs, in one SQLite file.
///
/// A nightly job asks it one question: since when has each scenario behaved as it does? Runs are put side by side by track: the kernel
/// series, the lane and whether it was this machine or a guest; nothing else of a run changes what is expected.
package struct History {
    let database: Database

    /// Opens the file, and makes it if there is none; nil keeps the history in memory only. Throws a history error.
    ///
    /// - Parameter timeout: how many seconds to wait where another process writes to the file.
    package init(path: String?, timeout: Double = 60) throws(HistoryError) {
        do {
            database = try Database(path: path, timeout: timeout)
            try database.execute("PRAGMA foreign_keys = ON")
        } catch {
            throw HistoryError(error)
        }
        try prepareTables()
    }

    /// The version of the tables, which SQLite keeps in the file for us. Files from before it was written have 0.
    private static let version: Int64 = 1

    private func prepareTables() throws(HistoryError) {
        let (version, tables): (Int64, Set<String>)
        do {
            version = try database.query("PRAGMA user_version") { $0.integer(0) ?? 0 }.first ?? 0
            tables = try Set(
                database.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) ?? "" })
        } catch {
            throw HistoryError(error)
        }
        guard tables.isEmpty || tables.isSuperset(of: ["run", "verdict", "measurement"]) else {
            throw HistoryError("is a database, but no history of tcpwitness")
        }
        guard version <= Self.version else { throw HistoryError("a newer tcpwitness has written it") }
        guard tables.isEmpty else { return }
        do {
            try database.transaction(.immediate) { () throws(SQLiteError) in
                for statement in Self.schema { try database.execute(statement) }
                try database.execute("PRAGMA user_version = \(Self.version)")
            }
        } catch {
            throw HistoryError(error)
        }
    }

    /// Another process may have made the tables a moment before.
    private static let schema = [
        // startedAt is ISO 8601 in UTC, so that the order of texts is that of times.
        """
        CREATE TABLE IF NOT EXISTS run (
            id INTEGER PRIMARY KEY AUTOINCREMENT, startedAt TEXT NOT NULL, track TEXT NOT NULL, release TEXT NOT NULL,
            version TEXT NOT NULL, tool TEXT NOT NULL, interrupted TEXT, UNIQUE (track, release, startedAt))
        """,
        """
        CREATE TABLE IF NOT EXISTS verdict (
            runId INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, scenario TEXT NOT NULL, verdict TEXT NOT NULL,
            reason TEXT, variant TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS verdict_on_runId ON verdict(runId)",
        "CREATE INDEX IF NOT EXISTS verdict_on_scenario ON verdict(scenario)",
        """
        CREATE TABLE IF NOT EXISTS measurement (
            runId INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, scenario TEXT NOT NULL, name TEXT NOT NULL,
            value DOUBLE NOT NULL, unit TEXT NOT NULL, tolerance DOUBLE NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS measurement_on_runId ON measurement(runId)",
    ]

    /// Keeps a run. Returns false, and keeps nothing, when the same run is there already. Throws a history error, also
    /// for a run that says no time.
    @discardableResult
    package func add(_ run: RunRecord) throws(HistoryError) -> Bool {
        guard let startedAt = run.header.startedAt else { throw HistoryError("the record does not say when it began") }
        do {
            return try database.transaction(.immediate) { () throws(SQLiteError) in try keep(run, startedAt) }
        } catch {
            throw HistoryError(error)
        }
    }

    private func keep(_ run: RunRecord, _ startedAt: String) throws(SQLiteError) -> Bool {
        let (track, kernel) = (Track(run.header).name, run.header.kernel)
        let known = try database.query(
            "SELECT 1 FROM run WHERE track = ? AND release = ? AND startedAt = ?",
            .text(track), .text(kernel.release), .text(startedAt)
        ) { _ in true }
        if !known.isEmpty { return false }
        try database.execute(
            "INSERT INTO run (startedAt, track, release, version, tool, interrupted) VALUES (?, ?, ?, ?, ?, ?)",
            .text(startedAt), .text(track), .text(kernel.release), .text(kernel.version), .text(run.header.tool),
            SQLiteValue(run.end == nil ? (run.truncation ?? "cut off") : run.end?.interrupted))
        let id = database.lastInsertedRow
        let scenarios = Dictionary(grouping: run.attempts, by: \.attempt.scenario)
        for (scenario, attempts) in scenarios.sorted(by: { $0.key < $1.key }) {
            guard let worst = attempts.compactMap(\.finished).max(by: { $0.verdict.weight < $1.verdict.weight })
            else { continue }
            try database.execute(
                "INSERT INTO verdict (runId, scenario, verdict, reason, variant) VALUES (?, ?, ?, ?, ?)",
                .integer(id), .text(scenario), .text(worst.verdict.rawValue), SQLiteValue(worst.reason),
                SQLiteValue(worst.variant))
            // Of several attempts the first stands for all: they are repetitions, not a series.
            for measurement in attempts.first?.measurements ?? [] {
                try database.execute(
                    """
                    INSERT INTO measurement (runId, scenario, name, value, unit, tolerance) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                    .integer(id), .text(scenario), .text(measurement.name), .real(measurement.value),
                    .text(measurement.unit), .real(measurement.comparison.tolerance ?? 0))
            }
        }
        return true
    }
}

/// A history that cannot be read or written, in one line.
package struct HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    init(_ error: SQLiteError) { self = error.isAboutLocks ? .locked : HistoryError(error.message) }

    /// Another process has been writing to the file for too long.
    package static let locked = HistoryError("the history is in use by another run")
}

/// What makes runs comparable over time: `6.12 default guest`.
package struct Track: Hashable, Sendable {
    package let name: String

    package init(_ header: RunHeader) {
        let series = header.kernel.release.split(separator: ".").prefix(2).joined(separator: ".")
        let place = header.place == "host" ? "host" : "guest"
        name = "\(series.prefix { $0.isNumber || $0 == "." }) \(header.lane.rawValue) \(place)"
    }
}

extension Verdict {
    /// Of several attempts the worst counts.
    fileprivate var weight: Int {
        switch self {
        case .skipped: 0
        case .passed: 1
        case .error: 2
        case .failed: 3
        }
    }
}
