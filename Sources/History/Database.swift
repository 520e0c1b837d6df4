internal import CSQLite

/// A connection to an SQLite file, for one thread.
final class Database {
    private let connection: OpaquePointer

    /// Opens a file, and makes it if there is none; nil keeps everything in memory. Throws the sqlite3_open_v2() error.
    ///
    /// - Parameter timeout: how many seconds a statement waits for other connections.
    init(path: String?, timeout: Double) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path ?? ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        // SQLite gives a handle even then, which knows what went wrong; without memory it gives none.
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }
            throw SQLiteError(code, handle)
        }
        connection = handle
        sqlite3_busy_timeout(handle, Int32(max(0, min(timeout, 3600)) * 1000))
    }

    deinit { sqlite3_close_v2(connection) }

    /// The key of the row that was inserted last.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(connection) }

    /// Performs a statement that gives no rows. Throws the error of the failing call.
    func execute(_ sql: String, _ arguments: SQLiteValue...) throws(SQLiteError) {
        let statement = try Statement(sql, connection)
        try statement.bind(arguments)
        while try statement.step() {}
    }

    /// Performs a query; gives what `read` makes of each row. Throws the error of the failing call.
    func query<Result>(
        _ sql: String, _ arguments: SQLiteValue..., read: (SQLiteRow) -> Result
    ) throws(SQLiteError) -> [Result] {
        let statement = try Statement(sql, connection)
        try statement.bind(arguments)
        var results: [Result] = []
        while try statement.step() { results.append(read(statement.row)) }
        return results
    }

    /// Performs `body` as a whole or not at all. Throws what it throws, or the error of the failing call.
    ///
    /// - Parameter mode: a writer that began by reading cannot wait for another writer, so it says at once what it is.
    func transaction<Result>(
        _ mode: TransactionMode, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try execute("BEGIN \(mode.rawValue)")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // Some errors have rolled it back already.
            try? execute("ROLLBACK")
            throw error
        }
    }
}

/// When a transaction takes its lock.
enum TransactionMode: String {
    /// With the first read or write.
    case deferred = "DEFERRED"
    /// At once, against other writers.
    case immediate = "IMMEDIATE"
}

/// A failed call of SQLite.
struct SQLiteError: Error {
    /// The primary result code.
    let code: Int32
    /// SQLite's own words.
    let message: String

    fileprivate init(_ code: Int32, _ connection: OpaquePointer?) {
        self.code = code & 0xff
        message = String(cString: connection.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
    }

    /// Another connection had the lock for too long.
    var isAboutLocks: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
}

/// A value as SQLite keeps it: any column may hold any of these.
enum SQLiteValue: ExpressibleByStringLiteral {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// Bytes, which we neither write nor read.
    case blob

    init(stringLiteral value: String) { self = .text(value) }
    init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    init(_ value: Int64) { self = .integer(value) }
    init(_ value: Double) { self = .real(value) }
}

/// A row that a statement has reached, by the place of a column in the query.
struct SQLiteRow {
    fileprivate let statement: OpaquePointer

    private subscript(column: Int) -> SQLiteValue {
        let column = Int32(column)
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            // The length counts after the text was asked for.
            let text = sqlite3_column_text(statement, column)
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB: return .blob
        default: return .null
        }
    }

    /// The text of a column; nil where it holds something else.
    func text(_ column: Int) -> String? {
        guard case .text(let text) = self[column] else { return nil }
        return text
    }

    /// The whole number in a column; nil where it holds something else.
    func integer(_ column: Int) -> Int64? {
        guard case .integer(let number) = self[column] else { return nil }
        return number
    }

    /// The number in a column; nil where it holds something else, or nothing that can be drawn.
    func figure(_ column: Int) -> Double? {
        switch self[column] {
        case .integer(let number): Double(number)
        case .real(let number) where number.isFinite: number
        default: nil
        }
    }
}

/// A prepared statement.
private struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    init(_ sql: String, _ connection: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, sql, -1, &handle, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, connection) }
        guard let handle else { fatalError("no statement: \(sql)") }
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ arguments: [SQLiteValue]) throws(SQLiteError) {
        for (place, argument) in zip(Int32(1)..., arguments) { try bind(argument, at: place) }
    }

    private func bind(_ value: SQLiteValue, at place: Int32) throws(SQLiteError) {
        let code =
            switch value {
            case .null, .blob: sqlite3_bind_null(handle, place)
            case .integer(let number): sqlite3_bind_int64(handle, place, number)
            case .real(let number): sqlite3_bind_double(handle, place, number)
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), transient)
                    }
                }
            }
        guard code == SQLITE_OK else { throw SQLiteError(code, connection) }
    }

    /// Goes on to the next row. Returns false when there is none.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(code, connection)
        }
    }

    var row: SQLiteRow { SQLiteRow(statement: handle) }
}

/// SQLITE_TRANSIENT: SQLite keeps a copy.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
