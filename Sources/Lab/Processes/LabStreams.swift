internal import Acts
internal import Linux
internal import Packets
internal import Record
internal import Worker

// More data than one call moves.
extension Lab {
    /// Expects to read so many bytes, then the end of the stream.
    ///
    /// How many reads it takes is a matter of the moment; how much they bring in all is not.
    package func expect(
        _ socket: Socket, readsToEnd count: Int, file: StaticString = #fileID, line: Int = #line
    ) throws {
        var total = 0
        var reads = 0
        while true {
            let answer = try socket.begin(.recv(65536)).answer(file: file, line: line)
            guard answer.result > 0 else {
                expect(answer, returns: 0, file: file, line: line)
                guard answer.result == 0 else { throw ScenarioStop.failed }
                break
            }
            total += Int(answer.result)
            reads += 1
        }
        measure(
            "reads until the end of \(socket.label)", Double(reads), "calls",
            neverComparedSince: "each read takes what has come by then")
        expect(
            "\(socket.label) reads \(count) bytes, then the end", total == count, seen: "\(total) bytes",
            witnesses: ["call"], file: file, line: line)
    }

    /// Gives the kernel as much to send as it takes at once; returns how many bytes that is.
    ///
    /// That depends on its memory and on what has been acknowledged meanwhile.
    package func fill(_ socket: Socket, atMost count: Int, file: StaticString = #fileID, line: Int = #line) throws
        -> Int
    {
        let answer = try socket.begin(.sendFill(0x61, count: count, .MSG_DONTWAIT)).answer(file: file, line: line)
        try require("\(socket.label) takes data to send", file: file, line: line, seen: { answer.words }) {
            answer.result > 0
        }
        measure(
            "bytes taken from \(socket.label) at once", Double(answer.result), "bytes",
            neverComparedSince: "how much a buffer takes is a matter of the kernel's memory")
        return Int(answer.result)
    }
}
