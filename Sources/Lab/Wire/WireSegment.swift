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
    let frame: [UInt8]
    /// When the wire is to deliver a delayed one.
    var due: Instant?
    /// Whether a rule was made for segments like this one.
    var metNamedRule = false
    /// How many of it the wire delivers, where that is not one.
    var copies: Int?
}

extension WireSegment {
    func fact(_ timeline: Timeline, fate: Fate, at: Instant) -> SegmentFact {
        SegmentFact(
            attempt: timeline.attempt, at: timeline.relative(at), from: from.rawValue,
            flags: segment.flags.description, sequence: view.sequence, acknowledgement: view.acknowledgement,
            length: segment.length, window: Int(segment.window), options: view.relativeOptions.map(\.description),
            fate: fate, sourcePort: segment.source.port, destinationPort: segment.destination.port,
            due: due.map(timeline.relative), copies: copies, ipv6: segment.source.ip.isV6 ? true : nil,
            urgent: segment.flags.contains(.URG) ? Int(segment.urgent) : nil, frame: FrameBytes(frame))
    }
}
