/// A socket's `struct tcp_info`, decoded by offset and length.
///
/// The kernel only ever appends to the struct, so an older kernel's is shorter and a newer one's longer: a field that
/// lies behind the end is nil. Names are the kernel's without `tcpi_` (include/uapi/linux/tcp.h, which clashes with the
/// C library's <netinet/tcp.h>); where a field has no comment its name says all.
package struct TCPInfo: Hashable, Sendable {
    /// The struct as the kernel wrote it.
    package let bytes: [UInt8]

    /// Takes the struct, of any length.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package var state: TCPState? { bytes.first.flatMap(TCPState.init) }
    /// The congestion state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.
    package var ca_state: Int? { field(UInt8.self, at: 1) }
    /// Timeouts in a row without an acknowledgement.
    package var retransmits: Int? { field(UInt8.self, at: 2) }
    /// Unanswered zero window or keepalive probes.
    package var probes: Int? { field(UInt8.self, at: 3) }
    /// How often the timeout was doubled.
    package var backoff: Int? { field(UInt8.self, at: 4) }
    /// TCPI_OPT_ bits: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 16 ECN seen, 32 SYN data accepted.
    package var options: Int? { field(UInt8.self, at: 5) }
    package var snd_wscale: Int? { field(UInt8.self, at: 6).map { $0 & 15 } }
    package var rcv_wscale: Int? { field(UInt8.self, at: 6).map { $0 >> 4 } }
    /// The retransmission timeout in µs.
    package var rto: Int? { field(UInt32.self, at: 8) }
    /// The delayed acknowledgement timeout in µs.
    package var ato: Int? { field(UInt32.self, at: 12) }
    package var snd_mss: Int? { field(UInt32.self, at: 16) }
    package var rcv_mss: Int? { field(UInt32.self, at: 20) }
    /// Segments in flight; of a listener, connections waiting for accept.
    package var unacked: Int? { field(UInt32.self, at: 24) }
    /// Segments the peer selectively acknowledged; of a listener, the backlog.
    package var sacked: Int? { field(UInt32.self, at: 28) }
    package var lost: Int? { field(UInt32.self, at: 32) }
    /// Retransmitted segments in flight.
    package var retrans: Int? { field(UInt32.self, at: 36) }
    /// Milliseconds since.
    package var last_data_sent: Int? { field(UInt32.self, at: 44) }
    /// Milliseconds since.
    package var last_data_recv: Int? { field(UInt32.self, at: 52) }
    /// Milliseconds since.
    package var last_ack_recv: Int? { field(UInt32.self, at: 56) }
    package var pmtu: Int? { field(UInt32.self, at: 60) }
    package var rcv_ssthresh: Int? { field(UInt32.self, at: 64) }
    /// The smoothed round trip time in µs.
    package var rtt: Int? { field(UInt32.self, at: 68) }
    /// Its mean deviation in µs.
    package var rttvar: Int? { field(UInt32.self, at: 72) }
    /// Segments; 0x7fffffff before the first loss.
    package var snd_ssthresh: Int? { field(UInt32.self, at: 76) }
    /// Segments.
    package var snd_cwnd: Int? { field(UInt32.self, at: 80) }
    package var advmss: Int? { field(UInt32.self, at: 84) }
    package var reordering: Int? { field(UInt32.self, at: 88) }
    /// Microseconds.
    package var rcv_rtt: Int? { field(UInt32.self, at: 92) }
    package var rcv_space: Int? { field(UInt32.self, at: 96) }
    /// Segments retransmitted in the whole life.
    package var total_retrans: Int? { field(UInt32.self, at: 100) }
    package var bytes_acked: Int? { field(UInt64.self, at: 120) }
    package var bytes_received: Int? { field(UInt64.self, at: 128) }
    package var segs_out: Int? { field(UInt32.self, at: 136) }
    package var segs_in: Int? { field(UInt32.self, at: 140) }
    package var notsent_bytes: Int? { field(UInt32.self, at: 144) }
    /// Microseconds.
    package var min_rtt: Int? { field(UInt32.self, at: 148) }
    package var data_segs_in: Int? { field(UInt32.self, at: 152) }
    package var data_segs_out: Int? { field(UInt32.self, at: 156) }
    package var delivered: Int? { field(UInt32.self, at: 192) }
    package var delivered_ce: Int? { field(UInt32.self, at: 196) }
    /// Payload, with retransmissions.
    package var bytes_sent: Int? { field(UInt64.self, at: 200) }
    package var bytes_retrans: Int? { field(UInt64.self, at: 208) }
    package var dsack_dups: Int? { field(UInt32.self, at: 216) }
    package var reord_seen: Int? { field(UInt32.self, at: 220) }
    /// Segments that came out of order.
    package var rcv_ooopack: Int? { field(UInt32.self, at: 224) }
    /// The peer's window in bytes, scaled. Linux 5.4.
    package var snd_wnd: Int? { field(UInt32.self, at: 228) }
    /// Our window in bytes, scaled. Linux 6.2.
    package var rcv_wnd: Int? { field(UInt32.self, at: 232) }
    /// Path changes by rehashing. Linux 6.2.
    package var rehash: Int? { field(UInt32.self, at: 236) }
    /// Retransmission timeouts in the whole life. Linux 6.7.
    package var total_rto: Int? { field(UInt16.self, at: 240) }
    /// Linux 6.7.
    package var total_rto_recoveries: Int? { field(UInt16.self, at: 242) }
    /// Milliseconds. Linux 6.7.
    package var total_rto_time: Int? { field(UInt32.self, at: 244) }

    private func field<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Int? {
        guard offset + MemoryLayout<Value>.size <= bytes.count else { return nil }
        return bytes.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
    }
}
