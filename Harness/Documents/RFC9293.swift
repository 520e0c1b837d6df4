extension Document {
    /// Every numbered requirement of the standard, by the labels of its Appendix B.
    package static let rfc9293 = Document(
        "RFC 9293", "Transmission Control Protocol (TCP)", date: "2022-08",
        rows: [
            Row("MUST-1", in: "3.1", "The window field counts from 0 to 65535 and is never taken for negative."),
            Row("MUST-2", in: "3.1", "Every segment sent carries a correct checksum."),
            Row("MUST-3", in: "3.1", "A segment with a wrong checksum is not processed."),
            Row(
                "MUST-4", in: "3.1, 3.2",
                "The options End of Option List, No-Operation and Maximum Segment Size are understood."),
            Row("MUST-5", in: "3.1", "Options may come in any segment."),
            Row("MUST-6", in: "3.1", "An unknown option with a length is skipped."),
            Row("MUST-7", in: "3.1", "A wrong option length does no harm."),
            Row(
                "MUST-8", in: "3.4.1",
                "Initial sequence numbers come from a clock plus a function of the addresses and ports."),
            Row(
                "MUST-9", in: "3.4.1",
                "The function that initial sequence numbers are made with cannot be computed from outside.",
                .notTestable("only the use of a secret could be seen")),
            Row("MUST-10", in: "3.5", "SYNs that cross make one connection (simultaneous open)."),
            Row(
                "MUST-11", in: "3.5", "In SYN-RECEIVED an end knows whether it came there from LISTEN or from SYN-SENT."
            ),
            Row("MUST-12", in: "3.6", "The process learns whether a connection ended in order or was aborted."),
            Row(
                "MUST-13", in: "3.6.1",
                "The active closer stays in TIME-WAIT for two maximum segment lifetimes of two minutes."),
            Row("MUST-14", in: "3.7.1", "The MSS option is sent and heeded."),
            Row(
                "MUST-15", in: "3.7.1",
                "Where the peer sends no MSS option, 536 is assumed over IPv4 and 1220 over IPv6."),
            Row("MUST-16", in: "3.7.1", "A segment is no larger than the peer's MSS, the path and the options allow."),
            Row("MUST-17", in: "3.7.4", "Nagle's algorithm can be turned off for a connection."),
            Row(
                "MUST-18", in: "3.8.1",
                "The retransmission timeout follows RFC 6298, and no retransmitted segment gives a sample."),
            Row(
                "MUST-19", in: "3.8.2",
                "There are slow start, congestion avoidance and exponential backoff of the retransmission timeout."),
            Row(
                "MUST-20", in: "3.8.3",
                "Retransmissions have two thresholds: at the first the network layer is told, at the second the connection is given up."
            ),
            Row("MUST-21", in: "3.8.3", "The process can set the second threshold for its connection."),
            Row(
                "MUST-22", in: "3.8.3", "Both thresholds hold for SYN segments too, and the process can set the second."
            ),
            Row(
                "MUST-23", in: "3.8.3",
                "The second threshold for SYNs is such that they are sent again for at least three minutes."),
            Row("MUST-24", in: "3.8.4", "The process can turn keepalive on and off for a connection."),
            Row("MUST-25", in: "3.8.4", "Keepalive is off unless asked for."),
            Row(
                "MUST-26", in: "3.8.4",
                "Keepalive probes are sent only when the connection is idle and nothing is in flight."),
            Row("MUST-27", in: "3.8.4", "The idle time before the first probe can be set."),
            Row("MUST-28", in: "3.8.4", "The idle time is two hours or more by default."),
            Row("MUST-29", in: "3.8.4", "One probe without an answer is not taken for a dead connection."),
            Row("MUST-30", in: "3.8.5", "The urgent mechanism exists."),
            Row("MUST-31", in: "3.8.5", "Urgent data may have any length."),
            Row("MUST-32", in: "3.8.5", "The process is told asynchronously that urgent data has come."),
            Row("MUST-33", in: "3.8.5", "The process can learn whether, and how much, urgent data is left to read."),
            Row("MUST-34", in: "3.8.6", "A sender survives a window that shrinks."),
            Row("MUST-35", in: "3.8.6", "Where the window shrinks to zero with data in flight, it is probed as usual."),
            Row("MUST-36", in: "3.8.6.1", "Zero windows are probed."),
            Row("MUST-37", in: "3.8.6.1", "As long as the peer acknowledges window probes, the connection stays open."),
            Row(
                "MUST-38", in: "3.8.6.2.1",
                "A sender avoids the silly window syndrome: it sends no needlessly small segments."),
            Row(
                "MUST-39", in: "3.8.6.2.2",
                "A receiver avoids the silly window syndrome: it advertises no small openings."),
            Row("MUST-40", in: "3.8.6.3", "An ACK is delayed by less than half a second."),
            Row("MUST-41", in: "3.9.1.1", "A passive open leaves existing connections alone."),
            Row(
                "MUST-42", in: "3.9.1.1",
                "A process can listen on a port from which another connection is being opened."),
            Row("MUST-43", in: "3.9.1.1", "The local address of an open can be chosen by the process."),
            Row(
                "MUST-44", in: "3.9.1.1",
                "Where the process chooses no local address, IP is asked for one before the first SYN."),
            Row("MUST-45", in: "3.9.1.1", "The local address stays the same for the life of the connection."),
            Row("MUST-46", in: "3.9.1.1", "An open to a broadcast or multicast address fails."),
            Row("MUST-47", in: "3.9.1.8", "Soft errors are reported to the process somehow."),
            Row("MUST-48", in: "3.9.1.9", "The process can set the DSCP of its segments."),
            Row("MUST-49", in: "3.9.2", "The process can set the time to live of its segments."),
            Row("MUST-50", in: "3.9.2", "Unknown IP options are ignored."),
            Row("MUST-51", in: "3.9.2.1", "The process can give a source route for an open."),
            Row("MUST-52", in: "3.9.2.1", "A source route of the process has precedence over one that was received."),
            Row("MUST-53", in: "3.9.2.1", "A passive open answers by the source route that its SYN came by, reversed."),
            Row("MUST-54", in: "3.9.2.2", "ICMP errors are acted on by the connection that caused them."),
            Row("MUST-55", in: "3.9.2.2", "ICMP source quench is ignored."),
            Row(
                "MUST-56", in: "3.9.2.2",
                "ICMP errors that may pass (destination unreachable 0, 1, 5, time exceeded, parameter problem) do not abort a connection."
            ),
            Row("MUST-57", in: "3.9.2.3", "A SYN to broadcast or multicast is dropped silently."),
            Row("MUST-58", in: "3.10.7.4", "ACKs are aggregated where segments come together."),
            Row("MUST-59", in: "3.10.7.4", "All queued segments are processed before an ACK is sent."),
            Row("MUST-60", in: "3.9.1.2", "Where send has no PUSH flag, data is not buffered for ever."),
            Row("MUST-61", in: "3.9.1.2", "The last buffered segment carries PSH."),
            Row("MUST-62", in: "3.8.5", "The urgent pointer points to the byte after the urgent data."),
            Row("MUST-63", in: "3.9.2.3", "A SYN from an impossible source is ignored."),
            Row("MUST-64", in: "3.2", "Options begin at any byte, aligned or not."),
            Row("MUST-65", in: "3.2", "The MSS option comes in SYN segments only."),
            Row("MUST-66", in: "3.4", "RST and URG are processed even with a closed window."),
            Row("MUST-67", in: "3.7.1", "The MSS that is sent follows from the largest message that can be received."),
            Row("MUST-68", in: "3.1", "All options but End of Option List and No-Operation have a length."),
            Row("MUST-69", in: "3.1", "Behind the end of the option list there are only zeros."),
            Row("REC-1", in: "3.1", "Windows are reckoned in 32 bits.", .notTestable("internal arithmetic")),
            Row(
                "SHLD-1", in: "3.4.1",
                "Initial sequence numbers are a clock plus a keyed function of addresses and ports.",
                .notTestable("the key is the kernel's secret")),
            Row("SHLD-2", in: "3.5.3", "A reset with data is processed as a reset."),
            Row("SHLD-3", in: "3.6.1", "Closing with unread data, or data that comes after close, sends a reset."),
            Row("SHLD-4", in: "3.6.1", "Timestamps let a new SYN end TIME-WAIT early (RFC 6191)."),
            Row("SHLD-5", in: "3.7.1", "The MSS option is sent when it differs from the default."),
            Row("SHLD-6", in: "3.7.3", "Where the MTU of an interface varies, the smallest decides what MSS is sent."),
            Row("SHLD-7", in: "3.7.4", "Nagle's algorithm is used: a small segment waits while another is in flight."),
            Row("SHLD-8", in: "3.8.2", "Explicit congestion notification is implemented (RFC 3168)."),
            Row("SHLD-9", in: "3.8.3", "The process is told when the first threshold of retransmissions is reached."),
            Row("SHLD-10", in: "3.8.3", "The first threshold is at least three retransmissions."),
            Row("SHLD-11", in: "3.8.3", "The second threshold is at least 100 s."),
            Row("SHLD-12", in: "3.8.4", "A keepalive probe carries no data."),
            Row(
                "SHLD-13", in: "3.8.5", "Applications should not use urgent data.",
                .notTestable("a rule for applications")),
            Row("SHLD-14", in: "3.8.6", "A receiver does not move the right edge of its window back."),
            Row("SHLD-15", in: "3.8.6", "While the window is shrunk, no new data is sent."),
            Row("SHLD-16", in: "3.8.6", "While the window is shrunk, what lies inside it is sent again as usual."),
            Row("SHLD-17", in: "3.8.6", "Data beyond a shrunk window's edge does not time the connection out."),
            Row("SHLD-18", in: "3.8.6.3", "ACKs are delayed."),
            Row("SHLD-19", in: "3.8.6.3", "At least every second full segment is acknowledged."),
            Row("SHLD-20", in: "3.9.1.8", "The process can turn error reports off."),
            Row("SHLD-21", in: "3.9.1.9", "The process can change the DSCP during a connection."),
            Row("SHLD-22", in: "3.9.1.9", "The DSCP is handed to IP unchanged."),
            Row(
                "SHLD-23", in: "3.9.2", "Applications should not need to change the DSCP during a connection.",
                .notTestable("a rule for applications")),
            Row("SHLD-24", in: "3.9.2.1", "A source route that comes later replaces the first."),
            Row("SHLD-25", in: "3.9.2.2", "Soft ICMP errors are told to the process."),
            Row(
                "SHLD-26", in: "3.9.2.2",
                "Hard ICMP errors (protocol, port unreachable, fragmentation needed) abort a connection."),
            Row("SHLD-27", in: "3.9.1.2", "Successive PSH flags are merged where segments are."),
            Row("SHLD-28", in: "3.9.1.2", "Data is sent in full segments where possible."),
            Row("SHLD-29", in: "3.8.6.1", "The first window probe is sent after one retransmission timeout."),
            Row("SHLD-30", in: "3.8.6.1", "The intervals of window probes grow exponentially."),
            Row("SHLD-31", in: "3.10.7.4", "Segments out of order are kept."),
            Row("MAY-1", in: "3.6.1", "close() may end both directions: a half-duplex close."),
            Row("MAY-2", in: "3.6.1", "A new SYN may reopen a connection from TIME-WAIT."),
            Row("MAY-3", in: "3.7.1", "The MSS option may always be sent."),
            Row("MAY-4", in: "3.8.1", "A retransmission may have the IP identification of the original."),
            Row("MAY-5", in: "3.8.4", "There may be keepalive."),
            Row(
                "MAY-6", in: "3.8.4", "A keepalive probe may be made to carry one byte of garbage.",
                .notTestable("Linux offers no such choice")),
            Row("MAY-7", in: "3.8.6", "Data beyond a shrunk window may be sent again."),
            Row("MAY-8", in: "3.8.6.1", "A window may stay closed for ever."),
            Row("MAY-9", in: "3.9.1.9", "The received DSCP may be told to the process."),
            Row("MAY-10", in: "3.9.2", "The process may ask for the IP timestamp option."),
            Row("MAY-11", in: "3.9.2", "The process may ask for the record route option."),
            Row(
                "MAY-12", in: "3.10.7.4",
                "An acknowledgement outside of what can have been meant is challenged (RFC 5961)."
            ),
            Row("MAY-13", in: "3.10.7.4", "A segment out of order may be acknowledged at once."),
            Row(
                "MAY-14", in: "3.9.1.7", "There may be a flush call, which empties the send buffer.",
                .notTestable("Linux offers no such call")),
            Row("MAY-15", in: "3.9.1.2", "send may have a PUSH flag.", .notTestable("Linux offers no such flag")),
            Row("MAY-16", in: "3.9.1.2", "Small sends may be merged."),
            Row("MAY-17", in: "3.9.1.3", "PSH may be told to the reader."),
            Row("MAY-18", in: "3.8.2", "There may be other congestion control than the standard one.", .outOfField),
        ])
}
