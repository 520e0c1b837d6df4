extension Document {
    /// Claims of other standards, by section.
    package static let requestsForComments = [
        Document(
            "RFC 5961", "Improving TCP's Robustness to Blind In-Window Attacks", date: "2010-08",
            rows: [
                Row(
                    "3.2",
                    "In each synchronized state a reset is obeyed where its number is exact, challenged where it is in the window, and else ignored."
                ),
                Row("4.2", "A SYN in a synchronized state is challenged, whatever its number."),
                Row(
                    "5.2",
                    "An acknowledgement is accepted from SND.UNA - MAX.SND.WND to SND.NXT; any other is dropped and challenged."
                ),
                Row("7", "Challenge ACKs are limited."),
            ]),
        Document(
            "RFC 6191", "Reducing the TIME-WAIT State Using TCP Timestamps", date: "2011-04",
            rows: [
                Row(
                    "2",
                    "A SYN in TIME-WAIT is taken or not by timestamps of both connections and by its number: a table of nine cells."
                )
            ]),
        Document(
            "RFC 1337", "TIME-WAIT Assassination Hazards in TCP", date: "1992-05",
            rows: [
                Row("H1", "Without TIME-WAIT old data may be accepted by a new connection."),
                Row("H2", "Without TIME-WAIT an old acknowledgement may desynchronize a new connection."),
                Row("H3", "Without TIME-WAIT an old segment may end a new connection that is being opened."),
                Row(
                    "TWA",
                    "In TIME-WAIT an old segment is acknowledged, and the reset that answers that ends TIME-WAIT."),
                Row("F1", "The fix: resets are ignored in TIME-WAIT."),
            ]),
        Document(
            "RFC 7323", "TCP Extensions for High Performance", date: "2014-09",
            rows: [
                Row("2.2", "Windows are scaled where both SYNs have the option, and only then."),
                Row("2.3", "A scale factor above 14 is treated as 14."),
                Row("2.4", "Scaling may make a window seem to shrink, with which the sender copes."),
                Row(
                    "3.2",
                    "Once timestamps are negotiated every segment but a reset has them, and one without them should be dropped."
                ),
                Row("4.3", "The timestamp that is echoed is that of the last segment that advanced the left edge."),
                Row("5.2", "A reset is not tested for its timestamp."),
                Row("5.3", "A segment with an old timestamp is dropped and acknowledged (PAWS)."),
                Row("5.5", "What a timestamp is compared with is void after 24 days of idleness."),
            ]),
        Document(
            "RFC 5482", "TCP User Timeout Option", date: "2009-03",
            rows: [Row("3", "The user timeout is told to the peer by an option.")]),
        Document(
            "RFC 7413", "TCP Fast Open", date: "2014-12",
            rows: [
                Row("cookie", "A cookie is asked for in a SYN, granted in the SYN/ACK, and used in later SYNs."),
                Row("data", "Data in a SYN with a valid cookie is handed to the process before the handshake ends."),
                Row("fallback", "Without a valid cookie the handshake goes on as an ordinary one."),
                Row("queue", "The number of such connections that are not yet acknowledged is limited."),
            ]),
        Document(
            "RFC 8684", "TCP Extensions for Multipath Operation", date: "2020-03",
            rows: [Row("3.7", "Where the peer or the path knows no MPTCP, the connection falls back to plain TCP.")]),
        Document(
            "RFC 2525", "Known TCP Implementation Problems", date: "1999-03",
            rows: [Row("2.17", "Closing with unread data sends a reset; sending a FIN instead is a fault.")]),
        Document(
            "RFC 6298", "Computing TCP's Retransmission Timer", date: "2011-06",
            rows: [
                Row("2.1", "The first timeout is one second until there is a sample."),
                Row("2.4", "A timeout of less than one second is rounded up to one second."),
                Row("5.5", "A timeout that has run out is doubled."),
                Row("5.7", "After a SYN had to be sent again, the timeout for data begins at three seconds."),
            ]),
        Document(
            "RFC 4987", "TCP SYN Flooding Attacks and Common Mitigations", date: "2007-08",
            rows: [
                Row(
                    "3.6",
                    "A SYN cookie keeps no state for a request, and what a cookie cannot hold of its options is lost.")
            ]),
        Document(
            "RFC 6093", "On the Implementation of the TCP Urgent Mechanism", date: "2011-01",
            rows: [
                Row("pointer", "The urgent pointer is taken as one past the urgent data, whatever RFC 1122 says."),
                Row("one byte", "Implementations hand over one byte of urgent data out of band."),
            ]),
        Document(
            "RFC 5927", "ICMP Attacks against TCP", date: "2010-07",
            rows: [
                Row("4.1", "An ICMP error about a number that is not in flight is ignored."),
                Row("5.2", "A hard ICMP error in a synchronized state is treated as a soft one."),
                Row("7.2", "A smaller path MTU is believed only after data has gone unacknowledged."),
            ]),
        Document(
            "RFC 9768", "More Accurate Explicit Congestion Notification (AccECN) Feedback",
            rows: [
                Row(
                    "negotiation", "AccECN is negotiated in the handshake, and falls back to ECN or to none.",
                    .outOfField)
            ]),
    ]
}
