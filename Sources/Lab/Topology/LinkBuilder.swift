internal import Acts
internal import Linux
internal import Netlink
internal import Record

/// Makes the interfaces between two hosts and the sockets that see what goes over them.
struct LinkBuilder {
    let a: Host
    let b: Host
    let ipv6: Bool
    let choice: LinkChoice
    /// For chance that is the same each time.
    let seed: UInt64
    /// The relay is wanted even where a plain link would do, because something is to be tampered with.
    let forceRelay: Bool
    private(set) var wireNamespace: NetworkNamespace?

    struct Built {
        var path: Wire.Path
        var name: String
        var impairment: (delay: Duration, jitter: Duration, loss: Double)?
    }

    init(a: Host, b: Host, ipv6: Bool, choice: LinkChoice, seed: UInt64, forceRelay: Bool) {
        self.seed = seed
        self.a = a
        self.b = b
        self.ipv6 = ipv6
        self.choice = choice
        self.forceRelay = forceRelay
    }

    /// Makes the link and waits until it carries frames both ways.
    mutating func build(_ link: Acts.Link) throws -> Built {
        let built = try make(link)
        for host in [a, b] {
            try host.route.waitUntilReady(host.interface, addresses: ipv6 ? [host.ip4, host.ip6] : [host.ip4])
        }
        return built
    }

    private mutating func make(_ link: Acts.Link) throws -> Built {
        switch link {
        case .relay: return try relayed()
        case .direct: return forceRelay ? try relayed() : try direct()
        case .loopback:
            _ = try direct()
            let (loopback, link) = try a.namespace.inside {
                (
                    try PacketSocket(interface: Host.loopback, outgoing: true),
                    try PacketSocket(interface: a.interface, outgoing: true)
                )
            }
            // Anything that leaves the host after all would show as coming from B.
            return Built(path: .observed(atA: loopback, atB: link), name: "loopback")
        case .impaired(let delay, let jitter, let loss):
            if choice != .relay && !forceRelay {
                do {
                    return try emulated(delay, jitter, loss)
                } catch let error as SystemError where error.errno == .ENOENT {
                    // The kernel has no sch_netem.
                    guard choice == .auto else {
                        throw ScenarioStop.skipped("the kernel has no sch_netem (\(error)); use --link auto or relay")
                    }
                }
            }
            var built = try relayed()
            built.impairment = (delay, jitter, loss)
            return built
        }
    }

    /// A—veth—B.
    private func direct() throws -> Built {
        try a.route.perform([
            .veth(
                LinkEnd(name: Host.interfaceName, mac: a.mac),
                peer: LinkEnd(name: Host.interfaceName, mac: b.mac), in: b.namespace)
        ])
        try findInterfaces()
        try configure()
        return Built(
            path: .observed(
                atA: try a.namespace.inside { try PacketSocket(interface: a.interface, outgoing: true) },
                atB: try b.namespace.inside { try PacketSocket(interface: b.interface, outgoing: true) }),
            name: "direct")
    }

    /// A—veth—B with netem on both ends; leaves nothing behind where the kernel has no netem.
    private func emulated(_ delay: Duration, _ jitter: Duration, _ loss: Double) throws -> Built {
        var built = try direct()
        // Kernels before 6.6 take no seed and say nothing of it, so it is not among what is read back.
        let plain = Netem(delay: delay, jitter: jitter, lossProbability: loss)
        do {
            for (number, host) in [a, b].enumerated() {
                let seeded = Netem(
                    delay: delay, jitter: jitter, lossProbability: loss, seed: seed &* 2 &+ UInt64(number))
                try host.route.perform([.netem(seeded, on: host.interface)])
                guard try host.route.rootQdisc(of: host.interface)?.netem?.fulfils(plain) == true else {
                    throw ScenarioStop.harness("the kernel did not set netem as it was asked to")
                }
            }
        } catch {
            try a.route.perform([.deleteLink(a.interface)])
            throw error
        }
        built.name = "netem"
        return built
    }

    /// A—veth—W—veth—B with the relay's packet sockets in W.
    private mutating func relayed() throws -> Built {
        let namespace = try NetworkNamespace()
        wireNamespace = namespace
        let route = try namespace.inside { try RouteSocket() }
        for (host, name, number) in [(a, "toA", 2), (b, "toB", 3)] as [(Host, String, UInt8)] {
            try host.route.perform([
                .veth(
                    LinkEnd(name: Host.interfaceName, mac: host.mac),
                    peer: LinkEnd(name: name, mac: MACAddress(bytes: [2, 0, 0, 0, 1, number])), in: namespace)
            ])
        }
        try findInterfaces()
        let (facingA, facingB) = (try route.index(of: "toA"), try route.index(of: "toB"))
        try configure()
        // The relay's interfaces come up last: its sockets are bound first, and no frame goes by unseen.
        let path = try namespace.inside {
            Wire.Path.relayed(
                towardA: try PacketSocket(interface: facingA, outgoing: false),
                towardB: try PacketSocket(interface: facingB, outgoing: false))
        }
        try route.perform([.linkUp(facingA), .linkUp(facingB)])
        for index in [facingA, facingB] { try route.waitUntilReady(index, addresses: []) }
        return Built(path: path, name: "relay")
    }

    private func findInterfaces() throws {
        for host in [a, b] { host.interface = try host.route.index(of: Host.interfaceName) }
    }

    private func configure() throws {
        for host in [a, b] {
            try host.namespace.inside {
                try turnOffloadsOff(of: Host.interfaceName)
            }
            try settleIPv6(of: host)
            let peer = host.peer
            try host.route.perform([
                .linkUp(Host.loopback), .linkUp(host.interface),
                .address(host.ip4, prefixLength: Addressing.prefixV4, on: host.interface),
                .neighbour(peer.ip4, peer.mac, on: host.interface),
            ])
            guard ipv6 else { continue }
            try host.route.perform([
                .address(host.ip6, prefixLength: Addressing.prefixV6, on: host.interface),
                .neighbour(peer.ip6, peer.mac, on: host.interface),
            ])
        }
    }

    /// Keeps IPv6 off the wire where it is not wanted, and its chatter in any case.
    private func settleIPv6(of host: Host) throws {
        guard try host.sysctl("net.ipv6.conf.\(Host.interfaceName).disable_ipv6") != nil else {
            guard ipv6 else { return }
            throw ScenarioStop.skipped("the kernel has no IPv6")
        }
        let settings =
            ipv6
            ? [("accept_ra", "0"), ("router_solicitations", "0"), ("addr_gen_mode", "1"), ("accept_dad", "0")]
            : [("disable_ipv6", "1")]
        try host.set(sysctls: settings.map { ("net.ipv6.conf.\(Host.interfaceName).\($0.0)", $0.1) })
    }
}
