// How long the kernel's timers really take.
extension Duration {
    /// How much later than its wheel allows a timer may be seen to end on a busy machine.
    ///
    /// It is less than what tells the smallest RTO, 200 ms, from its double.
    package static let lateness = Duration.milliseconds(150)

    /// How long a timer of this length may take, as the wire shows it: late by up to an eighth, never early, where
    /// either stamp may be some milliseconds late itself.
    package var asTimer: ClosedRange<Duration> { self - .milliseconds(12)...asLateTimer }

    /// The most that a timer of this length may take.
    package var asLateTimer: Duration { self * 1.125 + .lateness }

    /// How long retransmits_timed_out() lets a sender go on after its first retransmission (tcp_model_timeout()).
    package static func backoffLimit(retries: Int) -> Duration {
        let base = 0.2  // TCP_RTO_MIN
        let maximum = 120.0  // TCP_RTO_MAX
        let doubling = 9  // ilog2(maximum / base)
        let doubled = (Double(2 << min(retries, doubling)) - 1) * base
        return .seconds(doubled + Double(max(0, retries - doubling)) * maximum)
    }
}
