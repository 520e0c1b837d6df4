// What happens to connections: options, sysctls, the wire, forged segments, time.

extension Grammar {
    static let options: [Production] = [
        Production(
            "option", .options, weight: 1.5, when: { !$0.those { $0.isOpen }.isEmpty }
        ) { stage, chances in
            let socket = chances.one(of: stage.those { $0.isOpen })
            let (option, values) = chances.one(of: optionValues)
            return ["\(socket.name) setsockopt \(option) \(chances.one(of: values)) -> anything"]
        },
        Production("keepalive", .options, weight: 0.5, when: hasPeers) { stage, chances in
            let name = chances.peer(stage)
            return [
                "\(name) setsockopt TCP_KEEPIDLE \(chances.one(of: [1, 4])) -> anything",
                "\(name) setsockopt TCP_KEEPINTVL \(chances.one(of: [1, 3])) -> anything",
                "\(name) setsockopt TCP_KEEPCNT \(chances.one(of: [1, 3])) -> anything",
                "\(name) setsockopt SO_KEEPALIVE 1 -> anything",
            ]
        },
    ]

    private static let optionValues: [(String, [Int])] = [
        ("TCP_NODELAY", [1]), ("TCP_LINGER2", [-1, 1, 5]), ("TCP_DEFER_ACCEPT", [1, 10]), ("TCP_SYNCNT", [1, 3]),
        ("TCP_USER_TIMEOUT", [500, 3000]), ("SO_RCVBUF", [2304, 8192]), ("SO_SNDBUF", [4608, 16_384]),
        ("SO_KEEPALIVE", [1]), ("SO_REUSEADDR", [1]), ("TCP_KEEPIDLE", [1, 10]), ("TCP_KEEPCNT", [1]),
    ]

    static let sysctls: [Production] = [
        Production("sysctl", .sysctls, weight: 1.2) { _, chances in
            let (name, values) = chances.one(of: sysctlValues)
            return ["sysctl \(name) = \(chances.one(of: values))"]
        }
    ]

    private static let sysctlValues: [(String, [Int])] = [
        ("tcp_fin_timeout", [1, 5]), ("tcp_tw_reuse", [0, 1]), ("tcp_syncookies", [0, 2]), ("tcp_retries1", [1]),
        ("tcp_retries2", [2, 4]), ("tcp_syn_retries", [1, 3]), ("tcp_synack_retries", [0, 1]),
        ("tcp_keepalive_time", [2, 30]), ("tcp_keepalive_probes", [1]), ("tcp_keepalive_intvl", [1]),
        ("tcp_orphan_retries", [1, 2]), ("tcp_max_syn_backlog", [1]), ("tcp_timestamps", [0]), ("tcp_sack", [0]),
        ("tcp_dsack", [0]), ("tcp_window_scaling", [0]), ("tcp_ecn", [1]), ("tcp_rfc1337", [1]),
        ("tcp_abort_on_overflow", [1]), ("tcp_early_retrans", [3]), ("tcp_recovery", [0]), ("tcp_frto", [0]),
        ("tcp_mtu_probing", [1, 2]), ("tcp_invalid_ratelimit", [0]), ("tcp_slow_start_after_idle", [0]),
        ("tcp_stdurg", [1]), ("tcp_retrans_collapse", [0]), ("tcp_no_metrics_save", [0]), ("tcp_autocorking", [0]),
        ("tcp_thin_linear_timeouts", [1]), ("tcp_migrate_req", [1]), ("tcp_challenge_ack_limit", [1]),
    ]

    /// IPv6 for all that follows; the line that makes hosts have it stands beside it, so that both go together.
    static let families: [Production] = [
        Production(
            "over IPv6", .ipv6, weight: 0.8, when: { $0.those { _ in true }.isEmpty && !$0.segments.contains("v6") }
        ) {
            stage, _ in
            // A mark, so that it comes once.
            stage.segments.append("v6")
            return ["ipv6", "over IPv6"]
        }
    ]

