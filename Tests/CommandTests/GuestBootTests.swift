import Foundation
import Record
import Testing

/// A real guest, where QEMU and a fetched kernel are at hand. It needs no root.
@Suite(.enabled(if: StockKernel.cached != nil && StockKernel.hasQEMU, "needs QEMU and a fetched kernel"))
struct GuestBootTests {
    /// Nothing that happens on the host shows in the guest: two runs differ only in the host's stamp.
    @Test(.timeLimit(.minutes(5))) func twoRunsAreTheSame() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let command = [
            "run", "--kernel", series, "open.three-way", "open.simultaneous-needs-crossing", "open.synack-lost",
        ]
        let results = try ["one.jsonl", "two.jsonl"].map { try bench.run(command + ["--record", $0]) }
        for result in results {
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("(guest, TCG, virtual time), default lane"))
        }
        let records = try ["one.jsonl", "two.jsonl"].map { try bench.read($0).split(separator: "\n").dropFirst() }
        #expect(records[0].count > 100)
        #expect(records[0] == records[1])
    }
}
