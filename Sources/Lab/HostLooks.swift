package import Linux
package import Netlink

// Ways to look at a host that few scenarios need.
extension Host {
    /// Sockets that are bound and neither listen nor are connected; kernels before 6.8 show none.
    package func boundRows() throws -> [DiagRow] {
        try diagnostics.dumpAll(states: TCPState.BOUND_INACTIVE.mask, withInfo: false)
    }

    /// Whether the kernel finds this very socket by its addresses and ports, as an arriving segment would.
    package func finds(_ row: DiagRow) throws -> Bool {
        try diagnostics.lookup(like: row, withInfo: false)?.cookie == row.cookie
    }

    /// Gives the host one more address on the link and the other host a way to it.
    package func add(address: IPAddress) throws {
        let length = UInt8(address.bytes.count * 8)
        try route.perform([.address(address, prefixLength: length, on: Self.interface)])
        try peer.route.perform([
            .route(to: address, prefixLength: length, via: Self.interface),
            .neighbour(address, mac, on: Self.interface),
        ])
    }
}
