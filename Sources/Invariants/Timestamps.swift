internal import Packets
internal import Record

// Timestamps, whose clock runs one way.
extension Invariant {
    static let timestamps = [
        Invariant(
            "timestamps.forward", "A direction's timestamps never move back.", source: "RFC 7323 4.1"
        ) { exchange in
            guard exchange.isInOrder else { return [] }
            return exchange.walk { ledger, frame in
                guard !frame.segment.isRST, !ledger.isNew(frame), let value = frame.segment.timestamps?.value,
                    let last = ledger.course(frame.direction)?.timestamp
                else { return nil }
                return last.isAfter(value) ? "its timestamp moves back by \(last &- value)" : nil
            }
        },
        Invariant(
            "timestamps.echo", "An echoed timestamp is one that has arrived; an opening SYN echoes zero.",
            source: "RFC 7323 3.2"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard let echo = frame.segment.timestamps?.echo else { return nil }
                let known = ledger.arrived(frame.direction.opposite).timestamps
                if frame.segment.isSYN {
                    if echo == 0 { return nil }
                    return Finding("an opening SYN echoes \(echo)", like: known.contains(echo) ? .echoInSYN : nil)
                }
                return known.contains(echo) ? nil : "it echoes \(echo), which has not arrived"
            }
        },
    ]
}
