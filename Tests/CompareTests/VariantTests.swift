import Baselines
import Compare
import Record
import Testing

/// Scenarios that ask several questions, each with its own variants.
@Suite struct VariantTests {
    private static let id = "open.self-connect"

    private func differences(_ before: String?, _ after: String?, _ releases: (String, String) = ("5.10.1", "6.12.1"))
        -> [Difference]
    {
        Comparison(
            [
                ("old", Sample.run(releases.0, [.of(Self.id, variant: before)])),
                ("new", Sample.run(releases.1, [.of(Self.id, variant: after)])),
            ], knowing: knownChanges
        ).steps[0].scenarios[0].differences
    }

    @Test func eachQuestionIsADifference() {
        #expect(differences("one; two", "one; two") == [])
        #expect(differences("one; two", "one; three").map(\.brief) == ["variant : two -> three"])
        #expect(
            differences("one; two", "three; four").map(\.brief) == ["variant : one -> three", "variant : two -> four"])
        #expect(differences("one", "one; two").map(\.brief) == ["variant : nil -> two"])
        #expect(differences("one; two", nil).map(\.brief) == ["variant : one -> nil", "variant : two -> nil"])
    }

    /// Two commits, a question each; a third question nobody knows the answer's change of.
    @Test func knownChangesMatchOneOfThem() {
        let found = differences(
            "challenge ACK; TIME_WAIT counted at its end; odd", "TIME_WAIT counted at its start; DSACK; even")
        #expect(
            found.map(\.brief) == [
                "variant : challenge ACK -> DSACK",
                "variant : TIME_WAIT counted at its end -> TIME_WAIT counted at its start", "variant : odd -> even",
            ])
        #expect(
            found.map { $0.known?.commits ?? [] } == [["23e89e8ee7be", "c1668292689a"], ["27dd35e02235"], []])
        // Both have the commits.
        #expect(differences("challenge ACK; odd", "DSACK; odd", ("6.12.1", "6.18.1")).allSatisfy { $0.known == nil })
    }

    @Test func baselinesKnowEachAnswer() {
        func run(_ release: String, _ variant: String) -> RunRecord {
            Sample.run(release, [.of(Self.id, variant: variant)])
        }
        let seen = run("6.12.1", "DSACK; TIME_WAIT counted at its start; odd")
        let baseline = Baseline(series: "6.12", kernel: "6.12.1").updated(with: seen, knowing: knownChanges)
        #expect(
            baseline[Self.id, .scaled]?.commits == ["23e89e8ee7be", "c1668292689a", "27dd35e02235"])
        #expect(baseline.check(run("6.12.2", "DSACK; TIME_WAIT counted at its start; odd")) == [])
        let findings = baseline.check(run("6.12.2", "DSACK; TIME_WAIT counted at its start; even; more"))
        #expect(findings.map(\.kind) == [.vanishedDifference, .unknownChange])
        #expect(findings.map(\.expected) == ["odd", "none"])
        #expect(findings.map(\.seen) == ["even", "more"])

        let old = run("6.1.1", "DSACK; plain; odd")
        let oldBaseline = Baseline(series: "6.1", kernel: "6.1.1").updated(with: old, knowing: [])
        let comparison = Comparison([("old", old), ("new", seen)], knowing: [], baselines: [baseline, oldBaseline])
        #expect(comparison.unexplained == [])
        let other = run("6.12.1", "DSACK; TIME_WAIT counted at its start; even")
        #expect(
            Comparison([("old", old), ("new", other)], knowing: [], baselines: [baseline, oldBaseline]).unexplained
                .map(\.brief) == ["variant : odd -> even"])
    }
}
