internal import Vocabulary

/// Segments that come when their connection is in TIME_WAIT, or when another has taken its place.
enum OldDuplicates {
    static let all = [oldDuplicate, oldDuplicateNewConnection]

    static let oldDuplicate = Scenario(
        "timewait.old-duplicate",
        claim: "Old segments that reach a TIME_WAIT are acknowledged and go no further; each renews the minute, and of "
            + "those without data only one in half a second is answered.",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .document("003", "关闭 TCP 连接"),
            .sysctl("tcp_invalid_ratelimit", only: "in TIME_WAIT"),
            .rfc(9293, "3.10.7.4"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
            .kernel("tcp_input.c", "tcp_oow_rate_limited"),
        ],
        longestTimer: { _ in 0.6 }
    ) {
        var (client, minute) = TimeWaiting.afterData()
        let (data, fin, synAck) = (wire.hasCarried("<DATA"), wire.hasCarried("<FIN"), wire.hasCarried("<SYN/ACK"))
        let ack = wire.hasCarried("<ACK")
        wire.drop("ANY>")  // B, which has no socket, would reset what A says

        func replay(
            _ title: String, _ words: String, answers: Int, of count: Int, paws: Int64 = 0, by forging: () -> Void
        ) throws {
            letRun(minute: minute)
            chapter(title)
            try step(words) {
                minute = moment {
                    forging()
                    A.counts(["InSegs": Int64(count), "OutSegs": Int64(answers)])
                    wire.carriesOnly(Array(repeating: "ACK> seq=2 ack=10", count: answers))
                    client.shows(.TIME_WAIT, .minisock, timer: .timewait, receiveQueue: 0)
                }
                client.minuteBegan(minute)
                A.counts(["TCPACKSkippedTimeWait": Int64(count - answers), "OutRsts": 0])
                if paws > 0 { try A.countsPAWSInTimeWait(paws) }
                client.receives(.end)  // nothing but the end
            }
        }
        try replay("old data, twice", "B's old data reaches A twice: A answers both", answers: 2, of: 2, paws: 2) {
            wire.repeats(data, data)
        }
        try replay("old FIN", "B's old FIN reaches A, which answers", answers: 1, of: 1) { wire.repeats(fin) }
        try replay(
            "old ACK, old SYN/ACK in the same half second, old data",
            "B's old ACK, SYN/ACK and data reach A: it answers the ACK and the data", answers: 2, of: 3, paws: 2
        ) {
            // Dated like the FIN, since it may have been sent in the same millisecond or not.
            wire.forges(like: ack, timestamp: fin.timestamp())
            wire.repeats(synAck, data)
        }
        letPass(.milliseconds(550))
        try replay(
            "old SYN/ACK alone", "B's old SYN/ACK reaches A more than half a second later: A answers", answers: 1, of: 1
        ) { wire.repeats(synAck) }

        letRun(minute: minute)
        chapter("the very next number")
        step("an ACK with the very next number reaches A: it is not answered, but renews the minute") {
            let forging = moment {
                wire.forges(like: fin, .ACK, sequence: fin.end())
                A.counts(["InSegs": 1, "OutSegs": 0])
            }
            client.minuteBegan(forging)
            wire.neverCarries("ANY>")
            A.counts(["OutRsts": 0, "sockstat.tw": 0])
            client.receives(.end)
            client.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait)
        }
    }

    static let oldDuplicateNewConnection = Scenario(
        "timewait.old-duplicate-new-connection",
        claim:
            "An old segment that reaches a new connection of the same addresses and ports is not delivered: its number "
            + "is too low and its timestamp too old. One with a fitting number and a current timestamp would be.",
        says:
            "Without TIME_WAIT an old message would be taken for one of the new connection, and its data handed to the "
            + "wrong application.",
        cites: [
            .document("003", "关闭 TCP 连接", .refuted), .document("001", "常见问题", .refuted), .rfc(7323, "5.3", .holds),
            .rfc(7323, "5"),
            .rfc(2883, "4"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ]
    ) {
        for timestamps in [true, false] {
            let with = timestamps ? "with timestamps" : "without timestamps"
            chapter(with)
            TimeWaiting.useTimestamps(timestamps)
            let port: UInt16 = timestamps ? 20_000 : 20_001
            let listener = B.listen()
            let old = TimeWaiting.connect("old", from: port, to: listener)
            step("A sends and B reads; B closes first") {
                old.client.send("OLD!")
                old.server.receives("OLD!")
                old.client.shows(.ESTABLISHED, sendQueue: 0)
                wire.staysQuiet(for: .milliseconds(5))  // the clock of timestamps has steps of 1 ms
                closeInOrder(first: old.server, then: old.client)
            }
            let duplicate = wire.hasCarried("DATA>")
            let (client, server) = TimeWaiting.connect("new", from: port, to: listener)

            chapter("the old segment, \(with)")
            step("A has connected again from the same port; its old data reaches B again, which does not deliver it") {
                wire.repeats(duplicate)
                wire.carriesOnly("<ACK seq=1 ack=1 dsack")
                server.receives(.nothing)
                B.counts(["PAWSEstab": timestamps ? 1 : 0, "TCPDSACKOldSent": 1, "DelayedACKLost": 1])
                client.send("new")
                server.receives("new")
                client.shows(.ESTABLISHED, .owned, sendQueue: 0)
            }
            if timestamps { forgeFitting(for: server) }
            listener.close()
        }
    }

    /// Data that the new connection expects next, as far as its number goes.
    private static func forgeFitting(for server: Socket) {
        let last = wire.hasCarried("DATA>")
        chapter("a fitting number, ten seconds old")
        step("data with the next number and a timestamp ten seconds old is forged: B does not deliver it") {
            wire.forges(
                like: last, sequence: last.end(), timestamp: last.timestamp(plus: -10_000), payload: "STALE?")
            wire.carriesOnly("<ACK seq=1 ack=4")
            server.receives(.nothing)
            B.counts(["PAWSEstab": 1])
        }
        chapter("a fitting number, current")
        step("the same with a current timestamp: B delivers it") {
            let unheard = wire.drop("<ACK")  // A has not sent it and would challenge what acknowledges it
            wire.forges(like: last, sequence: last.end(), payload: "STALE?")
            server.receives("STALE?")
            B.counts(["PAWSEstab": 0])
            wire.carries("<ACK seq=1 ack=10")
            unheard.lift()
        }
    }
}
