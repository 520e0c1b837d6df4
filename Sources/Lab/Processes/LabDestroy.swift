package import Linux
package import Netlink
internal import Packets

// Sockets that end by other hands than their process's.
extension Lab {
    /// Aborts a socket from outside, as `ss -K` does (SOCK_DESTROY); returns the kernel's error, nil where it obeys.
    ///
    /// Skips where the kernel was built without it.
    package func destroy(_ row: DiagRow, of label: String, on host: Host) throws -> Errno? {
        try endStanding()
        do {
            try host.diagnostics.destroy(row)
            note("SOCK_DESTROY of \(label) on \(host.name.rawValue): done")
            return nil
        } catch {
            note("SOCK_DESTROY of \(label) on \(host.name.rawValue): \(error.errno.symbol)")
            // Minisocks could not be destroyed everywhere; full sockets can, if anything can.
            if error.errno == .EOPNOTSUPP && row.kind == .owned {
                try skip("the kernel lacks CONFIG_INET_DIAG_DESTROY")
            }
            return error.errno
        }
    }

    /// Aborts a scenario's socket; what the kernel then does is for the scenario to see.
    package func destroy(_ socket: Socket) throws {
        guard let row = try row(socket) else {
            throw ScenarioStop.harness("\(socket.label) has no row: there is nothing to destroy")
        }
        guard let errno = try destroy(row, of: socket.label, on: socket.host) else { return }
        if errno == .EOPNOTSUPP { try skip("the kernel cannot be made to forget (CONFIG_INET_DIAG_DESTROY)") }
        throw ScenarioStop.harness("SOCK_DESTROY of \(socket.label): \(errno.symbol)")
    }

    /// Lets a host forget a connection as a crash would: the peer is told nothing.
    ///
    /// The cable is cut while the kernel destroys the socket, and the reset it sends is lost.
    package func forget(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        let cut = try wire.silence()
        try destroy(socket)
        try requireGone(socket, file: file, line: line)
        try require("the reset of \(socket.label) is lost on the cut cable", seen: { "no reset" }) {
            cut.met.contains { $0.segment.isRST && $0.from == socket.host.name }
        }
        try wire.lift(cut)
    }

    /// The same where the kernel may lack SOCK_DESTROY; the descriptor goes too.
    ///
    /// The socket is aborted (SO_LINGER with a timeout of 0) while the wire is cut.
    package func erase(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        try socket.setLinger(seconds: 0, file: file, line: line)
        let cut = try wire.silence()
        try socket.close(file: file, line: line)
        try require(cut, met: 1, file: file, line: line)
        try requireGone(socket, file: file, line: line)
        try wire.lift(cut)
    }
}
