import Foundation
import Glibc
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

    /// Runs the command line with a terminal of 100 columns as its output.
    func run(_ arguments: [String], onTerminalWith environment: [String: String]) throws -> Result {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // TIOCSPTLCK and TIOCGPTN, which are macros made of others.
        var (lock, number): (Int32, Int32) = (0, 0)
        guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw POSIXError(.ENOTTY)
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: 50, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        let process = Process()
        process.executableURL = URL(filePath: Bench.tcpwitness)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ["PATH": "/usr/bin:/bin", "TCPWITNESS_BASELINES": "baselines", "TERM": "xterm"]
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: slave)
        process.standardError = FileHandle(fileDescriptor: slave)
        try process.run()
        close(slave)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        // A terminal that nobody has open any more gives EIO.
        while case let count = Glibc.read(master, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        close(master)
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return Result(status: process.terminationStatus, output: text, errors: "")
    }

    /// Beside the test's own executable.
    private static let tcpwitness: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "tcpwitness").path()
    }()
}
