internal import Acts
package import Linux
package import SockDiag
internal import Packets
internal import Record
internal import Tracing
internal import Worker

extension Lab {
    /// The socket's latest path by the tracepoint; nil when it has none or there is no tracepoint.
    func path(of socket: Socket) -> [TCPState]? {
        guard configuration.trace != nil else { return nil }
        return paths.lives(of: socket, processes: processes).last?.path
    }

    /// The socket's latest path by the tracepoint; empty when it has none.
    ///
    /// Throws `ScenarioStop.skipped` where there is no tracepoint, so that nobody waits in vain for a step of it.
    package func requirePath(of socket: Socket) throws -> [TCPState] {
        guard configuration.trace != nil else {
            throw ScenarioStop.skipped("needs the tracepoint to know the path of \(socket.label)")
        }
        return path(of: socket) ?? []
    }

    /// Expects the tracepoint to report exactly this path, waiting for its end.
    package func expect(
        _ socket: Socket, passes path: TCPState..., file: StaticString = #fileID, line: Int = #line
    ) throws {
        try expect(socket, passesAll: path, file: file, line: line)
    }

    /// The same for a path that somebody has made.
    package func expect(_ socket: Socket, passesAll path: [TCPState], file: StaticString, line: Int) throws {
        let expected = "\(socket.label) passes \(path.words)"
        guard configuration.trace != nil else {
            return recordUntraced(expected: expected, isPath: true, location: here(file, line))
        }
        _ = try wait(until: .now + configuration.timeout) { self.path(of: socket) == path }
        try synchronize()
        try recordExactly(
            expected: expected, witnesses: ["trace"], location: here(file, line),
            carriesClaim: claimRestsOnPaths
        ) { [unowned self] in
            let life = paths.lives(of: socket, processes: processes).last
            return Observation(
                isAsExpected: life?.path == path,
                seen: "\(socket.label) \(life?.path.words ?? "has no path (trace)")", at: life?.departure(from: path))
        }
    }

    /// Expects the tracepoint to have reported nothing of the socket or its connection.
    package func expectUntraced(
        childOn host: Host, port: UInt16, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let expected = "no child of port \(port) in the trace of \(host.name.rawValue)"
        guard configuration.trace != nil else {
            return recordUntraced(expected: expected, isPath: true, location: here(file, line))
        }
        try synchronize()
        try recordExactly(
            expected: expected, witnesses: ["trace"], location: here(file, line),
            carriesClaim: claimRestsOnPaths
        ) { [unowned self] in
            let life = paths.lives.first {
                $0.host == host.name && $0.local.port == port && $0.transitions.first?.old == .LISTEN
            }
            return Observation(
                isAsExpected: life == nil, seen: life?.path.words ?? "none", at: life?.transitions.first?.time)
        }
    }

    /// Waits until the socket's latest path takes a step and gives the instant; ends the scenario otherwise.
    ///
    /// Throws `ScenarioStop.skipped` where there is no tracepoint, since nothing else tells the instant.
    package func requireStep(
        of socket: Socket, _ old: TCPState, _ new: TCPState, file: StaticString = #fileID, line: Int = #line
    ) throws -> Instant {
        guard configuration.trace != nil else {
            throw ScenarioStop.skipped("needs the tracepoint to know when \(socket.label) went \(old)>\(new)")
        }
        func step() -> Instant? {
            paths.lives(of: socket, processes: processes).last?.transitions.first { $0.old == old && $0.new == new }?
                .time
        }
        guard try wait(until: .now + configuration.timeout, { step() != nil }), let step = step() else {
            try requirementFailed(
                expected: "\(socket.label) goes \(old)>\(new)", seen: path(of: socket)?.words ?? "no path (trace)",
                witnesses: ["trace"], location: here(file, line))
        }
        return step
    }
}

extension [TCPState] {
    var words: String { map(\.description).joined(separator: ">") }
}
