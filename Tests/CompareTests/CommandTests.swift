import Compare
import Record
import Testing

@Suite struct CompareCommandTests {
    private func bench() throws -> Bench {
        let bench = try Bench()
        try bench.write(Sample.before(), to: "old")
        try bench.write(Sample.after(fin: false), to: "new")
        try bench.write(Sample.after("6.18.1"), to: "bad")
        try bench.write(Sample.run("6.12.1", [.of("open.three-way")]), to: "scaled")
        return bench
    }

    @Test func statusTellsWhetherAnythingIsUnexplained() throws {
        let bench = try bench()
        for (records, status) in [
            (["old", "old"], 0), (["old", "new"], 0), (["new", "old"], 0), (["new", "bad"], 1),
            (["old", "new", "bad"], 1),
        ] as [([String], Int32)] {
            let result = try bench.run(["compare"] + records)
            #expect(result.status == status, "\(records) \(result.output)")
            #expect(result.errors == "")
        }
        let same = try bench.run(["compare", "old", "old"])
        #expect(same.output.contains("no differences in 4 scenarios\n"))
        #expect(same.output.contains("(old) -> "))
    }

    @Test func everyFormatIsWritten() throws {
        let bench = try bench()
        for (format, beginning) in [
            ("terminal", "5.10.0-35-amd64 -> "), ("markdown", "## 5.10"), ("json", "{\n"), ("junit", "<?xml"),
        ] {
            let printed = try bench.run(["compare", "old", "new", "--format", format])
            #expect(printed.output.hasPrefix(beginning))
            let written = try bench.run(["compare", "old", "new", "--format", format, "--output", "file"])
            #expect(written.output == "")
            #expect(try bench.read("file") == printed.output)
        }
    }

    /// What both have is compared, and how much only one has is a line.
    @Test func partialRunsAreCompared() throws {
        let bench = try bench()
        let whole = Sample.before()
        var part = whole
        part.plan.removeAll { $0.id != "open.syn-timeout" }
        part.attempts.removeAll { $0.attempt.scenario != "open.syn-timeout" }
        try bench.write(part, to: "part")
        let result = try bench.run(["compare", "old", "part"])
        #expect(
            result.output.hasSuffix(
                "\nno differences in 1 scenario\nleft out: 3 that only 5.10.0-35-amd64 (old) ran\n"))
        #expect(result.status == 0)
        let verbose = try bench.run(["compare", "part", "old", "--verbose"])
        #expect(verbose.output.contains("(old) ran: open.simultaneous-segment-count, close.rst-on-late-data, "))

