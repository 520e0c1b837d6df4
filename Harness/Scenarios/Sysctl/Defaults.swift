internal import Vocabulary

/// What the kernel's settings are where nobody has set them.
enum Defaults {
    static let all = [defaults]

    static let defaults = Scenario(
        "sysctl.defaults",
        claim:
            "A new network namespace has the kernel's own settings of TCP and of ports, whatever the first one has: "
            + "each of them is there and has its value, those that came later on the kernels that have them.",
        cites: [
            .man("tcp", 7, "tcp_tw_reuse", .refuted), .sysctl("tcp_tw_reuse", only: "its default"),
            .sysctl("tcp_retries1", only: "its default"), .sysctl("tcp_min_snd_mss", only: "its default"),
            .sysctl("tcp_rto_min_us", only: "its default", unless: ["no tcp_rto_min_us": .absent]),
            .sysctl("tcp_rto_max_ms", only: "its default", unless: ["no tcp_rto_max_ms": .absent]),
            .sysctl("tcp_pingpong_thresh", only: "its default", unless: ["no tcp_pingpong_thresh": .absent]),
            .sysctl("tcp_probe_interval", only: "its default"), .sysctl("tcp_probe_threshold", only: "its default"),
            .sysctl("ip_local_port_range", only: "its default"), .kernel("tcp_ipv4.c", "tcp_sk_init"),
            .kernel("af_inet.c", "inet_init_net"),
        ],
        link: .direct
    ) {
        try step("a network namespace is made; every tcp_* and ip_local_* of it has the kernel's value") {
            let settings = try A.freshSettings(beginning: "tcp_", "ip_local_")
            let wrong = Self.constant.filter { settings[$0.key] != $0.value }.map { name, _ in
                "\(name) \(settings[name] ?? "is missing")"
            }
            expect("all of \(Self.constant.count) settings are as ever", of: wrong.sorted(), by: .sysctl, is: [])
            for (name, values) in Self.changing { judge(name, settings[name], values) }
            let known = Set(Self.constant.map(\.key) + Self.changing.map(\.key) + Self.ofMachine)
            let others = settings.keys.filter { !known.contains($0) }.sorted()
            variant(others.isEmpty ? "no other settings" : "also \(others.joined(separator: ", "))")
        }
    }

    /// A setting that some kernels lack, or whose value changed: one of these, and compared by that.
    private static func judge(_ name: String, _ value: String?, _ values: [String]) {
        variant(value.map { "\(name) \($0)" } ?? "no \(name)")
        expect(
            "\(name) is missing or \(values.joined(separator: " or "))", of: value ?? "missing", by: .sysctl
        ) { (["missing"] + values).contains($0) }
    }

    /// As tcp_sk_init() and inet_init_net() have them, on all kernels alike.
    private static let constant: KeyValuePairs = [
        "tcp_abort_on_overflow": "0",
        "tcp_adv_win_scale": "1",
        "tcp_app_win": "31",
        "tcp_autocorking": "1",
        "tcp_base_mss": "1024",
        "tcp_comp_sack_delay_ns": "1000000",
        "tcp_comp_sack_nr": "44",
        "tcp_dsack": "1",
        "tcp_early_demux": "1",
        "tcp_early_retrans": "3",
        "tcp_ecn": "2",
        "tcp_ecn_fallback": "1",
        "tcp_fack": "0",
        "tcp_fastopen": "1",
        "tcp_fin_timeout": "60",
        "tcp_frto": "2",
        "tcp_fwmark_accept": "0",
        "tcp_invalid_ratelimit": "500",
        "tcp_keepalive_intvl": "75",
        "tcp_keepalive_probes": "9",
        "tcp_keepalive_time": "7200",
        "tcp_l3mdev_accept": "0",
        "tcp_max_reordering": "300",
        "tcp_min_rtt_wlen": "300",
        "tcp_min_snd_mss": "48",
        "tcp_min_tso_segs": "2",
        "tcp_moderate_rcvbuf": "1",
        "tcp_mtu_probe_floor": "48",
        "tcp_mtu_probing": "0",
        "tcp_no_metrics_save": "0",
        "tcp_no_ssthresh_metrics_save": "1",
        "tcp_notsent_lowat": "4294967295",
        "tcp_orphan_retries": "0",
        "tcp_pacing_ca_ratio": "120",
        "tcp_pacing_ss_ratio": "200",
        "tcp_probe_interval": "600",
        "tcp_probe_threshold": "8",
        "tcp_recovery": "1",
        "tcp_reflect_tos": "0",
        "tcp_reordering": "3",
        "tcp_retrans_collapse": "1",
        "tcp_retries1": "3",
        "tcp_retries2": "15",
        "tcp_rfc1337": "0",
        "tcp_sack": "1",
        "tcp_slow_start_after_idle": "1",
        "tcp_stdurg": "0",
        "tcp_syn_retries": "6",
        "tcp_synack_retries": "5",
        "tcp_syncookies": "1",
        "tcp_thin_linear_timeouts": "0",
        "tcp_timestamps": "1",
        "tcp_tso_win_divisor": "3",
        "tcp_tw_reuse": "2",
        "tcp_window_scaling": "1",
        "tcp_workaround_signed_windows": "0",
        "ip_local_port_range": "32768\t60999", "ip_local_reserved_ports": "",
    ]

    /// What came, went or changed between the kernels that were looked at, with all the values it had.
    private static let changing: KeyValuePairs = [
        "ip_local_port_step_width": ["0"],
        "tcp_backlog_ack_defer": ["1"],
        "tcp_challenge_ack_limit": ["1000", "2147483647"],
        "tcp_child_ehash_entries": ["0"],
        "tcp_comp_sack_rtt_percent": ["33"],
        "tcp_comp_sack_slack_ns": ["100000", "10000"],
        "tcp_ecn_option": ["2"],
        "tcp_ecn_option_beacon": ["3"],
        "tcp_fastopen_blackhole_timeout_sec": ["3600", "0"],
        "tcp_limit_output_bytes": ["1048576", "4194304"],
        "tcp_migrate_req": ["0"],
        "tcp_pingpong_thresh": ["1"],
        "tcp_plb_cong_thresh": ["128"],
        "tcp_plb_enabled": ["0"],
        "tcp_plb_idle_rehash_rounds": ["3"],
        "tcp_plb_rehash_rounds": ["12"],
        "tcp_plb_suspend_rto_sec": ["60"],
        "tcp_rcvbuf_low_rtt": ["1000"],
        "tcp_rto_max_ms": ["120000"],
        "tcp_rto_min_us": ["200000"],
        "tcp_shrink_window": ["0"],
        "tcp_syn_linear_timeouts": ["4"],
        "tcp_tso_rtt_log": ["9"],
        "tcp_tw_reuse_delay": ["1000"],
    ]

    /// By the size of the machine, by its first namespace, by what is built, or a secret.
    private static let ofMachine = [
        "tcp_allowed_congestion_control", "tcp_available_congestion_control", "tcp_available_ulp",
        "tcp_congestion_control", "tcp_ehash_entries", "tcp_fastopen_key", "tcp_max_orphans", "tcp_max_syn_backlog",
        "tcp_max_tw_buckets", "tcp_mem", "tcp_rmem", "tcp_wmem",
    ]
}
