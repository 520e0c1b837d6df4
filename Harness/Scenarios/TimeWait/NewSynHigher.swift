internal import Vocabulary

/// A new connection from the address and port of one that the listener's end has in TIME_WAIT.
enum NewSynHigher {
    static let scenario = Scenario(
        "timewait.new-syn-higher",
        claim:
            "A SYN above everything the old connection received, or with a newer timestamp, ends TIME_WAIT and opens a "
            + "new connection at once.",
        cites: [
            .document("004", "TIME_WAIT"), .requirement("SHLD-4"), .requirement("MAY-2"),
            .rfc(6191, "2", .holds, only: "a higher number, a newer timestamp"), .rfc(9293, "3.6.1"), .rfc(6191, "2"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
            .commit("41eecbd712b7", "6.10: the number that TIME_WAIT chooses for the new connection is used again"),
        ]
    ) {
        for timestamps in [true, false] {
            chapter(timestamps ? "with timestamps" : "without timestamps")
            TimeWaiting.useTimestamps(timestamps)
            let port: UInt16 = timestamps ? 20_000 : 20_001
            let listener = B.listen()
            let (old, oldServer) = TimeWaiting.connect("old", from: port, to: listener)
            step("B closes first; nothing of the connection is left on A") {
                oldServer.shows(.ESTABLISHED)
                closeInOrder(first: oldServer, then: old)
                B.counts(["sockstat.tw": 1])
            }
            try step("A connects again from the same port") {
                let fin = wire.hasCarried("<FIN seq=1")
                let first = wire.hasCarried("<SYN/ACK")
                let client = A.socket("new client")
                client.bind(A.port(port))
                client.calls(.connect(B.port(5000)), returns: 0)
                let server = listener.accept("new server")
                let answer = wire.carries("<SYN/ACK")
                try judge(answer, after: fin, first: first)
                wire.carriesOnly("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
                expect("timestamps \(timestamps ? "are" : "are not") in use", of: [try answer.seen]) {
                    ($0[0].segment.timestamps != nil) == timestamps
                }
                oldServer.isGone()
                B.counts(["sockstat.tw": 0])
                server.shows(.ESTABLISHED, .owned)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
                client.send("new")
                server.receives("new")
            }
            listener.close()
        }
    }

    /// Expects B's new initial sequence number to be far enough above its last one that no old segment falls into the
    /// new window; where that choice gets lost, it comes from the clock as always.
    private static func judge(_ answer: Segment, after fin: Segment, first: Segment) throws {
        let number = try answer.seen.segment.sequence
        let above = Int32(bitPattern: number &- (try fin.seen.segment.endSequence))
        if above == 65_537 {
            variant("TIME_WAIT chooses the new number")
            expect(
                "B's new initial sequence number is 65537 above its last one", of: above, by: .segments, is: 65_537)
        } else {
            variant("the clock chooses the new number")
            // One each 64 ns, for the same addresses and ports.
            let byClock = Double(number &- (try first.seen.segment.sequence)) * 64e-9
            let elapsed = try time(from: first, to: answer).seconds
            expect(
                "B's new initial sequence number is 65537 above its last one, or as far above its first as the clock "
                    + "has gone", of: (above: above, byClock: byClock, elapsed: elapsed), by: .segments
            ) { abs($0.byClock - $0.elapsed) < 0.02 }
        }
    }
}
