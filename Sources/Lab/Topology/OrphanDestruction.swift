internal import Linux
internal import Netlink
internal import SockDiag

/// Whether SOCK_DESTROY ends orphans on this kernel.
///
/// Before bac76cf89816 (6.11, and stable series since) tcp_abort() emptied an orphan's queue and did no more. No timer
/// of such a socket is ever set again, so it stays until the machine is started anew, and its namespace with it.
package enum OrphanDestruction {
    /// How long an orphan without a peer goes on where the kernel is told to try but once more: TCP_RTO_MAX, and a little.
    package static let longestTimeout = Duration.seconds(125)

    /// Tries it with an orphan that its peer takes along in any case. Throws the error of the failing call.
    package static func works() throws -> Bool {
        let namespace = try NetworkNamespace()
        return try namespace.inside {
            try RouteSocket().perform([.linkUp(Host.loopback)])
            // Longer than TCP_TIMEWAIT_LEN, so that the orphan waits as a socket and not as a minisock.
            let ends = try makeLoopbackConnection(finWait2: 120)
            let server = Descriptor(owning: ends.server)
            Descriptor(owning: ends.client).close()
            // It stands in the way of nothing: when `server` is closed, a FIN or a reset ends the orphan too.
            defer { withExtendedLifetime(server) {} }
            return try destroysOrphan()
        }
    }

    private static func destroysOrphan() throws -> Bool {
        let diagnostics = try SocketDiagnostics()
        let rows = try diagnostics.dump(states: SocketDiagnostics.connectionStates, withInfo: false)
        guard let orphan = rows.first(where: \.isOrphan) else { return false }
        do {
            try diagnostics.destroy(orphan)
        } catch {
            // A kernel without CONFIG_INET_DIAG_DESTROY.
            return false
        }
        return try diagnostics.lookup(like: orphan, withInfo: false) == nil
    }
}
