package import Linux

/// Remembers the initial sequence number of each direction of each connection, to make numbers relative.
///
/// SYN is 0 and the first byte of data is 1, modulo 2^32. A direction of which no SYN was seen counts from the first
/// number seen, which becomes 1: from its own segments, or from what the peer acknowledges. A later SYN on the same
/// addresses and ports starts its direction again; the other direction keeps its numbers until it answers, so that the
/// old connection's last words (a challenge ACK, a TIME_WAIT's reply) still read as its own.
///
/// Do not let it observe segments that are no part of the conversation, such as a forged SYN: everything after would
/// count from there.
package struct SequenceTracker: Sendable {
    private struct Direction: Hashable {
        var source: SocketAddress
        var destination: SocketAddress

        var opposite: Direction { Direction(source: destination, destination: source) }

        init(source: SocketAddress, destination: SocketAddress) {
            self.source = source
            self.destination = destination
        }

        init(_ segment: TCPSegment) { self.init(source: segment.source, destination: segment.destination) }
    }

    private var origins: [Direction: UInt32] = [:]

    /// Knows nothing yet.
    package init() {}

    /// Learns from a segment that a host sent.
    package mutating func observe(_ segment: TCPSegment) {
        // The numbers of a reset copy those of the segment it answers, or are zero.
        if segment.isRST { return }
        let direction = Direction(segment)
        if segment.flags.contains(.SYN) {
            origins[direction] = segment.sequence
        } else if origins[direction] == nil {
            origins[direction] = segment.sequence &- 1
        }
        if segment.flags.contains(.ACK), origins[direction.opposite] == nil {
            origins[direction.opposite] = segment.acknowledgement &- 1
        }
    }

    /// The segment with relative numbers; absolute ones in a direction that was never observed.
    package func view(of segment: TCPSegment, fromA: Bool, time: Instant) -> SegmentView {
        let direction = Direction(segment)
        let origin = origins[direction] ?? 0
        let peerOrigin = origins[direction.opposite] ?? 0
        // A closed port answers a SYN with sequence number zero (RFC 9293, 3.5.2), which belongs to no connection.
        let isAbsolute = segment.isRST && segment.flags.contains(.ACK) && segment.sequence == 0
        return SegmentView(
            fromA: fromA, flags: segment.flags, sequence: isAbsolute ? 0 : segment.sequence &- origin,
            acknowledgement: segment.flags.contains(.ACK) ? segment.acknowledgement &- peerOrigin : nil,
            length: segment.length, window: segment.window, options: segment.options,
            sackBlocks: segment.sackBlocks.map { SACKBlock($0.left &- peerOrigin, $0.right &- peerOrigin) },
            time: time)
    }
}
