internal import Health
internal import Linux
internal import Netlink
internal import Tracing

/// Something a run needs from the machine, and what to do when it is missing.
package struct Prerequisite: Sendable {
    package enum State: Sendable {
        case present(String)
        case missing(String, remedy: String)
    }

    package let name: String
    package let state: State
    /// Without it nothing runs; otherwise some scenarios or witnesses do without.
    package let isRequired: Bool

    package var isPresent: Bool {
        if case .present = state { true } else { false }
    }

    /// What a run does without it, in a few words; nil when nothing is missing.
    package var limit: String? {
        if case .missing(_, let remedy) = state { "no \(name): \(remedy)" } else { nil }
    }

    /// One line for people.
    package var line: String {
        switch state {
        case .present(let detail): "ok       \(name): \(detail)"
        case .missing(let why, let remedy): "\(isRequired ? "MISSING" : "limited")  \(name): \(why); \(remedy)"
        }
    }
}

/// Finds out by trying, since configuration files and module lists do not tell.
package struct PrerequisiteCheck {
    package static let tracepointsName = "tracepoints"
    package static let kernelLogName = "kernel log"

    /// Names of prerequisites to treat as missing, for tests of what is said then.
    private let simulated: Set<String>
    /// Who a trace instance belongs to, see `TraceHub`.
    private let owner: Int32

    /// - Parameters:
    ///   - owner: the process for which traces are made, as /proc numbers it.
    ///   - simulated: comma-separated names, such as `veth,inet_diag`.
    package init(owner: Int32, simulatingWithout simulated: String? = nil) {
        self.owner = owner
        self.simulated = Set((simulated ?? "").split(separator: ",").map(String.init))
    }

    /// All prerequisites in the order in which they matter; checks after a missing required one are left out.
    package func all() -> [Prerequisite] {
        var found: [Prerequisite] = []
        for check in [namespaces, veth, inetDiag, packetSockets, tracepoints, kernelLog, netem] {
            let prerequisite = check()
            found.append(prerequisite)
            if prerequisite.isRequired && !prerequisite.isPresent { break }
        }
        return found
    }

    private func namespaces() -> Prerequisite {
        probe(
            "namespaces", required: true,
            remedy: "run as root (sudo), in a container with CAP_SYS_ADMIN and CAP_NET_ADMIN"
        ) {
            _ = try NetworkNamespace()
            return "network namespaces can be made"
        }
    }

    private func veth() -> Prerequisite {
        probe("veth", required: true, remedy: "load the module (modprobe veth) or build the kernel with CONFIG_VETH") {
            try withVethPair { _ in "veth pairs can be made" }
        }
    }

    private func inetDiag() -> Prerequisite {
        probe(
            "inet_diag", required: true,
            remedy: "load the modules (modprobe tcp_diag) or build the kernel with CONFIG_INET_DIAG"
        ) {
            let namespace = try NetworkNamespace()
            _ = try namespace.inside { try SocketDiagnostics().dumpAll() }
            return "TCP sockets can be dumped"
        }
    }

    private func packetSockets() -> Prerequisite {
        probe("af_packet", required: true, remedy: "build the kernel with CONFIG_PACKET and run with CAP_NET_RAW") {
            let namespace = try NetworkNamespace()
            _ = try namespace.inside { try PacketSocket(interface: Host.loopback, outgoing: true) }
            return "segments can be captured"
        }
    }

    private func tracepoints() -> Prerequisite {
        probe(
            Self.tracepointsName, required: false,
            remedy: "paths are not asserted; needs CAP_SYS_ADMIN, tracefs and CONFIG_FTRACE (sock:inet_sock_set_state)"
        ) {
            let hub = try TraceHub(owner: owner) { _ in nil }
            hub.close()
            return hub.givesResetReasons
                ? "state transitions and reset reasons can be traced"
                : "state transitions can be traced; reset reasons need Linux 6.10"
        }
    }

    private func kernelLog() -> Prerequisite {
        probe(
            Self.kernelLogName, required: false,
            remedy: "warnings of the kernel are not seen; needs CAP_SYSLOG and /dev/kmsg"
        ) {
            var log = try KernelLog(fromBoot: false)
            _ = try log.read()
            return "warnings of the kernel can be read"
        }
    }

    private func netem() -> Prerequisite {
        probe("sch_netem", required: false, remedy: "the relay emulates delay and loss instead (modprobe sch_netem)") {
            try withVethPair { route in
                let index = try route.index(of: Host.interfaceName)
                try route.perform([.netem(Netem(delay: .milliseconds(1)), on: index)])
                return "tc netem can be used"
            }
        }
    }

    private func withVethPair(_ body: (RouteSocket) throws -> String) throws -> String {
        let one = try NetworkNamespace()
        let other = try NetworkNamespace()
        let route = try one.inside { try RouteSocket() }
        try route.perform([
            .veth(
                LinkEnd(name: Host.interfaceName, mac: MACAddress(bytes: [2, 0, 0, 0, 0, 1])),
                peer: LinkEnd(name: Host.interfaceName, mac: MACAddress(bytes: [2, 0, 0, 0, 0, 2])),
                in: other)
        ])
        return try body(route)
    }

    private func probe(
        _ name: String, required: Bool, remedy: String, _ body: () throws -> String
    ) -> Prerequisite {
        do {
            if simulated.contains(name) { throw SystemError("simulated", .EOPNOTSUPP) }
            return Prerequisite(name: name, state: .present(try body()), isRequired: required)
        } catch {
            return Prerequisite(name: name, state: .missing("\(error)", remedy: remedy), isRequired: required)
        }
    }
}
