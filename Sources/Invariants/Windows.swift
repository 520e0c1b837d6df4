internal import Packets
internal import Record

// What a receiver offers, and what a sender makes of it.
extension Invariant {
    static let windows = [
        Invariant(
            "window.edge", "The right edge of the window never moves back.", source: "RFC 9293 SHLD-14"
        ) { exchange in
            guard exchange.isInOrder else { return [] }
            return exchange.walk { ledger, frame in
                let segment = frame.segment
                guard segment.flags.contains(.ACK), !segment.isRST, !ledger.isNew(frame),
                    !ledger.isForged(frame.direction), let course = ledger.course(frame.direction),
                    let before = course.edge
                else { return nil }
                let edge = ledger.edge(segment, in: frame.direction)
                guard before.isAfter(edge) else { return nil }
                // A request has sent its SYN/ACK alone, a TIME_WAIT its FIN.
                let isMinisock = segment.isPureACK && (course.end == course.initial &+ 1 || course.fin != nil)
                let isRounding = isMinisock && before &- edge < 1 << UInt32(ledger.scale(frame.direction))
                return Finding(
                    "the right edge moves back by \(before &- edge)", like: isRounding ? .minisockRounding : nil)
            }
        },
        Invariant(
            "window.heeded", "What is sent lies within a window that the peer has offered.", source: "RFC 9293 3.8.6"
        ) { exchange in
            exchange.walk { ledger, frame in
                let segment = frame.segment
                guard !segment.isRST, !segment.flags.contains(.SYN), segment.sequenceLength > 0,
                    !ledger.isForged(frame.direction), let offered = ledger.course(frame.direction)?.offered
                else { return nil }
                guard segment.endSequence.isAfter(offered) else { return nil }
                let excess = segment.endSequence &- offered
                let isFIN = segment.hasFIN && segment.length > 0 && excess == 1
                return Finding("it ends \(excess) beyond the window", like: isFIN ? .finBeyondWindow : nil)
            }
        },
        Invariant(
            "window.mss", "A segment's data and options are no longer than the peer's maximum segment size.",
            source: "RFC 9293 MUST-16, MUST-15"
        ) { exchange in
            exchange.walk { ledger, frame in
                let segment = frame.segment
                guard segment.length > 0 else { return nil }
                let usual = frame.isV6 ? 1220 : 536
                guard let most = ledger.arrived(frame.direction.opposite).syns.map({ $0.mss ?? usual }).max() else {
                    return nil
                }
                let length = segment.length + frame.optionBytes.count
                return length > most ? "data and options are \(length) bytes, the peer takes \(most)" : nil
            }
        },
    ]
}
