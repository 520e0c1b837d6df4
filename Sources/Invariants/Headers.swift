internal import Packets
internal import Record

// What each segment shows by itself: checksums, the IP header, the fixed TCP header.
extension Invariant {
    static let headers = [
        Invariant(
            "header.checksums", "Every packet's IPv4 header checksum and TCP checksum are right.",
            source: "RFC 9293 MUST-2, RFC 1122 3.2.1.2"
        ) { exchange in
            exchange.eachSent { checksumIsValid(frame: $0.bytes) ? nil : "a checksum is wrong" }
        },
        Invariant(
            "header.reserved", "Reserved bits of the TCP header are zero.", source: "RFC 9293 3.1"
        ) { exchange in
            exchange.eachSent { frame in
                // The last of them is AE of Accurate ECN, which no scenario asks for.
                (frame.byte(12) & 0x0f) == 0 ? nil : "reserved bits are \(frame.byte(12) & 0x0f)"
            }
        },
        Invariant(
            "header.flags", "SYN, FIN and RST exclude each other.", source: "RFC 9293 3.10.7"
        ) { exchange in
            exchange.eachSent { frame in
                let flags = frame.segment.flags.intersection([.SYN, .FIN, .RST])
                return flags.rawValue.nonzeroBitCount > 1 ? "these flags contradict each other" : nil
            }
        },
        Invariant(
            "header.ack", "Every segment but an opening SYN and a reset has the ACK flag.", source: "RFC 9293 3.1"
        ) { exchange in
            exchange.eachSent { frame in
                let flags = frame.segment.flags
                return flags.isDisjoint(with: [.SYN, .RST, .ACK]) ? "it has no ACK flag" : nil
            }
        },
        Invariant(
            "header.urgent", "The urgent pointer is zero without URG, and points past its segment's begin with it.",
            source: "RFC 9293 MUST-62"
        ) { exchange in
            exchange.eachSent { frame in
                let isUrgent = frame.segment.flags.contains(.URG)
                guard isUrgent == (frame.segment.urgent == 0) else { return nil }
                return "the urgent pointer is \(frame.segment.urgent) \(isUrgent ? "with" : "without") URG"
            }
        },
        Invariant(
            "header.syn-data", "A SYN carries no data, since Fast Open is off.", source: "RFC 9293 3.4, RFC 7413"
        ) { exchange in
            exchange.eachSent { frame in
                frame.segment.flags.contains(.SYN) && frame.segment.length > 0 ? "it carries data" : nil
            }
        },
        Invariant(
            "ip.ttl", "A host sends every packet of a family with one time to live, which is not zero.",
            source: "RFC 1122 3.2.1.7"
        ) { exchange in
            var seen: [String: UInt8] = [:]
            return exchange.eachSent { frame in
                let key = "\(frame.fact.from) \(frame.isV6)"
                let usual = seen[key] ?? frame.ttl
                seen[key] = usual
                if frame.ttl == 0 { return "its time to live is 0" }
                return frame.ttl == usual ? nil : "its time to live is \(frame.ttl), not \(usual)"
            }
        },
        Invariant(
            "ip.whole", "A TCP packet over IPv4 is no fragment and forbids fragmenting.", source: "RFC 1191 3"
        ) { exchange in
            exchange.eachSent { frame in
                guard !frame.isV6 else { return nil }
                return frame.bytes[20] & 0xe0 == 0x40 ? nil : "its flags of IP are \(frame.bytes[20] >> 5)"
            }
        },
    ]
}

extension Exchange.Frame {
    var isV6: Bool { bytes[12] == 0x86 }

    var ttl: UInt8 { bytes[isV6 ? 21 : 22] }

    /// Where the TCP header begins, from the end: what follows the packet in a frame is no part of it.
    private var tcpStart: Int {
        if !isV6 { return 14 + Int(bytes[14] & 0x0f) * 4 }
        var next = bytes[20]
        var offset = 54
        while next == 0 || next == 60, offset + 1 < bytes.count {
            next = bytes[offset]
            offset += (Int(bytes[offset + 1]) + 1) * 8
        }
        return offset
    }

    /// A byte of the TCP header; the frame has been parsed, so the fixed part is there.
    func byte(_ place: Int) -> UInt8 { bytes[tcpStart + place] }

    /// The bytes of the options with their padding.
    var optionBytes: ArraySlice<UInt8> {
        bytes[tcpStart + 20..<tcpStart + Int(byte(12) >> 4) * 4]
    }
}
