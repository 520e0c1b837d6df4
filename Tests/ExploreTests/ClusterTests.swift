import Compare
import Testing

@testable import Explore

@Suite struct ClusterTests {
    private func key(_ aspect: Aspect, _ subject: String, _ before: String?, _ after: String?) -> String {
        Sight(Difference(scenario: "one", aspect: aspect, subject: subject, before: before, after: after)).key
    }

    /// Neither the names of sockets nor numbers nor how often something came make another cluster.
    @Test func namesAndNumbersAreLeftOut() {
        #expect(
            key(.segment, "sent by A", "S seq 0 <mss 1460> ×2; . seq 1 ack 1", ". seq 1 ack 1")
                == key(.segment, "sent by B on connection 2", "S seq 0 <mss 1460> ×7; . seq 9 ack 4", ". seq 9 ack 4"))
        #expect(
            key(.call, "client of A", "send returned 3", "send returned -1 EPIPE")
                == key(.call, "server of B", "send returned 17", "send returned -1 EPIPE"))
        #expect(key(.counter, "RetransSegs of A", "1", "3") == key(.counter, "RetransSegs of B", nil, "1"))
    }

    @Test func whatHappensMakesAnother() {
        let resets = key(.segment, "sent by A", nil, "R. seq 0 ack 1")
        #expect(resets != key(.segment, "sent by A", nil, ". seq 1 ack 1"))
        #expect(resets != key(.segment, "sent by A", "R. seq 0 ack 1", nil))
        #expect(resets != key(.packet, "sent by A", nil, "R. seq 0 ack 1"))
        #expect(key(.counter, "RetransSegs of A", "1", "3") != key(.counter, "RetransSegs of A", "3", "1"))
        #expect(key(.counter, "RetransSegs of A", "1", "3") != key(.counter, "OutRsts of A", "1", "3"))
        #expect(key(.path, "client of A", "SYN_SENT", "SYN_SENT > CLOSE") != key(.path, "client of A", nil, "SYN_SENT"))
    }

    @Test func whatIsKnownIsSetAside() {
        let known = Explanation(commits: ["123456789abc"], since: "6.5", words: "something changed")
        let other = Explanation(commits: ["cba987654321"], since: "6.7", words: "something else did")
        var clusters = Clusters()
        let (short, long) = (Candidate(["A socket a"]), Candidate(["A socket a", "a close"]))
        clusters.add(1, long, SequenceOutcome(sights: [Sight(key: "x", words: "x1", known: known)]))
        clusters.add(2, short, SequenceOutcome(sights: [Sight(key: "x", words: "x2", known: known)]))
        clusters.add(
            3, long,
            SequenceOutcome(sights: [
                Sight(key: "y", words: "y", known: other), Sight(key: "z", words: "z1"), Sight(key: "w", words: "w"),
            ]))
        clusters.add(4, short, SequenceOutcome(sights: [Sight(key: "z", words: "z2")]))
        clusters.add(5, short, SequenceOutcome())
        clusters.add(6, short, SequenceOutcome(sights: [Sight(key: "v", words: "v")], unjudged: "6.1: late by # s"))
        clusters.add(7, short, SequenceOutcome(unjudged: "6.1: late by # s"))
        #expect(clusters.known.map(\.explanation) == [known, other])
        #expect(clusters.known.map(\.cluster.count) == [2, 1])
        #expect(clusters.known[0].cluster.candidates.map(\.candidate) == [short, long])
        // By the first thing that nothing explains, and not by what follows from it.
        #expect(clusters.unknown.map(\.key) == ["z"])
        #expect(clusters.unknown[0].count == 2)
        #expect(clusters.unknown[0].words == "z1")
        #expect(clusters.unjudged == ["6.1: late by # s": 2])
    }
}
