import Foundation
import Record
import Report
import Testing

/// A run that is divided among machines and put together again.
@Suite(.enabled(if: isRoot, "needs root to run scenarios"))
struct ShardTests {
    private static let scenarios = ["open.three-way", "open.refused", "close.simultaneous", "shutdown.wr-half-close"]

    @Test func twoShardsOfTheRealThingReportLikeOneRun() throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = Workbench.executable + "-lab"
        for (name, shard) in [("whole", []), ("one", ["--shard", "1/2"]), ("two", ["--shard", "2/2"])] {
            let result = try bench.run(["run", "--record", "\(name).jsonl"] + shard + Self.scenarios)
            #expect(result.errors == "" && result.status == 0)
        }
        let merged = try bench.run(["merge", "--record", "merged.jsonl", "two.jsonl", "one.jsonl"])
        #expect(merged.errors == "" && merged.status == 0)
        #expect(merged.output == "4 scenarios: 4 passed\n")
        func told(_ name: String) throws -> [String] {
            let run = try RunRecord(Array(try bench.read("\(name).jsonl").utf8))
            return run.attempts.map { attempt in
                "\(attempt.attempt) \(attempt.finished?.verdict.rawValue ?? "") \(attempt.checks.count) checks"
            } + run.plan.map(\.id)
        }
        #expect(try told("merged") == told("whole"))
    }

    @Test func badInputIsOneLine() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        let shard = try bench.run(["run", "--shard", "3/3", "open.three-way", "open.refused"])
        #expect(shard.errors == "tcpwitness: --shard 3/3: only 2 scenarios are selected\n")
        #expect(shard.status == 2)
        _ = try bench.run(["run", "--record", "r.jsonl"])
        let merge = try bench.run(["merge", "--record", "m.jsonl", "r.jsonl"])
        #expect(merge.errors == "tcpwitness: r.jsonl is no shard: it was not made with --shard\n")
        #expect(merge.status == 2)
        let same = try bench.run(["merge", "--record", "r.jsonl", "r.jsonl"])
        #expect(same.errors == "tcpwitness: --record names the shard r.jsonl\n")
        #expect(bench.files == ["r.jsonl"])
    }
}
