internal import Linux

/// The ones' complement sum that IPv4, TCP and ICMP carry (RFC 1071).
struct InternetChecksum {
    // 65535 bytes of 0xff cannot overflow 64 bits, so carries are folded once, at the end.
    private var sum: UInt64 = 0

    mutating func add(_ bytes: RawSpan) {
        var offset = 0
        while offset + 1 < bytes.byteCount {
            sum += UInt64(bytes.uint16(at: offset))
            offset += 2
        }
        if offset < bytes.byteCount { sum += UInt64(bytes.uint8(at: offset)) << 8 }
    }

    mutating func add(_ bytes: [UInt8]) { add(bytes.span.bytes) }

    /// The pseudo header of TCP and ICMPv6 (RFC 9293, 3.1; RFC 8200, 8.1).
    mutating func addPseudoHeader(
        source: IPAddress, destination: IPAddress, protocolNumber: UInt8, length: Int
    ) {
        add(source.bytes)
        add(destination.bytes)
        sum += UInt64(protocolNumber) + UInt64(length >> 16) + UInt64(length & 0xffff)
    }

    /// What belongs in the checksum field, if the field was zero while summing; zero over data with a right one.
    var value: UInt16 {
        var folded = sum
        while folded > 0xffff { folded = (folded >> 16) + (folded & 0xffff) }
        return ~UInt16(folded)
    }
}

/// Whether the checksums of a frame are right: the IPv4 header's, and that of the TCP segment or ICMP message in it.
///
/// False for frames that carry neither.
package func checksumIsValid(frame: [UInt8]) -> Bool {
    let bytes = frame.span.bytes
    guard let layout = IPLayout(ethernet: bytes) else { return false }
    if !layout.isV6 {
        var header = InternetChecksum()
        header.add(bytes.extracting(layout.start..<layout.payload.lowerBound))
        guard header.value == 0 else { return false }
    }

    var body = InternetChecksum()
    body.add(bytes.extracting(layout.payload))
    switch layout.protocolNumber {
    case IPProtocol.tcp, IPProtocol.icmpV6:
        body.addPseudoHeader(
            source: layout.source, destination: layout.destination, protocolNumber: layout.protocolNumber,
            length: layout.payload.count)
    case IPProtocol.icmpV4: break
    default: return false
    }
    return body.value == 0
}

/// Writes the checksum of a TCP segment that the kernel has left to the device, as a device would.
///
/// The loopback has no wire and never computes one; the kernel says so with each such frame.
package func completeChecksum(of frame: inout [UInt8]) {
    let layout = IPLayout(ethernet: frame.span.bytes)
    guard let layout, layout.protocolNumber == IPProtocol.tcp else { return }
    guard layout.payload.count >= 20 else { return }
    let place = layout.payload.lowerBound + 16
    frame.replace16(at: place, with: 0)
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(
        source: layout.source, destination: layout.destination, protocolNumber: layout.protocolNumber,
        length: layout.payload.count)
    checksum.add(Array(frame[layout.payload]))
    frame.replace16(at: place, with: checksum.value)
}
