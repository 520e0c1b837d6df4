import Foundation
import Glibc
import Record
import Testing

/// A run with many repeats, which must not need more memory the longer it is.
@Suite(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
struct LongRunTests {
    private static let warmUp = 100
    private static let attempts = 700
    private static let scenario = "open.three-way"

    /// A passed attempt with as many facts as real ones have.
    private static func events(_ number: Int) -> [Event] {
        let attempt = Attempt(scenario: scenario, number: number)
        let frame = FrameBytes(Array(repeating: UInt8(number & 0xff), count: 74))
        let segments = (0..<12).map { place in
            Event.segment(
                SegmentFact(
                    attempt: attempt, at: Int64(1000 * place), from: place % 2 == 0 ? "A" : "B", flags: ".",
                    sequence: 1, acknowledgement: 1, length: 0, window: 502, options: ["nop", "nop", "timestamp 1:2"],
                    fate: .passed, sourcePort: 40000, destinationPort: 80, frame: frame))
        }
        let checks = (0..<20).map { _ in Stream.judged(attempt) }
        return [.started(Started(attempt: attempt, at: Int64(number)))] + segments + checks
            + [Stream.finished(attempt, .passed)]
    }

    private func bench() throws -> Workbench {
        let bench = try Workbench()
        try bench.write(Stream.bytes((Self.warmUp + 1...Self.attempts).flatMap(Self.events)), to: "bench-rest")
        try bench.write(Stream.bytes([.end(RunEnd(duration: 1_000_000))]), to: "bench-end")
        let wait = { (name: String) in "until [ -e '\(bench.path("bench-\(name)"))' ]; do sleep 0.01; done" }
        let begin = [.run(Stream.header), Stream.plan(Self.scenario)] + (1...Self.warmUp).flatMap(Self.events)
        try bench.setLab(
            begin,
            then: """
                \(wait("go-on"))
                cat '\(bench.path("bench-rest"))' >&3
                \(wait("finish"))
                cat '\(bench.path("bench-end"))' >&3
                """)
        return bench
    }

    @Test func keepsNothingOfWhatHasPassed() throws {
        let bench = try bench()
        let run = try bench.start([
            "run", Self.scenario, "--repeat", "\(Self.attempts)", "--record", "r.jsonl", "--junit", "j.xml",
        ])
        try run.waitForOutput("\(Self.scenario) #\(Self.warmUp) ")
        let before = try memory(of: run.process.processIdentifier)
        try bench.write("", to: "bench-go-on")
        try run.waitForOutput("\(Self.scenario) #\(Self.attempts) ")
        let after = try memory(of: run.process.processIdentifier)
        try bench.write("", to: "bench-finish")
        let result = try run.wait()
        #expect(result.status == 0)
        #expect(result.output.contains("1 scenario: 1 passed (\(Self.attempts) attempts: \(Self.attempts) passed)"))
        let growth = (after - before) / (Self.attempts - Self.warmUp)
        #expect(growth < 3000, "an attempt leaves \(growth) bytes behind")
        // And what was not kept is in the record, from which the same reports are made.
        #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).attempts.last?.facts.count == 12)
        #expect(try bench.run(["report", "r.jsonl", "--junit", "k.xml"]).output == result.output)
        #expect(try bench.read("k.xml") == bench.read("j.xml"))
    }

    /// The one report that needs all of it has all of it, with a record and without.
    @Test(arguments: [[], ["--record", "r.jsonl"]]) func hasACaptureOfEachAttempt(_ record: [String]) throws {
        let bench = try bench()
        for name in ["bench-go-on", "bench-finish"] { try bench.write("", to: name) }
        let result = try bench.run(
            ["run", Self.scenario, "--repeat", "\(Self.attempts)", "--pcap", "captures", "--junit", "j.xml"]
                + ["--attachments", "gitlab"] + record)
        #expect(result.status == 0 && result.errors == "")
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.path("captures"))
        #expect(names.count == 2 * Self.attempts)
        let sizes = try names.map {
            try FileManager.default.attributesOfItem(atPath: bench.path("captures/\($0)"))[.size] as? Int
        }
        #expect(sizes.allSatisfy { $0 ?? 0 > 12 * 74 })
        let junit = try bench.read("j.xml")
        #expect(junit.components(separatedBy: "[[ATTACHMENT|").count - 1 == 2 * Self.attempts)
    }

    /// What is resident of a process, in bytes.
    private func memory(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return 1024 * (try #require(line.split(separator: " ").compactMap { Int($0) }.first))
    }
}
