/// Payloads of SOCK_DIAG_BY_FAMILY messages from Linux 6.18 (x86-64), recorded with CAP_NET_ADMIN.
enum DiagFixture {
    /// A reader of five bytes has not read them yet.
    static let established = hex(
        """
        02 01 00 00  # family, state, timer, retransmits
        1b 59 9c 41  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        21 00 00 00 00 00 00 00  # cookie
        00 00 00 00  # expires
        05 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 f6 89 00 00  # uid, inode
        05 00 08 00 00 00 00 00  # INET_DIAG_SHUTDOWN
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        0c 00 15 00 01 00 00 00 00 00 00 00  # INET_DIAG_CGROUP_ID
        06 00 16 00 52 00 00 00  # INET_DIAG_SOCKOPT
        1c 01 02 00  # INET_DIAG_INFO
        01 00 00 00 00 07 aa 01  # state, ca_state, retransmits, probes, backoff, options, wscale, flags
        e0 1c 03 00 40 9c 00 00 00 80 00 00 18 02 00 00  # rto, ato, snd_mss, rcv_mss
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # unacked, sacked, lost, retrans
        00 00 00 00 38 00 00 00 00 00 00 00 34 00 00 00  # fackets, last_data_sent, last_ack_sent, last_data_recv
        34 00 00 00 ff ff 00 00 cb ff 00 00 18 00 00 00  # last_ack_recv, pmtu, rcv_ssthresh, rtt
        0c 00 00 00 ff ff ff 7f 0a 00 00 00 cb ff 00 00  # rttvar, snd_ssthresh, snd_cwnd, advmss
        03 00 00 00 00 00 00 00 cb ff 00 00 00 00 00 00  # reordering, rcv_rtt, rcv_space, total_retrans
        76 af b9 15 09 00 00 00 ff ff ff ff ff ff ff ff  # pacing_rate, max_pacing_rate
        00 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00  # bytes_acked, bytes_received
        01 00 00 00 03 00 00 00 00 00 00 00 18 00 00 00  # segs_out, segs_in, notsent_bytes, min_rtt
        01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # data_segs_in, data_segs_out, delivery_rate
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # busy_time, rwnd_limited
        00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # sndbuf_limited, delivered, delivered_ce
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # bytes_sent, bytes_retrans
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00  # dsack_dups, reord_seen, rcv_ooopack, snd_wnd
        00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00  # rcv_wnd, rehash, total_rto and recoveries, total_rto_time
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # newer fields
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        """)

    /// Listening with a backlog of 5.
    static let listener = hex(
        """
        02 0a 00 00  # family, state, timer, retransmits
        1b 59 00 00  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        1f 00 00 00 00 00 00 00  # cookie
        00 00 00 00  # expires
        00 00 00 00 05 00 00 00  # receive queue, send queue
        00 00 00 00 f4 89 00 00  # uid, inode
        05 00 08 00 00 00 00 00  # INET_DIAG_SHUTDOWN
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        0c 00 15 00 01 00 00 00 00 00 00 00  # INET_DIAG_CGROUP_ID
        06 00 16 00 52 00 00 00  # INET_DIAG_SOCKOPT
        1c 01 02 00  # INET_DIAG_INFO
        0a 00 00 00 00 00 00 00  # state, ca_state, retransmits, probes, backoff, options, wscale, flags
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # rto, ato, snd_mss, rcv_mss
        00 00 00 00 05 00 00 00 00 00 00 00 00 00 00 00  # unacked, sacked, lost, retrans
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # fackets, last_data_sent, last_ack_sent, last_data_recv
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # last_ack_recv, pmtu, rcv_ssthresh, rtt
        00 00 00 00 00 00 00 00 0a 00 00 00 00 00 00 00  # rttvar, snd_ssthresh, snd_cwnd, advmss
        03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # reordering, rcv_rtt, rcv_space, total_retrans
        ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff  # pacing_rate, max_pacing_rate
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # bytes_acked, bytes_received
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # segs_out, segs_in, notsent_bytes, min_rtt
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # data_segs_in, data_segs_out, delivery_rate
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # busy_time, rwnd_limited
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # sndbuf_limited, delivered, delivered_ce
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # bytes_sent, bytes_retrans
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # dsack_dups, reord_seen, rcv_ooopack, snd_wnd
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # rcv_wnd, rehash, total_rto and recoveries, total_rto_time
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # newer fields
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        """)

    /// A time-wait minisock in TIME_WAIT.
    static let timeWait = hex(
        """
        02 06 03 00  # family, state, timer, retransmits
        9c 41 1b 59  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        20 00 00 00 00 00 00 00  # cookie
        4c ea 00 00  # expires
        00 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 00 00 00 00  # uid, inode
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        """)

    /// A time-wait minisock in FIN_WAIT2, after close(2).
    static let finWait2Minisock = hex(
        """
        02 05 03 00  # family, state, timer, retransmits
        9c 41 1b 59  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        31 10 00 00 00 00 00 00  # cookie
        60 e9 00 00  # expires
        00 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 00 00 00 00  # uid, inode
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        """)

    /// A request sock, kept by TCP_DEFER_ACCEPT.
    static let request = hex(
        """
        02 03 01 00  # family, state, timer, retransmits
        1b 59 9c 42  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        23 00 00 00 00 00 00 00  # cookie
        d4 03 00 00  # expires
        00 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 00 00 00 00  # uid, inode
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        """)

    /// IPv6.
    static let establishedV6 = hex(
        """
        0a 01 00 00  # family, state, timer, retransmits
        9c 43 1b 5a  # ports, in network order
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  # source
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  # destination
        00 00 00 00  # interface
        36 10 00 00 00 00 00 00  # cookie
        00 00 00 00  # expires
        00 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 91 87 00 00  # uid, inode
        05 00 08 00 00 00 00 00  # INET_DIAG_SHUTDOWN
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        0c 00 15 00 01 00 00 00 00 00 00 00  # INET_DIAG_CGROUP_ID
        06 00 16 00 12 00 00 00  # INET_DIAG_SOCKOPT
        """)

    /// Closed with unsent data in front of a zero window.
    static let orphan = hex(
        """
        02 04 04 00  # family, state, timer, retransmits
        9c 44 1b 59  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        38 10 00 00 00 00 00 00  # cookie
        a0 00 00 00  # expires
        00 00 00 00 01 b6 39 00  # receive queue, send queue
        00 00 00 00 00 00 00 00  # uid, inode
        05 00 08 00 03 00 00 00  # INET_DIAG_SHUTDOWN
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        0c 00 15 00 01 00 00 00 00 00 00 00  # INET_DIAG_CGROUP_ID
        06 00 16 00 52 00 00 00  # INET_DIAG_SOCKOPT
        """)

    /// Established, before accept(2).
    static let unaccepted = hex(
        """
        02 01 00 00  # family, state, timer, retransmits
        1b 59 9c 41  # ports, in network order
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # source
        7f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00  # destination
        00 00 00 00  # interface
        30 10 00 00 00 00 00 00  # cookie
        00 00 00 00  # expires
        00 00 00 00 00 00 00 00  # receive queue, send queue
        00 00 00 00 00 00 00 00  # uid, inode
        05 00 08 00 00 00 00 00  # INET_DIAG_SHUTDOWN
        08 00 0f 00 00 00 00 00  # INET_DIAG_MARK
        0c 00 15 00 01 00 00 00 00 00 00 00  # INET_DIAG_CGROUP_ID
        06 00 16 00 52 00 00 00  # INET_DIAG_SOCKOPT
        """)
}
