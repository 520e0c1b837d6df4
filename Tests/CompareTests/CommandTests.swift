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
        (["compare", "old"], "compare needs two or more records"),
        (["compare", "old", "missing"], "cannot read missing: ENOENT (No such file or directory)"),
        (["compare", "old", "garbage"], "garbage: line 1: not a line of a tcpwitness record"),
        (
            ["compare", "old", "scaled"],
            "old is of the default lane, scaled of the scaled lane; their timers cannot be compared"
        ),
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
