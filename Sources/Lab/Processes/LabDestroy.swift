internal import Acts
package import Linux
internal import Netlink
internal import Packets
internal import SockDiag

// Sockets that end by other hands than their process's.
extension Lab {
    /// Aborts a socket from outside, as `ss -K` does (SOCK_DESTROY); gives the kernel's error, nil where it obeys.
    ///
    /// Skips where the kernel was built without it.
    private func tryDestroy(_ row: DiagRow?, called label: String, on host: Host) throws -> Errno? {
        guard let row else { throw ScenarioStop.harness("\(label) has no row: there is nothing to destroy") }
        try endStanding()
        do {
            try host.diagnostics.destroy(row)
            note("SOCK_DESTROY of \(label) on \(host.name.rawValue): done")
            return nil
        } catch {
            note("SOCK_DESTROY of \(label) on \(host.name.rawValue): \(error.errno.symbol)")
            // Minisocks could not be destroyed everywhere; full sockets can, if anything can.
            if error.errno == .EOPNOTSUPP && row.kind != .minisock {
                try skip("the kernel lacks CONFIG_INET_DIAG_DESTROY")
            }
            return error.errno
        }
    }

    /// Aborts a scenario's socket, which must succeed; what the kernel then does is for the scenario to see.
    package func destroy(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        try destroy(try row(socket), called: socket.label, on: socket.host, file, line)
    }

    /// The same for the other end of a socket's connection.
    package func destroy(oppositeOf socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        try destroy(
            try row(oppositeOf: socket), called: "the other end of \(socket.label)", on: socket.host.peer, file, line)
    }

    /// Aborts a scenario's socket, and leaves the judgement to the scenario.
    package func tryDestroy(_ socket: Socket) throws -> Errno? {
        try tryDestroy(try row(socket), called: socket.label, on: socket.host)
    }

    private func destroy(
        _ row: DiagRow?, called label: String, on host: Host, _ file: StaticString, _ line: Int
    ) throws {
        let errno = try tryDestroy(row, called: label, on: host)
        expect(
            "SOCK_DESTROY of \(label) succeeds", errno == nil, seen: errno?.symbol ?? "0", witnesses: ["netlink"],
            file: file, line: line)
        if errno != nil { throw ScenarioStop.failed }
    }

    /// Lets a host forget a connection as a crash would: the peer is told nothing, and the descriptor goes too.
    ///
    /// The socket is aborted (SO_LINGER with a timeout of 0) while the cable is cut, on which its reset is lost.
    package func erase(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws {
        try socket.setLinger(seconds: 0, file: file, line: line)
        let cut = try wire.silence()
        try socket.close(file: file, line: line)
        try require("the reset of \(socket.label) is lost on the cut cable", file: file, line: line) {
            SegmentView.describe(cut.met.map(\.view))
        } until: {
            cut.met.contains { $0.segment.isRST && $0.from == socket.host.name }
        }
        try requireGone(socket, file: file, line: line)
        try wire.lift(cut)
    }
}
