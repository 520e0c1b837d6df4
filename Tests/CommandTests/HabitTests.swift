import Foundation
import Glibc
import Record
import Testing

/// What people are used to from other runners.
@Suite struct HabitTests {
    @Test(arguments: [
        ("timewait and slow", ["timewait.sixty-seconds"], ["close.simultaneous", "open.three-way"]),
        ("simultaneous and not open", ["close.simultaneous"], ["open.simultaneous-segment-count"]),
        (
            "(three-way or simultaneous) and open", ["open.three-way", "open.simultaneous-segment-count"],
            ["close.simultaneous"]
        ),
        ("not not open.three-way", ["open.three-way"], ["close.simultaneous"]),
        ("close.simult*", ["close.simultaneous"], ["open.simultaneous-segment-count"]),
    ])
    func expressionsChoose(_ expression: String, _ chosen: [String], _ others: [String]) throws {
        let result = try Workbench().run(["list", "-k", expression])
        let ids = result.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        #expect(Set(ids).isSuperset(of: chosen))
        #expect(Set(ids).isDisjoint(with: others))
    }

    @Test(arguments: [
        ("close and", "a word is missing at its end"), ("", "a word is missing at its end"),
        ("and close", "a word is missing before 'and'"), ("(close", "a ')' is missing"),
        ("close)", "nothing can follow there: ')'"), ("close open", "nothing can follow there: 'open'"),
        (String(repeating: "(", count: 5000), "it is nested too deeply"),
        (String(repeating: "not ", count: 5000) + "x", "it is nested too deeply"),
    ])
    func badExpressionsAreExplained(_ expression: String, _ words: String) throws {
        let result = try Workbench().run(["list", "-k", expression])
        #expect(result.errors == "tcpwitness: -k '\(expression.trimmingCharacters(in: .whitespaces))': \(words)\n")
        #expect(result.status == 2)
        #expect(result.output == "")
    }

    @Test func anExpressionThatChoosesNothingIsAnError() throws {
        let result = try Workbench().run(["list", "-k", "open and close.simultaneous"])
        #expect(result.errors == "tcpwitness: no scenario matches -k 'open and close.simultaneous'\n")
        #expect(result.status == 2)
    }

    @Test func watchingHasNoStatusForABisection() throws {
        let result = try Workbench().run(["run", "--watch", "--bisect"])
        #expect(result.errors == "tcpwitness: --watch goes on, and --bisect ends with a status\n")
        #expect(result.status == 128)
    }

