internal import Packets
internal import Record

// What both ends agreed on by their SYNs.
extension Invariant {
    static let agreements = [
        Invariant(
            "timestamps.agreed", "After the SYN, timestamps come only where both SYNs had them.", source: "RFC 7323 3.2"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard frame.segment.timestamps != nil, let syns = ledger.syns(frame) else { return nil }
                return syns.own.timestamps != nil && syns.peers.contains { $0.timestamps != nil }
                    ? nil : "it has timestamps, which were not agreed on"
            }
        },
        Invariant(
            "timestamps.always", "Where both SYNs had timestamps, every segment has them, but for resets.",
            source: "RFC 7323 3.2"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard frame.segment.timestamps == nil, !frame.segment.isRST, let syns = ledger.syns(frame) else {
                    return nil
                }
                return syns.own.timestamps != nil && syns.peers.allSatisfy { $0.timestamps != nil }
                    ? "it has no timestamps, which were agreed on" : nil
            }
        },
        Invariant(
            "sack.agreed", "Selective acknowledgements come only where the peer's SYN permitted them.",
            source: "RFC 2018 2"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard !frame.segment.sackBlocks.isEmpty, let syns = ledger.syns(frame) else { return nil }
                return syns.peers.contains { $0.permitsSACK }
                    ? nil : "it has SACK blocks, which the peer did not permit"
            }
        },
        Invariant(
            "sack.received", "A SACK block tells of what was sent, and begins before it ends.", source: "RFC 2018 3"
        ) { exchange in
            exchange.walk { ledger, frame in
                guard ledger.syns(frame) != nil else { return nil }
                let opposite = frame.direction.opposite
                let wrong = frame.segment.sackBlocks.first { block in
                    !block.right.isAfter(block.left) || !ledger.wasSent(block.left, in: opposite)
                        || !ledger.wasSent(block.right, in: opposite)
                }
                return wrong == nil ? nil : "a SACK block tells of what was not sent"
            }
        },
    ]
}

extension Ledger {
    /// The SYNs that both ends know of when a segment other than a SYN is sent; nil where one is not known.
    fileprivate func syns(_ frame: Exchange.Frame) -> (own: TCPSegment, peers: [TCPSegment])? {
        guard !frame.segment.flags.contains(.SYN), let own = course(frame.direction)?.syn else { return nil }
        let peers = arrived(frame.direction.opposite).syns
        return peers.isEmpty ? nil : (own, peers)
    }
}
