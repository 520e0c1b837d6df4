import Baselines
import Compare
import Record
import Testing

@Suite struct BaselineTests {
    private static let seen = Sample.run(
        "6.12.1",
        [
            .of("close.simultaneous"), .of("keepalive.dead-peer", .skipped, "no veth"),
            .of("open.self-connect", variant: "DSACK"),
            .of("open.syn-timeout") { $0.measure("SYNs", 11, "segments") },
        ])
    private static let baseline = Baseline(series: "6.12", kernel: "6.12.1").updated(
        with: seen, knowing: knownChanges)

    private func lines(_ attempts: [SampleAttempt], partial: Bool = true) -> [String] {
        Self.baseline.check(Sample.run("6.12.9", attempts), partial: partial).map(\.line)
    }

    @Test func aRunIsAsItsOwnBaselineSays() {
        #expect(Self.baseline.check(Self.seen) == [])
        #expect(Self.baseline["open.self-connect", .scaled]?.commits == ["23e89e8ee7be", "c1668292689a"])
    }

    @Test func anUnknownChange() {
        #expect(
            lines([.of("close.simultaneous", .failed, "expected RST; seen FIN")])
                == ["unknown change: close.simultaneous: verdict was passed, now failed: expected RST; seen FIN"])
        #expect(
            lines([.of("open.syn-timeout") { $0.measure("SYNs", 7, "segments") }])
                == ["unknown change: open.syn-timeout: SYNs was 11 segments, now 7 segments"])
        #expect(
            lines([.of("open.syn-timeout")])
                == ["unknown change: open.syn-timeout: SYNs was 11 segments, now missing"])
        #expect(
            lines([.of("keepalive.dead-peer")])
                == ["unknown change: keepalive.dead-peer: verdict was skipped: no veth, now passed"])
    }

    /// What a kernel was built without is no change of its code; that it lacks something else is one.
    @Test func aFeatureThatIsNotBuiltIn() {
        let reason = "the kernel has no MPTCP (socket(): EPROTONOSUPPORT)"
        let found = Self.baseline.check(
            Sample.run("6.12.9", [.of("close.simultaneous", .skipped, reason)]), partial: true)
        #expect(
            found.map(\.line)
                == ["not built in: close.simultaneous: verdict was passed, now skipped: \(reason)"])
        #expect(found.allSatisfy { !$0.isFailure })
        let without = Baseline(series: "6.12", kernel: "6.12.1").updated(
            with: Sample.run("6.12.1", [.of("close.simultaneous", .skipped, reason)]), knowing: [])
        let later = without.check(Sample.run("6.12.9", [.of("close.simultaneous")]))
        #expect(later.map(\.kind) == [.builtIn] && later.allSatisfy { !$0.isFailure })
        let other = Self.baseline.check(
            Sample.run("6.12.9", [.of("close.simultaneous", .skipped, "no veth")]), partial: true)
        #expect(other.map(\.kind) == [.unknownChange])
        let failing = Self.baseline.check(
            Sample.run("6.12.9", [.of("close.simultaneous", .failed, reason)]), partial: true)
        #expect(failing.map(\.kind) == [.unknownChange])
    }

    @Test func anExpectedDifferenceThatVanished() {
        #expect(
            lines([.of("open.self-connect", variant: "challenge ACK")]) == [
                "vanished, unexplained: open.self-connect: variant was DSACK (23e89e8ee7be, c1668292689a), "
                    + "now challenge ACK"
            ])
        let failing = Baseline(series: "6.12", kernel: "6.12.1")
            .updated(with: Sample.run("6.12.1", [.of("close.simultaneous", .failed, "took 3.02 s")]), knowing: [])
        #expect(failing.check(Sample.run("6.12.1", [.of("close.simultaneous", .failed, "took 3.04 s")])) == [])
        #expect(
            failing.check(Sample.run("6.12.1", [.of("close.simultaneous")])).map(\.kind) == [.vanishedDifference])
        // It fails, but not as it did.
        for other in ["took 6.02 s", "took 3.02 s, twice", "took 3.02 ms"] {
            let run = Sample.run("6.12.1", [.of("close.simultaneous", .failed, other)])
            #expect(failing.check(run).map(\.kind) == [.unknownChange])
        }
        #expect(
            failing.check(Sample.run("6.12.1", [.of("close.simultaneous", .failed, "no RST")])).map(\.kind)
                == [.unknownChange])
    }

    @Test func aScenarioThatVanished() {
        let attempts = [SampleAttempt.of("close.simultaneous"), .of("open.self-connect", variant: "DSACK")]
        #expect(lines(attempts) == [])
        #expect(
            lines(attempts, partial: false) == [
                "scenario vanished: keepalive.dead-peer: verdict was skipped: no veth, now missing",
                "scenario vanished: open.syn-timeout: verdict was passed, now missing",
            ])
    }

    @Test func aNewScenarioIsNewsUnlessItFails() {
        let new = Self.baseline.check(
            Sample.run("6.12.9", [.of("open.new", variant: "one"), .of("open.bad", .failed, "why")]), partial: true)
        #expect(
            new.map(\.line) == [
                "new scenario: open.new: verdict passed, variant one",
                "unknown change: open.bad: verdict failed: why",
            ])
        #expect(new.map(\.isFailure) == [false, true])
    }

    @Test func whatCouldNotBeJudgedFails() {
        let run = Sample.run(
            "6.12.9", [.of("close.simultaneous", .error, "the worker died")],
            plan: ["close.simultaneous", "open.self-connect"], end: nil)
        let findings = Self.baseline.check(run, partial: true)
        #expect(
            findings.map(\.line) == [
                "unjudged: close.simultaneous: error: the worker died",
                "unjudged: open.self-connect: the record is cut off",
            ])
        #expect(findings.allSatisfy { $0.isFailure })
    }

    @Test func aRepeatThatDoesOtherwiseIsFoundOnce() {
        let attempts: [SampleAttempt] = [
            .of("close.simultaneous"), .of("close.simultaneous", number: 2, .failed, "took 3.02 s"),
            .of("close.simultaneous", number: 3, .failed, "took 3.04 s"),
        ]
        #expect(lines(attempts).count == 1)
    }

    @Test func anotherLaneIsAnotherExpectation() {
        let scaled = Sample.run("6.12.1", [.of("open.syn-timeout") { $0.measure("SYNs", 2, "segments") }])
        let full = Sample.run(
            "6.12.1", lane: .default, [.of("open.syn-timeout") { $0.measure("SYNs", 11, "segments") }])
        let baseline = Baseline(series: "6.12", kernel: "6.12.1")
            .updated(with: scaled, knowing: []).updated(with: full, knowing: [])
        #expect(baseline.check(scaled) == [])
        #expect(baseline.check(full) == [])
    }

    @Test func anUpdateKeepsWhatItCannotJudgeAndWhatAgrees() throws {
        let run = Sample.run(
            "6.12.9",
            [.of("close.simultaneous", .error, "the worker died"), .of("open.self-connect", variant: "new")])
        let updated = Self.baseline.updated(with: run, knowing: knownChanges)
        #expect(updated["close.simultaneous", .scaled]?.verdict == .passed)
        #expect(updated["open.self-connect", .scaled]?.variant == "new")
        // Nobody knows a commit for it yet.
        #expect(updated["open.self-connect", .scaled]?.commits == nil)
        #expect(updated["keepalive.dead-peer", .scaled]?.verdict == .skipped)
        #expect(updated.kernel == "6.12.9")
        #expect(
            Self.baseline.updated(with: run, knowing: [], pruned: true).lanes["scaled"]?.keys.sorted()
                == ["close.simultaneous", "open.self-connect"])

        func measured(_ value: Double) -> RunRecord {
            Sample.run("6.12.1", [.of("open.three-way") { $0.measure("wait", value, tolerance: 0.5) }])
        }
        let first = Baseline(series: "6.12", kernel: "6.12.1").updated(with: measured(1), knowing: [])
        #expect(first.updated(with: measured(1.2), knowing: []) == first)
        #expect(first.updated(with: measured(2), knowing: []) != first)
    }

    @Test func theFileComesBackAsItWent() throws {
        #expect(try Baseline(json: Self.baseline.json) == Self.baseline)
        #expect(throws: BaselineError("not a tcpwitness baseline")) { try Baseline(json: Array("{}".utf8)) }
        var later = Self.baseline
        later.version = 2
        #expect(throws: BaselineError("the baseline has version 2: use a newer tcpwitness")) {
            try Baseline(json: later.json)
        }
    }
}

