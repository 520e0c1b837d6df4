package import Acts
package import Linux
internal import Packets
internal import Record

// How often an unanswered segment is sent again, and when its sender gives up.
extension Lab {

    /// Requires a segment to have been sent again at doubling intervals, and its sender to give up the first time a
    /// timer runs out beyond the limit, which counts from the first retransmission.
    ///
    /// Timers are late by an eighth at most. That lateness adds up, so how many retransmissions there are before the
    /// limit is reached is not fixed where the nominal sum is close to it; that the limit decides is.
    package func requireBackoff(
        of what: String, _ sent: [WireSegment], givenUp end: Instant, retries: Int,
        file: StaticString = #fileID, line: Int = #line
    ) throws {
        let location = here(file, line)
        let limit = Duration.backoffLimit(retries: retries)
        let stamps = sent.map(\.stamp) + [end]
        let gaps = zip(stamps.dropFirst(), stamps).map { ($0 - $1).seconds }
        let words = gaps.map { "\((($0 * 1000).rounded()) / 1000)" }.joined(separator: ", ") + " s"
        guard sent.count > 1, let first = gaps.first else {
            try requirementFailed(
                expected: "\(what) is sent again", seen: "sent \(sent.count) times", witnesses: ["segments"],
                location: location)
        }
        let doubles = gaps.enumerated().allSatisfy { place, gap in
            // The first one also depends on the round-trip time that was measured.
            let least = min(120, 0.2 * Double(1 << place)) - 0.012
            let most = min(120, first * Double(1 << place)) * 1.125 + Duration.lateness.seconds
            return gap >= least && (place == 0 || gap <= most)
        }
        record(
            passed: doubles, expected: "\(what) is sent again at doubling intervals", seen: words,
            witnesses: ["segments", "trace"], location: location)
        let last = sent[sent.count - 1].stamp - sent[1].stamp
        let total = end - sent[1].stamp
        let isInTime = last < limit + .milliseconds(12) && total >= limit - .milliseconds(12)
        record(
            passed: isInTime,
            expected: "\(what) is given up when a timer runs out \(limit.seconds) s after its first retransmission",
            seen: "last sent after \(last.seconds) s, given up after \(total.seconds) s",
            witnesses: ["segments", "trace"], location: location)
        guard doubles, isInTime else { throw ScenarioStop.failed }
        measure("\(what) sent", Double(sent.count), "segments", tolerance: 1)
        // One retransmission more or less is half or twice the time.
        measure("\(what) given up after", (end - sent[0].stamp).seconds, "s", tolerance: 1.25 * limit.seconds)
    }
}
