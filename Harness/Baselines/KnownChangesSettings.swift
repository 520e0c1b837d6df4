internal import Compare

/// Settings that came, and defaults that changed, as `sysctl.defaults` shows them.
let knownSettingChanges = [
    KnownChange(
        commits: ["ca412f25d6b2"], mainline: KernelVersion(6, 19), scenarios: ["sysctl.defaults"],
        signs: [.variant(without: "tcp_comp_sack_slack_ns 100000", with: "tcp_comp_sack_slack_ns 10000")],
        words: "tcp_comp_sack_slack_ns is 10 µs by default; before, 100 µs"),
    KnownChange(
        commits: ["9ea3bfa61b09"], mainline: KernelVersion(6, 16), scenarios: ["sysctl.defaults"],
        signs: [
            .variant(without: "tcp_limit_output_bytes 1048576", with: "tcp_limit_output_bytes 4194304")
        ],
        words: "tcp_limit_output_bytes is 4 MiB by default; before, 1 MiB"),
    came("ip_local_port_step_width 0", "7da62262ec96", KernelVersion(7, 1)),
    came("tcp_rcvbuf_low_rtt 1000", "ecfea98b7d0d", KernelVersion(6, 19)),
    came("tcp_comp_sack_rtt_percent 33", "416dd649f3aa", KernelVersion(6, 19)),
    came("tcp_ecn_option 2", "aa55a7dde7ec", KernelVersion(6, 18)),
    came("tcp_ecn_option_beacon 3", "aa55a7dde7ec", KernelVersion(6, 18)),
    came("tcp_rto_max_ms 120000", "1280c26228bd", KernelVersion(6, 15)),
    came("tcp_tw_reuse_delay 1000", "ca6a6f93867a", KernelVersion(6, 14)),
    came("tcp_rto_min_us 200000", "f086edef71be", KernelVersion(6, 11)),
    came("tcp_backlog_ack_defer 1", "133c4c0d3717", KernelVersion(6, 7)),
    came("tcp_pingpong_thresh 1", "562b1fdf061b", KernelVersion(6, 7)),
    came("tcp_shrink_window 0", "b650d953cd39", KernelVersion(6, 5), [Backport(6, 1)]),
    came("tcp_syn_linear_timeouts 4", "ccce324dabfe", KernelVersion(6, 5)),
    came("tcp_plb_cong_thresh 128", "bd456f283b66", KernelVersion(6, 2)),
    came("tcp_plb_enabled 0", "bd456f283b66", KernelVersion(6, 2)),
    came("tcp_plb_idle_rehash_rounds 3", "bd456f283b66", KernelVersion(6, 2)),
    came("tcp_plb_rehash_rounds 12", "bd456f283b66", KernelVersion(6, 2)),
    came("tcp_plb_suspend_rto_sec 60", "bd456f283b66", KernelVersion(6, 2)),
    came("tcp_child_ehash_entries 0", "d1e5e6408b30", KernelVersion(6, 1)),
    came("tcp_tso_rtt_log 9", "65466904b015", KernelVersion(5, 18)),
    came("tcp_migrate_req 0", "f9ac779f881c", KernelVersion(5, 14), [Backport(5, 10)]),
    KnownChange(
        commits: ["79e3602caa6f"], mainline: KernelVersion(6, 0), scenarios: ["sysctl.defaults"],
        signs: [
            .variant(without: "tcp_challenge_ack_limit 1000", with: "tcp_challenge_ack_limit 2147483647")
        ],
        words: "the limit of challenge ACKs is each namespace's own and off by default; before, it was 1000 a second"),
]

/// A setting that a commit brought, with the value that it has by default.
private func came(_ setting: String, _ commit: String, _ series: KernelVersion, _ backports: [Backport] = [])
    -> KnownChange
{
    let name = String(setting.prefix { $0 != " " })
    return KnownChange(
        commits: [commit], mainline: series, backports: backports, scenarios: ["sysctl.defaults"],
        signs: [.variant(without: "no \(name)", with: setting)], words: "there is \(name)")
}
