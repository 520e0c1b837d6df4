import Acts
import Lab

let settingMutations = [
    Mutation(
        "sysctl.defaults", "a default is another", .setting("tcp_retries2", "14"),
        says: "settings are as ever", "tcp_retries2 14"),
    Mutation(
        "sysctl.defaults", "a default of a setting that some kernels lack is another",
        .setting("tcp_fastopen_blackhole_timeout_sec", "7200"),
        says: "tcp_fastopen_blackhole_timeout_sec is missing or 3600 or 0", "7200"),
]
