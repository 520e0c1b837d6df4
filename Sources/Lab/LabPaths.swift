internal import Linux
package import Netlink
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
        guard configuration.trace != nil else { return }
        func seen() -> [TCPState]? {
            paths.lives.last {
                $0.host == socket.host.peer.name && $0.local == socket.remote && $0.remote == socket.local
            }?.path
        }
        _ = try wait(until: .now + configuration.patience) { seen() == path }
        try synchronize()
        record(
            passed: seen() == path, expected: "the other end of \(socket.label) passes \(path.words)",
            seen: seen()?.words ?? "no path (trace)", witnesses: ["trace"], location: shortLocation(file, line))
    }
}
