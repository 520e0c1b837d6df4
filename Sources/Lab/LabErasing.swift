internal import Linux
internal import Netlink
internal import Packets
internal import Record

// Connections of which one end no longer knows.
extension Lab {
    /// Lets a host forget a connection as a crash or a power cut does: nothing of it gets out on the wire.
    ///
    /// The socket is aborted (SO_LINGER with a timeout of 0) while the wire is cut, so that its reset is lost.
    package func erase(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        try socket.setLinger(seconds: 0, file: file, line: line)
        let cut = try wire.silence()
        try socket.close(file: file, line: line)
        try require(cut, met: 1, file: file, line: line)
        try requireGone(socket, file: file, line: line)
        try wire.lift(cut)
    }
}

extension Lab {
    /// Another connection from A to a listener of B, whose ends are told apart by `name`.
    ///
    /// - Parameter process: whose socket A's end is to be.
    package func connection(
        _ name: String, to listener: Socket, port: UInt16 = 5000, from process: WorkerProcess? = nil,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> Connection {
        let client = try (process ?? a.process()).socket("client \(name)")
        try client.connect(SocketAddress(b.ip, port), file: file, line: line)
        let server = try listener.accept("server \(name)", file: file, line: line)
        try require(client, shows: .row(.ESTABLISHED), file: file, line: line)
        try require(server, shows: .row(.ESTABLISHED), file: file, line: line)
        return Connection(client: client, server: server, listener: listener)
    }

    /// Expects that neither host has sent anything since a place in the log.
    package func expectNothingCarried(since place: Int, file: StaticString = #fileID, line: Int = #line) throws {
        try synchronize()
        let seen = carried(since: place)
        record(
            passed: seen.isEmpty, expected: "the wire carries nothing",
            seen: seen.isEmpty ? "nothing" : SegmentView.describe(seen.map(\.view)), witnesses: ["segments"],
            location: shortLocation(file, line))
    }
}