        part.end = nil
        try bench.write(part, to: "cut")
        let cut = try bench.run(["compare", "old", "cut"])
        #expect(cut.output.hasPrefix("caution: 5.10.0-35-amd64 (cut): the record is cut off"))
        #expect(cut.status == 3, "what a run did not come to is not known to be as before")
    }

    @Test func scenariosAreSelected() throws {
        let bench = try bench()
        for (choice, scenarios, status) in [
            (["open.*"], 2, 0), (["close.rst-on-late-data"], 1, 1), (["-k", "open or ordinary"], 3, 0),
            (["--tag", "close"], 2, 1), (["open.*", "-k", "not timeout"], 1, 0),
        ] as [([String], Int, Int32)] {
            let result = try bench.run(["compare", "old", "bad"] + choice)
            #expect(result.output.contains(" \(scenarios) scenario"), "\(choice): \(result.output)")
            #expect(result.status == status, "\(choice)")
        }
    }

    @Test func detailIsChosen() throws {
        let bench = try bench()
        let lines = try bench.run(["compare", "old", "bad"]).output
        #expect(lines.contains("\n    open.syn-timeout  A sends S seq 0 <mss 1460,sackOK> ×7 -> "))
        let stat = try bench.run(["compare", "old", "bad", "--stat"]).output
        #expect(stat.contains("\n  nothing explains                              1 scenario"), "\(stat)")
        #expect(stat.contains("\n  ccce324dabfe (6.5)"))
        let unexplained = try bench.run(["compare", "old", "bad", "--only-unexplained"]).output
        #expect(unexplained.contains("close.rst-on-late-data") && !unexplained.contains("ccce324dabfe"))
        let verbose = try bench.run(["compare", "old", "bad", "--verbose"]).output
        #expect(verbose.contains("      counter, TCPSynRetrans of A     6 -> 10\n"), "\(verbose)")
    }

    @Test func whatCannotBeComparedIsSaid() throws {
        let bench = try bench()
        try bench.write(Sample.run("6.12.1", lane: .default, [.of("est.other")]), to: "other")
        for (arguments, line) in [
            (["old", "open.*", "new"], "'new' stands after the scenario 'open.*'; records and series come first"),
            (["old", "new", "est.*"], "no scenario matches 'est.*'; 'tcpwitness list' shows all"),
            (["old", "other"], "the runs have no scenario in common"),
            (["old", "other", "est.*"], "the runs have no scenario in common"),
        ] {
            let result = try bench.run(["compare"] + arguments)
            #expect(result.errors == "tcpwitness: \(line)\n")
            #expect(result.status == 2)
        }
    }

    /// As git does: only on a terminal, and only where somebody wants one.
    @Test func aTerminalHasAPager() throws {
        let bench = try bench()
        let pager = ["PAGER": "sed s/^/paged:/"]
        let paged = try bench.run(["compare", "old", "bad"], onTerminalWith: pager)
        #expect(paged.output.hasPrefix("paged:5.10.0-35-amd64 -> 6.18.1"))
        #expect(paged.status == 1, "the pager's end is not the comparison's")
        for (arguments, environment) in [
            (["--no-pager"], pager), ([], ["PAGER": ""]), ([], ["PAGER": "cat"]), (["--format", "json"], pager),
        ] {
            let plain = try bench.run(["compare", "old", "bad"] + arguments, onTerminalWith: environment)
            #expect(!plain.output.contains("paged:"))
            #expect(plain.status == 1)
        }
        #expect(try bench.run(["compare", "old", "bad"]).output.hasPrefix("5.10.0-35-amd64 -> 6.18.1"))
        let early = try bench.run(["compare", "old", "bad"], onTerminalWith: ["PAGER": "head -1"])
        #expect(early.output.split(whereSeparator: \.isNewline).count == 1)
        #expect(early.status == 1)
        let missing = try bench.run(["compare", "old", "bad"], onTerminalWith: ["PAGER": "no-such-pager"])
        #expect(missing.output.contains("5.10.0-35-amd64 -> 6.18.1"))
        #expect(missing.output.contains("tcpwitness: PAGER 'no-such-pager' is not installed"))
    }

    @Test func aBaselineExplainsToo() throws {
        let bench = try Bench()
        for (release, variant) in [("6.1.1", "one"), ("6.12.1", "two")] {
            try bench.write(Sample.run(release, [.of("open.three-way", variant: variant)]), to: release)
        }
        #expect(try bench.run(["compare", "6.1.1", "6.12.1"]).status == 1)
        #expect(try bench.run(["baseline", "update", "6.1.1", "6.12.1"]).status == 0)
        #expect(try bench.run(["compare", "6.1.1", "6.12.1"]).status == 0)
        #expect(try bench.run(["compare", "6.12.1", "6.1.1"]).status == 0)
    }

    @Test(arguments: [
        (["compare"], "Missing expected argument '<records> ...'"),
        (["compare", "old"], "compare needs two or more records or kernels"),
        (["compare", "old", "open.*"], "compare needs two or more records or kernels"),
        (["compare", "old", "new", "--stat", "--verbose"], "--stat and --verbose contradict each other"),
        (["compare", "old", "missing"], "cannot read missing: ENOENT (No such file or directory)"),
        (["compare", "old", "garbage"], "garbage: line 1: not a line of a tcpwitness record"),
        (
            ["compare", "old", "scaled"],
            "old is of the default lane, scaled of the scaled lane; their timers cannot be compared: "
                + "run one of them again with --lane"
        ),
        (
            ["compare", "old", "host"],
            "old is of the default lane, whose timers take hours on the host: make it again with --lane scaled"
        ),
        (["compare", "scaled", "6.12", "--lane", "default"], "scaled is of the scaled lane, not of the default lane"),
        (
            ["compare", "host", "host"],
            "host is named twice; compare records of two runs instead ('run --record')"
        ),
        (["compare", "6.12", "6.12"], "6.12 is named twice; a kernel in virtual time does the same each time"),
        (["compare", "6.12@7", "old"], "6.12@7: after '@' comes 'all', or two releases with '..' between them"),
        (["compare", "old", "new", "--output", "new"], "--output names the record new"),
        (["compare", "old", "new", "--output", "no/where"], "--output no/where: ENOENT (No such file or directory)"),
        (["compare", "old", "new", "--baselines", "none"], "the baselines 'none' are no directory"),
        (["compare", "new", "new"], "baselines/6.12.json: not a tcpwitness baseline"),
        (["baseline", "check", "missing"], "cannot read missing: ENOENT (No such file or directory)"),
        (
            ["baseline", "check", "old"],
            "old: no baseline of 5.10 in baselines; 'tcpwitness baseline update' makes one"
        ),
        (["baseline", "check", "odd"], "odd: 'next' is no kernel release"),
        (["baseline", "update", "old", "--baselines", "none"], "the baselines 'none' are no directory"),
    ])
    func badInputGetsOneLine(_ arguments: [String], _ line: String) throws {
        let bench = try bench()
        try bench.write("garbage\n", to: "garbage")
        try bench.write("garbage\n", to: "baselines/6.12.json")
        try bench.write(Sample.run("next", [.of("open.three-way")]), to: "odd")
        let result = try bench.run(arguments)
        #expect(result.errors == "tcpwitness: \(line)\n")
        #expect(result.output == "")
        #expect(result.status == 2)
    }
}

