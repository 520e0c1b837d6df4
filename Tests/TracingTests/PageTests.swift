import SockDiag
import Linux
import Testing

@testable import Tracing

@Suite("Pages of the trace ring")
struct PageTests {
    private let formats: [UInt16: (Tracepoint, TracepointFormat)] = {
        let texts: [(Tracepoint, String)] = [
            (.setState, FormatFixture.setState), (.retransmit, FormatFixture.retransmit),
            (.retransmitSynAck, FormatFixture.retransmitSynAck), (.sendReset, FormatFixture.sendReset),
            (.receiveReset, FormatFixture.receiveReset),
        ]
        return texts.reduce(into: [:]) { formats, text in
            let format = TracepointFormat(parsing: text.1)!
            formats[UInt16(format.id)] = (text.0, format)
        }
    }()

    private func events(_ page: [UInt8]) -> [TraceEvent] {
        page.withUnsafeBytes { bytes in
            TracePage(bytes, dataOffset: 16).events.compactMap { event in
                let record = UnsafeRawBufferPointer(rebasing: bytes[event.bytes])
                guard record.count >= 2, let (tracepoint, format) = formats[record.loadUnaligned(as: UInt16.self)]
                else { return nil }
                return TraceEvent(record, of: tracepoint, format: format, time: event.time, pid: 1)
            }
        }
    }

    private func words(_ event: TraceEvent) -> String {
        switch event.kind {
        case .transition(let old, let new): "\(old)>\(new) \(event.local) \(event.remote)"
        case .packet(let tracepoint, let state, let reason):
            "\(tracepoint.event) \(state?.description ?? "-") \(reason ?? "-") \(event.local) \(event.remote)"
        }
    }

    @Test("The kernel's own page reads as what was done")
    func golden() {
        let events = events(PageFixture.page)
        #expect(events.count == 28)
        #expect(events.first?.time == Instant(nanoseconds: 4_912_875_042_539))
        #expect(events.last?.time == Instant(nanoseconds: 4_912_932_264_079))
        #expect(
            events.prefix(14).map(words) == [
                "CLOSE>LISTEN 127.0.0.1:5000 0.0.0.0:0",
                "CLOSE>SYN_SENT 127.0.0.1:0 127.0.0.1:5000",
                "SYN_SENT>ESTABLISHED 127.0.0.1:38908 127.0.0.1:5000",
                "LISTEN>SYN_RECV 127.0.0.1:5000 127.0.0.1:38908",
                "SYN_RECV>ESTABLISHED 127.0.0.1:5000 127.0.0.1:38908",
                "ESTABLISHED>CLOSE 127.0.0.1:5000 127.0.0.1:38908",
                "tcp_receive_reset - - 127.0.0.1:38908 127.0.0.1:5000",
                "ESTABLISHED>CLOSE 127.0.0.1:38908 127.0.0.1:5000",
                "tcp_send_reset CLOSE TCP_ABORT_ON_CLOSE 127.0.0.1:5000 127.0.0.1:38908",
                "LISTEN>CLOSE 127.0.0.1:5000 0.0.0.0:0",
                "CLOSE>SYN_SENT 127.0.0.1:0 127.0.0.1:5001",
                "tcp_send_reset - NO_SOCKET 127.0.0.1:5001 127.0.0.1:49354",
                "tcp_receive_reset - - 127.0.0.1:49354 127.0.0.1:5001",
                "SYN_SENT>CLOSE 127.0.0.1:49354 127.0.0.1:5001",
            ])
        #expect(
            events.suffix(13).map(words) == [
                "CLOSE>SYN_SENT [::1]:0 [::1]:5000",
                "SYN_SENT>ESTABLISHED [::1]:34968 [::1]:5000",
                "LISTEN>SYN_RECV [::1]:5000 [::1]:34968",
                "SYN_RECV>ESTABLISHED [::1]:5000 [::1]:34968",
                "ESTABLISHED>CLOSE [::1]:5000 [::1]:34968",
                "tcp_receive_reset - - [::1]:34968 [::1]:5000",
                "ESTABLISHED>CLOSE [::1]:34968 [::1]:5000",
                "tcp_send_reset CLOSE TCP_ABORT_ON_CLOSE [::1]:5000 [::1]:34968",
                "LISTEN>CLOSE [::1]:5000 [::]:0",
                "CLOSE>SYN_SENT [::1]:0 [::1]:5001",
                "tcp_send_reset - NO_SOCKET [::1]:5001 [::1]:54670",
                "tcp_receive_reset - - [::1]:54670 [::1]:5001",
                "SYN_SENT>CLOSE [::1]:54670 [::1]:5001",
            ])
    }

    @Test("A page cut off anywhere gives its first events and never traps")
    func truncated() {
        let whole = events(PageFixture.page)
        for length in 0..<PageFixture.page.count {
            let some = events(Array(PageFixture.page.prefix(length)))
            #expect(some == Array(whole.prefix(some.count)))
            #expect(some.count < whole.count)
        }
    }

    @Test("Nor does one with wrong bytes in the headers of page and events")
    func damaged() {
        let starts = PageFixture.page.withUnsafeBytes { bytes in
            TracePage(bytes, dataOffset: 16).events.map { $0.bytes.lowerBound - 4 }
        }
        for start in [8] + starts {
            for place in start..<start + 4 {
                for byte in [0, 0x1d, 0x1e, 0x1f, 0xff] as [UInt8] {
                    var page = PageFixture.page
                    page[place] = byte
                    _ = events(page)
                }
            }
        }
    }

    /// A page of a made-up layout: its time, its length, then words.
    private func page(_ words: [UInt32], time: UInt64 = 1000, flags: UInt64 = 0) -> TracePage {
        var bytes: [UInt8] = []
        func put(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += Array($0) } }
        put(time)
        put(UInt64(words.count * 4) | flags)
        for word in words { put(word) }
        return bytes.withUnsafeBytes { TracePage($0, dataOffset: 16) }
    }

    @Test func timesAddUp() {
        let one: UInt32 = 1  // one word of content
        let extend: UInt32 = 30
        let stamp: UInt32 = 31
        func header(_ type: UInt32, _ time: UInt32) -> UInt32 { type | time << 5 }
        let page = page([
            header(one, 5), 0xaa,  // 5 ns on
            header(extend, 3), 2,  // 3 + 2 * 2^27 ns on
            header(one, 0), 0xbb,
            header(stamp, 7), 1,  // at 7 + 2^27 ns
            header(one, 1), 0xcc,
        ])
        let unit: Int64 = 1 << 27
        let times: [Int64] = [1005, 1008 + 2 * unit, 8 + unit]
        #expect(page.events.map(\.time.nanoseconds) == times)
        #expect(!page.missed)
    }

    @Test func largeEventsSayTheirLength() {
        let page = page([0, 12, 0xaa, 0xbb, 1, 0xcc])
        #expect(page.events.map(\.bytes) == [24..<32, 36..<40])
    }

    @Test func whatWasTakenBackIsPassedOver() {
        let padding: UInt32 = 29
        #expect(page([padding | 4 << 5, 8, 0, 1, 0xaa]).events.map(\.bytes) == [32..<36])
        #expect(page([padding, 8, 0, 1, 0xaa]).events.isEmpty, "without a time it fills the page")
    }

    @Test func missedEventsAreTold() { #expect(page([], flags: 1 << 31).missed) }
}
