package import Linux
package import Packets
package import Record

/// One segment on the wire, with what became of it.
package struct WireSegment: Sendable {
    package let from: HostName
    /// As it was, with absolute sequence numbers.
    package let segment: TCPSegment
    /// In the wire's own terms: direction, relative numbers.
    package let view: SegmentView
    /// When the kernel stamped it.
    package let stamp: Instant
    package var fate: Fate
    package let frame: [UInt8]
    /// When the wire is to deliver a delayed one.
    package var due: Instant?
    /// Whether a rule was made for segments like this one.
    package var metNamedRule = false
    /// How many of it the wire delivers, where that is not one.
    package var copies: Int?

    package init(
        from: HostName, segment: TCPSegment, view: SegmentView, stamp: Instant, fate: Fate, frame: [UInt8]
    ) {
        self.from = from
        self.segment = segment
        self.view = view
        self.stamp = stamp
        self.fate = fate
        self.frame = frame
    }
}
