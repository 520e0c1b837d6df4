import Foundation
import Record
import Testing

/// `run --bisect`, which `git bisect run` calls.
@Suite struct BisectTests {
    private func status(_ verdicts: (Verdict, Verdict), _ arguments: String...) throws -> Int32 {
        let bench = try Workbench()
        try bench.setLab(Stream.whole(verdicts))
        return try bench.run(["run", "--bisect"] + Stream.selected + arguments).status
    }

    @Test(.enabled(if: isRoot)) func verdicts() throws {
        #expect(try status((.passed, .passed)) == 0)
        #expect(try status((.passed, .failed)) == 1)
        #expect(try status((.error, .failed)) == 1)
        #expect(try status((.passed, .error)) == 125)
        #expect(try status((.passed, .skipped)) == 125)
    }

    @Test(.enabled(if: isRoot)) func aLabThatDies() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.half, then: "kill -KILL $$")
        #expect(try bench.run(["run", "--bisect"] + Stream.selected).status == 125)
        try bench.setLab(then: "echo 'no veth' >&2; exit 2")
        #expect(try bench.run(["run", "--bisect"] + Stream.selected).status == 125)
    }

    /// No commit is to blame for these.
    @Test(arguments: [
        ["no.such-scenario"], ["--no-such-option"], ["--jobs", "0"], ["--record", "/nowhere/r"],
        ["--like", "1.0"],
    ])
    func badCommandLine(_ arguments: [String]) throws {
        #expect(try Workbench().run(["run", "--bisect"] + arguments).status == 128)
    }

    /// A commit that was not built, or not into a kernel.
    @Test(arguments: ["nowhere", "bench-garbage"]) func badKernel(_ kernel: String) throws {
        let bench = try Workbench()
        try bench.write("This is no kernel.", to: "bench-garbage")
        #expect(try bench.run(["run", "--bisect", "--kernel", kernel]).status == 125)
    }
}
