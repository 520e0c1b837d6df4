import Glibc
import Record
import Testing

@testable import History

/// The file as SQLite sees it, and what else may be in it.
@Suite struct HistoryFileTests {
    /// Runs `body` with the name of a file that is not there yet and is removed afterwards.
    private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        var directory = Array("/tmp/tcpwitness-history-XXXXXX".utf8CString)
        try #require(mkdtemp(&directory) != nil)
        let path = String(decoding: directory.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink("\(path)/h.sqlite")
            rmdir(path)
        }
        return try body("\(path)/h.sqlite")
    }

    /// As they were made before the file had a version of its own.
    private static let tablesWithoutVersion = [
        "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)",
        "INSERT INTO grdb_migrations VALUES ('1')",
        """
        CREATE TABLE "run" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "startedAt" TEXT NOT NULL, "track" TEXT NOT NULL,
        "release" TEXT NOT NULL, "version" TEXT NOT NULL, "tool" TEXT NOT NULL, "interrupted" TEXT,
        UNIQUE ("track", "release", "startedAt"))
        """,
        """
        CREATE TABLE "verdict" ("runId" INTEGER NOT NULL REFERENCES "run"("id") ON DELETE CASCADE,
        "scenario" TEXT NOT NULL, "verdict" TEXT NOT NULL, "reason" TEXT, "variant" TEXT)
        """,
        """
        CREATE TABLE "measurement" ("runId" INTEGER NOT NULL REFERENCES "run"("id") ON DELETE CASCADE,
        "scenario" TEXT NOT NULL, "name" TEXT NOT NULL, "value" DOUBLE NOT NULL, "unit" TEXT NOT NULL,
        "tolerance" DOUBLE NOT NULL)
        """,
        "INSERT INTO run VALUES (1, '2026-10-31T02:00:00Z', '6.12 scaled host', '6.12.0', '#1', 'tcpwitness', NULL)",
        "INSERT INTO verdict VALUES (1, 'open.three-way', 'failed', 'a reason', NULL)",
    ]

    @Test func anOlderFileGoesOn() throws {
        try withFile { path in
            let older = try Database(path: path, timeout: 0)
            for statement in Self.tablesWithoutVersion { try older.execute(statement) }
            let history = try History(path: path)
            try history.add(sampleRun(day: 1, .passed))
            let trend = try #require(history.trends(of: ["open.three-way"]).first)
            #expect(trend.points.map(\.verdict) == [.failed, .passed])
        }
    }

    @Test func whatWasKeptIsThereNextTime() throws {
        try withFile { path in
            try History(path: path).add(sampleRun(day: 1, .failed, variant: "old", value: 0.1))
            let trends = try History(path: path).trends(of: ["open.three-way"])
            #expect(trends.map(\.points.first?.reason) == ["a <reason>"])
            #expect(trends.first?.points.first?.variant == "old")
            #expect(trends.first?.series.first?.values.map(\.value) == [0.1])
        }
    }

    @Test func anotherDatabaseIsLeftAlone() throws {
        try withFile { path in
            let other = try Database(path: path, timeout: 0)
            try other.execute("CREATE TABLE run (distance REAL)")
            #expect(throws: HistoryError("is a database, but no history of tcpwitness")) { try History(path: path) }
            let tables = try other.query("SELECT name FROM sqlite_schema") { $0.text(0) }
            #expect(tables == ["run"])
        }
    }

    @Test func aFileOfANewerVersionIsRefused() throws {
        try withFile { path in
            _ = try History(path: path)
            try Database(path: path, timeout: 0).execute("PRAGMA user_version = 2")
            #expect(throws: HistoryError("a newer tcpwitness has written it")) { try History(path: path) }
        }
    }

    /// A run is kept as a whole or not at all, and the next one is kept all the same.
    @Test func aRunThatCannotBeKeptLeavesNothing() throws {
        let history = try History(path: nil)
        // SQLite keeps what is no number as NULL, which a measurement cannot be.
        #expect(throws: HistoryError.self) { try history.add(sampleRun(day: 1, .passed, value: .nan)) }
        #expect(try history.trends().isEmpty)
        #expect(try history.add(sampleRun(day: 1, .passed)))
        #expect(try history.trends().count == 2)
    }

    @Test func aLockedFileIsSaidToBe() throws {
        try withFile { path in
            let history = try History(path: path, timeout: 0)
            let other = try Database(path: path, timeout: 0)
            try other.execute("BEGIN IMMEDIATE")
            #expect(throws: HistoryError.locked) { try history.add(sampleRun(day: 1, .passed)) }
            // Who only reads need not wait for a writer that has not written.
            #expect(try history.trends().isEmpty)
            try other.execute("COMMIT")
            #expect(try history.add(sampleRun(day: 1, .passed)))
        }
    }
}

/// The few calls of SQLite that there are.
@Suite struct DatabaseTests {
    @Test(arguments: ["", "text", "ünïcödé", "with\0zero", "it's"]) func textsComeBack(_ text: String) throws {
        let database = try Database(path: nil, timeout: 0)
        #expect(try database.query("SELECT ?", .text(text)) { $0.text(0) } == [text])
    }

    @Test func numbersComeBack() throws {
        let database = try Database(path: nil, timeout: 0)
        for number in [Int64.min, -1, 0, Int64.max] {
            #expect(try database.query("SELECT ?", .integer(number)) { $0.integer(0) } == [number])
        }
        for number in [0.1, -1e300, 2.2250738585072014e-308] {
            #expect(try database.query("SELECT ?", .real(number)) { $0.figure(0) } == [number])
        }
        #expect(try database.query("SELECT 3") { $0.figure(0) } == [3])
    }

    /// Any column may hold anything, and whoever asks for something else gets nothing.
    @Test(arguments: ["NULL", "x'616263'", "9e999", "'7'"]) func otherKindsAreNoNumbers(_ value: String) throws {
        let database = try Database(path: nil, timeout: 0)
        #expect(try database.query("SELECT \(value)") { $0.figure(0) == nil && $0.integer(0) == nil } == [true])
    }

    @Test(arguments: ["NULL", "x'616263'", "7", "0.5"]) func otherKindsAreNoTexts(_ value: String) throws {
        let database = try Database(path: nil, timeout: 0)
        #expect(try database.query("SELECT \(value)") { $0.text(0) == nil } == [true])
    }

    @Test func errorsAreInTheWordsOfSQLite() throws {
        let database = try Database(path: nil, timeout: 0)
        let error = try #require(throws: SQLiteError.self) { try database.execute("SELECT * FROM absent") }
        #expect(error.message == "no such table: absent" && !error.isAboutLocks)
        let noFile = try #require(throws: SQLiteError.self) { try Database(path: "/dev/null/h.sqlite", timeout: 0) }
        #expect(noFile.message == "unable to open database file")
    }

    /// What a body did before it failed is undone, and no transaction stays open.
    @Test func aFailedTransactionIsUndone() throws {
        let database = try Database(path: nil, timeout: 0)
        try database.execute("CREATE TABLE t (n)")
        #expect(throws: SQLiteError.self) {
            try database.transaction(.immediate) { () throws(SQLiteError) in
                try database.execute("INSERT INTO t VALUES (1)")
                try database.execute("nonsense")
            }
        }
        #expect(try database.query("SELECT * FROM t") { $0.integer(0) }.isEmpty)
        try database.transaction(.immediate) { () throws(SQLiteError) in
            try database.execute("INSERT INTO t VALUES (?)", .integer(2))
        }
        #expect(try database.query("SELECT * FROM t") { $0.integer(0) } == [2])
    }
}
