internal import Linux
internal import Netlink

// Steps that many scenarios begin with.
extension Lab {
    /// A listens nowhere, B on port 5000; A connects, B accepts; both are ESTABLISHED.
    package func connectedPair(v6: Bool = false) throws -> Connection {
        let listener = try b.listen(port: 5000, v6: v6)
        let client = try a.socket("client", v6: v6)
        try client.connect(SocketAddress(v6 ? b.ip6 : b.ip, 5000))
        let server = try listener.accept("server")
        try require(client, shows: .row(.ESTABLISHED))
        try require(server, shows: .row(.ESTABLISHED))
        return Connection(client: client, server: server, listener: listener)
    }
}

/// A connection from A to B, with the listener it came from.
package struct Connection {
    package let client: Socket
    package let server: Socket
    package let listener: Socket
}