@Suite struct BisectTests {
    private static let baseline = Baseline(series: "6.12", kernel: "6.12.1").updated(
        with: Sample.run(
            "6.12.1",
            [.of("a.fails", .failed, "known"), .of("a.skips", .skipped, "no veth"), .of("a.varies", variant: "one")]),
        knowing: [])

    @Test(
        arguments: [
            ([.of("a.b")], .good), ([.of("a.b"), .of("a.c", .failed, "why")], .bad),
            ([.of("a.b", .error, "why")], .skip), ([.of("a.b", .skipped, "why")], .skip), ([], .skip),
            ([.of("a.b"), .of("a.c", .skipped, "why")], .skip), ([.of("a.b"), .of("a.c", .error, "why")], .skip),
            ([.of("a.b", .error, "why"), .of("a.c", .failed, "why")], .bad), ([SampleAttempt("a.b")], .skip),
        ] as [([SampleAttempt], BisectStatus)])
    func withoutABaseline(_ attempts: [SampleAttempt], _ expected: BisectStatus) {
        #expect(BisectStatus(of: Sample.run("6.12.1", attempts)) == expected)
    }

    @Test(
        arguments: [
            ([.of("a.fails", .failed, "known")], .good), ([.of("a.fails")], .bad),
            ([.of("a.varies", variant: "one"), .of("a.skips", .skipped, "no veth")], .good),
            ([.of("a.varies", variant: "two")], .bad), ([.of("a.varies", .skipped, "why")], .skip),
            ([.of("a.skips", .skipped, "no veth")], .skip), ([.of("a.skips")], .good), ([.of("a.new")], .good),
            ([.of("a.new", .failed, "why")], .bad),
        ] as [([SampleAttempt], BisectStatus)])
    func withABaseline(_ attempts: [SampleAttempt], _ expected: BisectStatus) {
        #expect(BisectStatus(of: Sample.run("6.12.1", attempts), expecting: Self.baseline) == expected)
    }

    @Test func aRunThatIsNotWholeIsNotGood() {
        let finished: [SampleAttempt] = [.of("a.b")]
        #expect(BisectStatus(of: Sample.run("6.12.1", finished, end: nil)) == .skip)
        #expect(BisectStatus(of: Sample.run("6.12.1", finished, plan: ["a.b", "a.c"])) == .skip)
        let killed = RunEnd(duration: 1, interrupted: "the guest's kernel panicked")
        #expect(BisectStatus(of: Sample.run("6.12.1", finished, end: killed)) == .skip)
        #expect(BisectStatus(of: Sample.run("6.12.1", [.of("a.b", .failed, "why")], end: killed)) == .bad)
        #expect([BisectStatus.good, .bad, .skip].map(\.rawValue) == [0, 1, 125])
    }
}
