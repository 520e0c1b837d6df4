internal import GRDB
package import Record

/// The verdicts and measurements of many runs, in one SQLite file.
///
/// What a nightly job asks of it is since when something is as it is. Runs are put side by side by track: the kernel
/// series, the lane and whether it was this machine or a guest; nothing else of a run changes what is expected.
package struct History {
    let database: DatabaseQueue

    /// Opens the file, and makes it if there is none; nil keeps the history in memory only. Throws a history error.
    ///
    /// - Parameter patience: how many seconds to wait where another process writes to the file.
    package init(path: String?, patience: Double = 60) throws(HistoryError) {
        database = try telling {
            var configuration = Configuration()
            configuration.busyMode = .timeout(max(0, min(patience, 3600)))
            let database =
                try path.map { try DatabaseQueue(path: $0, configuration: configuration) } ?? DatabaseQueue()
            try Self.migrator.migrate(database)
            return database
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.create(table: "run") { table in
                table.autoIncrementedPrimaryKey("id")
                // ISO 8601 in UTC, so that the order of texts is that of times.
                table.column("startedAt", .text).notNull()
                table.column("track", .text).notNull()
                table.column("release", .text).notNull()
                table.column("version", .text).notNull()
                table.column("tool", .text).notNull()
                table.column("interrupted", .text)
                table.uniqueKey(["track", "release", "startedAt"])
            }
            try database.create(table: "verdict") { table in
                table.belongsTo("run", onDelete: .cascade).notNull()
                table.column("scenario", .text).notNull().indexed()
                table.column("verdict", .text).notNull()
                table.column("reason", .text)
                table.column("variant", .text)
            }
            try database.create(table: "measurement") { table in
                table.belongsTo("run", onDelete: .cascade).notNull()
                table.column("scenario", .text).notNull()
                table.column("name", .text).notNull()
                table.column("value", .double).notNull()
                table.column("unit", .text).notNull()
                table.column("tolerance", .double).notNull()
            }
        }
        return migrator
    }

    /// Keeps a run. Returns false, and keeps nothing, when the same run is there already. Throws a history error, also
    /// for a run that says no time.
    @discardableResult
    package func add(_ run: RunRecord) throws(HistoryError) -> Bool {
        guard let startedAt = run.header.startedAt else { throw HistoryError("the record does not say when it began") }
        return try telling { try database.write { try keep(run, startedAt, $0) } }
    }

    private func keep(_ run: RunRecord, _ startedAt: String, _ database: Database) throws -> Bool {
        let track = Track(run.header).name
        let known = try Bool.fetchOne(
            database, sql: "SELECT EXISTS(SELECT 1 FROM run WHERE track = ? AND release = ? AND startedAt = ?)",
            arguments: [track, run.header.kernel.release, startedAt])
        if known == true { return false }
        try database.execute(
            sql: """
                INSERT INTO run (startedAt, track, release, version, tool, interrupted) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                startedAt, track, run.header.kernel.release, run.header.kernel.version, run.header.tool,
                run.end == nil ? (run.truncation ?? "cut off") : run.end?.interrupted,
            ])
        let id = database.lastInsertedRowID
        for (scenario, attempts) in Dictionary(grouping: run.attempts, by: \.attempt.scenario) {
            guard let worst = attempts.compactMap(\.finished).max(by: { $0.verdict.weight < $1.verdict.weight })
            else { continue }
            try database.execute(
                sql: "INSERT INTO verdict (runId, scenario, verdict, reason, variant) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, scenario, worst.verdict.rawValue, worst.reason, worst.variant])
            // Of several attempts the first stands for all: they are repetitions, not a series.
            for measurement in attempts.first?.measurements ?? [] {
                try database.execute(
                    sql:
                        "INSERT INTO measurement (runId, scenario, name, value, unit, tolerance) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        id, scenario, measurement.name, measurement.value, measurement.unit,
                        measurement.comparison.tolerance ?? 0,
                    ])
            }
        }
        return true
    }
}

/// A history that cannot be read or written, in one line.
package struct HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// Another process has been writing to the file for too long.
    package static let locked = HistoryError("the history is in use by another run")
}

/// Throws the database's errors as history errors.
func telling<Result>(_ body: () throws -> Result) throws(HistoryError) -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        if [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) { throw .locked }
        throw HistoryError(error.message ?? error.resultCode.description)
    } catch {
        throw HistoryError("\(error)")
    }
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
