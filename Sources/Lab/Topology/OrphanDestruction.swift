internal import Glibc
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
            let listener = try stream()
            var address = try listen(on: listener)
            let client = try stream()
            try called(withPointer(to: &address) { connect(client.raw, $0, $1) }, "connect")
            let server = Descriptor(owning: try called(accept(listener.raw, nil, nil), "accept"))
            // Longer than TCP_TIMEWAIT_LEN, so that the orphan waits as a socket and not as a minisock.
            var seconds: Int32 = 120
            let size = socklen_t(MemoryLayout<Int32>.size)
            try called(
                setsockopt(client.raw, Int32(IPPROTO_TCP), TCP_LINGER2, &seconds, size), "setsockopt(TCP_LINGER2)")
            close(client.release())
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

    private static func stream() throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try called(socket(AF_INET, type, 0), "socket"))
    }

    private static func listen(on socket: borrowing Descriptor) throws(SystemError) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        try called(withPointer(to: &address) { bind(socket.raw, $0, $1) }, "bind")
        try called(Glibc.listen(socket.raw, 1), "listen")
        try called(
            withPointer(to: &address) { pointer, length in
                var length = length
                return getsockname(socket.raw, pointer, &length)
            }, "getsockname")
        return address
    }

    @discardableResult
    private static func called(_ result: Int32, _ call: String) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError(call) }
        return result
    }

    private static func withPointer(
        to address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
