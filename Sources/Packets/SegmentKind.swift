/// What a segment is called in scenarios and reports.
package enum SegmentKind: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    /// SYN without ACK.
    case SYN
    /// SYN with ACK.
    case SYN_ACK = "SYN/ACK"
    /// A pure acknowledgement, without payload.
    case ACK
    /// Payload without FIN.
    case DATA
    /// FIN and ACK without payload.
    case FIN
    /// FIN and ACK with payload.
    case DATA_FIN = "DATA/FIN"
    /// A reset without ACK: the answer to a segment that had one.
    case RST
    /// A reset with ACK.
    case RST_ACK = "RST/ACK"

    /// Nil for combinations that no TCP sends of its own accord, such as SYN with FIN.
    package init?(flags: TCPFlags, length: Int) {
        let acknowledges = flags.contains(.ACK)
        switch flags.intersection([.SYN, .FIN, .RST]) {
        case .RST: self = acknowledges ? .RST_ACK : .RST
        case .SYN: self = acknowledges ? .SYN_ACK : .SYN
        case .FIN where acknowledges: self = length > 0 ? .DATA_FIN : .FIN
        case [] where acknowledges: self = length > 0 ? .DATA : .ACK
        default: return nil
        }
    }

    /// The name in the language of `SegmentPattern`.
    package var description: String { rawValue }
}
