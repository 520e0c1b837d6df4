internal import Linux
package import SockDiag

// Looks at a listener's queue of requests.
extension Lab {
    /// The requests of a listener's port, as netlink shows them.
    package func requests(on listener: Socket) throws -> [DiagRow] {
        let rows = try listener.host.rows()
        guard let port = rows.first(where: { $0.cookie == listener.identity.cookie })?.local.port else { return [] }
        return rows.filter { $0.isRequest && $0.local.port == port }
    }
}
