internal import Linux
internal import Packets
internal import Record
internal import Worker

// More data than one call moves.
extension Lab {
    /// Reads until the end of the stream; returns how many bytes came before it.
    package func readToEnd(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws -> Int {
        var total = 0
        while true {
            let answer = try socket.begin(.recv(65536)).answer(file: file, line: line)
            if answer.result == 0 { return total }
            guard answer.result > 0 else {
                expect(answer, returns: 0, file: file, line: line)
                throw ScenarioStop.failed
            }
            total += Int(answer.result)
        }
    }

    /// Gives the kernel as much to send as it takes at once; returns how many bytes that is.
    package func fill(_ socket: Socket, atMost count: Int, file: StaticString = #fileID, line: Int = #line) throws
        -> Int
    {
        let answer = try socket.begin(.sendFill(0x61, count: count, .MSG_DONTWAIT)).answer(file: file, line: line)
        try require("\(socket.label) takes data to send", file: file, line: line, seen: { answer.words }) {
            answer.result > 0
        }
        return Int(answer.result)
    }
}

extension Socket {
    /// SO_LINGER with a time of zero: close() discards everything and resets.
    package func lingerZero(file: StaticString = #fileID, line: Int = #line) throws {
        let on: [Int32] = [1, 0]
        try set(.SO_LINGER, on.withUnsafeBytes { Array($0) }, file: file, line: line)
    }
}
