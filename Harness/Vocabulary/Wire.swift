package import Acts
internal import Packets

/// What lies between the hosts. Patterns of segments are explained at `SegmentPattern`.
package struct Wire: Sendable {
    func perform(_ act: WireAct, _ file: StaticString, _ line: Int) {
        attempt.perform(.wire(act), at: SourceLocation(file, line))
    }

    // MARK: What it does with segments

    private func rule(
        _ kind: RuleKind, _ patterns: [SegmentPattern], first: Int? = nil, ends: [Endpoint] = [],
        _ file: StaticString, _ line: Int
    ) -> Rule {
        let rule = Rule(name: attempt.name("rule"))
        perform(.rule(kind, patterns, first: first, ends: ends, as: rule.name), file, line)
        return rule
    }

    /// Keeps matching segments until they are released.
    @discardableResult
    package func hold(_ patterns: SegmentPattern..., file: StaticString = #fileID, line: Int = #line) -> Rule {
        rule(.hold, patterns, file, line)
    }

    /// Loses matching segments, or only the first few, or only those from or to some addresses.
    @discardableResult
    package func drop(
        _ patterns: SegmentPattern..., first: Int? = nil, ends: [Endpoint] = [], file: StaticString = #fileID,
        line: Int = #line
    ) -> Rule {
        rule(.drop, patterns, first: first, ends: ends, file, line)
    }

    /// Delivers the first few matching segments, whatever earlier rules say.
    @discardableResult
    package func allow(
        _ patterns: SegmentPattern..., first: Int, file: StaticString = #fileID, line: Int = #line
    ) -> Rule {
        rule(.allow, patterns, first: first, file, line)
    }

    /// Delivers matching segments later.
    @discardableResult
    package func delay(
        _ patterns: SegmentPattern..., by delay: Duration, file: StaticString = #fileID, line: Int = #line
    ) -> Rule {
        rule(.delay(delay), patterns, file, line)
    }

    /// Delivers matching segments twice.
    @discardableResult
    package func duplicate(
        _ patterns: SegmentPattern..., first: Int? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Rule {
        rule(.duplicate, patterns, first: first, file, line)
    }

    /// Keeps everything, both ways.
    package func freeze(file: StaticString = #fileID, line: Int = #line) -> Rule { rule(.hold, [], file, line) }

    /// Loses everything, both ways.
    @discardableResult
    package func cut(file: StaticString = #fileID, line: Int = #line) -> Rule { rule(.drop, [], file, line) }

    /// Lifts rules and delivers what they held, one rule after the other, before anything else is moved.
    package func release(_ rules: Rule..., file: StaticString = #fileID, line: Int = #line) {
        perform(.release(rules.map(\.name), reversed: false), file, line)
    }

    // MARK: What it carries

    /// These segments, in this order, since the step began; others may lie between. Waits for each.
    ///
    /// Ends the scenario otherwise. Gives the last of them.
    @discardableResult
    package func carries(
        _ patterns: SegmentPattern..., since: Since = .stepBegan, after timer: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        let names = patterns.map { attempt.name($0.description) }
        perform(.carries(patterns, after: timer, since: since, as: names), file, line)
        return Segment(name: names.last ?? "")
    }

    /// Exactly these segments, in this order, and no others.
    ///
    /// - Parameter inAnyOrder: where both ends send of their own accord and either may be first.
    package func carriesOnly(
        _ patterns: SegmentPattern..., inAnyOrder: Bool = false, since: Since = .stepBegan,
        file: StaticString = #fileID, line: Int = #line
    ) {
        carriesOnly(patterns, inAnyOrder: inAnyOrder, since: since, file: file, line: line)
    }

    /// The same for a list that the scenario has made.
    package func carriesOnly(
        _ patterns: [SegmentPattern], inAnyOrder: Bool = false, since: Since = .stepBegan,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.carriesOnly(patterns, inAnyOrder: inAnyOrder, since: since), file, line)
    }

    /// Nothing of either host.
    package func carriesNothing(
        since: Since = .stepBegan, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.carriesNothing(since: since), file, line)
    }

    /// A pattern exactly so often.
    package func carries(
        _ count: Int, of pattern: SegmentPattern, since: Since = .stepBegan, file: StaticString = #fileID,
        line: Int = #line
    ) {
        perform(.carriesCount(count, pattern, since: since), file, line)
    }

    /// Never any of these.
    package func neverCarries(
        _ patterns: SegmentPattern..., since: Since = .chapterBegan, file: StaticString = #fileID, line: Int = #line
    ) {
        for pattern in patterns { perform(.carriesCount(0, pattern, since: since), file, line) }
    }

    /// A pattern so often or more.
    package func carries(
        atLeast count: Int, of pattern: SegmentPattern, since: Since = .stepBegan, after: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.carriesAtLeast(count, pattern, after: after, since: since), file, line)
    }

    /// Whatever it carries is one of these.
    package func carriesNothing(
        but patterns: SegmentPattern..., since: Since = .stepBegan, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.carriesNothingBut(patterns, since: since), file, line)
    }

    /// No reset of either host, with or without ACK.
    package func carriesNoReset(
        since: Since = .chapterBegan, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.carriesNoReset(since: since), file, line)
    }

    /// Resets like these are no news in the present chapter: they come of tidying up, or of what is shown by other means.
    ///
    /// Every other reset has to be one that something was expected of.
    package func tolerates(
        resets patterns: SegmentPattern..., file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.tolerates(patterns), file, line)
    }

    /// A segment like an earlier one, after a timer of this length at most; gives it.
    package func carriesAgain(
        _ pattern: SegmentPattern, after first: Segment, timer: Duration = .seconds(1),
        file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        let again = Segment(name: attempt.name(pattern.description))
        perform(.carriesAgain(pattern, after: first.name, timer: timer, as: again.name), file, line)
        return again
    }

    /// The last segment of a pattern so far, whatever the chapter.
    package func hasCarried(
        _ pattern: SegmentPattern, file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        let segment = Segment(name: attempt.name(pattern.description))
        perform(.hasCarried(pattern, as: segment.name), file, line)
        return segment
    }

    /// A segment comes again so many times, each wait twice the one before.
    package func backsOff(
        _ pattern: SegmentPattern, after first: Segment, timeout: Duration, times: Int,
        file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.backsOff(pattern, after: first.name, timeout: timeout, times: times), file, line)
    }

    /// Nothing more for this long.
    ///
    /// The time is how long we look, not how long anything takes: a late look cannot make a quiet wire loud.
    package func staysQuiet(for duration: Duration, file: StaticString = #fileID, line: Int = #line) {
        perform(.staysQuiet(duration), file, line)
    }

    /// Segments were sent at doubling intervals, and their sender gave up at the first timer beyond the limit that
    /// `retries` set (tcp_model_timeout()), which counts from the first retransmission.
    package func backedOff(
        _ what: String, _ sent: [CarriedSegment], givenUp end: Moment, retries: Int, file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        let end = try end.bounds.lowerBound
        try attempt.ask {
            try $0.expectBackoff(
                of: what, sent, givenUp: end, retries: retries, at: SourceLocation(file, line))
        }
    }

    // MARK: ICMP

    /// Tells the sender of a segment by ICMP that it was not delivered.
    ///
    /// - Parameter router: the address of who says so; by default the host the segment was meant for.
    package func complains(
        _ reason: Unreachable, about segment: Segment, from router: String? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) {
        perform(.complains(reason, about: segment.name, from: router), file, line)
    }

    // MARK: Since when

    /// What the wire carries from here on, for `since:`, where a step is no begin.
    ///
    /// What was sent before has arrived.
    package func here(file: StaticString = #fileID, line: Int = #line) -> Since {
        let place = attempt.name("here")
        perform(.here(as: place), file, line)
        return .place(place)
    }

    // MARK: How late it was

    /// How much later than due a delayed segment was delivered at worst.
    package var worstLateness: Duration { get throws { try attempt.ask { $0.worstLateness } } }

    /// Measures lateness anew.
    package func forgetLateness() { try? attempt.ask { $0.forgetLateness() } }

    // MARK: What it has carried

    /// How often it has carried a pattern.
    package func count(of pattern: SegmentPattern, since: Since = .stepBegan) throws -> Int {
        try segments(since: since).count { pattern.matches($0.view) }
    }

    /// What the hosts have sent, in order; forged segments are not theirs.
    ///
    /// - Parameters:
    ///   - sender: only what this one sent.
    ///   - end: only what this one sent and was sent.
    package func segments(
        since: Since = .stepBegan, from sender: Socket? = nil, fromAndTo end: Socket? = nil
    ) throws -> [CarriedSegment] {
        try attempt.ask { lab in
            var all = try lab.carried(since: since)
            if let sender {
                let local = try lab.localAddress(of: sender.name)
                all.removeAll { $0.segment.source != local }
            }
            if let end {
                let local = try lab.localAddress(of: end.name)
                all.removeAll { $0.segment.source != local && $0.segment.destination != local }
            }
            return all
        }
    }
}

