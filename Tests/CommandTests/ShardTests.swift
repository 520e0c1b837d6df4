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

    /// Shards of two kernels make a record each and one report of both; a lost one is said, and can be run alone.
    @Test func twoKernelsMakeOneReport() throws {
        let bench = try Workbench()
        func shard(_ kernel: String, _ index: Int, _ scenario: String) throws {
            var header = Stream.header
            header.kernel.release = kernel
            header.shard = Shard(index: index, count: 2)
            let attempt = Attempt(scenario: scenario, number: 1)
            try bench.write(
                Stream.bytes([
                    .run(header), Stream.plan(scenario), .started(Started(attempt: attempt, at: 1000)),
                    Stream.judged(attempt), Stream.finished(attempt, .passed), .end(RunEnd(duration: 50_000_000)),
                ]), to: "\(kernel)-\(index).jsonl")
        }
        for kernel in ["6.1.9", "6.12.0"] {
            try shard(kernel, 1, Stream.selected[0])
            try shard(kernel, 2, Stream.selected[1])
        }
        let all = ["6.12.0-2.jsonl", "6.1.9-1.jsonl", "6.12.0-1.jsonl", "6.1.9-2.jsonl"]
        let merged = try bench.run(["merge", "--record", "all.jsonl", "--junit", "all.xml"] + all)
        #expect(merged.errors == "" && merged.status == 0, "\(merged.errors)")
        #expect(merged.output == "6.12.0  2 scenarios: 2 passed\n6.1.9  2 scenarios: 2 passed\n")
        #expect(try bench.run(["report", "all-6.1.9.jsonl"]).output.contains("2 scenarios: 2 passed"))
        #expect(try bench.read("all.xml").contains("6.12.0") && bench.read("all.xml").contains("6.1.9"))
        let lost = try bench.run(["merge", "--record", "some.jsonl"] + all.dropLast())
        #expect(
            lost.errors == "tcpwitness: shard 2/2 of 6.1.9 is missing; 'run --shard' runs it alone, "
                + "--partial does without it\n")
        #expect(lost.status == 2 && !bench.files.contains { $0.hasPrefix("some") })
        let partial = try bench.run(["merge", "--partial", "--json", "some.json"] + all.dropLast())
        #expect(partial.status == 3)
        #expect(partial.output.contains("6.1.9  1 scenario: 1 passed; shard 2/2 of 6.1.9 is missing\n"))
        #expect(try bench.run(["merge", "6.1.9-1.jsonl"]).status == 2)
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
