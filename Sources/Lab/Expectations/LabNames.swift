internal import Acts
package import Linux
internal import Record
internal import Worker

// Expectations on the addresses of sockets.
extension Lab {
    /// Expects a call to give this address: getsockname(2), getpeername(2).
    package func expect(
        _ answer: Answer, names address: SocketAddress, file: StaticString = #fileID, line: Int = #line
    ) {
        record(
            passed: answer.reply?.address == address,
            expected:
                "\(answer.call.text) on \(answer.call.socket?.label ?? answer.call.process.name) gives \(address)",
            seen: answer.words, witnesses: ["call"], location: here(file, line))
    }

    /// Expects two sockets to have each other's names: what one calls its own, the other calls its peer's.
    package func expect(
        _ one: Socket, mirrors other: Socket, file: StaticString = #fileID, line: Int = #line
    ) throws {
        for (socket, peer) in [(one, other), (other, one)] {
            guard let own = try socket.ask(.getsockname).reply?.address else { continue }
            expect(try peer.ask(.getpeername), names: own, file: file, line: line)
        }
    }
}
