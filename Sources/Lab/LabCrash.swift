internal import Linux
internal import Netlink
internal import Packets
internal import Record

// Hosts that lose their memory.
extension Lab {
    /// Lets a host forget a connection as a crash would: the peer is told nothing.
    ///
    /// The cable is cut while the kernel is made to drop the socket (SOCK_DESTROY), and the reset it sends is lost.
    /// Linux before 6.1 leaves orphans as they are (tcp_abort() of net/ipv4/tcp.c looks at SOCK_DEAD).
    package func forget(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        let cut = try wire.silence()
        guard let row = try row(socket) else {
            throw ScenarioStop.harness("\(socket.label) has no row: there is nothing to forget")
        }
        do {
            try socket.host.diagnostics.destroy(row)
        } catch {
            guard error.errno == .EOPNOTSUPP else { throw error }
            throw ScenarioStop.skipped("no kernel without CONFIG_INET_DIAG_DESTROY can be made to forget: \(error)")
        }
        try requireGone(socket, file: file, line: line)
        try require("the reset of \(socket.label) is lost on the cut cable", seen: { "no reset" }) {
            cut.met.contains { $0.segment.isRST && $0.from == socket.host.name }
        }
        try wire.lift(cut)
    }
}
