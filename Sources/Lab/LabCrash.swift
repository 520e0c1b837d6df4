internal import Linux
internal import Netlink
internal import Packets
internal import Record

// Hosts that lose their memory.
extension Lab {
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

    /// Asks the kernel to destroy a socket, as `ss -K` does. What it then does is for the scenario to see.
    package func destroy(_ socket: Socket) throws {
        guard let row = try row(socket) else {
            throw ScenarioStop.harness("\(socket.label) has no row: there is nothing to destroy")
        }
        do {
            try socket.host.diagnostics.destroy(row)
        } catch {
            guard error.errno == .EOPNOTSUPP else { throw error }
            throw ScenarioStop.skipped("the kernel cannot be made to forget (CONFIG_INET_DIAG_DESTROY): \(error)")
        }
    }
}
