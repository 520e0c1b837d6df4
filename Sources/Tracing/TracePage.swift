package import Linux

/// One page of the kernel's trace ring buffer: a time, a length, and events with the time since the one before.
///
/// The layout is that of include/linux/ring_buffer.h and `events/header_event`: five bits of type or length, 27 bits
/// of time.
package struct TracePage {
    /// The events' times and contents, in order.
    package private(set) var events: [(time: Instant, bytes: Range<Int>)] = []
    /// Whether the kernel had to leave events out before this page.
    package let missed: Bool

    private static let padding: UInt32 = 29
    private static let timeExtend: UInt32 = 30
    private static let timeStamp: UInt32 = 31
    private static let missedFlag: UInt64 = 1 << 31
    private static let lengthMask: UInt64 = (1 << 20) - 1

    /// Reads a page; whatever is malformed ends the reading without a trap.
    ///
    /// - Parameter dataOffset: where the events begin, from `events/header_page`.
    package init(_ page: UnsafeRawBufferPointer, dataOffset: Int) {
        guard page.count >= dataOffset, dataOffset >= 16 else {
            missed = false
            return
        }
        var time = page.loadUnaligned(as: UInt64.self)
        let commit = page.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        missed = commit & Self.missedFlag != 0
        let end = min(page.count, dataOffset + Int(commit & Self.lengthMask))
        var place = dataOffset
        func word(_ offset: Int) -> UInt32? {
            offset + 4 <= end ? page.loadUnaligned(fromByteOffset: offset, as: UInt32.self) : nil
        }
        while let header = word(place) {
            let delta = UInt64(header >> 5)
            switch header & 31 {
            case Self.padding:
                // Without a time it fills the rest of the page; otherwise it is an event that was taken back.
                guard delta != 0, let length = word(place + 4) else { return }
                time &+= delta
                place += 4 + Int(length)
            case Self.timeExtend:
                guard let high = word(place + 4) else { return }
                time &+= delta | UInt64(high) << 27
                place += 8
            case Self.timeStamp:
                guard let high = word(place + 4) else { return }
                // The upper five bits of an absolute time do not fit and stay as they were.
                time = (time & (31 << 59)) | delta | UInt64(high) << 27
                place += 8
            case 0:
                guard let length = word(place + 4), length >= 4 else { return }
                time &+= delta
                append(place + 8, Int(length) - 4, time, end)
                place += 4 + Int(length)
            case let words:
                time &+= delta
                append(place + 4, Int(words) * 4, time, end)
                place += 4 + Int(words) * 4
            }
        }
    }

    private mutating func append(_ start: Int, _ length: Int, _ time: UInt64, _ end: Int) {
        guard start + length <= end else { return }
        events.append((Instant(nanoseconds: Int64(bitPattern: time)), start..<start + length))
    }
}