/// What the wire does with some segments, until it is lifted.
package struct Rule: Sendable {
    let name: String

    /// It has met this many segments; waits for them, and ends the scenario otherwise.
    package func meets(
        _ count: Int, after: Duration? = nil, file: StaticString = #fileID, line: Int = #line
    ) {
        perform(.wire(.meets(name, count, after: after)), file, line)
    }

    /// Lifts it and delivers what it held, in the order it came or the other way round.
    package func release(reversed: Bool = false, file: StaticString = #fileID, line: Int = #line) {
        perform(.wire(.release([name], reversed: reversed)), file, line)
    }

    /// Lifts it and lets go of nothing.
    package func lift(file: StaticString = #fileID, line: Int = #line) { perform(.wire(.lift(name)), file, line) }

    /// One of those that `meets` has seen, counted from 1.
    package func segment(_ number: Int) -> Segment { Segment(name: "\(name) #\(number)") }

    /// The segments it has met so far.
    package func met() throws -> [CarriedSegment] { try attempt.ask { try $0.matched(by: name) } }
}

/// One segment that the wire has carried.
package struct Segment: Mark {
    package let name: String

    /// Who has sent it, and to whom.
    package var source: Endpoint { .sender(of: name) }
    package var destination: Endpoint { .receiver(of: name) }
    /// The number it begins with, the number behind it, and the one it acknowledges; so far beyond these.
    package func begin(plus count: Int = 0) -> SequenceNumber { .beginOf(name, plus: count) }
    package func end(plus count: Int = 0) -> SequenceNumber { .endOf(name, plus: count) }
    package func acknowledged(plus count: Int = 0) -> SequenceNumber { .acknowledgedBy(name, plus: count) }
    /// Its own timestamp (TSval), so many ticks later.
    package func timestamp(plus count: Int = 0) -> Timestamp { Timestamp(of: name, plus: count) }

    /// Everything that is known of it.
    package var seen: CarriedSegment { get throws { try attempt.ask { try $0.segment(name) } } }
}
