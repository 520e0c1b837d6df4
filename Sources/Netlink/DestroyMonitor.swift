package import SockDiag
internal import CLinux
internal import Glibc
package import Linux

/// Tells when TCP sockets of one network namespace are freed (sock_diag's destroy groups).
///
/// Only full sockets are told of, with their last `tcp_info`: neither request socks nor minisocks, so entering TIME_WAIT
/// shows here as the end of the socket. The kernel sends from a work queue: the row comes a little after the fact. Match
/// by cookie: the local port may already be 0.
package final class DestroyMonitor {
    private let socket: NetlinkSocket
    private var pending: ArraySlice<DiagRow> = []

    /// Subscribes in the calling thread's namespace. Throws the error of the failing call.
    package init() throws(SystemError) {
        let groups = [SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET6_TCP_DESTROY]
        socket = try NetlinkSocket(
            .socketDiagnostics, groups: groups.reduce(0) { $0 | 1 << ($1.rawValue - 1) }, nonBlocking: true)
        // Room for thousands of sockets freed at once. Without the privilege the plain limit holds; losses are told.
        var room: Int32 = 4 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Readable when `next` has something. The monitor keeps the descriptor.
    package var descriptor: Int32 { socket.descriptor }

    /// The next freed socket, without waiting; nil when there is none yet.
    ///
    /// Read until nil before polling again. Throws `ENOBUFS` when the socket's queue overflowed and rows were lost; the
    /// monitor goes on working after it.
    package func next() throws -> DiagRow? {
        if pending.isEmpty {
            pending = try socket.events("watch sockets being destroyed") { try DiagRow($0) }.map { $0[...] } ?? []
        }
        return pending.popFirst()
    }
}
