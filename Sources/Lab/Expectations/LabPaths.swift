internal import Acts
internal import Linux
package import SockDiag
internal import Record

// Paths of sockets that no descriptor of the scenario refers to.
extension Lab {
    /// Expects the tracepoint to report exactly this path of a connection's other end, which nobody has accepted.
    package func expect(
        oppositeOf socket: Socket, passes path: TCPState..., file: StaticString = #fileID, line: Int = #line
    ) throws {
        try expect(oppositeOf: socket, passesAll: path, file: file, line: line)
    }

    /// The same for a path that somebody has made.
    package func expect(
        oppositeOf socket: Socket, passesAll path: [TCPState], file: StaticString, line: Int
    ) throws {
        let expected = "the other end of \(socket.label) passes \(path.words)"
        guard configuration.trace != nil else {
            return recordUntraced(expected: expected, isPath: true, location: here(file, line))
        }
        _ = try wait(until: .now + configuration.timeout) { self.life(oppositeOf: socket)?.path == path }
        try synchronize()
        try recordExactly(
            expected: expected, witnesses: ["trace"], location: here(file, line),
            carriesClaim: claimRestsOnPaths
        ) { [unowned self] in
            let life = life(oppositeOf: socket)
            return Observation(
                isAsExpected: life?.path == path, seen: life?.path.words ?? "no path (trace)",
                at: life?.departure(from: path))
        }
    }

    private func life(oppositeOf socket: Socket) -> PathLedger.SocketLifetime? {
        paths.lives.last {
            $0.host == socket.host.peer.name && $0.local == socket.remote && $0.remote == socket.local
        }
    }

    /// Records what only the tracepoint could have shown, where there is none.
    ///
    /// - Parameter isPath: whether it is about a path, on which the scenario's claim may rest.
    func recordUntraced(expected: String, isPath: Bool = false, location: String, because reason: String? = nil) {
        recordUnjudged(
            expected: expected, witnesses: ["trace"], location: location,
            because: reason ?? "there is no tracepoint", carriesClaim: isPath && claimRestsOnPaths)
    }
}