    @Test(arguments: ["", "10", "m", "1d", "-5m", "1e3s", "0s", "ten"])
    func badTimesAreExplained(_ time: String) throws {
        let result = try Workbench().run(["run", "--for", time])
        #expect(
            result.errors
                == "tcpwitness: The value '\(time)' is invalid for '--for <time>': it must be a time such as 90s, 10m or 1h30m\n"
        )
        #expect(result.status == 2)
    }

    /// For who writes scenarios: what is built is run, and one signal ends it all.
    @Test(
        .enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"),
        arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func aBuildIsWatched(_ signal: Int32, _ status: Int32) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.whole((.passed, .passed)))
        let run = try bench.start(["run", "--watch"] + Stream.selected)
        try run.waitForOutput("tcpwitness: status 0; runs again after a change (Ctrl-C ends)\n")
        try bench.setLab(Stream.whole((.passed, .failed)))
        try run.waitForOutput("tcpwitness: status 1; runs again after a change (Ctrl-C ends)\n")
        // A run under way is ended too, and still says how far it came.
        let third = Stream.half.map { event in
            guard case .run(var header) = event else { return event }
            header.kernel.release = "6.13.0"
            return .run(header)
        }
        try bench.setLab(third, then: "sleep 60")
        try run.waitForOutput(
            "tcpwitness 0.1.0 on Linux 6.13.0 x86_64, scaled lane, link auto\n\npassed   open.three-way")
        kill(run.process.processIdentifier, signal)
        let result = try run.wait()
        #expect(result.status == status)
        #expect(result.output.contains("; 1 scenario: 1 passed in "))
        #expect(result.errors == "")
    }

    /// A sequence runs again when it is saved, also when it could not be read before.
    @Test(.enabled(if: isRoot, "needs root to run"))
    func aSequenceIsWatched() throws {
        let bench = try Workbench()
        try bench.write("nonsense\n", to: "s.tcp")
        bench.environment["TCPWITNESS_LAB"] = "/bin/true"
        let run = try bench.start(["run", "--watch", "s.tcp"])
        try run.waitForOutput("tcpwitness: status 2; runs again after a change (Ctrl-C ends)\n")
        try bench.write("claim Nothing.\nconnect client server\n", to: "s.tcp")
        try run.waitForOutput("tcpwitness: status 3; runs again after a change (Ctrl-C ends)\n")
        kill(run.process.processIdentifier, SIGTERM)
        let result = try run.wait()
        #expect(result.status == 143)
        #expect(result.errors.hasPrefix("tcpwitness: s.tcp:1:"))
    }

    @Test func theSlowestAreTold() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl", "--slowest", "1"])
        #expect(result.output.contains("\nslowest:\n    0.02 s  open.three-way\n\n"))
    }

    @Test(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
    func theFirstFailureEndsIt() throws {
        let bench = try Workbench()
        let events =
            Stream.planned + [
                .started(Started(attempt: Stream.first, at: 1000)), .started(Started(attempt: Stream.second, at: 2000)),
                Stream.finished(Stream.first, .failed),
            ]
        try bench.setLab(events, then: "sleep 60")
        let result = try bench.run(["run"] + Stream.selected + ["-x", "--junit", "j.xml", "--record", "r.jsonl"])
        #expect(result.status == 1)
        #expect(result.errors == "")
        #expect(result.output.contains("\nstopped at the first failure; 1 scenario: 1 failed in "))
        #expect(try !bench.read("j.xml").contains("close.simultaneous"))
        #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).end?.interrupted == "stopped at the first failure")
    }

    @Test(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
    func aTimeBudgetEndsIt() throws {
        let bench = try Workbench()
        try bench.setLab(Stream.half, then: "sleep 60")
        let result = try bench.run(["run"] + Stream.selected + ["--for", "0.4s", "--junit", "j.xml"])
        #expect(result.status == 0)
        #expect(result.output.contains("\nstopped when its time was up; 1 scenario: 1 passed in "))
        #expect(try bench.read("j.xml").contains("<testsuites"))
    }

    /// Each signal that wants an end gets it, with all reports, and a status of its own.
    @Test(
        .enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"),
        arguments: [
            (SIGINT, 130, "interrupted"), (SIGTERM, 143, "interrupted by SIGTERM"),
            (SIGHUP, 129, "interrupted by SIGHUP"),
        ])
    func signalsEndIt(_ signal: Int32, _ status: Int32, _ words: String) throws {
        let bench = try Workbench()
        try bench.setLab(Stream.half, then: "sleep 60")
        let run = try bench.start(["run"] + Stream.selected + ["--junit", "j.xml", "--record", "r.jsonl"])
        try run.waitForOutput("open.three-way")
        kill(run.process.processIdentifier, signal)
        let result = try run.wait()
        #expect(result.status == status)
        #expect(result.output.contains("\n\(words); 1 scenario: 1 passed in "))
        #expect(bench.files == ["j.xml", "r.jsonl"])
        let again = try bench.run(["report", "r.jsonl"])
        #expect(again.output == result.output)
    }

    /// nohup keeps a run from what a closed terminal sends.
    @Test(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
    func nohupIsRespected() throws {
        let bench = try Workbench()
        try bench.setLab(
            Stream.whole((.passed, .passed)).dropLast(),
            then: """
                while [ ! -e '\(bench.path("bench-go"))' ]; do sleep 0.02; done
                printf '%s\\n' '\(String(decoding: Stream.bytes([.end(RunEnd(duration: 1))]).dropLast(), as: UTF8.self))' >&3
                """)
        let run = try bench.start(["run"] + Stream.selected, through: ["/usr/bin/env", "--ignore-signal=HUP"])
        try run.waitForOutput("open.three-way")
        kill(run.process.processIdentifier, SIGHUP)
        try bench.write("", to: "bench-go")
        let result = try run.wait()
        #expect(result.status == 0)
        #expect(result.output.contains("2 scenarios: 2 passed"))
    }

    /// A signal that comes as early as may be leaves a record that says so, or comes before there is anything to say.
    @Test(.enabled(if: isRoot, "needs root: the lab gets a pid namespace of its own"))
    func anEarlySignalIsNotLost() throws {
        var kept = 0
        for _ in 0..<20 {
            let bench = try Workbench()
            try bench.setLab(Stream.planned, then: "sleep 60")
            let run = try bench.start(["run"] + Stream.selected + ["--record", "r.jsonl"])
            usleep(.random(in: 5000...40_000))
            kill(run.process.processIdentifier, SIGINT)
            let result = try run.wait()
            #expect([130, -SIGINT].contains(result.status))
            if result.status == 130 {
                kept += 1
                #expect(result.output.contains("interrupted; nothing ran"))
                #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).end?.interrupted == "interrupted")
            } else {
                #expect(bench.files == [])
            }
        }
        #expect(kept > 0)
    }
}
