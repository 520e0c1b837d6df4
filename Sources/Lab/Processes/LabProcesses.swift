internal import Acts
package import Linux
internal import Record
internal import Worker

// Processes of their own, that something outside them stops or ends.
extension WorkerProcess {
    /// A listening socket on all addresses, with SO_REUSEADDR or without.
    ///
    /// - Parameter receiveBuffer: SO_RCVBUF of the listener, and so of the connections it makes.
    package func listen(
        _ label: String = "listener", port: UInt16, backlog: Int32 = 16, v6: Bool? = nil, receiveBuffer: Int32? = nil,
        reuseAddress: Bool = true
    ) throws -> Socket {
        let socket = try socket(label, v6: v6)
        if reuseAddress { try socket.set(.SO_REUSEADDR, 1) }
        if let receiveBuffer { try socket.set(.SO_RCVBUF, receiveBuffer) }
        try socket.bind(SocketAddress(v6 ?? host.lab.prefersIPv6 ? .anyV6 : .anyV4, port))
        try socket.listen(backlog: backlog)
        return socket
    }
}

extension Lab {
    /// Waits until a process has ended and expects it to have ended like this.
    package func require(
        _ process: WorkerProcess, ends status: WaitStatus, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let ended = try wait(until: .now + configuration.timeout) { process.status != nil }
        record(
            passed: process.status == status, expected: "process \(process.name) ends: \(status.words)",
            seen: process.status?.words ?? "it lives", witnesses: ["wait status"], location: here(file, line))
        if !ended { throw ScenarioStop.failed }
    }
}
