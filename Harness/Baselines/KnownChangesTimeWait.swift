internal import Compare

/// What is known to differ between kernels about TIME_WAIT, the newest first. Commits are mainline's.
let knownTimeWaitChanges: [KnownChange] = [
    KnownChange(
        commits: ["c449d5f3a3d7"], mainline: KernelVersion(6, 16), kind: .counters,
        scenarios: ["timewait.new-syn-lower", "timewait.old-duplicate", "timewait.self-assassination"],
        signs: [
            .variant(without: "PAWS in TIME_WAIT counted as in ESTABLISHED", with: "PAWS in TIME_WAIT counted apart"),
            .counters(without: ["PAWSEstab"], with: ["PAWSTimewait"]),
        ], anywhere: [.counters(without: [], with: ["PAWSTimewait"]), .counters(without: ["PAWSEstab"], with: [])],
        words:
            "segments whose timestamp PAWS rejects in TIME_WAIT are counted by PAWSTimewait; before, by PAWSEstab as "
            + "those of established connections"),
    KnownChange(
        commits: ["19ce8cd30465", "ca6a6f93867a"], mainline: KernelVersion(6, 14),
        scenarios: ["timewait.reconnect-blocked"],
        signs: [.variant(without: "whole seconds", with: "tcp_tw_reuse_delay")],
        words:
            "the age at which a TIME_WAIT may be used again is in milliseconds (tcp_tw_reuse_delay); before, it had to be of "
            + "an earlier second of the clock"),
    KnownChange(
        commits: ["41eecbd712b7"], mainline: KernelVersion(6, 10),
        scenarios: ["timewait.new-syn-higher", "open.v6-twins"],
        signs: [.variant(without: "the clock chooses the new number", with: "TIME_WAIT chooses the new number")],
        words: "a connection that takes a TIME_WAIT's place begins 65537 above the old one's last number; before, the "
            + "number that TIME_WAIT had chosen got lost and the clock's was taken"),
]
