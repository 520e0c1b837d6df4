package import Acts
internal import Linux
package import Packets
internal import Record

// Expectations on what the wire carried.
extension Lab {
    /// The segments the hosts sent since a place in the log (the chapter's begin), in order; injected ones are not theirs.
    package func carried(since place: Int? = nil) -> [WireSegment] {
        let seen = wire.log[min(place ?? chapterStart, wire.log.count)...].filter { $0.fate != .injected }
        // A frame may have come to us after one that was sent later, where the kernel's receive work was put off.
        if zip(seen, seen.dropFirst()).allSatisfy({ $0.stamp <= $1.stamp }) { return seen }
        return seen.enumerated().sorted { ($0.element.stamp, $0.offset) < ($1.element.stamp, $1.offset) }
            .map(\.element)
    }

    /// Waits until a rule has met this many segments; ends the scenario otherwise.
    package func require(
        _ rule: WireRule, met count: Int, within timeout: Duration? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        if rule.met.count < count { try endStanding() }
        let enough = try wait(until: .now + (timeout ?? configuration.timeout)) { rule.met.count >= count }
        let seen = rule.met.isEmpty ? "none" : SegmentView.describe(rule.met.map(\.view))
        let what = rule.patterns.isEmpty ? "any segment" : rule.patterns.map(\.description).joined(separator: " or ")
        record(
            passed: enough, expected: "the wire meets \(count) × \(what)", seen: seen, witnesses: ["segments"],
            location: here(file, line))
        if !enough { throw ScenarioStop.failed }
    }

    /// Expects exactly these segments, in this order, since a place in the log; waits for the last of them.
    ///
    /// - Parameter inAnyOrder: where both ends send of their own accord and either may be first.
    package func expectCarried(
        _ patterns: SegmentPattern..., since place: Int? = nil, inAnyOrder: Bool = false,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        try expectCarried(patterns, since: place, inAnyOrder: inAnyOrder, file: file, line: line)
    }

    /// The same for a list that the scenario has made.
    package func expectCarried(
        _ patterns: [SegmentPattern], since place: Int? = nil, inAnyOrder: Bool = false,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        _ = try wait(until: .now + configuration.timeout) { self.carried(since: place).count >= patterns.count }
        let place = place ?? chapterStart
        try check(patterns)
        let count = patterns.reduce(0) { $0 + $1.count }
        claimResets(matching: patterns, since: place)
        try recordExactly(
            expected: "the wire carries " + patterns.map(\.description).joined(counting: ", "),
            witnesses: ["segments"], location: here(file, line)
        ) { [unowned self] in
            let segments = carried(since: place)
            let seen = segments.map(\.view)
            let difference =
                inAnyOrder
                ? unmatched(patterns, seen) : SegmentPattern.firstDifference(expected: patterns, seen: seen)
            return Observation(
                isAsExpected: difference == nil,
                seen: SegmentView.describe(seen) + (difference.map { "; \($0)" } ?? ""),
                at: segments.dropFirst(count).first?.stamp)
        }
    }

    /// Says which pattern has no segment of its own, or which segment no pattern.
    private func unmatched(_ patterns: [SegmentPattern], _ seen: [SegmentView]) -> String? {
        var rest = seen
        for pattern in patterns {
            guard let place = rest.firstIndex(where: pattern.matches) else { return "no \(pattern)" }
            rest.remove(at: place)
        }
        return rest.isEmpty ? nil : "unexpected \(SegmentView.describe(rest))"
    }

    /// Expects this many segments of a pattern since a place in the log.
    package func expect(
        _ pattern: SegmentPattern, carried count: Int, since place: Int? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        let place = place ?? chapterStart
        try check([pattern])
        _ = try wait(until: .now + configuration.timeout) {
            self.carried(since: place).count { pattern.matches($0.view) } >= count
        }
        claimResets(matching: [pattern], since: place)
        try recordExactly(
            expected: "the wire carries \(count) × \(pattern)", witnesses: ["segments"],
            location: here(file, line)
        ) { [unowned self] in
            let segments = carried(since: place)
            let own = segments.filter { pattern.matches($0.view) }
            return Observation(
                isAsExpected: own.count == count,
                seen: "\(own.count) of \(SegmentView.describe(segments.map(\.view)))",
                at: own.dropFirst(count).first?.stamp)
        }
    }

