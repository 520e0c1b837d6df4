import Foundation
import Record

/// A directory of its own, and the built command line.
final class Bench {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tcpwitness-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appending(path: "baselines"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: directory.appending(path: name)) }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Writes a run as `run --record` does.
    func write(_ run: RunRecord, to name: String) throws {
        let attempts = run.attempts.flatMap { attempt in
            [.started(Started(attempt: attempt.attempt, at: attempt.start))] + attempt.facts
                + attempt.measurements.map { .measurement($0) }
                + (attempt.finished.map { [.finished($0)] } ?? [])
        }
        let events =
            [.run(run.header)] + run.plan.map { Event.plan($0) } + attempts + (run.end.map { [.end($0)] } ?? [])
        try write(events.flatMap { RecordEncoder().line($0) }, to: name)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.appending(path: name).path())
    }

    /// Runs the command line, or another program, to its end. Its baselines are those of the bench.
    func run(_ arguments: [String], executable: String = Bench.tcpwitness) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ["PATH": "/usr/bin:/bin", "TCPWITNESS_BASELINES": "baselines"]
        process.standardInput = FileHandle.nullDevice
        // Files cannot fill up as pipes do.
        for name in ["bench-output", "bench-errors"] { try write("", to: name) }
        process.standardOutput = FileHandle(forWritingAtPath: directory.appending(path: "bench-output").path())
        process.standardError = FileHandle(forWritingAtPath: directory.appending(path: "bench-errors").path())
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try read("bench-output"), errors: try read("bench-errors"))
    }

    /// Beside the test's own executable.
    private static let tcpwitness: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "tcpwitness").path()
    }()
}
