internal import Vocabulary

/// A SYN from the address and port of an old connection, which is no newer than that one.
enum NewSynLower {
    static let scenario = Scenario(
        "timewait.new-syn-lower",
        claim:
            "A SYN below what the old connection received, and no newer by its timestamp, does not end TIME_WAIT but is "
            + "answered by ACK; a client that means it resets the old connection and gets through within milliseconds.",
        cites: [
            .document("004", "TIME_WAIT"), .requirement("SHLD-4", only: "no newer timestamp"),
            .rfc(6191, "2", .holds, only: "a lower number and no newer timestamp"), .rfc(6191, "2"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
            .commit("9603d47bad46", "5.6: a SYN that a stray ACK answers is sent again soon"),
            .commit("c449d5f3a3d7", "6.16: what PAWS rejects in TIME_WAIT has a counter of its own"),
        ]
    ) {
        for timestamps in [true, false] { try forgeLowerSYN(timestamps: timestamps) }
        try connectFromBehind()
    }

    /// A SYN that is older in every way, then one that is newer in the one way that counts.
    private static func forgeLowerSYN(timestamps: Bool) throws {
        chapter(timestamps ? "forged, with timestamps" : "forged, without timestamps")
        TimeWaiting.useTimestamps(timestamps)
        let listener = B.listen()
        let (client, server) = TimeWaiting.connect("old", from: timestamps ? 20_000 : 20_001, to: listener)
        var closing = Moment.unknown
        step("B closes first; nothing of the connection is left on A") {
            server.shows(.ESTABLISHED)
            closing = closeInOrder(first: server, then: client)
        }
        let (syn, fin) = (wire.hasCarried("SYN>"), wire.hasCarried("FIN>"))
        let answers = wire.drop("<ACK", "<SYN/ACK")  // A has no socket for what B answers
        letRun(minute: closing)
        let older = timestamps ? "lower number and older timestamp" : "lower number"
        try step("a SYN with \(older) is forged: B acknowledges and stays in TIME_WAIT") {
            let forging = moment {
                wire.forges(like: syn, sequence: syn.begin(plus: -100_000), timestamp: syn.timestamp(plus: -5000))
                wire.carriesOnly("<ACK seq=2 ack=2")
            }
            // Only what PAWS rejects renews the minute; a low number alone does not.
            server.minuteBegan(timestamps ? forging : closing)
            if timestamps { try B.countsPAWSInTimeWait(1) }
        }
        try step("a SYN with \(timestamps ? "newer timestamp" : "higher number") is forged: it opens a connection") {
            let newer =
                timestamps
                ? wire.forges(like: syn, sequence: syn.begin(plus: -100_000), timestamp: fin.timestamp(plus: 5000))
                : wire.forges(like: syn, sequence: fin.end(plus: 100_000))
            let answer = wire.carries("<SYN/ACK")
            expect("B confirms the forged SYN", of: [try newer.seen, try answer.seen]) {
                $0[1].segment.acknowledgement == $0[0].segment.endSequence
            }
            server.isGone()
            B.counts(["sockstat.tw": 0])
            wire.forges(.RST, behind: newer)  // ends the request
            answers.lift()
            listener.close()
        }
    }

    /// A real client whose initial sequence number has fallen behind the old connection's.
    ///
    /// The number space of the old connection is made up, since it would take some ten million bytes a second to
    /// outrun the clock that initial sequence numbers follow.
    private static func connectFromBehind() throws {
        chapter("a client whose number has fallen behind")
        TimeWaiting.useTimestamps(false)
        let address = A.port(20_002)
        step("A connects from a port while nobody listens, which shows where its numbers begin") {
            let first = A.socket("first client")
            first.bind(address)
            first.calls(.connect(B.port(5000)), fails: .ECONNREFUSED)
            first.close()
        }
        let syn = wire.hasCarried("SYN>")
        let listener = B.listen()
        let silence = wire.drop("<ANY")  // A knows nothing of what is forged, and hears nothing of it
        step("an old connection is forged between the same addresses, with numbers far ahead of A's") {
            wire.forges(.SYN, from: address, to: B.port(5000), sequence: syn.begin(plus: 1_000_000_000), mss: 1460)
            wire.forges(.ACK, answering: wire.carries("<SYN/ACK"))
        }
        let server = listener.accept("old server")
        step("B closes it first") {
            server.shutdown(.SHUT_WR)
            wire.forges([.FIN, .ACK], answering: wire.carries("<FIN"))
            server.shows(.TIME_WAIT, .minisock, timer: .timewait)
            server.close()
            silence.lift()
        }
        try step("A connects from the port: B acknowledges the old connection, A resets that and gets through") {
            let client = A.socket("new client")
            client.bind(address)
            client.calls(.connect(B.port(5000)), returns: 0)
            wire.carriesOnly("SYN>", "<ACK", "RST>", "SYN>", "<SYN/ACK", "ACK>")
            server.isGone()
            listener.accept("new server").shows(.ESTABLISHED, .owned)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            let (challenge, reset) = (wire.carries("<ACK"), wire.carries("RST>"))
            let end = try syn.seen.segment.sequence &+ 1_000_000_002
            expect(
                "B acknowledges the old connection's last number, and A resets that",
                of: [try challenge.seen, try reset.seen]
            ) { $0[0].segment.acknowledgement == end && $0[1].segment.sequence == end }
            // The initial timeout is a second.
            lasts(
                "the SYN comes again long before its timeout", from: reset, to: wire.carries("RST>", "SYN>"),
                .zero ... .milliseconds(800))
            voidChapter("the numbers are made up and differ from run to run")
        }
    }
}
