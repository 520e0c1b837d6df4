internal import Judge
internal import Linux
internal import Record

/// How late the laboratory itself is: what it keeps from the kernel, and what it looks at too late.
///
/// Everything is measured, by what the kernel stamped or by our own clock, and what could have made the kernel act
/// differently is held against us.
struct Lateness {
    /// Less than this makes no difference to any kernel: the smallest retransmission timeout is 200 ms, 40 ms of which
    /// may go to a delayed acknowledgement, and a segment and its answer may each be this late.
    static let leastThatMatters = Duration.milliseconds(75)
    /// How many instances the record has; the first one explains as much as all.
    private static let told = 8

    private let timeline: Timeline
    /// Whether the wire has carried anything yet. Before, no connection and no timer of TCP's is there that could notice.
    var hasTraffic: () -> Bool = { false }
    private var worst = (relay: Duration.zero, look: Duration.zero, call: Duration.zero)
    /// When the laboratory last looked, or wanted to be woken; nil before its first look.
    private var due: Instant?
    private var instances = 0
    /// The end of the last instance: what began before it is the same one.
    private var end = Instant(nanoseconds: .min)

    init(_ timeline: Timeline) { self.timeline = timeline }

    /// Begins a round of the loop.
    mutating func looked(at now: Instant) {
        guard let due, now > due else { return }
        worst.look = max(worst.look, now - due)
        suspect(since: due, until: now) { "the harness did not get to run for \($0) s" }
    }

    /// Ends a round, or a pause that was to last until then.
    mutating func rested(at instant: Instant) { due = instant }

    /// Takes a frame that was due, or that the kernel stamped, at an instant.
    mutating func relayed(_ what: @autoclosure () -> String, due: Instant, at now: Instant) {
        worst.relay = max(worst.relay, now - due)
        suspect(since: due, until: now) { "the relay kept \(what()) for \($0) s" }
    }

    /// A process has entered a call that it was asked for.
    mutating func entered(_ call: PendingCall, at entry: Instant) {
        worst.call = max(worst.call, entry - call.asked)
        suspect(since: call.asked, until: entry) {
            "\(call.process.name) made \(call.text) \($0) s after it was asked to"
        }
    }

    private mutating func suspect(since begin: Instant, until end: Instant, _ words: (Double) -> String) {
        guard hasTraffic(), end - begin >= Self.leastThatMatters, begin >= self.end, instances < Self.told else {
            return
        }
        self.end = max(end, self.end)
        instances += 1
        timeline.add(
            Suspicion(
                .late, words((Double((end - begin).nanoseconds / 1_000_000)) / 1000), began: timeline.relative(begin),
                noticed: timeline.relative(.now)))
    }

    /// Writes what was worst into the record.
    func complete() {
        let at = timeline.relative(.now)
        timeline.add(
            .lateness(
                LatenessFact(
                    attempt: timeline.attempt, at: at, relay: worst.relay.nanoseconds, look: worst.look.nanoseconds,
                    call: worst.call.nanoseconds)), at: at)
    }
}
