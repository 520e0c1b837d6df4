import Foundation
import Record

/// A run of the whole catalogue on a stock kernel, without what comparisons do not look at.
///
/// `UPDATE_GOLDEN=1` makes it anew from the record of 6.12 that `make matrix` leaves behind.
enum CatalogueRun {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/catalogue-6.12.jsonl.xz")
    private static let fresh = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../build/reports/matrix-6.12.jsonl")
    private static let xz = "/usr/bin/xz"

    static let isReadable = FileManager.default.isExecutableFile(atPath: xz)

    static func read() throws -> RunRecord {
        let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil
        if updates, FileManager.default.fileExists(atPath: fresh.path()) { try update() }
        return try RunRecord(Array(filtered(["-dc", file.path()])))
    }

    private static func update() throws {
        let run = try RunRecord(Array(Data(contentsOf: fresh)))
        let plan = run.plan.map { scenario in
            var scenario = scenario
            (scenario.claim, scenario.citations, scenario.steps) = ("", [], [])
            return Event.plan(scenario)
        }
        let attempts = run.attempts.filter { $0.attempt.number == 1 }.flatMap { attempt -> [Event] in
            [.started(Started(attempt: attempt.attempt, at: attempt.start))]
                + attempt.facts.filter(\.isCompared) + attempt.measurements.map { .measurement($0) }
                + (attempt.finished.map { [.finished($0)] } ?? [])
        }
        let events = [.run(run.header)] + plan + attempts + (run.end.map { [.end($0)] } ?? [])
        let plain = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: plain) }
        try Data(events.flatMap { RecordEncoder().line($0) }).write(to: plain)
        try filtered(["-9ec", plain.path()]).write(to: file)
    }

    private static func filtered(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: xz)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return bytes
    }
}

extension Event {
    fileprivate var isCompared: Bool {
        switch self {
        case .call, .transition, .segment, .packet, .counters, .exit: true
        case .note(let note): note.voidsSince != nil
        default: false
        }
    }
}
