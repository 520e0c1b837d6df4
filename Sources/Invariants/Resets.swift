internal import Linux
internal import Packets
internal import Record

// Resets: what they answer, what they say, and what comes after them.
extension Invariant {
    static let resets = [
        Invariant(
            "reset.unanswered", "A reset is not answered by a reset.", source: "RFC 9293 3.5.2"
        ) { exchange in
            exchange.walk { ledger, frame in
                let came = ledger.arrived(frame.direction.opposite)
                guard frame.segment.isRST, came.others == 0 else { return nil }
                return came.resets.contains { frame.segment.answers($0) } ? "it answers a reset" : nil
            }
        },
        Invariant(
            "reset.number", "A reset takes its number from what it answers, or is the next of its own direction.",
            source: "RFC 9293 3.5.2"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard frame.segment.isRST else { return nil }
                let segment = frame.segment
                let came = ledger.arrived(frame.direction.opposite)
                if !segment.flags.contains(.ACK) {
                    return came.acknowledgements.contains(segment.sequence)
                        ? nil : "nothing acknowledged the number that it has"
                }
                if segment.sequence == 0, came.bareEnds.contains(segment.acknowledgement) { return nil }
                return ledger.wasSent(segment.sequence, in: frame.direction)
                    ? nil : "its number is none of its direction"
            }
        },
        Invariant(
            "reset.final", "A socket that accepted a reset sends nothing more but resets.", source: "RFC 9293 3.10.7"
        ) { exchange in
            exchange.packets.filter { $0.tracepoint == "tcp_receive_reset" }.flatMap { accepted in
                let later = exchange.sent.filter {
                    $0.fact.from == accepted.host && $0.fact.at > accepted.at + stampsApart
                        && $0.segment.source.description == accepted.local
                        && $0.segment.destination.description == accepted.remote
                }
                // A new connection of the same ends begins with a SYN.
                return later.prefix { !$0.segment.flags.contains(.SYN) }.filter { !$0.segment.isRST }
                    .map { $0.breach("its socket had accepted a reset at \(microseconds(accepted.at)) µs") }
            }
        },
    ]

    /// How far the stamps of frames and of traces may be apart for one instant: they come from two clocks.
    private static let stampsApart: Int64 = 100_000
}

extension TCPSegment {
    /// Whether its numbers are those of an answer to this segment, and of no other reset.
    fileprivate func answers(_ other: TCPSegment) -> Bool {
        if other.flags.contains(.ACK) { return !flags.contains(.ACK) && sequence == other.acknowledgement }
        return flags.contains(.ACK) && sequence == 0 && acknowledgement == other.endSequence
    }
}
