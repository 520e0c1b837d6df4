internal import SockDiag

// What lets one scenario run over both families.
extension Lab {
    /// Closes every listener, so that what comes next finds the ports free.
    package func closeListeners() throws {
        for socket in sockets {
            if try row(socket)?.state == .LISTEN { try socket.close() }
        }
    }
}
