import Foundation
import Record
import Testing

/// Files beside the tests.
enum Fixture {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func path(_ name: String) -> String { directory.appending(path: name).path() }

    /// The events of a real record.
    static func events(_ name: String) throws -> [Event] {
        try RecordContents(Array(Data(contentsOf: directory.appending(path: name)))).events
    }

    static func record(_ name: String) throws -> RunRecord { try RunRecord(events(name)) }

    /// Compares with a golden file; with `UPDATE_GOLDEN` in the environment, writes it instead.
    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = directory.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOf: file, encoding: .utf8), sourceLocation: sourceLocation)
    }
}

/// A program of this machine.
struct Tool {
    let path: String

    /// Nil when it is not installed.
    init?(_ name: String) {
        // As a shell would find it: what reads our reports may be in an environment of its own.
        let path = ProcessInfo.processInfo.environment["PATH"].map { $0.split(separator: ":").map(String.init) } ?? []
        let found = (path + ["/usr/bin", "/usr/local/bin", "/bin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        self.path = found
    }

    /// Whether Python has these modules.
    static func canImport(_ modules: String...) -> Bool {
        let script = modules.map { "import \($0)" }.joined(separator: "; ")
        return (try? Tool("python3")?.run(["-c", script], input: []).status) == 0
    }

    /// Runs it with a file as its input and gives what it printed.
    func run(_ arguments: [String], input: [UInt8]) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(input).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
