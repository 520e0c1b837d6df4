internal import Lab
internal import Linux

/// The part of a direct laboratory that ip of iproute2 can do, a process for each change, as a shell script does it.
struct IPHosts {
    private let ip: String

    init() throws {
        let places = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"]
        guard let path = places.first(where: Files.exists) else { throw SystemError("find ip", .ENOENT) }
        ip = path
    }

    func make() throws {
        for name in ["bench-a", "bench-b"] { try run("netns add \(name)") }
        try run("link add veth0 netns bench-a address 02:00:00:00:00:01 type veth peer name veth0 netns bench-b")
        try run("-n bench-b link set veth0 address 02:00:00:00:00:02")
        for (name, own, other) in [("bench-a", 1, 2), ("bench-b", 2, 1)] {
            try run("-n \(name) link set lo up")
            try run("-n \(name) link set veth0 up")
            try run("-n \(name) address add 240.0.0.\(own)/30 dev veth0")
            try run("-n \(name) neighbour add 240.0.0.\(other) lladdr 02:00:00:00:00:0\(other) dev veth0")
        }
    }

    func remove() throws {
        for name in ["bench-a", "bench-b"] { try run("netns delete \(name)") }
    }

    private func run(_ arguments: String) throws {
        let child = try ChildProcess(ip, arguments.split(separator: " ").map(String.init))
        let status = try child.wait()
        guard status == .exited(0) else { throw ScenarioStop.harness("ip \(arguments): \(status)") }
    }
}
