internal import Acts
package import Linux

/// Something that has a time: a moment, or a segment by the kernel's stamp.
package protocol Mark: Sendable {
    var name: String { get }
}

/// When something was, as far as it is known.
package struct Moment: Mark {
    package let name: String

    /// What a step is still to say, for a later one: `var closing = Moment.unknown`.
    package static let unknown = Moment(name: "a moment that no step has said")

    /// The earliest and the latest that it can have been.
    package var bounds: ClosedRange<Instant> { get throws { try attempt.ask { try $0.moment(name) } } }

    /// From the earliest to the latest that it can have been.
    package var length: Duration {
        get throws {
            let bounds = try bounds
            return bounds.upperBound - bounds.lowerBound
        }
    }
}

/// The time within which something is done: a moment that is known only so far.
package func moment(
    file: StaticString = #fileID, line: Int = #line, of body: () throws -> Void
) rethrows -> Moment {
    let moment = Moment(name: attempt.name("a moment"))
    perform(.attempt(.momentBegins(moment.name)), file, line)
    try body()
    perform(.attempt(.momentEnds(moment.name)), file, line)
    return moment
}

/// Now, by our own clock.
package func now(file: StaticString = #fileID, line: Int = #line) -> Moment {
    moment(file: file, line: line, of: {})
}

/// From one mark to another it takes this long, by the kernel's stamps.
///
/// - Parameter words: what it is that lasts.
package func lasts(
    _ words: String, from first: some Mark, to last: some Mark, _ bounds: ClosedRange<Duration>,
    file: StaticString = #fileID, line: Int = #line
) {
    perform(.attempt(.lasts(words, from: first.name, to: last.name, within: bounds)), file, line)
}

/// How long it took from one mark to another, for scenarios that reckon with it.
package func time(from first: some Mark, to last: some Mark) throws -> Duration {
    try attempt.ask { lab in
        try lab.moment(last.name).lowerBound - lab.moment(first.name).lowerBound
    }
}

/// What a timer of 60 s shows when it is looked at soon after it was set.
///
/// The lower bound leaves 20 s to a machine that is too busy to look; the length itself is for `timerLasts`.
package var sixtySeconds: ClosedRange<Duration> { .seconds(40) ... .milliseconds(60_004) }

/// How many seconds two measurements may lie apart because of what else the machine does; none in a guest's own time.
package var machineNoise: Double { isScaled ? Duration.lateness.seconds : 0 }

/// How long retransmits_timed_out() lets a sender go on after its first retransmission (tcp_model_timeout()).
package func backoffLimit(retries: Int) throws -> Duration {
    Duration.backoffLimit(retries: retries)
}

extension Duration {
    /// How much later than its wheel allows a timer may be seen to end on a busy machine.
    package static var machineLateness: Duration { .lateness }

    /// How long a kernel timer of this length may take: late by an eighth, never early.
    package var timerBounds: ClosedRange<Duration> { asTimer }

    /// The most that a kernel timer of this length may take.
    package var latestTimer: Duration { asLateTimer }
}

extension ClosedRange<Duration> {
    /// What a timer of this length shows while it runs: no more than its length and two ticks.
    package static func atMost(_ length: Duration) -> Self { .zero...length + .milliseconds(8) }
}

extension Instant {
    /// How long it is after an earlier one; `-` would need the module that has it.
    package func since(_ earlier: Instant) -> Duration { self - earlier }
}
