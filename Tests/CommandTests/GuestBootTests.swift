import Foundation
import Record
import Testing

/// A real guest, where QEMU and a fetched kernel are at hand. It needs no root.
@Suite(.enabled(if: StockKernel.cached != nil && StockKernel.hasQEMU, "needs QEMU and a fetched kernel"))
struct GuestBootTests {
    /// Nothing that happens on the host shows in the guest: two runs differ only in the host's stamp, over two hours of
    /// the guest's time and while every core of the host is busy with something else.
    @Test func twoRunsAreTheSame() throws {
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

    /// Alone as the first thing after boot, when the kernel's clocks of whole seconds are not yet set: in the first
    /// second PAWS in TIME_WAIT is off.
    @Test(arguments: ["timewait.old-duplicate", "timewait.new-syn-lower"])
    func theFirstScenarioIsLikeAnyOther(_ id: String) throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let result = try bench.run(["run", "--kernel", series, id])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    /// A machine that is set up oddly shows the same as any other, to the segment.
    @Test func anOddMachineIsLikeAnyOther() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let odd = [
            "sysctl.net.ipv4.tcp_rmem=4096,8192,30000", "sysctl.net.ipv4.tcp_wmem=4096,8192,30000",
            "sysctl.net.ipv4.conf.default.forwarding=1", "sysctl.net.ipv4.conf.all.rp_filter=1",
            "sysctl.net.core.fb_tunnels_only_for_init_net=0", "sysctl.net.ipv4.tcp_max_syn_backlog=7",
        ].map { $0.replacing(",", with: " ") }.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " ")
        let scenarios = ["open.three-way", "close.simultaneous", "close.flushes-sendq", "open.accept-queue-overflow"]
        for (name, append) in [("one", []), ("odd", ["--append", odd])] {
            let result = try bench.run(
                ["run", "--kernel", series, "--record", "\(name).jsonl"] + append + scenarios)
            #expect(result.status == 0, "\(name): \(result.output)\(result.errors)")
        }
        let comparison = try bench.run(["compare", "one.jsonl", "odd.jsonl"])
        #expect(comparison.status == 0, "\(comparison.output)")
    }
}
