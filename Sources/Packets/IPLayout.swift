internal import Linux

/// The protocol numbers that matter here.
enum IPProtocol {
    static let icmpV4: UInt8 = 1
    static let tcp: UInt8 = 6
    static let icmpV6: UInt8 = 58
    static let hopByHopOptions: UInt8 = 0
    static let destinationOptions: UInt8 = 60
}

/// The Ethernet types that matter here.
enum EtherType {
    static let ipV4: UInt16 = 0x0800
    static let ipV6: UInt16 = 0x86dd
}

/// Where the parts of an IP packet lie among the bytes of a frame.
struct IPLayout {
    static let ethernetHeaderLength = 14

    let isV6: Bool
    let source: IPAddress
    let destination: IPAddress
    /// What the payload is; for IPv6, what follows the hop-by-hop and destination options.
    let protocolNumber: UInt8
    /// Where the IP header begins.
    let start: Int
    /// Where the payload lies, by the packet's own length: a short packet is followed by Ethernet padding.
    let payload: Range<Int>

    /// Nil unless the frame carries a whole, unfragmented IP packet.
    init?(ethernet frame: RawSpan) {
        guard frame.byteCount >= Self.ethernetHeaderLength else { return nil }
        switch frame.uint16(at: 12) {
        case EtherType.ipV4: self.init(v4: frame, at: Self.ethernetHeaderLength, mayBeCut: false)
        case EtherType.ipV6: self.init(v6: frame, at: Self.ethernetHeaderLength, mayBeCut: false)
        default: return nil
        }
    }

    /// The beginning of a packet that an ICMP error quotes, which is usually cut short.
    init?(quoted bytes: RawSpan, at start: Int, isV6: Bool) {
        if isV6 {
            self.init(v6: bytes, at: start, mayBeCut: true)
        } else {
            self.init(v4: bytes, at: start, mayBeCut: true)
        }
    }

    private init?(v4 bytes: RawSpan, at start: Int, mayBeCut: Bool) {
        guard bytes.byteCount - start >= 20, bytes.uint8(at: start) >> 4 == 4 else { return nil }
        let headerLength = Int(bytes.uint8(at: start) & 0xf) * 4
        let totalLength = Int(bytes.uint16(at: start + 2))
        guard headerLength >= 20, totalLength >= headerLength else { return nil }
        // More-fragments or an offset: the ports are elsewhere, or the rest of the segment is.
        guard bytes.uint16(at: start + 6) & 0x3fff == 0 else { return nil }
        guard mayBeCut || start + totalLength <= bytes.byteCount else { return nil }
        let end = min(start + totalLength, bytes.byteCount)
        guard start + headerLength <= end else { return nil }

        isV6 = false
        source = IPAddress(bytes: bytes.array(start + 12..<start + 16))
        destination = IPAddress(bytes: bytes.array(start + 16..<start + 20))
        protocolNumber = bytes.uint8(at: start + 9)
        self.start = start
        payload = start + headerLength..<end
    }

    private init?(v6 bytes: RawSpan, at start: Int, mayBeCut: Bool) {
        guard bytes.byteCount - start >= 40, bytes.uint8(at: start) >> 4 == 6 else { return nil }
        let declaredEnd = start + 40 + Int(bytes.uint16(at: start + 4))
        guard mayBeCut || declaredEnd <= bytes.byteCount else { return nil }
        let end = min(declaredEnd, bytes.byteCount)

        var next = bytes.uint8(at: start + 6)
        var offset = start + 40
        while next == IPProtocol.hopByHopOptions || next == IPProtocol.destinationOptions {
            guard offset + 8 <= end else { return nil }
            next = bytes.uint8(at: offset)
            offset += (Int(bytes.uint8(at: offset + 1)) + 1) * 8
            guard offset <= end else { return nil }
        }

        isV6 = true
        source = IPAddress(bytes: bytes.array(start + 8..<start + 24))
        destination = IPAddress(bytes: bytes.array(start + 24..<start + 40))
        protocolNumber = next
        self.start = start
        payload = offset..<end
    }
}

/// Puts Ethernet and IP headers in front of a payload whose own checksum is already right.
///
/// A payload too long for the length field of the IP header has its length cut to 16 bits; no link carries one.
func ethernetFrame(
    from source: MACAddress, to destination: MACAddress, ipSource: IPAddress, ipDestination: IPAddress,
    protocolNumber: UInt8, ttl: UInt8, identification: UInt16, payload: [UInt8]
) -> [UInt8] {
    precondition(ipSource.isV6 == ipDestination.isV6, "both ends of a packet have addresses of one family")
    var frame: [UInt8] = []
    frame.reserveCapacity(IPLayout.ethernetHeaderLength + 40 + payload.count)
    frame += destination.bytes
    frame += source.bytes
    if ipSource.isV6 {
        frame.append16(EtherType.ipV6)
        frame += [0x60, 0, 0, 0]
        frame.append16(UInt16(truncatingIfNeeded: payload.count))
        frame += [protocolNumber, ttl]
        frame += ipSource.bytes
        frame += ipDestination.bytes
    } else {
        frame.append16(EtherType.ipV4)
        var header: [UInt8] = [0x45, 0]
        header.append16(UInt16(truncatingIfNeeded: 20 + payload.count))
        header.append16(identification)
        // Linux sets "don't fragment" on every TCP segment (path MTU discovery).
        header += [0x40, 0, ttl, protocolNumber, 0, 0]
        header += ipSource.bytes
        header += ipDestination.bytes
        var checksum = InternetChecksum()
        checksum.add(header)
        header.replace16(at: 10, with: checksum.value)
        frame += header
    }
    return frame + payload
}
