internal import Linux
internal import Record
package import Worker

// Socket options and their values.
extension Socket {
    /// Sets an option, and leaves the judgement to the scenario.
    package func ask(set option: SocketOption, to value: Int32) throws -> Answer {
        try process.ask(.setOption(descriptor, option, withUnsafeBytes(of: value) { Array($0) }), socket: self)
    }

    /// Turns SO_KEEPALIVE on; what is not given stays the kernel's own.
    ///
    /// The idle time comes last: with it probes begin, and the interval after the first is taken from what is set then.
    package func keepAlive(idle: Int32? = nil, interval: Int32? = nil, count: Int32? = nil) throws {
        try set(.SO_KEEPALIVE, 1)
        if let interval { try set(.TCP_KEEPINTVL, interval) }
        if let count { try set(.TCP_KEEPCNT, count) }
        if let idle { try set(.TCP_KEEPIDLE, idle) }
    }

    /// Closes the way a crash looks to the other end if the wire loses the reset: nothing of the socket is left.
    package func abort(file: StaticString = #fileID, line: Int = #line) throws {
        try setLinger(seconds: 0, file: file, line: line)
        try close(file: file, line: line)
    }
}

extension Lab {
    /// Expects getsockopt(2) to give this number.
    package func expect(
        _ socket: Socket, option: SocketOption, is value: Int32, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let answer = try socket.process.ask(.getOption(socket.descriptor, option, capacity: 4), socket: socket)
        record(
            passed: answer.result == 0 && answer.integer == value,
            expected: "\(option.symbol) of \(socket.label) is \(value)",
            seen: answer.words, witnesses: ["getsockopt"], location: shortLocation(file, line))
    }
}
