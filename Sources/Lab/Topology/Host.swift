package import Acts
package import Linux
internal import Netlink
package import SockDiag
internal import Record
internal import Worker

/// One of the two hosts: a network namespace with its addresses, its sockets as netlink shows them, its processes.
package final class Host {
    package let name: HostName
    package let ip4: IPAddress
    package let ip6: IPAddress
    /// The address in the family that the scenario runs over.
    package var ip: IPAddress { lab.prefersIPv6 ? ip6 : ip4 }
    package let namespace: NetworkNamespace
    let mac: MACAddress
    let route: RouteSocket
    let diagnostics: SocketDiagnostics
    /// Counters when the laboratory was ready.
    private var counterBase = Counters()
    /// Sockets of the laboratory itself in the namespace.
    var ownSockets = 0
    unowned let lab: Lab
    private var defaultProcess: WorkerProcess?
    private var ownAddresses: Set<IPAddress>

    /// The index of the interface toward the other host, which the link's builder finds out: a new namespace may be born
    /// with tunnel devices (`net.core.fb_tunnels_only_for_init_net`).
    var interface: Int32 = 0
    static let interfaceName = "veth0"
    /// The index of the loopback in every namespace.
    static let loopback: Int32 = 1

    init(_ name: HostName, lab: Lab, addressing: Addressing) throws {
        self.name = name
        self.lab = lab
        ip4 = addressing.v4(name)
        ip6 = addressing.v6(name)
        mac = MACAddress(bytes: [2, 0, 0, 0, 0, name == .a ? 1 : 2])
        ownAddresses = [ip4, ip6]
        let namespace = try NetworkNamespace()
        self.namespace = namespace
        lab.watch(namespace, "host \(name.rawValue)")
        // Before there are interfaces, which take the defaults.
        let corrections = lab.configuration.corrections
        if !corrections.isEmpty { try namespace.setSysctls(corrections.map { ($0.name, $0.value) }) }
        (route, diagnostics) = try namespace.inside { (try RouteSocket(), try SocketDiagnostics()) }
    }

    /// The other end of the link.
    package var peer: Host { name == .a ? lab.b : lab.a }

    /// Its addresses for the record, IPv4 first.
    var addressWords: [String] { [ip.description, ip6.description] }

    func owns(_ address: IPAddress) -> Bool { ownAddresses.contains(address.unmapped) }

    // MARK: Settings

    /// Sets a sysctl of the namespace; one without `net.` is taken from net.ipv4.
    package func set(sysctl name: String, to value: String) throws {
        try namespace.setSysctl(Self.fullName(ofSysctl: name), to: value)
    }

    /// Sets several, and passes over those that this kernel does not have.
    func set(sysctls settings: some Sequence<(key: String, value: String)>) throws {
        try namespace.setSysctls(settings.map { (name: Self.fullName(ofSysctl: $0.key), value: $0.value) })
    }

    private static func fullName(ofSysctl name: String) -> String {
        name.hasPrefix("net.") ? name : "net.ipv4." + name
    }

    /// Reads a sysctl; nil where this kernel has none of that name.
    package func sysctl(_ name: String) throws -> String? {
        do {
            return try namespace.sysctl(Self.fullName(ofSysctl: name))
        } catch let error as SystemError where error.errno == .ENOENT {
            return nil
        }
    }

    // MARK: Processes and sockets

    /// The process that makes this host's calls unless the scenario asks for another.
    package func process() throws -> WorkerProcess {
        if let defaultProcess { return defaultProcess }
        let process = try spawn("p")
        defaultProcess = process
        return process
    }

    func forgetProcess() { defaultProcess = nil }

    /// Starts another process on this host.
    package func spawn(_ label: String) throws -> WorkerProcess {
        try lab.spawn(label, on: self)
    }

    /// A new TCP socket of this host's process.
    package func socket(_ label: String, v6: Bool? = nil) throws -> Socket {
        try process().socket(label, v6: v6)
    }

    /// A listening socket with SO_REUSEADDR, on all addresses.
    package func listen(_ label: String = "listener", port: UInt16, backlog: Int32 = 16, v6: Bool? = nil) throws
        -> Socket
    {
        try process().listen(label, port: port, backlog: backlog, v6: v6)
    }

    // MARK: What the kernel shows

    /// Every listening or connected TCP socket of the host, as netlink shows it now.
    package func rows() throws -> [DiagRow] {
        try diagnostics.dumpAll(states: SocketDiagnostics.connectionStates, withInfo: false)
    }

    func startCounting() throws { counterBase = try readCounters() }

    private func readCounters() throws -> Counters { try namespace.inside { try Counters.read() } }

    /// How far the TCP counters have moved since the laboratory was ready; those that have not are left out.
    package func counters() throws -> [String: Int64] {
        try readCounters().moved(since: counterBase)
    }
}
