package import Linux
package import Netlink
internal import Packets

// Sockets that end by other hands than their process's.
extension Lab {
    /// Aborts a socket from outside, as `ss -K` does (SOCK_DESTROY); returns the kernel's error, nil where it obeys.
    ///
    /// Skips where the kernel was built without it.
    package func destroy(_ row: DiagRow, of label: String, on host: Host) throws -> Errno? {
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

    /// Aborts a scenario's socket; ends the scenario when it has no row or the kernel refuses.
    package func destroy(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        guard let row = try row(socket) else {
            try requirementFailed(
                expected: "\(socket.label) can be destroyed", seen: "no row", witnesses: ["netlink"],
                location: shortLocation(file, line))
        }
        if let errno = try destroy(row, of: socket.label, on: socket.host) {
            try requirementFailed(
                expected: "\(socket.label) can be destroyed", seen: errno.symbol, witnesses: ["netlink"],
                location: shortLocation(file, line))
        }
    }

    /// Lets A's host forget a connection as a crash does: nobody is told, and the port is free again.
    package func crash(_ socket: Socket) throws {
        let lastWords = try wire.drop("RST>", "RST/ACK>", "FIN>")
        try destroy(socket)
        try require(lastWords, met: 1)
        try requireGone(socket)
        try socket.close()
        try wire.lift(lastWords)
    }
}
