import Baselines
import Compare
import Record
import Testing

@Suite struct KnownChangeTests {
    @Test func allOfThemAreRecognizedInEitherDirection() {
        let runs = [("old", Sample.before()), ("new", Sample.after(fin: false))]
        for pair in [runs, runs.reversed()] {
            let comparison = Comparison(pair, knowing: knownChanges)
            #expect(comparison.unexplained.map(\.brief) == [])
            let differences = comparison.steps[0].scenarios.flatMap(\.differences)
            let commits = Set(differences.compactMap { $0.known?.commits.first })
            #expect(commits == ["23e89e8ee7be", "ccce324dabfe", "19822a980e19"])
        }
    }

    @Test func aKernelThatMustHaveTheChangeIsASurprise() {
        // 6.18 has had all of it for long: what looks like an old kernel is a regression.
        let comparison = Comparison(
            [("old", Sample.after("6.12.1", fin: false)), ("new", Sample.before("6.18.1"))], knowing: knownChanges)
        #expect(comparison.steps[0].scenarios.flatMap(\.differences).allSatisfy { $0.known == nil })
        #expect(comparison.unexplained.count > 10)
    }

    @Test func aBackportMayBeThereOrNot() {
        let scenario = "open.simultaneous-segment-count"
        let (one, other) = (
            SampleAttempt.of(scenario, variant: "challenge ACK"), SampleAttempt.of(scenario, variant: "DSACK")
        )
        func known(_ before: String, _ after: String) -> Bool {
            Comparison(
                [("old", Sample.run(before, [one])), ("new", Sample.run(after, [other]))], knowing: knownChanges
            ).unexplained.isEmpty
        }
        #expect(known("6.1.90", "6.1.192"))
        #expect(known("5.10.265", "6.1.192"))
        #expect(known("6.1.90", "6.11"))
        #expect(!known("5.10.200", "5.10.265"))
        #expect(!known("6.11", "6.12"))
    }

    @Test func theWrongWayRoundIsASurprise() {
        let scenario = "open.self-connect"
        let comparison = Comparison(
            [
                ("old", Sample.run("5.10.1", [.of(scenario, variant: "DSACK")])),
                ("new", Sample.run("6.12.1", [.of(scenario, variant: "challenge ACK")])),
            ], knowing: knownChanges)
        #expect(comparison.unexplained.count == 1)
    }

    @Test func elsewhereTheSameSightIsASurprise() {
        let comparison = Comparison(
            [
                ("old", Sample.run("5.10.1", [.of("open.three-way") { $0.counters(["TCPChallengeACK": 1]) }])),
                ("new", Sample.run("6.12.1", [.of("open.three-way")])),
            ], knowing: knownChanges)
        #expect(comparison.unexplained.map(\.brief) == ["counter TCPChallengeACK of A: 1 -> 0"])
    }

    /// A call that is refused on one kernel and allowed on the other changes everything after it.
    @Test func whatFollowsIsExplainedOnlyBesideTheVariant() {
        let scenario = "close.connect-unspec"
        func unexplained(_ before: String?, _ after: String?, measure: Bool = false) -> [String] {
            let old = SampleAttempt.of(scenario, variant: before) {
                $0.call("connect", "5, AF_UNSPEC", -1, errno: "EBUSY")
            }
            let new = SampleAttempt.of(scenario, variant: after) {
                $0.call("connect", "5, AF_UNSPEC", 0)
                $0.segment("A", "R.", 6, ack: 1)
                if measure { $0.measure("wait", 1, tolerance: 0.1) }
            }
            return Comparison(
                [("old", Sample.run("5.10.262", [old])), ("new", Sample.run("6.12.1", [new]))], knowing: knownChanges
            ).unexplained.map { $0.aspect.rawValue }
        }
        let (refused, allowed) = ("refused while a call is blocked", "allowed while a call is blocked")
        #expect(unexplained(refused, allowed) == [])
        #expect(unexplained(allowed, allowed) == ["call", "segment"])
        #expect(unexplained(refused, allowed, measure: true) == ["measurement"])
    }

    @Test func aLostReasonIsASurprise() {
        func reset(_ release: String, _ reason: String?) -> RunRecord {
            Sample.run(release, [.of("open.refused") { $0.packet("tcp_send_reset", state: "CLOSE", reason: reason) }])
        }
        func unexplained(_ before: RunRecord, _ after: RunRecord) -> Int {
            Comparison([("old", before), ("new", after)], knowing: knownChanges).unexplained.count
        }
        #expect(unexplained(reset("6.1.1", nil), reset("6.12.1", "TCP_ABORT_ON_CLOSE")) == 0)
        #expect(unexplained(reset("6.12.1", "TCP_ABORT_ON_CLOSE"), reset("6.18.1", nil)) == 1)
        #expect(unexplained(reset("6.1.1", "NO_SOCKET"), reset("6.12.1", "TCP_ABORT_ON_CLOSE")) == 1)
    }

    @Test func baselinesExplainWhatBothKernelsAreExpectedToShow() {
        let scenario = "open.three-way"
        let runs = [
            ("old", Sample.run("6.1.1", [.of(scenario, variant: "one") { $0.measure("wait", 1, tolerance: 0.1) }])),
            ("new", Sample.run("6.12.1", [.of(scenario, variant: "two") { $0.measure("wait", 2, tolerance: 0.1) }])),
        ]
        let baselines = runs.map { name, run in
            Baseline(series: name == "old" ? "6.1" : "6.12", kernel: run.header.kernel.release)
                .updated(with: run, knowing: [])
        }
        #expect(Comparison(runs, knowing: []).unexplained.count == 2)
        #expect(Comparison(runs, knowing: [], baselines: baselines).unexplained == [])
        #expect(Comparison(runs, knowing: [], baselines: [baselines[0]]).unexplained.count == 2)
        let known = Comparison(runs, knowing: [], baselines: baselines).steps[0].scenarios[0].differences[0].known
        #expect(known?.line == "the baselines of 6.1 and 6.12 expect it")
    }
}
