import Foundation
import Glibc
import Record
import Testing

/// Two runs of one kernel differ in nothing, however long each took and whoever emulated the link.
@Suite struct SameKernelTests {
    @Test(.enabled(if: getuid() == 0, "needs root to build laboratories"))
    func runsOfThisKernelAreTheSame() throws {
        let bench = try Bench()
        let scenarios = [
            "open.three-way", "open.refused", "open.s[ei]*", "close.s*", "close.r*", "close.t*", "shutdown.*",
        ]
        for (record, link) in [("first", "auto"), ("second", "auto"), ("third", "relay")] {
            let run = try bench.run(["run", "--link", link, "--record", record] + scenarios)
            try #require(run.status == 0, "\(run.output) \(run.errors)")
        }
        let comparison = try bench.run(["compare", "first", "second", "third"])
        #expect(comparison.status == 0, "\(comparison.output)")
        #expect(!comparison.output.contains("changed"))
        // What is looked at at all: a record with one thing changed differs in that.
        let changed = try bench.read("second").replacing("\"new\":\"CLOSING\"", with: "\"new\":\"TIME_WAIT\"")
        try bench.write(changed, to: "changed")
        let difference = try bench.run(["compare", "first", "changed", "--verbose"])
        #expect(difference.status == 1)
        #expect(difference.output.contains("state path, client of A"))
    }
}
