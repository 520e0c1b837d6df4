import Sequences
import Testing

@testable import Explore

@Suite struct GrammarTests {
    private static func sequences(_ count: Int, seed: UInt64, topics: Set<Topic> = []) -> [Derivation] {
        let grammar = Grammar(topics: topics)
        return (1...count).map { number in
            var chances = Chances(seed: seed, number: number)
            return grammar.derivation(&chances).derivation
        }
    }

    /// Not one line has to be left out for the reader's sake, and what is written is read to the same.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func everySequenceIsReadAndWritten(_ seed: UInt64) throws {
        for derivation in Self.sequences(100, seed: seed) {
            let candidate = derivation.candidate
            let sequence = try candidate.sequence(id: "made")
            #expect(candidate.readable == candidate)
            let again = try TextSequence(reading: sequence.text, file: "made.tcp")
            #expect(again.text == sequence.text)
            #expect(sequence.text.contains("tolerates \"ANY>\" \"<ANY\""))
        }
    }

    @Test func theSeedDecides() {
        let (one, same) = (Self.sequences(50, seed: 3), Self.sequences(50, seed: 3))
        #expect(one.map(\.candidate) == same.map(\.candidate))
        #expect(one.map(\.candidate) != Self.sequences(50, seed: 4).map(\.candidate))
        #expect(Set(one.map(\.candidate)).count > 45)
    }

    /// What no sequence ever has is no part of the grammar.
    @Test func everyProductionIsUsed() {
        let used = Set(Self.sequences(3000, seed: 1).flatMap { $0.steps.map(\.production) })
        #expect(Set(Grammar().productions.map(\.name)).subtracting(used) == [])
    }

    @Test(arguments: [
        (Topic.wire, ["wire drop", "wire hold"]), (.forge, [" forges "]), (.sysctls, ["sysctl"]),
        (.ipv6, ["over IPv6"]), (.icmp, ["unreachable"]), (.options, ["setsockopt TCP_"]), (.close, ["shutdown"]),
    ])
    func onlyTheTopicsThatAreWanted(_ topic: Topic, _ words: [String]) {
        let others = Set(Topic.allCases).subtracting([topic])
        func text(_ topics: Set<Topic>) -> String {
            Self.sequences(200, seed: 2, topics: topics).flatMap(\.candidate.lines).joined(separator: "\n")
        }
        for word in words {
            #expect(text([topic, .open]).contains(word))
            #expect(!text(others).contains(word))
        }
    }

    /// The line that fails is left out with all that stand on it.
    @Test func whatIsNotKnownIsLeftOut() {
        let candidate = Candidate([
            "sysctl tcp_sack = 0", "connect client server", "other close -> anything", "wire lift rule",
            "client forges RST as forged", "wire repeat forged", "client close -> anything",
        ])
        #expect(
            candidate.readable.lines == [
                "sysctl tcp_sack = 0", "connect client server", "client forges RST as forged", "wire repeat forged",
                "client close -> anything",
            ])
        #expect(Candidate(["client close", "server close"]).readable.lines.isEmpty)
    }

    /// Settings come first in the file wherever they are in the list, and waits make the time that is allowed.
    @Test func aCandidateIsAFile() {
        let candidate = Candidate(["wait 13ms", "sysctl tcp_sack = 0", "connect client server", "wait 80s"])
        #expect(
            candidate.text(id: "made", comments: ["why"]) == """
                # why
                id made
                claim What made records.
                timer 80013ms
                sysctl tcp_sack = 0
                wire tolerates "ANY>" "<ANY"
                wait 13ms
                connect client server
                wait 80s

                """)
    }

    /// What has led to something new is tried more often, and gone on with.
    @Test func experienceShowsInWeights() {
        var generator = Generator(seed: 1, topics: [])
        for one in generator.next(200) {
            let isNew = one.derivation.steps.contains { $0.production == "forge" }
            generator.learn(one, came: isNew ? ["something new of \(one.number)"] : [])
        }
        let weights = generator.experience.weights
        #expect(weights["forge", default: 0] > 2 * weights["listen", default: 9])
        #expect(generator.experience.reached.count == generator.experience.interesting.count)
        let next = generator.next(200).filter { $0.derivation.steps.contains { $0.production == "forge" } }
        #expect(next.count > 80)
    }

    @Test func noSequenceComesTwice() {
        var generator = Generator(seed: 1, topics: [.data])
        let made = (0..<5).flatMap { _ in generator.next(100) }.map(\.candidate)
        #expect(Set(made).count == made.count)
    }
}
