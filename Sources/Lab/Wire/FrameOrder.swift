internal import Acts
internal import Linux
internal import Record

/// Puts frames of both directions into the order in which the kernel stamped them.
///
/// The order is that of the stamps themselves, not of what they are converted to: between two conversions the thread
/// may lose the processor, and what was 20 µs apart would be turned round.
struct FrameOrder {
    /// A frame in its place, by the clock that all witnesses stamp with.
    struct Placed {
        let from: HostName
        let bytes: [UInt8]
        let stamp: Instant
    }

    /// What is known of the wall clock so far.
    private var offset: ClockOffset?
    /// How often the wall clock was set while frames were read; then neither order nor times can be trusted.
    private(set) var clockSteps = 0

    /// The frames of one reading in order; those with the same stamp stay in the order they were read in.
    ///
    /// - Parameter reading: what the clocks say now, after the reading.
    mutating func place(
        _ frames: [(from: HostName, frame: PacketSocket.Frame)], reading: ClockOffset = ClockOffset()
    ) -> [Placed] {
        guard !frames.isEmpty else { return [] }
        let offset = follow(reading)
        return frames.enumerated().sorted {
            ($0.element.frame.stamp, $0.offset) < ($1.element.frame.stamp, $1.offset)
        }.map { _, one in
            Placed(from: one.from, bytes: one.frame.bytes, stamp: offset.instant(ofWall: one.frame.stamp))
        }
    }

    /// The offset gets closer with every reading, and never jumps unless the clock was set.
    private mutating func follow(_ reading: ClockOffset) -> ClockOffset {
        guard let known = offset else {
            offset = reading
            return reading
        }
        let closer = known.narrowed(by: reading)
        if closer == nil { clockSteps += 1 }
        offset = closer ?? reading
        return offset ?? reading
    }
}
