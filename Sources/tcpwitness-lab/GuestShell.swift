internal import Linux
internal import Netlink

/// A shell on the console of a guest, with two hosts at hand: network namespaces that a veth pair joins.
///
/// They are those of the scenarios but for settings, which are the kernel's own, and can be entered as ip(8) names them.
struct GuestShell {
    /// The console, whose other end is the user's terminal.
    private static let console = "/dev/ttyS0"
    /// Where the user's input is that is no terminal.
    static let script = "/script"
    /// Tells the other end that what follows is the shell's.
    private static let ready: UInt8 = 6  // ACK

    private let rows: UInt16
    private let columns: UInt16
    private let isScript: Bool

    /// `shell ROWS COLUMNS [script]`; nil for other orders.
    init?(_ arguments: [String]) {
        guard arguments.count >= 3, arguments[0] == "shell" else { return nil }
        rows = UInt16(arguments[1]) ?? 0
        columns = UInt16(arguments[2]) ?? 0
        isScript = arguments.dropFirst(3).first == "script"
    }

    /// Runs the shell to its end, and writes its exit status to a serial line. Throws the error of the failing call.
    func run(tellingStatusOver line: String) throws {
        let hosts = try Self.makeHosts()
        defer { withExtendedLifetime(hosts) {} }
        let results = try SerialLine.open(line)
        do {
            let console = try Descriptor.open(Self.console, [.O_RDWR, .O_NOCTTY])
            try console.write([Self.ready])
        }
        let interactive = Files.exists("/bin/bash") ? ["/bin/bash", "--norc", "-i"] : ["/bin/sh", "-i"]
        var program = TerminalProgram(
            terminal: Self.console, words: isScript ? ["/bin/sh", Self.script] : interactive,
            environment: ((try? Files.read("/environment")) ?? "").split(separator: "\n").map(String.init),
            directory: "/root")
        (program.rows, program.columns, program.carriesBytes) = (rows, columns, isScript)
        program.input = isScript ? "/dev/null" : nil
        let status = try program.run()
        // That the machine restarts is no output of the shell's.
        try? Files.write("0", to: "/proc/sys/kernel/printk")
        try results.write(Array("\(status)\n".utf8))
        try SerialLine.drain(results.raw)
    }

    // MARK: Hosts

    /// Two hosts, A and B, under the names that `ip netns` knows.
    private static func makeHosts() throws -> [NetworkNamespace] {
        try RouteSocket().perform([.linkUp(1)])
        let names = ["A", "B"]
        let hosts = try names.map { _ in try NetworkNamespace() }
        let routes = try hosts.map { host in try host.inside { try RouteSocket() } }
        let ends = names.indices.map { LinkEnd(name: "veth0", mac: MACAddress(bytes: [2, 0, 0, 0, 0, UInt8($0 + 1)])) }
        try routes[0].perform([.veth(ends[0], peer: ends[1], in: hosts[1])])
        for (number, host) in hosts.enumerated() {
            // Without looking for others that have the address, which would cost the first connection a second.
            try host.setSysctls([("net.ipv6.conf.veth0.accept_dad", "0")])
            let link = try routes[number].index(of: "veth0")
            try routes[number].perform([
                .linkUp(1), .linkUp(link),
                .address(IPAddress(192, 0, 2, UInt8(number + 1)), prefixLength: 24, on: link),
            ])
            if Files.exists("/proc/sys/net/ipv6"), let address = IPAddress("2001:db8::\(number + 1)") {
                try routes[number].perform([.address(address, prefixLength: 64, on: link)])
            }
            try name(host, names[number])
        }
        for route in routes { try route.waitUntilReady(try route.index(of: "veth0"), addresses: []) }
        return hosts
    }

    private static func name(_ host: NetworkNamespace, _ name: String) throws {
        for directory in ["/run", "/run/netns"] { try? Files.makeDirectory(directory, mode: 0o755) }
        let path = "\(ShellTools.hosts)/\(name)"
        _ = try Descriptor.open(path, [.O_RDWR, .O_CREAT])
        try OwnProcess.bind("/proc/self/fd/\(host.descriptor)", to: path)
    }
}
