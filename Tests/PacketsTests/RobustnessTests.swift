import Linux
import Packets
import Testing

/// Frames come from the wire, also forged ones: whatever the bytes, reading ends in an answer.
@Suite struct RobustnessTests {
    static let all = Fixtures.tcp + Fixtures.icmp

    /// Asks everything of the bytes that can be asked, and of what they gave.
    private func readAll(_ bytes: [UInt8]) {
        _ = checksumIsValid(frame: bytes)
        _ = ICMPMessage(ethernet: bytes)?.description
        _ = ICMPMessage.unreachable(.port, about: bytes)
        guard let segment = TCPSegment(ethernet: bytes) else { return }
        var tracker = SequenceTracker()
        tracker.observe(segment)
        _ = tracker.view(of: segment, fromA: true, time: Instant(nanoseconds: 0)).description
        let mac = MACAddress(bytes: [2, 0, 0, 0, 0, 1])
        #expect(checksumIsValid(frame: segment.ethernetFrame(from: mac, to: mac)))
    }

    @Test(arguments: all) func checksumsOfRealFramesAreRight(frame: Frame) {
        #expect(checksumIsValid(frame: frame.bytes))
    }

    /// The Ethernet header has no checksum here, nor most of the IPv6 header; the rest is all covered.
    @Test(arguments: all) func everyFlippedBitOfThePayloadIsNoticed(frame: Frame) {
        let start = frame.isV6 ? 54 : 14
        // An extension header is not summed either.
        let covered = frame.bytes.count - start - (frame.isV6 && frame.bytes[20] == 60 ? 8 : 0)
        for offset in frame.bytes.count - covered..<frame.bytes.count {
            for bit in 0..<8 {
                var flipped = frame.bytes
                flipped[offset] ^= 1 << bit
                #expect(!checksumIsValid(frame: flipped), "byte \(offset), bit \(bit)")
            }
        }
    }

    @Test(arguments: all) func aCutFrameIsNoFrame(frame: Frame) {
        for count in 0..<frame.bytes.count {
            let cut = Array(frame.bytes[..<count])
            readAll(cut)
            #expect(TCPSegment(ethernet: cut) == nil)
            #expect(ICMPMessage(ethernet: cut) == nil)
            #expect(!checksumIsValid(frame: cut))
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(state: 1)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...160, using: &generator)
            readAll((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    /// Purely random bytes rarely get past the first check; damaged real ones reach everything behind it.
    @Test(arguments: all) func damagedFramesNeverTrap(frame: Frame) {
        var generator = SeededGenerator(state: 2)
        for _ in 0..<1_000 {
            var damaged = frame.bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let offset = Int.random(in: 12..<damaged.count, using: &generator)
                damaged[offset] = UInt8.random(in: 0...255, using: &generator)
            }
            readAll(damaged)
        }
    }

    @Test func theLongestPacketComesBack() {
        let ends = (SocketAddress(IPAddress(10, 0, 0, 1), 1), SocketAddress(IPAddress(10, 0, 0, 2), 2))
        let segment = TCPSegment(
            source: ends.0, destination: ends.1, sequence: 0, flags: .ACK,
            payload: Array(repeating: 0xff, count: 65535 - 40))
        let mac = MACAddress(bytes: [2, 0, 0, 0, 0, 1])
        let frame = segment.ethernetFrame(from: mac, to: mac)
        #expect(TCPSegment(ethernet: frame) == segment)
        #expect(checksumIsValid(frame: frame))
    }
}
