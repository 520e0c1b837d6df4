import Linux
import Packets
import Testing

@Suite struct SegmentPatternTests {
    static let segments: [SegmentView] = [
        view(.SYN, seq: 0, ack: nil), view(fromA: false, [.SYN, .ACK], seq: 0), view(.ACK), view([.PSH, .ACK], len: 3),
        view([.FIN, .ACK]), view([.FIN, .PSH, .ACK], len: 3), view(.RST, ack: nil, win: 0), view([.RST, .ACK], win: 0),
    ]

    @Test func eachNameMeansItsOwnSegmentOnly() throws {
        for (kind, own) in zip(SegmentKind.allCases, Self.segments) {
            let pattern = try SegmentPattern(parsing: own.fromA ? "\(kind)>" : "<\(kind)")
            for other in Self.segments {
                #expect(pattern.matches(other) == (other == own), "\(pattern) against \(other)")
            }
        }
    }

    @Test func anyMeansEverySegmentOfItsDirection() {
        let pattern: SegmentPattern = "ANY>"
        #expect(Self.segments.filter(pattern.matches).count == 7)
        #expect(pattern.matches(view([.SYN, .FIN])))
        #expect(pattern.matches(view([], ack: nil)))
    }

    @Test func unusualFlagsHaveNoName() {
        #expect(view([.SYN, .FIN], ack: nil).description == "[SF]> seq=1")
        #expect(view(fromA: false, [], ack: nil).shortDescription == "<[none]")
        #expect(view([.RST, .FIN]).kind == nil)
        #expect(view(.FIN, ack: nil).kind == nil)
        #expect(view([.PSH, .ACK, .URG, .ECE]).kind == .ACK)
    }

    @Test(arguments: [
        ("ACK> seq=1", true), ("ACK> seq=2", false), ("ACK> ack=9", true), ("ACK> ack=1", false), ("ACK> win=0", true),
        ("ACK> win=500", false), ("ACK> len=0", true), ("ACK> len=1", false), ("ACK> dsack", true),
        ("ACK> sack=0:1", false), ("ACK> sack=3:5,12:20", true), ("ACK> seq=1 ack=9 win=0 sack=3:5,12:20 dsack", true),
        ("<ACK seq=1", false), ("DATA> seq=1", false),
    ])
    func detailsMustAllHold(text: String, matches: Bool) throws {
        let segment = view(.ACK, seq: 1, ack: 9, win: 0, sack: [SACKBlock(3, 5), SACKBlock(12, 20)])
        #expect(try SegmentPattern(parsing: text).matches(segment) == matches)
    }

    @Test func numbersBeforeTheOriginMayBeNegative() throws {
        let old = view([.PSH, .ACK], seq: UInt32(bitPattern: -5), len: 2)
        #expect(old.description == "DATA> seq=-5 ack=1 len=2")
        #expect(SegmentPattern("DATA> seq=-5").matches(old))
        #expect(SegmentPattern("DATA> seq=4294967291").matches(old))
    }

    @Test func aViewDescribesItselfInTheLanguage() throws {
        let closed = view(.ACK, win: 0, sack: [SACKBlock(UInt32(bitPattern: -1), 1)])
        #expect(closed.description == "ACK> seq=1 ack=1 win=0 sack=-1:1 dsack")
        for segment in Self.segments + [closed] {
            #expect(try SegmentPattern(parsing: segment.description).matches(segment))
        }
    }

