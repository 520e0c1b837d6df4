package import Compare

/// What is known to differ between kernels, the newest first. Commits are mainline's.
package let knownChanges: [KnownChange] =
    generalChanges + forgeryChanges + knownTimeWaitChanges
    + knownSettingChanges

private let generalChanges = [
    KnownChange(
        commits: ["2640e6419594"], mainline: KernelVersion(7, 3), reverted: KernelVersion(7, 3),
        backports: [Backport(6, 12, 111...117), Backport(6, 18), Backport(7, 2, 3...)],
        scenarios: ["open.icmp-unreachable"],
        signs: [
            .variant(without: "the next SYN offers less", with: "the next SYN offers as much"),
            .consequences([.segment]),
        ],
        words: "the MSS that a SYN offers is the configured MTU's; before, that of the path MTU that ICMP had told, "
            + "although it limits what the other end may send"),
    KnownChange(
        commits: ["1e9d3005e02c"], mainline: KernelVersion(6, 19), scenarios: ["open.synack-retransmit-schedule"],
        signs: [
            .variant(
                without: "tcp_rto_max_ms does not limit SYN/ACK intervals",
                with: "tcp_rto_max_ms limits SYN/ACK intervals")
        ],
        words: "tcp_rto_max_ms limits the time between two SYN/ACKs too; before, only established connections and SYNs"),
    KnownChange(
        commits: ["1280c26228bd"], mainline: KernelVersion(6, 15), scenarios: ["close.orphan-gives-up"],
        signs: [
            .variant(without: "no tcp_rto_max_ms", with: "tcp_rto_max_ms"),
            .consequences([.path, .call, .segment, .packet, .counter, .measurement]),
        ],
        words: "tcp_rto_max_ms sets the largest RTO; with shortened timers, the scenario gives up behind a zero window "
            + "only where there is one"),
    KnownChange(
        commits: ["a46d0ea5c942"], mainline: KernelVersion(6, 10),
        backports: [Backport(5, 10), Backport(5, 15), Backport(6, 1), Backport(6, 6), Backport(6, 9)],
        scenarios: ["*"], signs: [.counters(without: ["CurrEstab"], with: ["CurrEstab"])],
        words: "CurrEstab counts connections in CLOSE_WAIT too, as RFC 1213 has it; before, those in ESTABLISHED alone"),
    KnownChange(
        commits: ["23e89e8ee7be", "c1668292689a"], mainline: KernelVersion(6, 11),
        backports: [Backport(6, 1, 110...), Backport(6, 6), Backport(6, 10, 10...)],
        scenarios: ["open.simultaneous*", "open.self-connect*", "open.v6-twins", "poll.table"],
        signs: [
            .variant(without: "challenge ACK", with: "DSACK"),
            .counters(
                without: ["TCPSYNChallenge", "TCPChallengeACK", "InErrs"],
                with: ["DelayedACKLost", "TCPDSACKOldSent", "TCPDSACKRecv", "TCPDSACKIgnoredDubious"]),
            .option("sack"),
            .measurement("a opened after", grows: false), .measurement("b opened after", grows: false),
            .consequences([.segment, .packet, .counter]),
        ],
        anywhere: [
            .counters(without: ["TCPSYNChallenge"], with: []),
            .consequences([.segment, .path, .call, .verdict, .packet, .counter]),
        ],
        words: "a SYN/ACK that meets SYN_RECV of a crossed open completes it and its old SYN is reported by DSACK; "
            + "before, it was dropped and answered by a challenge ACK, and it took that ACK to complete the other end"),
    KnownChange(
        commits: ["bac76cf89816"], mainline: KernelVersion(6, 11),
        backports: [Backport(5, 15), Backport(6, 1, 132...), Backport(6, 6), Backport(6, 10, 8...)],
        scenarios: ["close.sendq-lost-on-local-crash"],
        signs: [
            .variant(without: "a destroyed orphan stays for ever", with: "an orphan is destroyed"),
            .path(goesOnTo: "CLOSE"), .segment(onlyWith: "R."), .packet(onlyWith: "tcp_send_reset"),
            .counters(without: ["sockstat.inuse"], with: ["OutRsts", "OutSegs"]),
        ],
        words: "SOCK_DESTROY closes an orphan like any other socket; before, it only emptied its queue, which left an "
            + "orphan without a timer for ever"),
    KnownChange(
        commits: ["19822a980e19", "b533fb9cf4f7"], mainline: KernelVersion(6, 10), kind: .tracepoints, scenarios: ["*"],
        signs: [.resetReasons],
        words: "tcp_send_reset is traced for every reset, also without a full socket, and gives the reason; before, "
            + "only for resets of full sockets and without one"),
    KnownChange(
        commits: ["91051f003948"], mainline: KernelVersion(6, 8), scenarios: ["open.closed-initial"],
        signs: [.variant(without: "bound sockets cannot be listed", with: "bound sockets can be listed")],
        words: "sock_diag lists sockets that are only bound, for those who ask with TCPF_BOUND_INACTIVE"),
    KnownChange(
        commits: ["939463016b7a"], mainline: KernelVersion(6, 7), kind: .counters, scenarios: ["*"],
        signs: [.counters(without: ["TcpDuplicateDataRehash"], with: ["TcpDuplicateDataRehash"])],
        words:
            "a receiver takes another path after the first duplicate, but over IPv6 alone; before, after the second, "
            + "over either"),
    KnownChange(
        commits: ["419ce133ab92"], mainline: KernelVersion(6, 6),
        backports: [Backport(6, 1, 60...), Backport(6, 5, 9...)], scenarios: ["close.connect-unspec"],
        signs: [
            .variant(without: "refused while a call is blocked", with: "allowed while a call is blocked"),
            .consequences([.path, .call, .segment, .packet, .counter]),
        ],
        words: "connect() with AF_UNSPEC works while another thread is blocked in a call on the socket, which fails "
            + "with EPIPE; since 4faeee0cf8a5 (6.4, 5.10.183) it was refused with EBUSY"),
    KnownChange(
        commits: ["ccce324dabfe"], mainline: KernelVersion(6, 5),
        scenarios: ["open.syn-timeout", "open.syn-retransmit-schedule"],
        signs: [
            .variant(without: "timeouts double at once", with: "5 equal timeouts first"),
            .measurement("SYNs", grows: true), .measurement("SYNs of A with 6 retries", grows: true),
            .measurement("give-up", grows: true),
            .repetitions(tracepoint: "tcp_retransmit_skb"),
            .counters(
                without: [],
                with: ["TCPSynRetrans", "TCPTimeouts", "RetransSegs", "TCPLostRetransmit", "TcpTimeoutRehash"]),
        ],
        anywhere: [
            .repetitionsOf(flags: "S"), .consequences([.segment, .path, .call, .verdict, .packet, .counter]),
        ],
        words: "the doubling of SYN timeouts begins 4 timeouts later (tcp_syn_linear_timeouts), so a client sends 11 "
            + "SYNs instead of 7 and gives up after 131 s instead of 127 s"),
    KnownChange(
        commits: ["27dd35e02235"], mainline: KernelVersion(5, 18), kind: .counters, scenarios: ["*"],
        signs: [
            .variant(without: "TIME_WAIT counted at its end", with: "TIME_WAIT counted at its start"),
            .counters(without: [], with: ["TW", "TWKilled"]),
        ],
        words: "TW and TWKilled count a time-wait minisock when it starts; before, when it ended"),
]
