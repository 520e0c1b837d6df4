import Foundation
import Glibc
import Record
import Report
import Testing

/// `run` against a lab that plays a stream.
@Suite(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
struct RunCommandTests {
    private static let outputs = ["--junit", "j.xml", "--record", "r.jsonl"]

    @Test(
        arguments: [
            ((.passed, .passed), 0), ((.passed, .failed), 1), ((.passed, .error), 3), ((.skipped, .skipped), 4),
        ] as [((Verdict, Verdict), Int32)])
    func aWholeRun(_ verdicts: (Verdict, Verdict), _ status: Int32) throws {
        let bench = try Workbench()
        let events = Stream.whole(verdicts)
        try bench.setLab(events)
        let result = try bench.run(["run"] + Stream.selected + Self.outputs)
        #expect(result.errors == "")
        #expect(result.status == status)
        #expect(!result.output.contains("\u{1b}"))
        #expect(result.output.hasPrefix("tcpwitness 0.1.0 on Linux 6.12.0 x86_64, scaled lane, link auto\n\n"))
        #expect(bench.files == ["j.xml", "r.jsonl"])

        let record = try RecordContents(Array(bench.read("r.jsonl").utf8))
        guard case .run(let header) = record.events[0] else { throw RecordError("no header") }
        #expect(try header.startedAt.map { try Date($0, strategy: .iso8601) } != nil)
        #expect(record.events.dropFirst() == events.dropFirst())
        #expect(record.truncation == nil)
        // What is rendered again is the same.
        let again = try bench.run(["report", "r.jsonl", "--junit", "k.xml"])
        #expect(again.output == result.output)
        #expect(again.status == status)
        #expect(try bench.read("k.xml") == bench.read("j.xml"))
    }

    @Test(arguments: [
        (
            ["close.simultaneou[s]", "open.three-way"],
            "--lane scaled --link auto --repeat 1 --timeout 20 open.three-way close.simultaneous"
        ),
        (
            [
                "--lane", "default", "--link", "relay", "--jobs", "7", "--repeat", "3", "--timeout", "1.5",
                "open.three-way",
            ],
            "--lane default --link relay --jobs 7 --repeat 3 --timeout 1.5 open.three-way"
        ),
    ])
    func whatTheLabIsTold(_ arguments: [String], _ expected: String) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        _ = try bench.run(["run"] + arguments)
        #expect(bench.labArguments == "run \(expected)")
        #expect(bench.files == [])
    }

    @Test(arguments: [
        ("exec python3 -c 'import ctypes; ctypes.string_at(0)'", "the lab ended: SIGSEGV"),
        ("exit 3", "the lab ended: exit 3"),
        ("exit 0", "the lab ended before its record did"),
        ("echo garbage >&3; sleep 60", "the lab was killed for a broken stream: not a line of a tcpwitness record"),
        // The lab allows an attempt 30 s and ten times the timeout, and may be 10 s late.
        ("sleep 60", "the lab was killed after a silence of 41 s"),
        ("exec 3>&-; sleep 60", "the lab was killed because it did not exit"),
    ])
    func aLabThatFails(_ script: String, _ cause: String) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.half, then: script)
        let selected = ["open.three-way", "close.simultaneous", "close.ordinary-path", "--timeout", "0.1"]
        let result = try bench.run(["run"] + selected + Self.outputs)
        #expect(result.errors == "tcpwitness: \(cause)\n")
        #expect(result.status == 3)
        #expect(result.output.contains("close.simultaneous did not finish: \(cause)\n"))
        #expect(result.output.contains("close.ordinary-path did not start: \(cause)\n"))
        #expect(result.output.contains("\(cause); 3 scenarios: 1 passed, 2 in error in "))
        #expect(try bench.read("j.xml").contains("close.simultaneous did not finish: \(cause)"))
        #expect(bench.files == ["j.xml", "r.jsonl"])
        let again = try bench.run(["report", "r.jsonl"])
        #expect(again.output == result.output)
        #expect(again.status == 3)
    }

    @Test func aLabThatFailsBeforeItBegins() throws {
        let bench = try Workbench()
        try bench.setLab(then: "echo out of memory >&2; exit 3")
        let result = try bench.run(["run", "open.three-way"] + Self.outputs)
        #expect(result.errors == "out of memory\ntcpwitness: the lab ended: exit 3\n")
        #expect(result.status == 3)
        #expect(try bench.read("j.xml").contains("open.three-way did not start: the lab ended: exit 3"))
        #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).truncation == nil)
    }

    @Test func aLabThatFailsAtTheVeryEnd() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)), then: "exit 3")
        let result = try bench.run(["run"] + Stream.selected)
        #expect(result.errors == "tcpwitness: the lab ended: exit 3\n")
        #expect(result.status == 3)
    }

    @Test func aLabThatCannotRunHereSaysSoItself() throws {
        let bench = try Workbench()
        try bench.setLab(then: "echo 'this kernel has no INET_DIAG' >&2; exit 2")
        let result = try bench.run(["run"] + Stream.selected + Self.outputs)
        #expect(result.errors == "this kernel has no INET_DIAG\n")
        #expect(result.output == "")
        #expect(result.status == 2)
        #expect(bench.files == [])
    }

    @Test func aMissingLab() throws {
        let bench = try Workbench()
        let result = try bench.run(["run"] + Stream.selected + Self.outputs)
        let lab = bench.path("bench-lab")
        #expect(
            result.errors
                == "tcpwitness: cannot start the lab: start \(lab): ENOENT (No such file or directory)\n")
        #expect(result.status == 3)
        #expect(bench.files == [])
    }

    @Test(arguments: [
        (["--junit", "missing/j.xml"], "--junit missing/j.xml: ENOENT (No such file or directory)"),
        (["--record", "missing/r.jsonl"], "--record missing/r.jsonl: ENOENT (No such file or directory)"),
        (["--record", "/", "--junit", "j.xml"], "--record /: is a directory"),
        (["--record", "same", "--junit", "same"], "--record and --junit name the same file"),
    ])
    func unwritableOutputsAreFoundBeforeTheRun(_ arguments: [String], _ line: String) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        let result = try bench.run(["run"] + arguments)
        #expect(result.errors == "tcpwitness: \(line)\n")
        #expect(result.status == 2)
        #expect(bench.labArguments == nil)
        #expect(bench.files == [])
    }

    /// What cannot be written is told at the end; it takes neither the run nor another output along.
    @Test(arguments: ["--record", "--junit", "--html", "--ktap", "--json", "--markdown"])
    func aFullDiskUnderOneOutputLosesNoOther(_ full: String) throws {
        let bench = try Workbench()
        let files = [
            "--record": "r.jsonl", "--junit": "j.xml", "--html": "h.html", "--ktap": "k", "--json": "s.json",
            "--markdown": "s.md",
        ]
        let outputs = files.flatMap { [$0.key, $0.key == full ? "/dev/full" : $0.value] }
        for (verdicts, status) in [((.passed, .failed), 1), ((.passed, .passed), 2)] as [((Verdict, Verdict), Int32)] {
            try bench.setLab(Stream.whole(verdicts))
            let result = try bench.run(["run"] + Stream.selected + outputs + ["--history", "h.sqlite", "--pcap", "c"])
            #expect(result.errors == "tcpwitness: \(full) /dev/full: ENOSPC (No space left on device)\n")
            #expect(result.output.contains("in 0.05 s\n"))
            #expect(result.status == status)
            let others = files.filter { $0.key != full }.map(\.value)
            #expect(bench.files == (others + ["c", "h.sqlite"]).sorted())
        }
    }

    /// The disk fills up in the middle: the record is cut off, and all reports have everything.
    @Test func aDiskThatFillsUpLosesNoReport() throws {
        let bench = try Workbench()
        let notes = (0..<2000).map { Event.note(NoteFact(attempt: Stream.second, at: Int64($0), text: "a long story")) }
        let events = Stream.whole((.passed, .failed))
        let begun = events.firstIndex { if case .started(let one) = $0 { one.attempt == Stream.second } else { false } }
        let place = try #require(begun)
        try bench.setLab(events[...place] + notes + events[(place + 1)...])
        let script = "mkdir small && mount -t tmpfs -o size=16k none small || exit 99; exec \"$@\""
        let result = try bench.run(
            ["run"] + Stream.selected
                + ["--record", "small/r.jsonl", "--junit", "j.xml", "--json", "s.json", "--history", "h.sqlite"],
            through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"])
        #expect(result.errors == "tcpwitness: --record small/r.jsonl: ENOSPC (No space left on device)\n")
        #expect(result.status == 1)
        #expect(result.output.contains("2 scenarios: 1 passed, 1 failed"))
        #expect(try bench.read("j.xml").components(separatedBy: "a long story").count == 2001)
        #expect(try bench.read("s.json").contains("\"exitStatus\" : 1"))
        #expect(try bench.run(["history", "--file", "h.sqlite"]).output.contains("close.simultaneous"))
    }

    /// Also where nothing can be printed any more.
    @Test func aFullDiskUnderTheOutputLosesNoReport() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        let result = try bench.run(["run"] + Stream.selected + Self.outputs, output: "/dev/full")
        #expect(result.errors == "tcpwitness: cannot write to standard output: ENOSPC (No space left on device)\n")
        #expect(result.status == 2)
        #expect(bench.files == ["j.xml", "r.jsonl"])
    }

    @Test(arguments: [(SIGINT, 130, "interrupted"), (SIGTERM, 143, "interrupted by SIGTERM")])
    func anInterruptedRunReportsWhatWasFinished(_ signal: Int32, _ status: Int32, _ words: String) throws {
        let bench = try Workbench()
        let mark = "31536000.\(UInt32.random(in: 1...999_999))"
        try bench.setLab(Stream.half, then: "setsid sleep \(mark) & sleep \(mark)")
        let run = try bench.start(["run"] + Stream.selected + Self.outputs)
        try run.waitForOutput("open.three-way")
        // The lab tells its events before it starts them.
        let deadline = Date.now + 20
        while processes(with: mark) < 2 && Date.now < deadline { usleep(5000) }
        #expect(processes(with: mark) == 2)
        let begin = Date.now
        kill(run.process.processIdentifier, signal)
        let result = try run.wait()
        #expect(Date.now.timeIntervalSince(begin) < 2)
        #expect(result.status == status)
        #expect(result.errors == "")
        #expect(result.output.contains("\n\(words); 1 scenario: 1 passed in "))
        #expect(processes(with: mark) == 0)
        let junit = try bench.read("j.xml")
        #expect(junit.contains("open.three-way") && !junit.contains("close.simultaneous"))
        let record = try RunRecord(Array(bench.read("r.jsonl").utf8))
        #expect(record.end?.interrupted == words)
        #expect(try bench.run(["report", "r.jsonl"]).status == 0)
        #expect(bench.files == ["j.xml", "r.jsonl"])
    }

    @Test func aRunInterruptedBeforeItBegan() throws {
        let bench = try Workbench()
        try bench.setLab(then: "echo begun >&2; sleep 60")
        let run = try bench.start(["run"] + Stream.selected + Self.outputs)
        while bench.labArguments == nil { usleep(5000) }
        run.process.interrupt()
        #expect(try run.wait().status == 130)
        #expect(try bench.read("j.xml").contains("<testsuites"))
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script(1) is not installed"),
        arguments: [
            (["TERM=xterm"], true, true), (["TERM=xterm", "NO_COLOR=1"], true, false), (["TERM=dumb"], false, false),
            (["TERM=xterm", "CI=true"], false, true),
        ])
    func aTerminalGetsAStatusLineAndColour(_ environment: [String], _ status: Bool, _ colour: Bool) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.half, then: "exit 3")
        let script = ["/usr/bin/script", "--quiet", "--return", "/dev/null", "--command"]
        let wrapper =
            ["/usr/bin/env"] + environment + ["/bin/sh", "-c", "exec \(script.joined(separator: " ")) \"$*\"", "sh"]
        let result = try bench.run(["run"] + Stream.selected, through: wrapper)
        #expect(result.status == 3)
        #expect(result.output.contains("1 of 2 scenarios done, 1 running\r\u{1b}[K") == status)
        #expect(result.output.contains("\u{1b}[32mpassed \u{1b}[0m") == colour)
    }

    /// Whenever the command line is killed, nothing remains but, at most, a record of what was seen.
    @Test func aKilledRunLeavesNothingBehind() throws {
        let mark = "31536000.\(UInt32.random(in: 1...999_999))"
        for _ in 0..<30 {
            let bench = try Workbench()
            try bench.write("old\n", to: "j.xml")
            try bench.setLab(
                Stream.half,
                then: """
                    setsid sleep \(mark) &
                    sleep 0.05
                    printf '%s\\n' '\(String(decoding: Stream.bytes([.end(RunEnd(duration: 1))]).dropLast(), as: UTF8.self))' >&3
                    """)
            let run = try bench.start(["run"] + Stream.selected + Self.outputs)
            usleep(.random(in: 0...150_000))
            kill(run.process.processIdentifier, SIGKILL)
            let result = try run.wait()
            #expect([-SIGKILL, 3].contains(result.status))
            let deadline = Date.now + 2
            while processes(with: mark) > 0 && Date.now < deadline { usleep(1000) }
            #expect(processes(with: mark) == 0)
            #expect([["j.xml"], ["j.xml", "r.jsonl"]].contains(bench.files))
            let junit = try bench.read("j.xml")
            #expect(junit == "old\n" || junit.hasSuffix("</testsuites>\n"))
            if bench.files.contains("r.jsonl") {
                #expect(throws: Never.self) { try RecordContents(Array(bench.read("r.jsonl").utf8)) }
            }
        }
    }

    @Test(arguments: [(0, "exit 0"), (3, "exit 3"), (4, "exit 4")] as [(Int32, String)])
    func doctorPassesOn(_ status: Int32, _ script: String) throws {
        let bench = try Workbench()
        try bench.write("#!/bin/sh\necho \"$*: veth is there\"\necho no netem >&2\n\(script)\n", to: "bench-lab")
        chmod(bench.path("bench-lab"), 0o755)
        let result = try bench.run(["doctor"])
        #expect(result.output.hasPrefix("doctor: veth is there\n\nguests (run --kernel):\n"))
        #expect(result.errors == "no netem\n")
        #expect(result.status == status)
    }

    /// How many processes have this word in their command line.
    private func processes(with word: String) -> Int {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }.count { entry in
            let bytes = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") ?? Data()
            return String(decoding: bytes, as: UTF8.self).split(separator: "\0").last.map(String.init) == word
        }
    }
}
