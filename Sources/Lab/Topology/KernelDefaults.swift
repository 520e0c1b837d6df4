internal import Linux

/// What a new network namespace takes from the machine, and what it is without that.
///
/// A namespace inherits settings from the machine's first one (tcp_sk_init(), devinet_init_net()) and sizes others by
/// the machine's memory, so a laboratory sets what differs here to the kernel's own default before it makes anything.
/// All other settings of a namespace are constants of the kernel.
package enum KernelDefaults {
    /// A setting of a namespace.
    package struct Setting: Hashable, Sendable {
        /// As sysctl(8) names it.
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Everything that leaks in, as the kernel's sources have it. A setting that a kernel lacks is passed over.
    package static let table: [Setting] = buffers + interfaces

    /// The largest receive buffer here: what a machine's `net.core.rmem_max` has beyond it shows in window scales.
    package static let largestReceiveBuffer = 6_291_456

    private static let buffers = [
        // Inherited; the last values are those of a machine with enough memory, the receive buffer's before Linux 6.16.
        Setting("net.ipv4.tcp_rmem", "4096 131072 \(largestReceiveBuffer)"),
        Setting("net.ipv4.tcp_wmem", "4096 16384 4194304"),
        // By the size of the socket hash; the least that the kernel gives a namespace without a small one of its own.
        Setting("net.ipv4.tcp_max_syn_backlog", "128"),
        Setting("net.ipv4.tcp_max_tw_buckets", "4096"),
    ]

    /// `all` stands before `default` and both before `lo`: writing one may change the others.
    private static let interfaces = ["all", "default", "lo"].flatMap { scope in
        ipv4.map { Setting("net.ipv4.conf.\(scope).\($0.key)", $0.value) }
            + [Setting("net.ipv4.conf.\(scope).accept_source_route", scope == "all" ? "0" : "1")]
            + ipv6.map { Setting("net.ipv6.conf.\(scope).\($0.key)", $0.value) }
    }

    /// Of ipv4_devconf in net/ipv4/devinet.c; forwarding first, since writing it changes others.
    private static let ipv4: KeyValuePairs = [
        "forwarding": "0", "accept_redirects": "1", "secure_redirects": "1", "send_redirects": "1",
        "shared_media": "1", "accept_local": "0", "arp_accept": "0", "arp_announce": "0",
        "arp_evict_nocarrier": "1", "arp_filter": "0", "arp_ignore": "0", "arp_notify": "0", "bc_forwarding": "0",
        "disable_policy": "0", "drop_gratuitous_arp": "0", "drop_unicast_in_l2_multicast": "0",
        "force_igmp_version": "0", "ignore_routes_with_linkdown": "0", "log_martians": "0",
        "promote_secondaries": "0", "proxy_arp": "0", "route_localnet": "0", "rp_filter": "0",
        "src_valid_mark": "0",
    ]

    /// Of ipv6_devconf in net/ipv6/addrconf.c, as far as it concerns what a laboratory's hosts do. The kernel's command
    /// line (`ipv6.disable_ipv6`) and `net.core.devconf_inherit_init_net` hand them down.
    private static let ipv6: KeyValuePairs = [
        "forwarding": "0", "disable_ipv6": "0", "hop_limit": "64", "accept_redirects": "1",
        "accept_source_route": "0", "disable_policy": "0", "drop_unicast_in_l2_multicast": "0",
        "ignore_routes_with_linkdown": "0", "keep_addr_on_down": "0", "seg6_enabled": "0", "use_tempaddr": "0",
    ]

    /// Settings of net.ipv4 in a new namespace, with its values as they are.
    ///
    /// - Parameter faults: what a kernel would have otherwise, for tests.
    package static func fresh(beginning prefixes: [String], but faults: [String: String]) throws -> [String: String] {
        let sample = try NetworkNamespace()
        try sample.setSysctls(faults.map { (name: "net.ipv4." + $0.key, value: $0.value) })
        return try sample.inside { try NetworkNamespace.currentSettings(beginning: prefixes) }
    }

    /// The settings of the table that a new namespace of the calling thread's would have otherwise.
    ///
    /// One look serves a whole run: reading them for each host would cost more than all else that a laboratory is made
    /// of, and writing them costs nothing where nothing differs. Throws the error of the failing call.
    package static func corrections() throws -> [Setting] {
        let sample = try NetworkNamespace()
        return try sample.inside {
            try table.filter { setting in
                guard let value = try NetworkNamespace.currentSysctl(setting.name) else { return false }
                return value.split(whereSeparator: \.isWhitespace) != setting.value.split(separator: " ")
            }
        }
    }

    /// What leaks in and only the machine's first namespace could keep out; nil when nothing does.
    package static func limit() -> String? {
        guard let text = try? Files.read("/proc/sys/net/core/rmem_max"), let value = Int(text.trimmed),
            value > largestReceiveBuffer
        else { return nil }
        return "net.core.rmem_max is \(value): window scales are larger than on other machines"
    }
}
