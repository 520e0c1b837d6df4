import Foundation
import Glibc
import Record
import Testing

/// A real run that somebody stops for a while as a whole, as a debugger, a hypervisor or a full machine does.
@Suite(.enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct StoppedLabTests {
    /// Whatever the lab has missed, the kernel is not to blame for.
    @Test func blamesNobody() throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = URL(filePath: Workbench.executable).deletingLastPathComponent()
            .appending(path: "tcpwitness-lab").path()
        let run = try bench.start([
            "run", "close.*", "open.sy*", "--jobs", "6", "--record", "r.jsonl", "--timeout", "5",
        ])
        try run.waitForOutput("passed")
        let lab = try #require(child(of: run.process.processIdentifier))
        kill(lab, SIGSTOP)
        usleep(2_000_000)
        kill(lab, SIGCONT)
        let result = try run.wait()
        #expect(!result.output.contains("FAILED"), "\(result.output)")
        #expect([0, 3].contains(result.status))
        // It was noticed, and where nothing could be told any more it was tried again.
        let events = try RecordContents(Array(bench.read("r.jsonl").utf8)).events
        #expect(events.contains { if case .suspicion = $0 { true } else { false } })
    }

    /// The process that runs scenarios.
    private func child(of parent: Int32) -> Int32? {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.first { process in
            guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                let end = status.lastIndex(of: ")"),
                status[end...].split(separator: " ").dropFirst(2).first.flatMap({ Int32($0) }) == parent
            else { return false }
            let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
            return String(decoding: words, as: UTF8.self).split(separator: "\0").dropFirst().first == "run"
        }
    }
}
