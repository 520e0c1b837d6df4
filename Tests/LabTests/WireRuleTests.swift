import Acts
import Linux
import Packets
import Testing

@testable import Lab

/// Which segments a rule of the wire applies to.
@Suite struct WireRuleTests {
    private let a = SocketAddress(IPAddress(198, 18, 0, 1), 40000)
    private let b = SocketAddress(IPAddress(198, 18, 0, 2), 80)
    private let other = SocketAddress(IPAddress(198, 18, 0, 1), 40001)

    private func applies(_ rule: WireRule, _ flags: TCPFlags, from: SocketAddress, to: SocketAddress) -> Bool {
        let segment = TCPSegment(source: from, destination: to, sequence: 1, flags: flags)
        let view = SegmentView(
            fromA: from != b, flags: flags, sequence: 1, acknowledgement: 1, window: 500,
            time: Instant(nanoseconds: 0))
        return rule.applies(to: view, of: segment)
    }

    @Test func onlyWhatAPatternMatches() {
        let rule = WireRule(["FIN>", "<RST"], .drop)
        #expect(applies(rule, [.FIN, .ACK], from: a, to: b) && applies(rule, [.RST], from: b, to: a))
        #expect(!applies(rule, [.FIN, .ACK], from: b, to: a) && !applies(rule, [.RST], from: a, to: b))
        #expect(!applies(rule, [.ACK], from: a, to: b))
    }

    @Test func withoutAPatternAnySegment() {
        let rule = WireRule([], .hold)
        for flags in [[.SYN], [.ACK], [.RST]] as [TCPFlags] {
            #expect(applies(rule, flags, from: a, to: b) && applies(rule, flags, from: b, to: a))
        }
    }

    /// By either end, and nothing of a connection beside it.
    @Test func onlyBetweenTheEndsThatAreNamed() {
        let rule = WireRule([], .drop, ends: [a])
        #expect(applies(rule, [.ACK], from: a, to: b) && applies(rule, [.ACK], from: b, to: a))
        #expect(!applies(rule, [.ACK], from: other, to: b) && !applies(rule, [.ACK], from: b, to: other))
    }

    @Test func noMoreThanTheFirst() {
        let rule = WireRule(["ACK>"], .drop, first: 1)
        #expect(applies(rule, [.ACK], from: a, to: b))
        rule.remaining = 0
        #expect(!applies(rule, [.ACK], from: a, to: b))
    }

    @Test func onlyADropLoses() {
        #expect(WireRule([], .drop).isDrop)
        for action in [.pass, .hold, .delay(.seconds(1)), .duplicate] as [WireRule.Action] {
            #expect(!WireRule([], action).isDrop)
        }
    }
}

/// The segments that a rule has met.
@Suite struct MatchedSegmentsTests {
    @Test(
        arguments: [
            ([], "the wire meets 1 × any segment"), (["FIN>", "<RST"], "the wire meets 1 × FIN> or <RST"),
        ]) func oneThatNeverCameIsMissing(_ patterns: [String], _ expected: String) throws
    {
        let met = MatchedSegments(of: patterns)
        #expect(met.isEmpty && met.count == 0 && met.first == nil && met.last == nil)
        let stop = #expect(throws: ScenarioStop.self) { try met[0] }
        guard case .missing(expected, "0") = stop else {
            Issue.record("\(String(describing: stop))")
            return
        }
    }
}
