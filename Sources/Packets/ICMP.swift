package import Linux

/// What a router or host says about a packet it could not deliver, for IPv4 (RFC 792) and IPv6 (RFC 4443) alike.
package enum Unreachable: Hashable, Sendable, Codable {
    /// No route to the network.
    case network
    /// No such host on the last network.
    case host
    /// Nothing listens there.
    case port
    /// The host does not know the protocol; IPv6 calls this a parameter problem.
    case transportProtocol
    /// A filter forbids it.
    case prohibited
    /// The packet is larger than the next link takes (RFC 1191, RFC 8201).
    case tooBig(mtu: Int)
    /// Another code of the type "destination unreachable".
    case code(UInt8)

    fileprivate struct Header {
        var type: UInt8
        var code: UInt8
        /// The second word of the ICMP header.
        var parameter: UInt32 = 0
    }

    fileprivate var v4: Header {
        switch self {
        case .network: Header(type: 3, code: 0)
        case .host: Header(type: 3, code: 1)
        case .transportProtocol: Header(type: 3, code: 2)
        case .port: Header(type: 3, code: 3)
        case .tooBig(let mtu): Header(type: 3, code: 4, parameter: UInt32(UInt16(truncatingIfNeeded: mtu)))
        case .prohibited: Header(type: 3, code: 13)
        case .code(let code): Header(type: 3, code: code)
        }
    }

    fileprivate var v6: Header {
        switch self {
        case .network: Header(type: 1, code: 0)
        case .prohibited: Header(type: 1, code: 1)
        case .host: Header(type: 1, code: 3)
        case .port: Header(type: 1, code: 4)
        case .tooBig(let mtu): Header(type: 2, code: 0, parameter: UInt32(truncatingIfNeeded: mtu))
        // The pointer names the field that was not understood: "next header", the seventh byte of the IPv6 header.
        case .transportProtocol: Header(type: 4, code: 1, parameter: 6)
        case .code(let code): Header(type: 1, code: code)
        }
    }
}

/// An ICMP or ICMPv6 message, as far as a log of TCP's troubles needs it.
package struct ICMPMessage: Hashable, Sendable, CustomStringConvertible {
    /// The TCP segment that an error message is about, as far as it is quoted.
    package struct Quote: Hashable, Sendable {
        /// Who sent the segment.
        package let source: SocketAddress
        /// Whom it was meant for.
        package let destination: SocketAddress
        /// Its sequence number, absolute: Linux ignores errors about others than those in flight.
        package let sequence: UInt32
    }

    /// Who says it.
    package let source: IPAddress
    /// Who is told.
    package let destination: IPAddress
    /// The type, of which ICMP and ICMPv6 have different sets.
    package let type: UInt8
    /// The code within the type.
    package let code: UInt8
    /// Nil unless the message is an error about a TCP segment.
    package let quote: Quote?

    /// Whether it is ICMPv6.
    package var isV6: Bool { source.isV6 }

    /// Reads an Ethernet frame; nil unless it carries an ICMP message.
    package init?(ethernet frame: [UInt8]) { self.init(ethernet: frame.span.bytes) }

    /// Reads an Ethernet frame where a receive call left it.
    package init?(ethernet frame: UnsafeRawBufferPointer) { self.init(ethernet: frame.bytes) }

    private init?(ethernet frame: RawSpan) {
        guard let layout = IPLayout(ethernet: frame) else { return nil }
        let protocolNumber = layout.isV6 ? IPProtocol.icmpV6 : IPProtocol.icmpV4
        guard layout.protocolNumber == protocolNumber, layout.payload.count >= 8 else { return nil }
        let start = layout.payload.lowerBound
        source = layout.source
        destination = layout.destination
        type = frame.uint8(at: start)
        code = frame.uint8(at: start + 1)

        // Errors are the lower half of ICMPv6, and these few of ICMP: unreachable, quench, redirect, expired, parameter.
        let isError = layout.isV6 ? type < 128 : [3, 4, 5, 11, 12].contains(type)
        let message = frame.extracting(..<layout.payload.upperBound)
        quote = isError ? Quote(message, at: start + 8, isV6: layout.isV6) : nil
    }

    /// One line, such as `ICMP 3/1 host unreachable from 10.0.0.2, about 10.0.0.1:4000 > 10.9.0.1:80 seq 7`.
    package var description: String {
        let name = isV6 ? "ICMPv6" : "ICMP"
        let meaning = self.meaning.map { " \($0)" } ?? ""
        let about = quote.map { ", about \($0.source) > \($0.destination) seq \($0.sequence)" } ?? ""
        return "\(name) \(type)/\(code)\(meaning) from \(source)\(about)"
    }

    private var meaning: String? {
        switch (isV6, type, code) {
        case (false, 3, 0), (true, 1, 0): "network unreachable"
        case (false, 3, 1), (true, 1, 3): "host unreachable"
        case (false, 3, 2), (true, 4, 1): "protocol unreachable"
        case (false, 3, 3), (true, 1, 4): "port unreachable"
        case (false, 3, 4), (true, 2, _): "packet too big"
        case (false, 3, 13), (true, 1, 1): "prohibited"
        case (false, 3, _), (true, 1, _): "unreachable"
        case (false, 11, _), (true, 3, _): "time exceeded"
        default: nil
        }
    }
}

