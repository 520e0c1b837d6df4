internal import Acts
internal import Linux
internal import Packets
internal import Record

// A segment for the record.
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
