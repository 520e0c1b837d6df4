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
    /// How many more segments it applies to; nil without limit.
    var remaining: Int?
    /// Segments it has met so far, in order.
    package internal(set) var met: [WireSegment] = []
    /// Those it holds now, in order, by their place in the wire's log.
    var held: [Int] = []

    init(_ patterns: [SegmentPattern], _ action: Action, first count: Int? = nil) {
        self.patterns = patterns
        self.action = action
        remaining = count
    }

    func applies(to view: SegmentView) -> Bool {
        remaining != 0 && (patterns.isEmpty || patterns.contains { $0.matches(view) })
    }
}
