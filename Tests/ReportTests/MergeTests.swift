import Record
import Report
import Testing

@Suite struct MergeTests {
    private static let scenarios = (1...7).map { number in
        ScenarioDescription(
            id: "open.s\(number)", claim: "A claim.", citations: [],
            location: "Opening.swift:\(number)", steps: [], nominalSeconds: number % 3 == 0 ? Double(number) : 0)
    }

    private static let header = RunHeader(
        tool: "tcpwitness", kernel: Kernel(release: "6.12.0", version: "#1", machine: "x86_64"), lane: .scaled,
        link: .auto, place: "host", startedAt: "2026-11-20T01:00:00Z", limits: ["no sch_netem"])

    /// The record of a run of these scenarios, the third of which fails.
    private static func record(
        _ scenarios: [ScenarioDescription], shard: Shard? = nil, kernel: String = "6.12.0"
    ) -> [Event] {
        var header = header
        header.shard = shard
        header.kernel.release = kernel
        let attempts = scenarios.map { Attempt(scenario: $0.id, number: 1) }
        return [.run(header)] + scenarios.map { .plan($0) } + attempts.map { .started(Started(attempt: $0, at: 1)) }
            + attempts.map {
                .finished(
                    Finished(
                        attempt: $0, verdict: $0.scenario == "open.s3" ? .failed : .passed, reason: nil, variant: nil,
                        link: "relay", duration: 5))
            } + [.end(RunEnd(duration: 100))]
    }

    private static func shards(_ count: Int, kernel: String = "6.12.0") throws -> [ShardRecord] {
        try (1...count).map { index in
            let shard = Shard(index: index, count: count)
            let events = record(shard.select(scenarios), shard: shard, kernel: kernel)
            return ("shard\(index).jsonl", try RecordContents(events.flatMap(RecordEncoder().line)))
        }
    }

    @Test(arguments: 1...7) func mergedShardsReportLikeOneRun(count: Int) throws {
        let whole = try RunRecord(Self.record(Self.scenarios))
        // In whatever order they are named.
        let merged = try RunRecord(merge(Self.shards(count).reversed(), order: Self.scenarios.map(\.id)))
        #expect(merged == whole)
        #expect(JUnit.document([merged]) == JUnit.document([whole]))
    }

    @Test func shardsDealOutTheLongTimersFirst() {
        let parts = (1...2).map { Shard(index: $0, count: 2).select(Self.scenarios) }
        #expect(parts.map { $0.map(\.id).contains("open.s6") } == [true, false])
        #expect(parts.map { $0.map(\.id).contains("open.s3") } == [false, true])
        #expect(Set(parts.joined().map(\.id)).count == 7 && parts.allSatisfy { $0.count >= 3 })
    }

    @Test(arguments: ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""]) func badShards(_ text: String) {
        #expect(Shard(text) == nil)
    }

    @Test func whatDoesNotBelongTogetherIsNotMerged() throws {
        func reason(_ shards: [(name: String, contents: RecordContents)]) -> String {
            do {
                _ = try merge(shards, order: [])
                return "none"
            } catch {
                return "\(error)"
            }
        }
        let three = try Self.shards(3)
        #expect(
            reason(Array(three.dropFirst()))
                == "shard 1/3 of 6.12.0 is missing; 'run --shard' runs it alone, --partial does without it")
        #expect(reason(three + [three[1]]) == "shard2.jsonl and shard2.jsonl are both shard 2/3")
        #expect(
            reason([try Self.shards(2)[0]] + three)
                == "shard1.jsonl is of another run than shard1.jsonl: number of shards 3, not 2")
        let whole = try RecordContents(Self.record(Self.scenarios).flatMap(RecordEncoder().line))
        #expect(reason([("whole.jsonl", whole)]) == "whole.jsonl is no shard: it was not made with --shard")
        var other = three
        guard case .run(var header) = other[2].contents.events[0] else { return }
        header.kernel.release = "6.13.0"
        other[2].contents.events[0] = .run(header)
        #expect(
            reason(other)
                == "shard3.jsonl is of another run than shard1.jsonl: kernel 6.13.0 #1 x86_64, not 6.12.0 #1 x86_64")
    }

    /// Shards of several kernels, in any order, are as many runs.
    @Test func shardsOfSeveralKernels() throws {
        let kernels = ["5.10.1", "6.12.0", "7.2.3"]
        let all = try kernels.flatMap { try Self.shards(3, kernel: $0) }
        let mixed = (0..<3).flatMap { shard in (0..<3).map { all[$0 * 3 + shard] } }
        let runs = try mergeRuns(mixed, order: Self.scenarios.map(\.id))
        #expect(runs.map(\.kernel) == kernels)
        for (kernel, events) in runs {
            #expect(try RunRecord(events) == RunRecord(Self.record(Self.scenarios, kernel: kernel)))
        }
        // Each of them must be whole.
        #expect(throws: RecordError.self) { try mergeRuns(mixed.dropLast(), order: []) }
    }

    /// A lost shard is said; what there is can be had all the same, and is no success.
    @Test func aLostShardIsSaid() throws {
        let rest = try Self.shards(3).dropLast()
        let events = try merge(Array(rest), order: Self.scenarios.map(\.id), isPartial: true)
        let run = try RunRecord(events)
        #expect(run.end?.interrupted == "shard 3/3 of 6.12.0 is missing")
        #expect(RunSummary(run).exitStatus != .asExpected)
        // Its scenarios are not those of another shard.
        #expect(run.plan.count < Self.scenarios.count)
    }

    /// A guest that never said what kernel it is goes by the name under which it was asked for.
    @Test func aShardThatNeverBegan() throws {
        var shards = try Self.shards(2, kernel: "6.12.118+deb13-cloud-amd64") + Self.shards(2, kernel: "6.1.9")
        var header = Self.header
        header.kernel = Kernel(release: "6.12", version: "", machine: "x86_64")
        header.shard = Shard(index: 2, count: 2)
        let dead: [Event] = [
            .run(header), .plan(Shard(index: 2, count: 2).select(Self.scenarios)[0]),
            .end(RunEnd(duration: 5, interrupted: "the kernel panicked: no")),
        ]
        shards[1].contents = try RecordContents(dead.flatMap(RecordEncoder().line))
        let runs = try mergeRuns(shards, order: [])
        #expect(runs.map(\.kernel) == ["6.12.118+deb13-cloud-amd64", "6.1.9"])
        #expect(try RunRecord(runs[0].events).end?.interrupted == "shard2.jsonl: the kernel panicked: no")
    }

    @Test func aCutOffShardIsToldAndNoSuccess() throws {
        var shards = try Self.shards(2)
        shards[1].contents = try RecordContents(
            shards[1].contents.events.dropLast().flatMap(RecordEncoder().line))
        let merged = try RunRecord(merge(shards, order: []))
        #expect(merged.end?.interrupted?.hasPrefix("shard2.jsonl is cut off after line") == true)
        #expect(RunSummary(merged).exitStatus != .asExpected)
    }
}
