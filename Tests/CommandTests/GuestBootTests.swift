import Foundation
import Record
import Testing

/// A real guest, where QEMU and a fetched kernel are at hand. It needs no root.
@Suite(.enabled(if: cachedSeries != nil && hasQEMU, "needs QEMU and a kernel from 'tcpwitness kernel fetch'"))
struct GuestBootTests {
    /// Nothing that happens on the host shows in the guest: two runs differ only in the host's stamp, over two hours of
    /// the guest's time and while every core of the host is busy with something else.
    @Test(.timeLimit(.minutes(10))) func twoRunsAreTheSame() throws {
        let series = try #require(cachedSeries)
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let command = [
            "run", "--kernel", series, "keepalive.dead-peer", "timewait.sixty-seconds", "close.transfer-over-loss",
            "open.simultaneous-needs-crossing", "open.synack-lost", "open.syn-timeout",
        ]
        let loops = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", "while :; do :; done"])
        }
        defer { for loop in loops { loop.terminate() } }
        let results = try ["one.jsonl", "two.jsonl"].map { try bench.run(command + ["--record", $0]) }
        for result in results {
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("(guest, TCG, virtual time), default lane"))
        }
        let records = try ["one.jsonl", "two.jsonl"].map { try bench.read($0).split(separator: "\n").dropFirst() }
        #expect(records[0].count > 100)
        #expect(records[0] == records[1])
        let end = try #require(try RunRecord(Array(bench.read("one.jsonl").utf8)).end)
        #expect(end.duration > 7200 * 1_000_000_000)
    }
}

private let hasQEMU = FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64")

/// The newest series that is in the user's cache.
private let cachedSeries: String? = {
    let root = NSHomeDirectory() + "/.cache/tcpwitness/kernels"
    return ["6.12", "6.1", "5.10", "7.2"].first { series in
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(series)")) ?? []
        return versions.contains { !$0.hasPrefix(".") }
    }
}()