    /// Expects at least this many segments of a pattern since a place in the log.
    package func expect(
        _ pattern: SegmentPattern, carriedAtLeast count: Int, since place: Int? = nil, within timeout: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        let place = place ?? chapterStart
        try check([pattern])
        func seen() -> Int { carried(since: place).count { pattern.matches($0.view) } }
        if seen() < count { try endStanding() }
        let enough = try wait(until: .now + (timeout ?? configuration.timeout)) { seen() >= count }
        claimResets(matching: [pattern], since: place)
        record(
            passed: enough, expected: "the wire carries \(pattern) \(count) times at least",
            seen: "\(seen()) of \(SegmentView.describe(carried(since: place).map(\.view)))", witnesses: ["segments"],
            location: here(file, line))
    }

    /// Waits for the first segment of a pattern since a place in the log; ends the scenario without one.
    @discardableResult
    package func requireCarried(
        _ pattern: SegmentPattern, since place: Int? = nil, within timeout: Duration? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> WireSegment {
        let place = place ?? chapterStart
        try check([pattern])
        func first() -> WireSegment? { carried(since: place).first { pattern.matches($0.view) } }
        if first() == nil { try endStanding() }
        guard try wait(until: .now + (timeout ?? configuration.timeout), { first() != nil }), let segment = first()
        else {
            try requirementFailed(
                expected: "the wire carries \(pattern)",
                seen: SegmentView.describe(carried(since: place).map(\.view)), witnesses: ["segments"],
                location: here(file, line))
        }
        claimResets(matching: [pattern], since: place)
        return segment
    }

    /// The last segment of a pattern so far, whatever the chapter; ends the scenario without one.
    package func requireLast(
        _ pattern: SegmentPattern, file: StaticString = #fileID, line: Int = #line
    ) throws -> WireSegment {
        try check([pattern])
        try synchronize()
        guard let segment = carried(since: 0).last(where: { pattern.matches($0.view) }) else {
            try requirementFailed(
                expected: "the wire has carried \(pattern)", seen: SegmentView.describe(wire.log.map(\.view)),
                witnesses: ["segments"], location: here(file, line))
        }
        return segment
    }

    /// Expects that neither host has sent anything since a place in the log.
    package func expectNothingCarried(since place: Int, file: StaticString = #fileID, line: Int = #line) throws {
        try synchronize()
        try recordNothing(expected: "the wire carries nothing", since: place, location: here(file, line))
    }

    /// Watches the wire for a while and expects nothing more on it.
    ///
    /// The time is how long we look, not how long anything takes: a late look cannot make a quiet wire loud.
    package func expectQuiet(
        for duration: Duration, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let place = wire.log.count
        try pass(duration)
        try recordNothing(
            expected: "nothing more on the wire for \(duration.seconds) s", since: place,
            location: here(file, line))
    }

    private func recordNothing(expected: String, since place: Int, location: String) throws {
        try recordExactly(expected: expected, witnesses: ["segments"], location: location) { [unowned self] in
            let seen = carried(since: place)
            return Observation(
                isAsExpected: seen.isEmpty, seen: seen.isEmpty ? "nothing" : SegmentView.describe(seen.map(\.view)),
                at: seen.first?.stamp)
        }
    }
}

extension Lab {
    /// Sees that patterns say something.
    func check(_ patterns: [SegmentPattern]) throws {
        if let problem = patterns.lazy.compactMap(\.problem).first { throw ScenarioStop.harness("\(problem)") }
    }

    /// Timeout for something that a kernel timer of this length brings about.
    package func timeout(after timer: Duration) -> Duration { timer * 1.125 + configuration.timeout }

    /// Waits until a segment like `first` comes again; returns the time between the two, by the kernel's stamps.
    package func requireAgain(
        _ pattern: SegmentPattern, first: WireSegment, timer: Duration = .seconds(1),
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Duration {
        try check([pattern])
        try endStanding()
        func next() -> WireSegment? {
            carried().first { $0.stamp > first.stamp && pattern.matches($0.view) }
        }
        guard try wait(until: .now + timeout(after: timer), { next() != nil }), let next = next() else {
            try requirementFailed(
                expected: "the wire carries \(pattern) again", seen: SegmentView.describe(carried().map(\.view)),
                witnesses: ["segments"], location: here(file, line))
        }
        return next.stamp - first.stamp
    }
}
