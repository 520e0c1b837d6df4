import Foundation
import Record
import Testing

/// A real guest, where QEMU and a fetched kernel are at hand. It needs no root.
@Suite(.enabled(if: StockKernel.cached != nil && StockKernel.hasQEMU, "needs QEMU and a fetched kernel"))
struct GuestBootTests {
    /// Nothing that happens on the host shows in the guest: two runs differ only in the host's stamp, over two hours of
    /// the guest's time and while every core of the host is busy with something else.
    @Test(.timeLimit(.minutes(10))) func twoRunsAreTheSame() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let command = [
            "run", "--kernel", series, "keepalive.dead-peer", "timewait.sixty-seconds", "close.transfer-over-loss",
            "open.simultaneous-needs-crossing", "open.synack-lost", "open.syn-timeout",
        ]
        let loops = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", "while :; do :; done"])
        }
        // A test that waits for signals has blocked them, and children inherit that.
        defer { for loop in loops { kill(loop.processIdentifier, SIGKILL) } }
        let results = try ["one.jsonl", "two.jsonl"].map { try bench.run(command + ["--record", $0]) }
        for result in results {
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("(guest, TCG, virtual time), default lane"))
        }
        // Without the first line, the host's stamp, and the last, which says how long it took.
        let records = try ["one.jsonl", "two.jsonl"].map {
            try bench.read($0).split(separator: "\n").dropFirst().dropLast()
        }
        #expect(records[0].count > 100)
        #expect(records[0].count == records[1].count)
        let different = zip(records[0], records[1]).first { $0 != $1 }
        #expect(different == nil)
        let ends = try ["one.jsonl", "two.jsonl"].map { try #require(try RunRecord(Array(bench.read($0).utf8)).end) }
        #expect(ends[0].duration > 7200 * 1_000_000_000)
        #expect(ends[0].duration == ends[1].duration)
    }
}
