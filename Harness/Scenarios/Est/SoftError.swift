internal import Vocabulary

/// What ICMP does to an open connection.
enum SoftError {
    static let all = [icmpSoftError]

    static let icmpSoftError = Scenario(
        "est.icmp-soft-error",
        claim: "ICMP \"host unreachable\" about data in flight changes no state: it is a soft error. While it keeps "
            + "coming, retransmissions are not backed off, and the connection ends with that error, not ETIMEDOUT.",
        cites: [
            .requirement("MUST-54", only: "host unreachable"),
            .requirement("MUST-56", only: "host unreachable, in ESTABLISHED"), .requirement("MUST-47", .differs),
            .requirement("SHLD-25", .differs), .man("tcp", 7, "network errors"),
            .rfc(1122, "4.2.3.9"), .rfc(6069, "3"), .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("tcp_ipv4.c", "tcp_ld_RTO_revert"), .kernel("tcp_timer.c", "tcp_write_err"),
        ],
        sysctls: { _ in ["tcp_retries2": "2"] },
        longestTimer: { _ in 2 }
    ) {
        let (client, server) = connect()
        let data = wire.drop("DATA>")
        chapter("unreachable")
        var complaints: [Moment] = []
        /// Tells A by ICMP of the next loss, unless it is over before.
        func answerNext(unless isOver: () throws -> Bool = { false }) throws {
            let number = complaints.count + 1
            _ = try happens { try data.met().count >= number || isOver() }
            guard try data.met().count >= number else { return }
            data.meets(number)
            complaints.append(now())
            wire.complains(.host, about: data.segment(number))
        }
        try step("A sends one byte; the wire loses it and answers by ICMP; SO_ERROR has the error, and nothing else") {
            client.send("x")
            try answerNext()
            try waitUntil(
                "SO_ERROR is set", of: { observed(try client.tries(.getError).integer ?? 0, by: .getsockopt) }
            ) {
                $0.value == Errno.EHOSTUNREACH.rawValue
            }
            client.hasNoError()  // reading it has cleared it
            client.shows(.ESTABLISHED, .owned, timer: .retransmit, sendQueue: 1)
            client.polls(.OUT)  // no error for poll(2)
        }
        try step("each retransmission is lost and answered; A blocks in recv() until TCP gives up (tcp_retries2=2)") {
            let reading = client.begins(.recv(100))
            while try !reading.hasReturned && complaints.count < 100 {
                try answerNext { try reading.hasReturned }
            }
            reading.fails(.EHOSTUNREACH, after: .seconds(2))
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            let retransmissions = try data.met().count - 1
            data.meets(retransmissions + 1)
            for number in 1..<(retransmissions + 1) {
                let (one, next) = (data.segment(number), data.segment(number + 1))
                // ICMP sets the timer back; when it is late, so is what it brings forward.
                let late = try time(from: one, to: complaints[number - 1])
                lasts(
                    "retransmission \(number) comes after the first timeout's time", from: one, to: next,
                    .milliseconds(196)...max(.milliseconds(225), late) + .machineLateness)
            }
            measure("retransmissions", Double(retransmissions), "segments", within: 2)
            A.counts(["RetransSegs": Int64(retransmissions), "TCPAbortOnTimeout": 1, "OutRsts": 0])
            A.traces(.retransmit, retransmissions)
            wire.carriesOnly(
                Array(repeating: "DATA> seq=1 ack=1 len=1", count: retransmissions + 1), since: .chapterBegan)
            server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0)
        }
    }
}
