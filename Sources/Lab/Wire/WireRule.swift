internal import Linux
internal import Packets

/// What the relay does with the segments that match a pattern, until the rule is lifted.
package final class WireRule {
    enum Action {
        case pass
        case hold
        case drop
        case delay(Duration)
        case duplicate
    }

    let patterns: [SegmentPattern]
    let action: Action
    /// Addresses one of which a segment must come from or go to; nil for any.
    let ends: Set<SocketAddress>?
    /// How many more segments it applies to; nil without limit.
    var remaining: Int?
    /// Segments it has met so far, in order.
    package internal(set) var met: MatchedSegments
    /// Those it holds now, in order, by their place in the wire's log.
    var held: [Int] = []

    init(
        _ patterns: [SegmentPattern], _ action: Action, ends: Set<SocketAddress>? = nil, first count: Int? = nil
    ) {
        self.ends = ends
        self.patterns = patterns
        met = MatchedSegments(of: patterns.map(\.description))
        self.action = action
        remaining = count
    }

    /// Whether it loses what it meets.
    var isDrop: Bool { if case .drop = action { true } else { false } }

    func applies(to view: SegmentView, of segment: TCPSegment) -> Bool {
        guard remaining != 0, patterns.isEmpty || patterns.contains(where: { $0.matches(view) }) else { return false }
        return ends.map { $0.contains(segment.source) || $0.contains(segment.destination) } ?? true
    }
}
