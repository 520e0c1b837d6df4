internal import Acts
internal import Linux
internal import SockDiag
internal import Packets

// Steps that many scenarios begin with.
extension Lab {
    /// A listens nowhere, B on port 5000; A connects, B accepts; both are ESTABLISHED.
    package func connectedPair(v6: Bool? = nil) throws -> Connection {
        let listener = try b.listen(port: 5000, v6: v6)
        let client = try a.socket("client", v6: v6)
        return try connect(
            client, to: SocketAddress(v6 ?? prefersIPv6 ? b.ip6 : b.ip4, 5000), of: listener, as: "server")
    }

    /// Another connection from A to a listener of B, whose ends are told apart by `name`.
    ///
    /// - Parameter process: whose socket A's end is to be.
    package func connection(
        _ name: String, to listener: Socket, port: UInt16 = 5000, from process: WorkerProcess? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Connection {
        let client = try (process ?? a.process()).socket("client \(name)")
        return try connect(
            client, to: SocketAddress(b.ip, port), of: listener, as: "server \(name)", file: file, line: line)
    }

    private func connect(
        _ client: Socket, to address: SocketAddress, of listener: Socket, as name: String,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Connection {
        try client.connect(address, file: file, line: line)
        let server = try listener.accept(name, file: file, line: line)
        try require(client, shows: .row(.ESTABLISHED), file: file, line: line)
        try require(server, shows: .row(.ESTABLISHED), file: file, line: line)
        return Connection(client: client, server: server, listener: listener)
    }
}

/// A connection from A to B, with the listener it came from.
package struct Connection {
    package let client: Socket
    package let server: Socket
    package let listener: Socket
}
