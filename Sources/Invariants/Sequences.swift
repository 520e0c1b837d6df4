internal import Packets
internal import Record

// Numbers, and what is sent under them.
extension Invariant {
    static let sequences = [
        Invariant(
            "ack.sent", "An acknowledgement never covers what was not sent.", source: "RFC 9293 3.4"
        ) { exchange in
            exchange.walk { ledger, frame in
                let segment = frame.segment
                guard segment.flags.contains(.ACK) else { return nil }
                let opposite = frame.direction.opposite
                // Without any segment of the peer there is nothing to measure by.
                guard ledger.course(opposite) != nil || !ledger.arrived(opposite).forged.isEmpty else { return nil }
                return ledger.wasSent(segment.acknowledgement, in: opposite) ? nil : "it acknowledges what was not sent"
            }
        },
        Invariant(
            "ack.forward", "An acknowledgement number never moves back.", source: "RFC 9293 3.4"
        ) { exchange in
            guard exchange.isInOrder else { return [] }
            return exchange.walk { ledger, frame in
                let segment = frame.segment
                guard segment.flags.contains(.ACK), !segment.isRST, !ledger.isNew(frame),
                    let last = ledger.course(frame.direction)?.acknowledged
                else { return nil }
                return last.isAfter(segment.acknowledgement)
                    ? "its acknowledgement moves back by \(last &- segment.acknowledgement)" : nil
            }
        },
        Invariant(
            "ack.answers", "An acknowledgement is repeated within 100 ms only in answer to a segment.",
            source: "RFC 9293 3.10.7.4"
        ) { exchange in
            var last: [Exchange.Direction: Exchange.Frame] = [:]
            return exchange.walk { ledger, frame in
                defer { last[frame.direction] = frame }
                guard let before = last[frame.direction], frame.repeats(before) else { return nil }
                if ledger.answer(frame.direction.opposite) { return nil }
                return frame.fact.at - before.fact.at < 100_000_000
                    ? "it repeats the last one, and answers nothing" : nil
            }
        },
        Invariant(
            "seq.gapless", "Sequence numbers are sent without gaps, from the initial one on.", source: "RFC 9293 3.4"
        ) { exchange in
            guard exchange.isInOrder else { return [] }
            return exchange.walk { ledger, frame in
                let segment = frame.segment
                guard !segment.isRST, !ledger.isNew(frame), let course = ledger.course(frame.direction) else {
                    return nil
                }
                if course.initial.isAfter(segment.sequence) { return "it lies before the initial number" }
                return segment.sequence.isAfter(course.end)
                    ? "it leaves out \(segment.sequence &- course.end) numbers" : nil
            }
        },
        Invariant(
            "seq.same-bytes", "What is sent again has the bytes that it had the first time.", source: "RFC 9293 3.8.1"
        ) { exchange in
            var sent: [Exchange.Direction: SentBytes] = [:]
            return exchange.walk { ledger, frame in
                let segment = frame.segment
                guard !segment.isRST else { return nil }
                if ledger.isNew(frame) || ledger.course(frame.direction) == nil {
                    sent[frame.direction] = SentBytes(since: Course(segment).initial)
                }
                let changed = sent[frame.direction]?.firstChange(in: segment)
                sent[frame.direction]?.keep(segment)
                return changed.map { "byte \($0) of its data was another before" }
            }
        },
        Invariant(
            "fin.number", "A FIN keeps its number when it is sent again.", source: "RFC 9293 3.6"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard frame.segment.hasFIN, !ledger.isNew(frame), let fin = ledger.course(frame.direction)?.fin,
                    fin != frame.segment.endSequence &- 1
                else { return nil }
                return "the FIN had another number before"
            }
        },
        Invariant(
            "fin.last", "Nothing is sent beyond a FIN.", source: "RFC 9293 3.6"
        ) { exchange in
            exchange.walk { ledger, frame in
                let segment = frame.segment
                guard !segment.isRST, !ledger.isNew(frame), let fin = ledger.course(frame.direction)?.fin else {
                    return nil
                }
                let end = segment.sequence &+ UInt32(segment.length)
                return segment.length > 0 && end.isAfter(fin) ? "its data lies beyond the FIN" : nil
            }
        },
        Invariant(
            "syn.number", "A SYN keeps its number when it is sent again: a new one needs a new connect(2) or SYN.",
            source: "RFC 9293 3.4.1"
        ) { exchange in
            var last: [Exchange.Direction: Int64] = [:]
            return exchange.walk { ledger, frame in
                guard frame.segment.flags.contains(.SYN) else { return nil }
                defer { last[frame.direction] = frame.fact.at }
                guard let before = last[frame.direction], ledger.isNew(frame) else { return nil }
                if frame.segment.flags.contains(.ACK) {
                    return ledger.arrived(frame.direction.opposite).hasNewSYN ? nil : "no SYN asked for another number"
                }
                let isAsked = exchange.calls.contains {
                    $0.host == frame.fact.from && $0.at + ($0.took ?? .max / 2) >= before && $0.at <= frame.fact.at
                        && $0.call.hasPrefix("connect")
                }
                return isAsked ? nil : "nobody called connect since the SYN with another number"
            }
        },
        Invariant(
            "syn.answered", "A SYN/ACK acknowledges a SYN that has arrived, and no more.", source: "RFC 9293 3.5"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard frame.segment.isSYNACK else { return nil }
                let syns = ledger.arrived(frame.direction.opposite).syns
                return syns.contains {
                    $0.endSequence == frame.segment.acknowledgement
                        || $0.sequence &+ 1 == frame.segment.acknowledgement
                } ? nil : "no SYN of that number has arrived"
            }
        },
    ]
}

/// The data of one course.
private struct SentBytes {
    private let initial: UInt32
    /// By distance from the initial number; a bound keeps a record from filling the memory.
    private var bytes: [UInt32: UInt8] = [:]
    private static let most = 1 << 20

    init(since initial: UInt32) { self.initial = initial }

    /// Where a byte of a segment's data lies; a SYN comes before the data.
    private func distance(_ segment: TCPSegment, _ place: Int) -> UInt32 {
        segment.sequence &- initial &+ UInt32(place) &+ (segment.flags.contains(.SYN) ? 1 : 0)
    }

    /// The place of the first byte that was another when it was sent before.
    func firstChange(in segment: TCPSegment) -> Int? {
        segment.payload.enumerated().first { place, byte in
            bytes[distance(segment, place)].map { $0 != byte } ?? false
        }?.offset
    }

    mutating func keep(_ segment: TCPSegment) {
        guard bytes.count + segment.length <= Self.most else { return }
        for (place, byte) in segment.payload.enumerated() { bytes[distance(segment, place)] = byte }
    }
}

extension Ledger {
    /// Whether a segment begins a course of its own.
    func isNew(_ frame: Exchange.Frame) -> Bool {
        frame.segment.flags.contains(.SYN) && course(frame.direction)?.initial != frame.segment.sequence
    }
}

extension Exchange.Frame {
    /// Whether it is a pure acknowledgement that says nothing which the one before did not.
    fileprivate func repeats(_ before: Exchange.Frame) -> Bool {
        segment.isPureACK && before.segment.isPureACK && segment.sequence == before.segment.sequence
            && segment.acknowledgement == before.segment.acknowledgement && segment.window == before.segment.window
            && segment.sackBlocks == before.segment.sackBlocks
    }
}
