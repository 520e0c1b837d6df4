/// The control bits of a TCP header (RFC 9293, 3.1), under the names RFCs give them.
package struct TCPFlags: OptionSet, Hashable, Sendable, CustomStringConvertible {
    /// The byte of the header.
    package let rawValue: UInt8

    /// Takes the byte of the header.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The sender has no more data.
    package static let FIN = TCPFlags(rawValue: 0x01)
    /// The sequence number is the initial one.
    package static let SYN = TCPFlags(rawValue: 0x02)
    /// The connection is void.
    package static let RST = TCPFlags(rawValue: 0x04)
    /// The receiver should hand the data up now.
    package static let PSH = TCPFlags(rawValue: 0x08)
    /// The acknowledgement number counts.
    package static let ACK = TCPFlags(rawValue: 0x10)
    /// The urgent pointer counts (RFC 6093).
    package static let URG = TCPFlags(rawValue: 0x20)
    /// Congestion was met on the way (RFC 3168).
    package static let ECE = TCPFlags(rawValue: 0x40)
    /// The sender has slowed down (RFC 3168).
    package static let CWR = TCPFlags(rawValue: 0x80)

    /// The letters of tcpdump: `S`, `S.`, `.`, `P.`, `FP.`, `R.`, and `none` when no bit is set.
    package var description: String {
        let letters = Self.letters.filter { contains($0.flag) }.map(\.letter)
        return letters.isEmpty ? "none" : String(letters)
    }

    private static let letters: [(flag: TCPFlags, letter: Character)] = [
        (.SYN, "S"), (.FIN, "F"), (.RST, "R"), (.PSH, "P"), (.ACK, "."), (.URG, "U"), (.ECE, "E"), (.CWR, "W"),
    ]
}
