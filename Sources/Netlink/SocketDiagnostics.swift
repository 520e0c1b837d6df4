package import SockDiag
internal import CMnl
package import Linux

/// The TCP sockets of one network namespace (sock_diag(7)).
///
/// A dump is no snapshot: a socket that becomes a minisock while the table is walked can be seen twice or not at all.
package final class SocketDiagnostics {
    private let socket: NetlinkSocket

    /// Every state, those included that have no name yet. Masks that stop at CLOSING hide request socks.
    package static let allStates: UInt32 = 0xffff_ffff

    /// Every state but BOUND_INACTIVE, for frequent dumps: 30 µs instead of 140, since the kernel walks the 65,536 buckets
    /// of its bind hash only for that one (inet_diag_dump_icsk() since Linux 6.8).
    package static let connectionStates: UInt32 = allStates & ~TCPState.BOUND_INACTIVE.mask

    /// Opens a socket in the calling thread's namespace. Throws the error of the failing call.
    package init() throws(SystemError) { socket = try NetlinkSocket(.socketDiagnostics) }

    /// Lists the TCP sockets of one family, AF_INET or AF_INET6. Throws the kernel's error or `MalformedMessage`.
    ///
    /// - Parameters:
    ///   - states: a mask of `TCPState.mask` bits.
    ///   - withInfo: whether full sockets come with their `tcp_info`.
    package func dump(
        family: Int32 = SocketSymbol.AF_INET, states: UInt32 = SocketDiagnostics.allStates, withInfo: Bool = true
    ) throws -> [DiagRow] {
        var request = inet_diag_req_v2(family: family, withInfo: withInfo)
        request.idiag_states = states
        var message = NetlinkMessage("list TCP sockets", type: Int(SOCK_DIAG_BY_FAMILY))
        message.put(header: request)
        return try socket.dump(message) { try DiagRow($0) }
    }

    /// Lists the TCP sockets of both families. Throws as `dump` does.
    package func dumpAll(
        states: UInt32 = SocketDiagnostics.allStates, withInfo: Bool = true
    ) throws -> [DiagRow] {
        try dump(family: SocketSymbol.AF_INET, states: states, withInfo: withInfo)
            + dump(family: SocketSymbol.AF_INET6, states: states, withInfo: withInfo)
    }

    /// The same connection as it is now; nil when it is gone, though another may have its addresses.
    ///
    /// Only hashed sockets are found: one that is merely bound appears in dumps alone. Throws the kernel's error.
    package func lookup(like row: DiagRow, withInfo: Bool = true) throws -> DiagRow? {
        var request = inet_diag_req_v2(family: row.family, withInfo: withInfo)
        request.idiag_states = Self.allStates
        request.id = row.socketID
        var message = NetlinkMessage(
            "look up \(row.local) to \(row.remote)", type: Int(SOCK_DIAG_BY_FAMILY))
        message.put(header: request)
        do {
            return try socket.get(message) { try DiagRow($0) }
        } catch let error as SystemError where error.errno == .ENOENT {
            return nil
        }
    }

    /// Aborts a connection as `ss -K` does (tcp_abort() of net/ipv4/tcp.c).
    ///
    /// Throws `ENOENT` when it is gone, `EOPNOTSUPP` when the kernel lacks CONFIG_INET_DIAG_DESTROY or, as Linux 5.10,
    /// cannot destroy minisocks.
    package func destroy(_ row: DiagRow) throws(SystemError) {
        var request = inet_diag_req_v2(family: row.family, withInfo: false)
        request.id = row.socketID
        var message = NetlinkMessage("destroy \(row.local) to \(row.remote)", type: Int(SOCK_DESTROY))
        message.put(header: request)
        try socket.perform([message])
    }
}

extension inet_diag_req_v2 {
    fileprivate init(family: Int32, withInfo: Bool) {
        self.init()
        sdiag_family = UInt8(family)
        sdiag_protocol = UInt8(SocketSymbol.IPPROTO_TCP)
        idiag_ext = withInfo ? 1 << UInt8(INET_DIAG_INFO - 1) : 0
    }
}
