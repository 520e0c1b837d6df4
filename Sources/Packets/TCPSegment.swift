package import Linux

/// A TCP segment with the addresses it travels between (RFC 9293, 3.1).
package struct TCPSegment: Hashable, Sendable {
    /// Where it comes from.
    package var source: SocketAddress
    /// Where it goes.
    package var destination: SocketAddress
    /// The sequence number of its first byte, absolute.
    package var sequence: UInt32
    /// The acknowledgement number, absolute; meaningless without the ACK flag, but kept.
    package var acknowledgement: UInt32
    /// The control bits.
    package var flags: TCPFlags
    /// The header field, not scaled.
    package var window: UInt16
    /// The urgent pointer.
    package var urgent: UInt16
    /// The options in their order, without padding.
    package var options: [TCPOption]
    /// The data.
    package var payload: [UInt8]

    /// A segment to send; what is left out is as plain as can be.
    package init(
        source: SocketAddress, destination: SocketAddress, sequence: UInt32, acknowledgement: UInt32 = 0,
        flags: TCPFlags, window: UInt16 = .max, urgent: UInt16 = 0, options: [TCPOption] = [], payload: [UInt8] = []
    ) {
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.window = window
        self.urgent = urgent
        self.options = options
        self.payload = payload
    }
}

// MARK: What a segment says

extension TCPSegment {
    /// Bytes of payload.
    package var length: Int { payload.count }

    /// How much sequence space it takes: payload, SYN and FIN (RFC 9293: SEG.LEN).
    package var sequenceLength: Int { length + (flags.contains(.SYN) ? 1 : 0) + (flags.contains(.FIN) ? 1 : 0) }

    /// The sequence number after it.
    package var endSequence: UInt32 { sequence &+ UInt32(truncatingIfNeeded: sequenceLength) }

    /// A SYN without ACK: it opens.
    package var isSYN: Bool { flags.contains(.SYN) && !flags.contains(.ACK) }
    /// A SYN with ACK: it answers an opening.
    package var isSYNACK: Bool { flags.isSuperset(of: [.SYN, .ACK]) }
    /// Acknowledges and does nothing else: no payload, no SYN, FIN or RST.
    package var isPureACK: Bool { SegmentKind(flags: flags, length: length) == .ACK }
    /// Carries payload, with or without FIN.
    package var isData: Bool { !payload.isEmpty }
    /// Ends its direction, with or without payload.
    package var hasFIN: Bool { flags.contains(.FIN) }
    /// A reset, with or without ACK.
    package var isRST: Bool { flags.contains(.RST) }

    /// The timestamps option (RFC 7323), if it has one.
    package var timestamps: (value: UInt32, echo: UInt32)? {
        for case .timestamps(let value, let echo) in options { return (value, echo) }
        return nil
    }

    /// The blocks of the SACK option with absolute numbers, or none.
    package var sackBlocks: [SACKBlock] {
        for case .sack(let blocks) in options { return blocks }
        return []
    }

    /// Whether it tells the peer of a segment received twice (RFC 2883).
    package var reportsDuplicate: Bool {
        flags.contains(.ACK) && sackBlocks.reportDuplicate(acknowledgement: acknowledgement)
    }
}

// MARK: Reading frames

extension TCPSegment {
    /// Reads an Ethernet frame; nil unless it carries one whole TCP segment over IPv4 or IPv6.
    ///
    /// Fragments are none. Checksums are not looked at: see `checksumIsValid(frame:)`.
    package init?(ethernet frame: [UInt8]) { self.init(ethernet: frame.span.bytes) }

    /// Reads an Ethernet frame where a receive call left it.
    package init?(ethernet frame: UnsafeRawBufferPointer) { self.init(ethernet: frame.bytes) }

    private init?(ethernet frame: RawSpan) {
        guard let layout = IPLayout(ethernet: frame), layout.protocolNumber == IPProtocol.tcp else { return nil }
        guard layout.payload.count >= 20 else { return nil }
        let start = layout.payload.lowerBound
        let headerLength = Int(frame.uint8(at: start + 12) >> 4) * 4
        guard headerLength >= 20, headerLength <= layout.payload.count else { return nil }

        source = SocketAddress(layout.source, frame.uint16(at: start))
        destination = SocketAddress(layout.destination, frame.uint16(at: start + 2))
        sequence = frame.uint32(at: start + 4)
        acknowledgement = frame.uint32(at: start + 8)
        flags = TCPFlags(rawValue: frame.uint8(at: start + 13))
        window = frame.uint16(at: start + 14)
        urgent = frame.uint16(at: start + 18)
        options = TCPOption.parse(frame.extracting(start + 20..<start + headerLength))
        payload = frame.array(start + headerLength..<layout.payload.upperBound)
    }
}

// MARK: Writing frames

extension TCPSegment {
    /// The Ethernet frame that carries the segment, with right checksums.
    ///
    /// - Parameters:
    ///   - ttl: The time to live, or hop limit.
    ///   - identification: The IPv4 header field; IPv6 has none.
    package func ethernetFrame(
        from: MACAddress, to: MACAddress, ttl: UInt8 = 64, identification: UInt16 = 0
    ) -> [UInt8] {
        Packets.ethernetFrame(
            from: from, to: to, ipSource: source.ip, ipDestination: destination.ip, protocolNumber: IPProtocol.tcp,
            ttl: ttl, identification: identification, payload: encoded)
    }

    /// Header and payload, with the checksum of the pseudo header in place.
    private var encoded: [UInt8] {
        let optionBytes = TCPOption.encode(options)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + optionBytes.count + payload.count)
        bytes.append16(source.port)
        bytes.append16(destination.port)
        bytes.append32(sequence)
        bytes.append32(acknowledgement)
        bytes.append(UInt8((20 + optionBytes.count) / 4) << 4)
        bytes.append(flags.rawValue)
        bytes.append16(window)
        bytes.append16(0)
        bytes.append16(urgent)
        bytes += optionBytes
        bytes += payload

        var checksum = InternetChecksum()
        checksum.addPseudoHeader(
            source: source.ip, destination: destination.ip, protocolNumber: IPProtocol.tcp, length: bytes.count)
        checksum.add(bytes)
        bytes.replace16(at: 16, with: checksum.value)
        return bytes
    }
}
