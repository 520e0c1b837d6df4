import Linux
import Packets
import Testing

@Suite struct TCPSegmentTests {
    @Test func readsEveryFieldOfASYN() {
        let segment = Fixtures.syn.segment
        #expect(segment.source == SocketAddress(IPAddress(10, 0, 0, 1), 46670))
        #expect(segment.destination == SocketAddress(IPAddress(10, 0, 0, 2), 5000))
        #expect(segment.sequence == 3_205_585_990)
        #expect(segment.acknowledgement == 0)
        #expect(segment.flags == .SYN)
        #expect(segment.window == 64240)
        #expect(segment.urgent == 0)
        #expect(
            segment.options == [
                .mss(1460), .sackPermitted, .timestamps(value: 0xb170_4f62, echo: 0), .windowScale(10),
            ])
        #expect(segment.payload.isEmpty)
        #expect(segment.isSYN && !segment.isSYNACK)
        #expect(segment.sequenceLength == 1)
        #expect(segment.endSequence == 3_205_585_991)
        #expect(segment.timestamps?.value == 0xb170_4f62)
    }

    @Test func readsIPv6() {
        let segment = Fixtures.v6Data.segment
        #expect(segment.source.ip == IPAddress("fd00::1"))
        #expect(segment.destination == SocketAddress(IPAddress("fd00::2")!, 5000))
        #expect(segment.payload == Array("hey".utf8))
        #expect(segment.isData && !segment.isPureACK)
        #expect(segment.endSequence == segment.sequence + 3)
    }

    @Test func tellsSegmentsApart() {
        #expect(Fixtures.synAck.segment.isSYNACK)
        #expect(Fixtures.ack.segment.isPureACK)
        #expect(Fixtures.fin.segment.hasFIN && !Fixtures.fin.segment.isPureACK)
        #expect(Fixtures.fin.segment.sequenceLength == 1)
        #expect(Fixtures.dataFin.segment.sequenceLength == 4)
        #expect(Fixtures.reset.segment.isRST && Fixtures.resetAck.segment.isRST)
        #expect(Fixtures.urgent.segment.urgent == 1)
        #expect(Fixtures.urgent.segment.flags == [.PSH, .ACK, .URG])
    }

    @Test func readsSACKBlocks() {
        let hole = Fixtures.hole.segment
        #expect(hole.sackBlocks == [SACKBlock(hole.acknowledgement + 4, hole.acknowledgement + 9)])
        #expect(!hole.reportsDuplicate)
        let duplicate = Fixtures.duplicateAck.segment
        #expect(duplicate.sackBlocks == [SACKBlock(duplicate.acknowledgement - 3, duplicate.acknowledgement)])
        #expect(duplicate.reportsDuplicate)
    }

    @Test func skipsIPOptionsAndExtensionHeaders() {
        #expect(Fixtures.ipOptions.segment.isSYN)
        #expect(Fixtures.ipOptions.segment.options.count == 4)
        #expect(Fixtures.v6IpOptions.segment.isSYN)
        #expect(Fixtures.v6IpOptions.segment.destination.port == 5000)
    }

    @Test func ethernetPaddingIsNoPayload() {
        let padded = Fixtures.reset.bytes + Array(repeating: 0, count: 6)
        #expect(TCPSegment(ethernet: padded) == Fixtures.reset.segment)
        #expect(checksumIsValid(frame: padded))
    }

    @Test func refusesFragmentsAndOtherProtocols() {
        var moreFragments = Fixtures.data.bytes
        moreFragments[20] = 0x20
        #expect(TCPSegment(ethernet: moreFragments) == nil)
        var laterFragment = Fixtures.data.bytes
        laterFragment[21] = 1
        #expect(TCPSegment(ethernet: laterFragment) == nil)
        var fragmentHeader = Fixtures.v6Data.bytes
        fragmentHeader[20] = 44
        #expect(TCPSegment(ethernet: fragmentHeader) == nil)
        #expect(TCPSegment(ethernet: Fixtures.unreachable.bytes) == nil)
    }

    /// The headers a builder is not asked for (IP options, a flow label) cannot come back.
    static let reproducible = Fixtures.tcp.filter {
        $0.bytes != Fixtures.ipOptions.bytes && $0.bytes != Fixtures.v6IpOptions.bytes
            && $0.bytes != Fixtures.v6DataFin.bytes
    }

    @Test(arguments: reproducible) func writesWhatItRead(frame: Frame) {
        let identification = UInt16(frame.bytes[18]) << 8 | UInt16(frame.bytes[19])
        let written = frame.segment.ethernetFrame(
            from: MACAddress(bytes: Array(frame.bytes[6..<12])), to: MACAddress(bytes: Array(frame.bytes[..<6])),
            identification: frame.isV6 ? 0 : identification)
        #expect(written == frame.bytes)
    }

    @Test func ttlGoesIntoBothFamilies() {
        let mac = MACAddress(bytes: [2, 0, 0, 0, 0, 1])
        let v4 = Fixtures.data.segment.ethernetFrame(from: mac, to: mac, ttl: 3)
        #expect(v4[22] == 3)
        #expect(checksumIsValid(frame: v4))
        let v6 = Fixtures.v6Data.segment.ethernetFrame(from: mac, to: mac, ttl: 3)
        #expect(v6[21] == 3)
        #expect(checksumIsValid(frame: v6))
    }

    @Test func readsFromAReceiveBuffer() {
        Fixtures.data.bytes.withUnsafeBytes {
            #expect(TCPSegment(ethernet: $0) == Fixtures.data.segment)
            #expect(TCPSegment(ethernet: UnsafeRawBufferPointer(rebasing: $0[..<0])) == nil)
        }
    }

    @Test(
        arguments: [
            (.SYN, "S"), ([.SYN, .ACK], "S."), (.ACK, "."), ([.PSH, .ACK], "P."), ([.FIN, .ACK], "F."),
            ([.FIN, .PSH, .ACK], "FP."), (.RST, "R"), ([.RST, .ACK], "R."), ([], "none"), ([.SYN, .ECE, .CWR], "SEW"),
        ] as [(TCPFlags, String)])
    func flagsReadLikeTcpdump(flags: TCPFlags, letters: String) {
        #expect(flags.description == letters)
    }
}
