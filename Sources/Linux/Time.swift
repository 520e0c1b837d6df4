internal import Glibc

/// An instant of CLOCK_MONOTONIC, which all witnesses stamp with.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's origin (boot).
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: Instant { Instant(nanoseconds: read(CLOCK_MONOTONIC)) }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    package static func + (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
    package static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    /// Wall-clock nanoseconds (CLOCK_REALTIME), as packet sockets stamp with.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// The uptime from which on the kernel's clocks of whole seconds can be told from clocks that were never set.
    ///
    /// In the first second ktime_get_seconds() is 0, which TIME_WAIT takes for "no timestamp": PAWS is off there.
    package static let clocksAreSet = Instant(nanoseconds: 2_000_000_000)

    /// Sleeps until this instant has come.
    package func sleepUntil() {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }

    fileprivate static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Duration {
    /// The whole duration in nanoseconds.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// The whole duration in seconds.
    package var seconds: Double { Double(nanoseconds) / 1e9 }
}
