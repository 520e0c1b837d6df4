import Linux
import Packets
import Testing

@Suite struct SequenceTrackerTests {
    private let a = SocketAddress(IPAddress(10, 0, 0, 1), 4000)
    private let b = SocketAddress(IPAddress(10, 0, 0, 2), 5000)
    private let now = Instant(nanoseconds: 0)

    private func fromA(_ flags: TCPFlags, _ seq: UInt32, ack: UInt32 = 0, _ text: String = "") -> TCPSegment {
        TCPSegment(
            source: a, destination: b, sequence: seq, acknowledgement: ack, flags: flags, payload: Array(text.utf8))
    }

    private func fromB(
        _ flags: TCPFlags, _ seq: UInt32, ack: UInt32 = 0, options: [TCPOption] = []
    ) -> TCPSegment {
        TCPSegment(
            source: b, destination: a, sequence: seq, acknowledgement: ack, flags: flags, options: options)
    }

    /// The descriptions of a conversation, each segment observed before it is shown.
    private func show(_ segments: [TCPSegment]) -> [String] {
        var tracker = SequenceTracker()
        return segments.map { segment in
            tracker.observe(segment)
            return tracker.view(of: segment, fromA: segment.source == a, time: now).description
        }
    }

    @Test func aWholeConversationOfRealFrames() {
        let frames = [
            Fixtures.syn, Fixtures.synAck, Fixtures.ack, Fixtures.data, Fixtures.duplicateAck, Fixtures.urgent,
            Fixtures.fin,
        ].map(\.segment)
        var tracker = SequenceTracker()
        let views = frames.map { segment in
            tracker.observe(segment)
            return tracker.view(of: segment, fromA: segment.source.ip == a.ip, time: now)
        }
        #expect(
            views.map(\.description) == [
                "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=3",
                "<ACK seq=1 ack=4 sack=1:4 dsack", "DATA> seq=4 ack=1 len=1", "FIN> seq=5 ack=1",
            ])
        #expect(SegmentView.describe(views) == "SYN> <SYN/ACK ACK> DATA> <ACK DATA> FIN>")
    }

    @Test func numbersWrap() {
        #expect(
            show([
                fromA(.SYN, 0xffff_fffe), fromB([.SYN, .ACK], 0xffff_ffff, ack: 0xffff_ffff),
                fromA([.PSH, .ACK], 0xffff_ffff, ack: 0, "hello"),
                fromB(.ACK, 0, ack: 4, options: [.sack([SACKBlock(0xffff_ffff, 4)])]),
                fromA([.FIN, .ACK], 4, ack: 0),
            ]) == [
                "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "DATA> seq=1 ack=1 len=5", "<ACK seq=1 ack=6 sack=1:6 dsack",
                "FIN> seq=6 ack=1",
            ])
    }

    @Test func aNewSYNStartsItsDirectionAgain() {
        #expect(
            show([
                fromA(.SYN, 1000), fromB([.SYN, .ACK], 7000, ack: 1001), fromA([.FIN, .ACK], 1001, ack: 7001),
                fromB([.FIN, .ACK], 7001, ack: 1002), fromA(.SYN, 500_000),
                fromB([.SYN, .ACK], 900_000, ack: 500_001), fromA(.ACK, 500_001, ack: 900_001),
            ])[4...] == ["SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1"])
    }

    @Test func crossingSYNsKeepTheirOwnNumbers() {
        #expect(
            show([
                fromA(.SYN, 1000), fromB(.SYN, 7000), fromA([.SYN, .ACK], 1000, ack: 7001),
                fromB([.SYN, .ACK], 7000, ack: 1001),
            ]) == ["SYN> seq=0", "<SYN seq=0", "SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1"])
    }

    @Test func aConnectionJoinedLateCountsFromOne() {
        #expect(
            show([fromA([.PSH, .ACK], 50, ack: 90, "abc"), fromB(.ACK, 90, ack: 53), fromA(.ACK, 49, ack: 90)]) == [
                "DATA> seq=1 ack=1 len=3", "<ACK seq=1 ack=4", "ACK> seq=0 ack=1",
            ])
    }

    @Test func aClosedPortAnswersWithZero() {
        let refused = [fromA(.SYN, 1000), fromB([.RST, .ACK], 0, ack: 1001)]
        #expect(show(refused)[1] == "<RST/ACK seq=0 ack=1")
        // Also where an earlier connection used the same ports.
        #expect(
            show([fromA(.SYN, 1), fromB([.SYN, .ACK], 7000, ack: 2)] + refused).last == "<RST/ACK seq=0 ack=1")
    }

    @Test func aResetTeachesNothing() {
        #expect(
            show([fromA(.SYN, 1000), fromB(.RST, 77), fromB(.ACK, 500, ack: 1001)])[1...] == [
                "<RST seq=77", "<ACK seq=1 ack=1",
            ])
    }

    @Test func whatWasNotObservedTeachesNothing() {
        var tracker = SequenceTracker()
        tracker.observe(fromA(.SYN, 1000))
        #expect(tracker.view(of: fromA(.SYN, 990), fromA: true, time: now).description == "SYN> seq=-10")
        #expect(tracker.view(of: fromA(.ACK, 1001, ack: 5), fromA: true, time: now).sequence == 1)
        #expect(tracker.view(of: fromB(.RST, 77), fromA: false, time: now).sequence == 77)
    }
}
