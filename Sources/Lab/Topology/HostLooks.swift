package import Linux
internal import Netlink
package import SockDiag

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
        try route.perform([.address(address, prefixLength: length, on: interface)])
        try peer.route.perform([
            .route(to: address, prefixLength: length, via: peer.interface),
            .neighbour(address, mac, on: peer.interface),
        ])
    }

    /// Makes pairs of interfaces that nothing uses, as namespaces are born with tunnel devices on some machines.
    func addStrangeInterfaces(_ count: Int) throws {
        for number in 0..<count {
            func end(_ side: UInt8) -> LinkEnd {
                LinkEnd(
                    name: "strange\(number)\(side)", mac: MACAddress(bytes: [2, 0, 0, 0, 2, UInt8(number) * 2 + side]))
            }
            try route.perform([.veth(end(0), peer: end(1), in: namespace)])
        }
    }
}