    static let wire: [Production] = [
        Production("drop", .wire, weight: 1.5, when: { $0.rules.count < 3 }) { stage, chances in
            let rule = stage.name("lost")
            let first = chances.one(of: ["", " first 1", " first 1", " first 2"])
            if first.isEmpty { stage.rules.append((rule, false)) }
            return ["wire drop \"\(chances.pattern())\"\(first) as \(rule)"]
        },
        Production("duplicate", .wire, weight: 0.7, when: { $0.rules.count < 3 }) { stage, chances in
            ["wire duplicate \"\(chances.pattern())\" first 1 as \(stage.name("twice"))"]
        },
        Production("delay", .wire, weight: 0.7, when: { $0.rules.count < 3 }) { stage, chances in
            let rule = stage.name("slow")
            stage.rules.append((rule, false))
            return ["wire delay \(chances.one(of: ["20ms", "330ms", "2s"])) \"\(chances.pattern())\" as \(rule)"]
        },
        Production("hold", .wire, weight: 1, when: { $0.rules.count < 3 }) { stage, chances in
            let rule = stage.name("held")
            stage.rules.append((rule, true))
            return ["wire hold \"\(chances.pattern())\" as \(rule)"]
        },
        Production("release", .wire, weight: 2, when: { $0.rules.contains(where: \.keeps) }) { stage, chances in
            let rule = chances.one(of: stage.rules.filter(\.keeps)).name
            stage.rules.removeAll { $0.name == rule }
            return ["wire release \(rule)\(chances.one(of: ["", "", " reversed"]))"]
        },
        Production("lift", .wire, weight: 1.5, when: { $0.rules.contains { !$0.keeps } }) { stage, chances in
            let rule = chances.one(of: stage.rules.filter { !$0.keeps }).name
            stage.rules.removeAll { $0.name == rule }
            return ["wire lift \(rule)"]
        },
    ]

    static let forging: [Production] = [
        Production("forge", .forge, weight: 1.5, when: hasConnected) { stage, chances in
            let name = chances.one(of: stage.those { $0.state == .connected }).name
            let flags = chances.one(of: ["RST", "SYN", "ACK", "ACK", "FIN|ACK", "RST|ACK", "SYN|ACK", "PSH|ACK"])
            let sequence = chances.one(of: ["", "", " seq 1", " seq -1", " seq 100", " seq 70000", " seq -70000"])
            let number = chances.one(of: ["", "", " ack 1", " ack -1", " ack 5000", " ack -70000"])
            let echo = chances.one(of: ["", "", " echo 0", " echo 1000", " echo -1000"])
            let payload = flags == "PSH|ACK" ? " \"forged\"" : ""
            return ["\(name) forges \(flags)\(sequence)\(number)\(echo)\(payload) as \(stage.name("forged"))"]
        },
        Production("repeat", .forge, weight: 0.8, when: { $0.traffic > 0 && hasConnected($0) }) { stage, chances in
            let name = stage.name("seen")
            let changes = chances.one(of: ["", "", " flags SYN", " flags RST", " flags FIN|ACK"])
            return [
                "wire has carried \"\(chances.one(of: ["ANY>", "<ANY"]))\" as \(name)",
                "wire repeat \(name)\(changes) as \(stage.name("repeated"))",
            ]
        },
        Production("unreachable", .icmp, weight: 0.7, when: { $0.traffic > 0 }) { stage, chances in
            let name = stage.name("seen")
            let reason = chances.one(of: ["host", "port", "network", "protocol", "mtu=1280", "mtu=600"])
            return [
                "wire has carried \"\(chances.one(of: ["ANY>", "<ANY"]))\" as \(name)",
                "wire unreachable \(reason) about \(name)",
            ]
        },
    ]

    /// None of these is near a sum of TCP's timeouts, so that nothing hangs on which of two came first.
    static let timers: [Production] = [
        Production("wait", nil, weight: 2.5) { stage, chances in
            ["wait \(chances.one(of: ["70ms", "330ms", "1700ms"]))"]
        },
        Production("wait for timers", .timers, weight: 1, when: { $0.waited < 600_000 }) { stage, chances in
            let (words, time) = chances.one(of: [
                ("5500ms", 5500), ("20s", 20_000), ("80s", 80_000), ("290s", 290_000),
            ])
            stage.waited += time
            return ["wait \(words)"]
        },
    ]
}

extension Chances {
    /// Some segments, in one direction.
    fileprivate mutating func pattern() -> String {
        let kind = one(of: ["SYN", "SYN/ACK", "ACK", "DATA", "FIN", "RST", "ANY"])
        return isLucky(percent: 50) ? "\(kind)>" : "<\(kind)"
    }
}
