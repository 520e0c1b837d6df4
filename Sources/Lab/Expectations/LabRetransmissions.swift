package import Acts
internal import Linux
internal import SockDiag
package import Packets
internal import Record
internal import Worker

// Retransmissions and their timeouts.
extension Lab {
    /// The retransmission timeout that the kernel has reckoned for a socket (TCP_INFO).
    package func retransmissionTimeout(of socket: Socket) throws -> Duration {
        let answer = try socket.ask(.tcpInfo)
        guard let rto = TCPInfo(bytes: answer.output).rto else {
            throw ScenarioStop.harness("\(socket.label) \(answer.words): no retransmission timeout")
        }
        return .microseconds(rto)
    }

    /// Waits for a segment to be sent again some times, and expects each wait to be twice the one before.
    ///
    /// Nobody else may send segments of the pattern meanwhile. Returns the last one.
    @discardableResult
    package func expectBackoff(
        of pattern: SegmentPattern, after first: WireSegment, timeout rto: Duration, count: Int,
        file: StaticString = #fileID, line: Int = #line
    ) throws -> WireSegment {
        try check([pattern])
        try endStanding()
        func segments() -> [WireSegment] {
            carried().filter { $0.stamp >= first.stamp && pattern.matches($0.view) }
        }
        var last = first
        for number in 1...count {
            let nominal = rto * (1 << (number - 1))
            guard try wait(until: .now + timeout(after: nominal), { segments().count > number }) else {
                try requirementFailed(
                    expected: "the wire carries \(pattern) again", seen: SegmentView.describe(carried().map(\.view)),
                    witnesses: ["segments"], location: here(file, line))
            }
            let next = segments()[number]
            expect(
                "\(pattern) comes again, time \(number), after", lasted: next.stamp - last.stamp,
                within: nominal.asTimer, file: file, line: line)
            last = next
        }
        return last
    }
}