    @Test func aPatternDescribesItself() throws {
        for text in ["SYN>", "<SYN/ACK seq=0 ack=1", "<ACK win=0 sack=0:1 dsack", "ANY> len=5 count=3"] {
            #expect(try SegmentPattern(parsing: text).description == text)
        }
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("ACK", "say the direction with one arrow: NAME> from A to B, <NAME from B to A"),
        ("<ACK>", "say the direction with one arrow: NAME> from A to B, <NAME from B to A"),
        (
            "SNY>",
            "no segment is called \"SNY\" (SYN, SYN/ACK, ACK, DATA, FIN, DATA/FIN, RST, RST/ACK, ANY)"
        ),
        ("<", "no segment is called \"\" (SYN, SYN/ACK, ACK, DATA, FIN, DATA/FIN, RST, RST/ACK, ANY)"),
        ("ACK> size=3", "\"size=3\" is no detail (seq=, ack=, len=, win=, sack=, dsack, count=)"),
        ("ACK> FIN>", "\"FIN>\" is no detail (seq=, ack=, len=, win=, sack=, dsack, count=)"),
        ("ACK> dsack=1", "\"dsack=1\" is no detail (seq=, ack=, len=, win=, sack=, dsack, count=)"),
        ("ACK> seq=x", "\"x\" is no number from -2147483648 to 4294967295"),
        ("ACK> seq=4294967296", "\"4294967296\" is no number from -2147483648 to 4294967295"),
        ("ACK> win=65536", "\"65536\" is no number from 0 to 65535"),
        ("ACK> count=0", "\"0\" is no number from 1 to 65535"),
        ("ACK> count=2 count=2", "\"count\" stands there twice"),
        ("ACK> seq=1 seq=2", "\"seq\" stands there twice"),
        ("ACK> sack=1", "\"1\" is no SACK block (left:right)"),
    ])
    func mistakesAreExplained(text: String, problem: String) {
        let error = #expect(throws: SegmentPatternError.self) { try SegmentPattern(parsing: text) }
        #expect(error?.problem == problem)
        #expect(error?.description == "segment pattern \"\(text)\": \(problem)")
    }

    @Test func aBadLiteralSaysWhatIsWrongAndMatchesNothing() {
        let pattern = "SNY>" as SegmentPattern
        #expect(pattern.problem?.description.contains("SNY") == true)
        #expect(!pattern.matches(view(.SYN, seq: 0, ack: nil)))
    }

    private let handshake = [view(.SYN, seq: 0, ack: nil), view(fromA: false, [.SYN, .ACK], seq: 0), view(.ACK)]

    @Test(
        arguments: [
            (["SYN>", "<SYN/ACK", "ACK>"], nil),
            (["SYN>", "<ACK", "ACK>"], "segment 2: expected <ACK, saw <SYN/ACK seq=0 ack=1"),
            (["SYN>", "SYN/ACK>"], "segment 2: expected SYN/ACK>, saw <SYN/ACK seq=0 ack=1"),
            (
                ["SYN>", "<SYN/ACK win=0", "ACK>"],
                "segment 2: expected <SYN/ACK win=0, saw <SYN/ACK seq=0 ack=1 (win is 500)"
            ),
            (
                ["SYN>", "<SYN/ACK ack=1 dsack", "ACK>"],
                "segment 2: expected <SYN/ACK ack=1 dsack, saw <SYN/ACK seq=0 ack=1 (it reports no duplicate)"
            ),
            (["SYN> ack=1"], "segment 1: expected SYN> ack=1, saw SYN> seq=0 (it acknowledges nothing)"),
            (["SYN>", "<SYN/ACK"], "segment 3: expected nothing more, saw ACK> seq=1 ack=1"),
            (["SYN>", "<SYN/ACK", "ACK>", "<FIN"], "segment 4: expected <FIN, saw nothing more"),
            (["SYN> count=2"], "segment 2: expected SYN> count=2, saw <SYN/ACK seq=0 ack=1"),
            ([], "segment 1: expected nothing more, saw SYN> seq=0"),
        ] as [([SegmentPattern], String?)])
    func theFirstDifferenceIsExplained(expected: [SegmentPattern], difference: String?) {
        #expect(SegmentPattern.firstDifference(expected: expected, seen: handshake) == difference)
    }

    @Test func nothingSeenIsSaid() {
        let difference = SegmentPattern.firstDifference(expected: ["SYN>"], seen: [])
        #expect(difference == "segment 1: expected SYN>, saw nothing more")
        #expect(SegmentView.describe([]) == "nothing")
    }
}
