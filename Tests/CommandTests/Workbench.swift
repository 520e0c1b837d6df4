import Foundation
import Glibc
import Record
import Testing

let isRoot: Bool = getuid() == 0

/// A directory of its own, a lab that plays what the test wants, and the built command line.
final class Workbench {
    struct Result {
        /// The exit status, or minus the signal that killed it.
        var status: Int32
        var output: String
        var errors: String
    }

    let directory: URL
    /// What the command line finds in its environment besides the usual.
    var environment: [String: String] = [:]

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tcpwitness-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        // Tests also run the command as another user.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory.path())
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appending(path: name).path() }

    /// Names in the directory, hidden ones too, without those of the bench itself.
    var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path())) ?? []
        return names.filter { !$0.hasPrefix("bench-") }.sorted()
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: directory.appending(path: name)) }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Puts a program in place.
    ///
    /// Another process writes it: a child that some test forks meanwhile would have the file open for writing, and it
    /// could not be executed (ETXTBSY).
    func write(program text: String, to name: String) throws {
        try write(text, to: "\(name).text")
        let install = Process()
        install.executableURL = URL(filePath: "/usr/bin/install")
        install.arguments = ["-m", "755", path("\(name).text"), path(name)]
        try install.run()
        install.waitUntilExit()
        guard install.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Puts a lab in place: a shell script that sends the events and then does the rest.
    func setLab(_ events: [Event] = [], then script: String = "exit 0") throws {
        try write(events.flatMap { RecordEncoder().line($0) }, to: "bench-events")
        try write(
            program: """
                #!/bin/sh
                # The guardian only waits for the end of the command line.
                [ "$1" = guard ] && exec cat <&3 >/dev/null
                printf '%s\\n' "$*" > '\(path("bench-arguments"))'
                cat '\(path("bench-events"))' >&3
                \(script)

                """, to: "bench-lab")
    }

    /// What the lab was started with; nil when it was not.
    var labArguments: String? { (try? read("bench-arguments"))?.split(separator: "\n").first.map(String.init) }

    /// Runs the command line to its end, and kills it after so many seconds.
    ///
    /// They count from its start. The time limit of a test would also count how long it waits for a thread, beside
    /// hundreds of others.
    func run(
        _ arguments: [String], through wrapper: [String] = [], output: String? = nil, endingWithin seconds: Int = 600
    ) throws -> Result {
        try start(arguments, through: ["/usr/bin/timeout", "--signal=KILL", "\(seconds)"] + wrapper, output: output)
            .wait()
    }

    /// Starts the command line, itself an argument of `wrapper` if there is one.
    func start(_ arguments: [String], through wrapper: [String] = [], output: String? = nil) throws -> Running {
        try Running(self, wrapper + [Self.executable] + arguments, output: output)
    }

    /// A command line under way.
    final class Running {
        private let bench: Workbench
        let process = Process()
        private let name = "bench-\(UUID().uuidString)"

        fileprivate init(_ bench: Workbench, _ command: [String], output: String?) throws {
            self.bench = bench
            // Who runs the tests may have them ignore SIGHUP, as nohup(1) does, and the command would keep to that.
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["--default-signal=HUP"] + command
            process.currentDirectoryURL = bench.directory
            process.environment = [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TCPWITNESS_LAB": bench.path("bench-lab"),
            ].merging(bench.environment) { $1 }
            try bench.write("", to: "\(name)-output")
            try bench.write("", to: "\(name)-errors")
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle(forWritingAtPath: output ?? bench.path("\(name)-output"))
            process.standardError = FileHandle(forWritingAtPath: bench.path("\(name)-errors"))
            try process.run()
        }

        /// What it has printed so far.
        var output: String { (try? bench.read("\(name)-output")) ?? "" }

        /// Waits until it has printed something.
        func waitForOutput(_ text: String) throws {
            let deadline = Date.now + 20
            while !output.contains(text) {
                try #require(Date.now < deadline && process.isRunning, "never printed \(text), but \(output)")
                usleep(5000)
            }
        }

        func wait() throws -> Result {
            process.waitUntilExit()
            let status = process.terminationStatus
            return Result(
                status: process.terminationReason == .exit ? status : -status, output: output,
                errors: try bench.read("\(name)-errors"))
        }
    }

    /// Beside the test's own executable.
    static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "tcpwitness").path()
    }()
}

/// Streams that a lab might send.
enum Stream {
    /// The scenarios that these streams tell of, which is what has to be asked for.
    static let selected = ["open.three-way", "close.simultaneous"]

    static let header = RunHeader(
        tool: "tcpwitness 0.1.0", kernel: Kernel(release: "6.12.0", version: "#1 SMP", machine: "x86_64"),
        lane: .scaled, link: .auto, place: "host", startedAt: nil)

    static let first = Attempt(scenario: "open.three-way", number: 1)
    static let second = Attempt(scenario: "close.simultaneous", number: 1)

    /// Two scenarios, neither begun.
    static var planned: [Event] { [.run(header), plan("open.three-way"), plan("close.simultaneous")] }

    /// The first finished, the second under way.
    static var half: [Event] {
        planned + [
            .started(Started(attempt: first, at: 1000)), .started(Started(attempt: second, at: 2000)),
            judged(first), finished(first, .passed),
        ]
    }

    static func whole(_ verdicts: (Verdict, Verdict)) -> [Event] {
        planned + [
            .started(Started(attempt: first, at: 1000)), .started(Started(attempt: second, at: 2000)),
            judged(first), finished(first, verdicts.0), judged(second), finished(second, verdicts.1),
            .end(RunEnd(duration: 50_000_000)),
        ]
    }

    static func plan(_ id: String) -> Event {
        .plan(
            ScenarioDescription(
                id: id, claim: "A claim.", citations: [Citation(source: "RFC 9293")],
                location: "Here.swift:1", steps: [], nominalSeconds: 0))
    }

    /// An expectation that was met, without which nothing passes.
    static func judged(_ attempt: Attempt, _ passed: Bool = true) -> Event {
        .check(
            Check(
                attempt: attempt, at: 3000, status: passed ? .met : .broken, expected: "a state", seen: "a state",
                witnesses: ["trace"],
                wire: nil, location: "Here.swift:2"))
    }

    static func finished(_ attempt: Attempt, _ verdict: Verdict) -> Event {
        .finished(
            Finished(
                attempt: attempt, verdict: verdict, reason: verdict == .passed ? nil : "a reason", variant: nil,
                link: "direct", duration: 20_000_000))
    }

    static func bytes(_ events: [Event]) -> [UInt8] { events.flatMap { RecordEncoder().line($0) } }
}
