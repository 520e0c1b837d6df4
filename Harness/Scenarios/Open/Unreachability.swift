internal import Vocabulary

/// What ICMP does to a connection that is being opened.
enum Unreachability {
    static let all = [icmpUnreachable]

    static let icmpUnreachable = Scenario(
        "open.icmp-unreachable",
        claim: "ICMP that a SYN could not be delivered ends connect() at once with an error of its own for each code, "
            + "blocking or not; only \"too big\" does not: the path MTU shrinks and SYNs go on.",
        cites: [
            .requirement("MUST-14", only: "that it is sent"), .requirement("SHLD-5"), .requirement("MAY-3"),
            .requirement("MUST-54", only: "in SYN-SENT"), .requirement("MUST-56", .refuted, only: "in SYN-SENT"),
            .requirement("SHLD-26", only: "in SYN-SENT"),
            .rfc(1122, "4.2.3.9"), .rfc(5461, "4.1"), .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("icmp.c", "icmp_err_convert"),
        ],
        sysctls: { _ in ["tcp_syn_retries": "1", "tcp_syn_linear_timeouts": "0"] },
        longestTimer: { _ in 3 }
    ) {
        wire.drop("SYN>")
        let errors: [(Unreachable, Errno)] = [
            (.network, .ENETUNREACH), (.host, .EHOSTUNREACH), (.transportProtocol, .ENOPROTOOPT),
            (.port, .ECONNREFUSED), (.prohibited, .EHOSTUNREACH),
        ]
        step("the wire loses each SYN of A and answers it by ICMP type 3, code 0, 1, 2, 3, 13; A blocks in connect()") {
            for (number, (reason, errno)) in errors.enumerated() {
                chapter("\(reason), blocking")
                let blocking = A.socket("blocking \(reason)")
                let connecting = blocking.begins(.connect(B.port(5000 + UInt16(number))))
                answerSYN(of: blocking, reason)
                connecting.fails(errno)
                expectOver(blocking)
                blocking.hasNoError()  // connect() has taken it
            }
        }
        step("A connects without blocking, gets the same ICMP and asks for SO_ERROR") {
            for (number, (reason, errno)) in errors.enumerated() {
                chapter("\(reason), nonblocking")
                let nonblocking = A.socket("nonblocking \(reason)")
                nonblocking.beginConnecting(to: B.port(5000 + UInt16(number)))
                answerSYN(of: nonblocking, reason)
                expectOver(nonblocking)
                nonblocking.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
                nonblocking.hasError(errno)
            }
        }
        try tooBig()
    }

    /// Answers the chapter's first SYN.
    private static func answerSYN(of socket: Socket, _ reason: Unreachable) {
        let syn = wire.carries("SYN> seq=0", since: .chapterBegan)
        socket.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
        wire.complains(reason, about: syn)
    }

    private static func expectOver(_ socket: Socket) {
        socket.isGone()
        socket.passes(.CLOSE, .SYN_SENT, .CLOSE)
        A.counts(["AttemptFails": 1, "TCPAbortOnTimeout": 0])
    }

    private static func tooBig() throws {
        chapter("too big")
        let client = A.socket("too big")
        try step("code 4 with an MTU of 1000 about A's SYN: TCP_INFO has the smaller MTU, and A goes on") {
            client.beginConnecting(to: B.port(5100))
            answerSYN(of: client, .tooBig(mtu: 1000))
            try waitUntil(
                "TCP_INFO shows the smaller MTU", of: { observed(try client.tcpInfo().pmtu ?? 0, by: .getsockopt) }
            ) { $0.value == 1000 }
            client.tcpInfo(shows: .SYN_SENT)
            client.polls([])
        }
        try step("A sends its SYN again and times out") {
            let schedule = try SynSchedule(of: A)
            client.isGone(after: schedule.giveUp)
            client.hasError(.ETIMEDOUT)
            wire.carriesOnly(Array(repeating: "SYN> seq=0", count: schedule.count), since: .chapterBegan)
            client.passes(.CLOSE, .SYN_SENT, .CLOSE)
            A.counts(["AttemptFails": 1, "TCPAbortOnTimeout": 1])
            let offered = try wire.segments(since: .chapterBegan).compactMap(\.segment.offeredMSS)
            let isSmaller = offered.last == 1000 - 40
            variant(isSmaller ? "the next SYN offers less" : "the next SYN offers as much")
            expect(
                "the SYNs after the first agree on the MSS they offer", of: offered, by: .segments,
                is: [1460] + Array(repeating: isSmaller ? 1000 - 40 : 1460, count: schedule.count - 1))
        }
    }
}

extension TCPSegment {
    fileprivate var offeredMSS: Int? {
        options.lazy.compactMap { if case .mss(let size) = $0 { size } else { nil } }.first
    }
}
