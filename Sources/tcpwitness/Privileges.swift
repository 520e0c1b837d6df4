internal import Glibc
internal import Linux

/// What the lab needs of the kernel's privileges.
enum Privileges {
    /// From <linux/capability.h>: namespaces and tracepoints, interfaces and sock_diag destroy, packet sockets.
    private static let needed = [(12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (21, "CAP_SYS_ADMIN")]

    /// Throws a complaint that names what is missing.
    static func check() throws {
        let effective = try effectiveCapabilities()
        let missing = needed.filter { effective & (1 << $0.0) == 0 }.map(\.1).joined(separator: ", ")
        if missing.isEmpty { return }
        guard geteuid() == 0 else { throw Complaint("run needs root (missing \(missing)): use sudo") }
        throw Complaint("run needs \(missing), which this root lacks; a container may have dropped it")
    }

    private static func effectiveCapabilities() throws -> UInt64 {
        let status = try Files.read("/proc/self/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        return UInt64(String(line.dropFirst("CapEff:".count)).trimmed, radix: 16) ?? 0
    }
}
