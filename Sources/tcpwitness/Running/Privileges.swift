internal import Linux

/// What the lab needs of the kernel's privileges.
enum Privileges {
    /// From <linux/capability.h>: interfaces and sock_diag destroy, packet sockets, namespaces and tracepoints.
    private static let needed = [(12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (21, "CAP_SYS_ADMIN")]

    /// Makes sure of them: an ordinary user enters a user namespace in which he has them all.
    ///
    /// The process must still have a single thread. Throws a complaint that names what is missing.
    static func acquire() throws {
        let missing = try missing()
        if missing.isEmpty { return }
        guard !OwnProcess.isRoot else {
            throw Complaint("run needs \(missing), which this root lacks; a container may have dropped it")
        }
        do {
            try OwnProcess.enterUserNamespace()
        } catch {
            throw Complaint(
                "run needs root (missing \(missing)): use sudo, or let users make user namespaces: \(error)")
        }
        let still = try Self.missing()
        guard still.isEmpty else {
            throw Complaint("run needs root: this machine gives a user namespace no \(still); use sudo")
        }
    }

    private static func missing() throws -> String {
        let effective = try effectiveCapabilities()
        return needed.filter { effective & (1 << $0.0) == 0 }.map(\.1).joined(separator: ", ")
    }

    private static func effectiveCapabilities() throws -> UInt64 {
        let status = try Files.read("/proc/self/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        return UInt64(String(line.dropFirst("CapEff:".count)).trimmed, radix: 16) ?? 0
    }
}
