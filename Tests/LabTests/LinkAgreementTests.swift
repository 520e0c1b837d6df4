import Engine
import Lab
import Record
import Testing

/// Attempts over netem and over the relay must come to the same.
@Suite("Two links, one kernel") struct LinkAgreementTests {
    private func end(
        _ number: Int, _ verdict: Verdict = .passed, link: String, variant: String? = nil, reason: String? = nil
    ) -> Finished {
        Finished(
            attempt: Attempt(scenario: "open.far", number: number), verdict: verdict, reason: reason, variant: variant,
            link: link, duration: 1)
    }

    private func measured(_ value: Double, tolerance: Double = 0.5) -> [Event] {
        [
            .measurement(
                Measurement(
                    attempt: Attempt(scenario: "open.far", number: 1), name: "gap", value: value, unit: "s",
                    comparison: .within(tolerance)))
        ]
    }

    private func judge(_ one: (Finished, [Event]), _ other: (Finished, [Event])) -> (Verdict, String?) {
        var links = LinkAgreement(repetitions: 1)
        let first = links.judged(one.0, one.1)
        #expect(first == one.0)
        let second = links.judged(other.0, other.1)
        return (second.verdict, second.reason)
    }

    @Test func agreement() {
        #expect(judge((end(1, link: "netem"), measured(1)), (end(2, link: "relay"), measured(1.4))) == (.passed, nil))
        #expect(
            judge(
                (end(2, .failed, link: "relay", reason: "one"), []), (end(1, .failed, link: "netem", reason: "two"), [])
            )
                == (.failed, "two"))
        // What was skipped has shown nothing.
        #expect(judge((end(1, .skipped, link: "none"), []), (end(2, link: "relay"), [])) == (.passed, nil))
    }

    @Test func disagreement() {
        #expect(
            judge((end(1, link: "netem"), []), (end(2, .failed, link: "relay", reason: "no FIN"), []))
                == (
                    .failed,
                    "no FIN; the links disagree: over netem (attempt 1) passed, over relay (attempt 2) failed (no FIN)"
                ))
        // A failure that was told first stays what it was.
        #expect(
            judge((end(2, .failed, link: "relay", reason: "no FIN"), []), (end(1, link: "netem"), []))
                == (.error, "the links disagree: over relay (attempt 2) failed (no FIN), over netem (attempt 1) passed")
        )
        // Whichever ends first.
        #expect(
            judge((end(2, link: "relay", variant: "DSACK"), []), (end(1, link: "netem"), []))
                == (.error, "the links disagree: over relay (attempt 2) 'DSACK', over netem (attempt 1) no variant"))
        #expect(
            judge((end(1, link: "netem"), measured(1)), (end(2, link: "relay"), measured(2)))
                == (.error, "the links disagree: over netem (attempt 1) gap 1.0 s, over relay (attempt 2) gap 2.0 s"))
    }

    @Test func repetitionsAreComparedInPairs() {
        var links = LinkAgreement(repetitions: 2)
        #expect(links.judged(end(1, link: "netem", variant: "a"), []).verdict == .passed)
        #expect(links.judged(end(2, link: "netem", variant: "b"), []).verdict == .passed)
        #expect(links.judged(end(4, link: "relay", variant: "b"), []).verdict == .passed)
        #expect(links.judged(end(3, link: "relay", variant: "b"), []).verdict == .error)
    }
}