@Suite struct BaselineCommandTests {
    /// What a run did not come to must not be taken for what a kernel does not do.
    @Test func aBaselineIsMadeFromWholeRunsAlone() throws {
        let bench = try Bench()
        for (name, end, words) in [
            ("cut", nil, "the record is cut off after line 4"),
            ("stopped", RunEnd(duration: 1, interrupted: "interrupted"), "the run ended early: interrupted"),
        ] as [(String, RunEnd?, String)] {
            var run = Sample.run("6.12.9", [.of("open.three-way")])
            run.end = end
            try bench.write(run, to: name)
            let result = try bench.run(["baseline", "update", name])
            #expect(result.errors == "tcpwitness: \(name): \(words); a baseline is made from whole runs alone\n")
            #expect(result.status == 2)
            #expect(!bench.has("baselines/6.12.json"))
        }
    }

    @Test func updateAndCheck() throws {
        let bench = try Bench()
        try bench.write(Sample.run("6.12.1", [.of("a.b", variant: "one"), .of("a.c")]), to: "first")
        try bench.write(Sample.run("6.12.2", [.of("a.b", variant: "two")]), to: "second")

        let dry = try bench.run(["baseline", "update", "first", "--dry-run"])
        #expect(
            dry.output == """
                6.12: first
                  new scenario: a.b: verdict passed, variant one
                  new scenario: a.c: verdict passed

                """)
        #expect(!bench.has("baselines/6.12.json"))

        #expect(try bench.run(["baseline", "update", "first"]).status == 0)
        let written = try bench.read("baselines/6.12.json")
        let check = try bench.run(["baseline", "check", "first"])
        #expect(check.output == "6.12: first is as expected\n")
        #expect(check.status == 0)

        let changed = try bench.run(["baseline", "check", "second"])
        #expect(
            changed.output == """
                6.12: second differs
                  unknown change: a.b: variant was one, now two
                  scenario vanished: a.c: verdict was passed, now missing

                """)
        #expect(changed.status == 1)
        #expect(try bench.run(["baseline", "check", "second", "--partial"]).output.contains("vanished") == false)

        let update = try bench.run(["baseline", "update", "second"])
        #expect(update.output == "6.12: second\n  unknown change: a.b: variant was one, now two\n")
        #expect(try bench.read("baselines/6.12.json") != written)
        #expect(try bench.run(["baseline", "check", "second", "--partial"]).status == 0)
        #expect(try bench.run(["baseline", "check", "second"]).status == 1)
        #expect(try bench.run(["baseline", "update", "second", "--prune"]).output.contains("scenario vanished: a.c"))
        #expect(try bench.run(["baseline", "check", "second"]).status == 0)
        #expect(try bench.run(["baseline", "update", "second"]).output == "6.12: second changes nothing\n")
    }

    @Test func whatWasNotJudgedIsTold() throws {
        let bench = try Bench()
        try bench.write(Sample.run("6.12.1", [.of("a.b"), .of("a.c", .error, "why")]), to: "run")
        let result = try bench.run(["baseline", "update", "run"])
        #expect(result.errors == "tcpwitness: 1 scenario was not judged and stays as it was\n")
        #expect(result.status == 3)
        #expect(try bench.read("baselines/6.12.json").contains("a.b"))
        #expect(try bench.run(["baseline", "check", "run"]).status == 1)
    }
}
