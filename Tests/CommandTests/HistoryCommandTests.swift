import Foundation
import Record
import Testing

/// `history` and `run --history`.
@Suite struct HistoryCommandTests {
    @Test(.enabled(if: isRoot, "needs root to run")) func aRunIsKeptAndShown() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .failed)))
        #expect(try bench.run(["run", "--history", "h.sqlite", "--record", "r.jsonl"] + Stream.selected).status == 1)
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
        #expect(changed.output == "nothing changed and nothing fails in the only run\n")
    }

    /// A process that has the history to itself for so long, or until it is killed.
    private func lock(_ bench: Workbench, seconds: Double) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        let script = """
            import sqlite3, sys, time
            history = sqlite3.connect(sys.argv[1], isolation_level=None)
            history.execute("BEGIN EXCLUSIVE")
            open(sys.argv[2], "w").close()
            time.sleep(\(seconds))
            """
        process.arguments = ["-c", script, bench.path("h.sqlite"), bench.path("bench-locked")]
        try process.run()
        while !FileManager.default.fileExists(atPath: bench.path("bench-locked")), process.isRunning { usleep(2000) }
        return process
    }

    private static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Another run that keeps its verdicts is waited for.
    @Test(.enabled(if: isRoot && hasPython, "needs root and python3")) func aHistoryInUseIsWaitedFor() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        #expect(try bench.run(["run", "--history", "h.sqlite"] + Stream.selected).status == 0)
        let other = try lock(bench, seconds: 3)
        let result = try bench.run(["run", "--history", "h.sqlite", "--junit", "j.xml"] + Stream.selected)
        other.waitUntilExit()
        #expect(result.errors == "" && result.status == 0)
        #expect(bench.files == ["h.sqlite", "j.xml"])
    }

    /// One that never lets go costs the verdicts in the history, and nothing else.
    @Test(.enabled(if: isRoot && hasPython, "needs root and python3")) func aHistoryThatStaysLocked() throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_HISTORY_TIMEOUT"] = "0.1"
        try bench.setLab(Stream.whole((.passed, .failed)))
        #expect(try bench.run(["run", "--history", "h.sqlite"] + Stream.selected).status == 1)
        let other = try lock(bench, seconds: 600)
        defer { other.terminate() }
        let arguments = ["--history", "h.sqlite", "--junit", "j.xml", "--record", "r.jsonl", "--html", "h.html"]
        let result = try bench.run(["run"] + arguments + Stream.selected)
        #expect(
            result.errors == """
                tcpwitness: h.sqlite is in use; the run is kept in it at the end
                tcpwitness: h.sqlite: the history is in use by another run

                """)
        #expect(result.status == 1)
        #expect(try bench.read("j.xml").hasSuffix("</testsuites>\n"))
        #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).end != nil)
    }

    @Test(.enabled(if: isRoot, "needs root to run")) func aLinkIsNotFollowed() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        try FileManager.default.createSymbolicLink(atPath: bench.path("h.sqlite"), withDestinationPath: "elsewhere")
        let result = try bench.run(["run", "--history", "h.sqlite"] + Stream.selected)
        #expect(result.errors == "tcpwitness: h.sqlite: is a symbolic link, which is not written through\n")
        #expect(result.status == 2)
        #expect(bench.files == ["h.sqlite"])
    }

    /// SQLite keeps anything in any column.
    @Test(.enabled(if: hasPython, "needs python3")) func aHistoryWithOddValues() throws {
        let bench = try Workbench()
        var events = Stream.whole((.passed, .passed))
        events[0] = .run(
            {
                var header = Stream.header; header.startedAt = "2026-01-02T03:04:05Z"; return header
            }())
        try bench.write(Stream.bytes(events), to: "r.jsonl")
        #expect(try bench.run(["history", "add", "--file", "h.sqlite", "r.jsonl"]).status == 0)
        let script = """
            import sqlite3, sys
            history = sqlite3.connect(sys.argv[1])
            run = history.execute("SELECT id FROM run").fetchone()[0]
            for value in ("'text'", "x'00ff'", "9e999", "1"):
                history.execute(f"INSERT INTO measurement VALUES ({run}, 'open.three-way', 'n', {value}, x'ff', {value})")
            history.execute("UPDATE verdict SET reason = x'ff00', variant = 7 WHERE scenario = 'open.three-way'")
            history.execute("INSERT INTO verdict VALUES (?, x'01', x'02', 3, 4)", (run,))
            history.commit()
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, bench.path("h.sqlite")]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let result = try bench.run(["history", "--file", "h.sqlite", "--html", "h.html"])
        #expect(result.errors == "" && result.status == 0)
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