extension ICMPMessage.Quote {
    /// Needs the ports and the sequence number: the eight bytes that every ICMP error quotes (RFC 792).
    fileprivate init?(_ bytes: RawSpan, at start: Int, isV6: Bool) {
        guard let layout = IPLayout(quoted: bytes, at: start, isV6: isV6) else { return nil }
        guard layout.protocolNumber == IPProtocol.tcp, layout.payload.count >= 8 else { return nil }
        let tcp = layout.payload.lowerBound
        source = SocketAddress(layout.source, bytes.uint16(at: tcp))
        destination = SocketAddress(layout.destination, bytes.uint16(at: tcp + 2))
        sequence = bytes.uint32(at: tcp + 4)
    }
}

extension ICMPMessage {
    /// The Ethernet frame of an error about another frame, addressed to that frame's sender; nil if it is no IP frame.
    ///
    /// - Parameters:
    ///   - frame: The frame that was not delivered.
    ///   - router: Who complains; by default the host that the frame was meant for.
    ///   - quotedBytes: How much of the packet to quote after its IP header, at least 8 bytes. By default as much as
    ///     the error may carry: 576 bytes of packet for IPv4 (RFC 1812, 4.3.2.3), 1280 for IPv6 (RFC 4443, 2.4).
    package static func unreachable(
        _ reason: Unreachable, about frame: [UInt8], from router: IPAddress? = nil, quotedBytes: Int = .max
    ) -> [UInt8]? {
        let bytes = frame.span.bytes
        guard let layout = IPLayout(ethernet: bytes) else { return nil }
        let router = router ?? layout.destination
        guard router.isV6 == layout.isV6 else { return nil }

        let room = layout.isV6 ? 1280 - 40 - 8 : 576 - 20 - 8
        let headerLength = layout.payload.lowerBound - layout.start
        let quoted = min(max(8, quotedBytes), max(8, room - headerLength), layout.payload.count)
        let header = layout.isV6 ? reason.v6 : reason.v4

        var message: [UInt8] = [header.type, header.code, 0, 0]
        message.append32(header.parameter)
        message += bytes.array(layout.start..<layout.payload.lowerBound + quoted)
        let protocolNumber = layout.isV6 ? IPProtocol.icmpV6 : IPProtocol.icmpV4
        var checksum = InternetChecksum()
        if layout.isV6 {
            checksum.addPseudoHeader(
                source: router, destination: layout.source, protocolNumber: protocolNumber, length: message.count)
        }
        checksum.add(message)
        message.replace16(at: 2, with: checksum.value)

        return ethernetFrame(
            from: MACAddress(bytes: bytes.array(0..<6)), to: MACAddress(bytes: bytes.array(6..<12)),
            ipSource: router, ipDestination: layout.source, protocolNumber: protocolNumber, ttl: 64,
            identification: 0, payload: message)
    }
}
