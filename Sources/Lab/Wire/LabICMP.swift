package import Acts
package import Linux
package import Packets

// Messages of routers and hosts that could not deliver a segment.
extension Lab {
    /// Tells the sender of a segment that it was not delivered, quoting it as ICMP does.
    ///
    /// - Parameter router: who says so; by default the host the segment was meant for.
    package func complain(_ reason: Unreachable, about segment: WireSegment, from router: IPAddress? = nil) throws {
        guard let frame = ICMPMessage.unreachable(reason, about: segment.frame, from: router),
            let message = ICMPMessage(ethernet: frame)
        else { throw ScenarioStop.harness("no ICMP message can be made about \(segment.view)") }
        try endStanding()
        note("to \(segment.from.rawValue): \(message)")
        try wire.deliver(frame, to: segment.from)
    }
}
