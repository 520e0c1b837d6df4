internal import Glibc

/// How far CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, as closely as it could be read.
///
/// Nothing but setting the wall clock changes it: what slews one clock slews both.
package struct ClockOffset: Equatable, Sendable {
    /// The bounds between which it must lie, in nanoseconds.
    package let least: Int64
    package let most: Int64

    package init(least: Int64, most: Int64) {
        self.least = least
        self.most = most
    }

    /// Reads a few times and keeps the reading with the narrowest bounds: between the two readings of CLOCK_MONOTONIC
    /// that bracket one of CLOCK_REALTIME the processor may be taken away for as long as it likes.
    package init() {
        self.init {
            let before = Instant.now.nanoseconds
            let wall = Instant.wall
            return (before, wall, Instant.now.nanoseconds)
        }
    }

    /// The same with readings that a test makes up.
    init(reading read: () -> (before: Int64, wall: Int64, after: Int64)) {
        var best: ClockOffset?
        for _ in 0..<Self.readings {
            let (before, wall, after) = read()
            let offset = ClockOffset(least: wall - after, most: wall - before)
            if best.map({ offset.width < $0.width }) ?? true { best = offset }
            if offset.width <= Self.narrowEnough { break }
        }
        self = best ?? ClockOffset(least: 0, most: 0)
    }

    private static let readings = 8
    /// No reading takes less than some dozens of nanoseconds.
    private static let narrowEnough: Int64 = 500

    private var width: Int64 { most - least }

    /// Converts a stamp of CLOCK_REALTIME. Stamps converted by one offset keep their order and their distances.
    package func instant(ofWall stamp: Int64) -> Instant {
        Instant(nanoseconds: stamp - (least + (most - least) / 2))
    }

    /// What both readings together say; nil when no offset satisfies both, because the wall clock was set in between.
    package func narrowed(by other: ClockOffset) -> ClockOffset? {
        let (least, most) = (max(least, other.least), min(most, other.most))
        if least <= most { return ClockOffset(least: least, most: most) }
        // Both clocks are rounded to a nanosecond by themselves; steps this small concern nothing.
        return least - most <= Self.rounding ? ClockOffset(least: most, most: least) : nil
    }

    private static let rounding: Int64 = 100
}
