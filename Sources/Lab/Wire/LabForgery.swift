package import Acts
internal import Linux
package import Packets
internal import Record

/// One end of a connection as a forger imitates it: what it says comes with the end's own addresses and numbers.
package struct Forgery {
    /// The latest segment the end has sent.
    fileprivate let last: WireSegment
    fileprivate let wire: Wire
    /// The end's next sequence number, absolute.
    package let next: UInt32
    /// What it has acknowledged, absolute.
    package let acknowledged: UInt32

    /// Sends the other end a segment that no kernel made; gives it as the log has it.
    ///
    /// - Parameters:
    ///   - sequence: how far beyond the end's next sequence number it begins.
    ///   - acknowledgement: how far beyond what the end has acknowledged it acknowledges.
    ///   - echo: how far off the echoed timestamp is; nil leaves the option out, as a blind forger must.
    @discardableResult
    package func send(
        _ flags: TCPFlags, sequence: Int = 0, acknowledgement: Int = 0, payload: String = "", echo: Int? = nil
    ) throws -> WireSegment {
        let stamps = last.segment.timestamps
        let options: [TCPOption] =
            if let echo, let stamps {
                [.timestamps(value: stamps.value, echo: stamps.echo &+ UInt32(truncatingIfNeeded: echo))]
            } else { [] }
        return try wire.inject(
            TCPSegment(
                source: last.segment.source, destination: last.segment.destination,
                sequence: next &+ UInt32(truncatingIfNeeded: sequence),
                acknowledgement: flags.contains(.ACK)
                    ? acknowledged &+ UInt32(truncatingIfNeeded: acknowledgement) : 0,
                flags: flags, options: options, payload: Array(payload.utf8)), to: last.from.other)
    }
}

extension Lab {
    /// Learns from the wire how to imitate a socket; ends the scenario when it has sent nothing yet.
    package func forgery(of socket: Socket) throws -> Forgery {
        let sent = wire.log.filter {
            $0.fate != .injected && $0.from == socket.host.name && $0.segment.source == socket.local
                && $0.segment.destination == socket.remote && !$0.segment.isRST
        }
        guard let last = sent.last else {
            throw ScenarioStop.harness("\(socket.label) has sent nothing yet, so nothing can be forged in its name")
        }
        return Forgery(
            last: last, wire: wire, next: last.segment.endSequence, acknowledged: last.segment.acknowledgement)
    }
}
