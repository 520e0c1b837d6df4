internal import Vocabulary

/// Resets that reach a TIME_WAIT (RFC 1337).
enum Assassination {
    static let all = [byReset, byItself]

    static let byReset = Scenario(
        "timewait.rst-assassination",
        claim:
            "A reset with the very next number ends TIME_WAIT, unless tcp_rfc1337 is set; then it is ignored, as any "
            + "other reset always is, and does not renew the minute.",
        cites: [
            .rfc(1337, "F1", .differs), .sysctl("tcp_rfc1337", .refuted), .rfc(1337, "2"),
            .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
        ],
        longestTimer: { _ in 0.2 }
    ) {
        for isProtected in [false, true] {
            let with = isProtected ? "with tcp_rfc1337" : "without tcp_rfc1337"
            A.set("tcp_rfc1337", to: isProtected ? "1" : "0")
            let listener = B.listen()
            let (client, server) = connect(to: listener)
            var closing = Moment.unknown
            step("A closes first, then B, \(with)") { closing = closeInOrder(first: client, then: server) }
            let fin = wire.hasCarried("<FIN")
            letRun(minute: closing)

            chapter("a reset beyond the next number, \(with)")
            step("a reset beyond the next number is forged: A ignores it") {
                wire.forges(.RST, behind: fin, plus: 1000)
                A.counts(["InSegs": 1, "OutSegs": 0])
                client.minuteBegan(closing)
            }
            chapter("a reset with the next number, \(with)")
            step("a reset with the next number is forged: \(isProtected ? "A ignores it" : "it ends TIME_WAIT")") {
                wire.forges(.RST, behind: fin)
                if isProtected {
                    A.counts(["InSegs": 1, "OutSegs": 0])
                    client.minuteBegan(closing)
                } else {
                    client.isGone()
                    A.counts(["InSegs": 1, "OutSegs": 0, "sockstat.tw": -1])
                }
            }
            listener.close()
        }
    }

    static let byItself = Scenario(
        "timewait.self-assassination",
        claim:
            "An old segment can end TIME_WAIT by itself: what it is answered with reaches a host that knows nothing of "
            + "the connection, and whose reset is exact. tcp_rfc1337 prevents that.",
        cites: [.rfc(1337, "TWA", .holds), .rfc(1337, "2"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process")]
    ) {
        for isProtected in [false, true] {
            A.set("tcp_rfc1337", to: isProtected ? "1" : "0")
            let (client, _) = TimeWaiting.afterData(port: isProtected ? 5001 : 5000)
            let data = wire.hasCarried("<DATA")
            chapter(isProtected ? "with tcp_rfc1337" : "without tcp_rfc1337")
            step(
                "B's old data reaches A again; B resets A's answer, which \(isProtected ? "is ignored" : "ends TIME_WAIT")"
            ) {
                wire.repeats(data)
                wire.carriesOnly("ACK> seq=2 ack=10", "<RST seq=10")
                B.tracesReset("NO_SOCKET")
                // The old data and the reset have both been taken in.
                A.counts(["InSegs": 2, "OutSegs": 1])
                if isProtected {
                    client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
                } else {
                    client.isGone()
                }
                client.close()
            }
        }
    }
}
