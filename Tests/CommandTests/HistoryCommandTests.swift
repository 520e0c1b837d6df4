import Foundation
import Record
import Testing

/// `history` and `run --history`.
@Suite struct HistoryCommandTests {
    @Test(.enabled(if: isRoot, "needs root to run")) func aRunIsKeptAndShown() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .failed)))
        #expect(try bench.run(["run", "--history", "h.sqlite", "--record", "r.jsonl"]).status == 1)
        // The same run again, from its record.
        let added = try bench.run(["history", "add", "--file", "h.sqlite", "r.jsonl"])
        #expect(added.output == "r.jsonl: is there already\n")
        try bench.write(Array(bench.read("r.jsonl").utf8.dropLast(5)), to: "torn.jsonl")
        let torn = try bench.run(["history", "add", "--file", "other.sqlite", "torn.jsonl"])
        #expect(torn.output.hasPrefix("torn.jsonl: added, cut off inside line "))
        let shown = try bench.run(["history", "--file", "h.sqlite", "--html", "h.html"])
        #expect(shown.status == 0)
        #expect(
            shown.output.hasPrefix(
                """
                6.12 scaled host  (6.12.0)
                  close.simultaneous  F  failed in the only run
                  open.three-way      .  passed in the only run
                """))
        #expect(try bench.read("h.html").contains("close.simultaneous"))
        let changed = try bench.run(["history", "--file", "h.sqlite", "--changed", "open.*"])
        #expect(changed.output == "nothing to show\n")
    }

    @Test func badInputIsOneLine() throws {
        let bench = try Workbench()
        try bench.write("no database", to: "g.sqlite")
        for (arguments, line) in [
            (["history", "--file", "none.sqlite"], "cannot read none.sqlite: ENOENT (No such file or directory)"),
            (["history", "--file", "g.sqlite"], "g.sqlite: file is not a database"),
            (["history", "--file", "g.sqlite", "--last", "0"], "--last must be at least 1"),
        ] {
            let result = try bench.run(arguments)
            #expect(result.errors == "tcpwitness: \(line)\n" && result.status == 2)
        }
        #expect(bench.files == ["g.sqlite"])
    }
}
