internal import Acts
internal import Linux
internal import Record
package import Worker

// Socket options and their values.
extension Socket {
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
            seen: answer.words, witnesses: ["getsockopt"], location: here(file, line))
    }
}
