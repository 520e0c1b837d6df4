internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing

/// What ICMP does to a connection.
enum Unreachability {
    static let all = [icmpUnreachable, icmpSoftError]

    static let icmpUnreachable = Scenario(
        "open.icmp-unreachable",
        claim: "ICMP that a SYN could not be delivered ends connect() at once with an error of its own for each code, "
            + "blocking or not; only \"too big\" does not: the path MTU shrinks and SYNs go on.",
        cites: [
            .rfc(1122, "4.2.3.9"), .rfc(5461, "4.1"), .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("icmp.c", "icmp_err_convert"),
        ],
        verdict: .unclaimed,
        steps: [
            "the wire loses each SYN of A and answers it by ICMP type 3, code 0, 1, 2, 3, 13", "A blocks in connect()",
            "A connects without blocking and asks for SO_ERROR",
            "code 4 with an MTU of 1000: A goes on until it times out",
        ],
        sysctls: { _ in ["tcp_syn_retries": "1", "tcp_syn_linear_timeouts": "0"] },
        longestTimer: { _ in 3 }
    ) { lab in
        try lab.wire.drop("SYN>")
        let errors: [(Unreachable, Errno)] = [
            (.network, .ENETUNREACH), (.host, .EHOSTUNREACH), (.transportProtocol, .ENOPROTOOPT),
            (.port, .ECONNREFUSED), (.prohibited, .EHOSTUNREACH),
        ]
        for (number, (reason, errno)) in errors.enumerated() {
            let address = SocketAddress(lab.b.ip, 5000 + UInt16(number))
            try lab.chapter("\(reason), blocking")
            let blocking = try lab.a.socket("blocking \(reason)")
            let connecting = try blocking.begin(.connect(address))
            try complain(lab, blocking, reason)
            lab.expect(try connecting.answer(), fails: errno)
            try expectOver(lab, blocking)
            try lab.expect(blocking, soError: nil)  // connect() has taken it

            try lab.chapter("\(reason), nonblocking")
            let nonblocking = try lab.a.socket("nonblocking \(reason)")
            try nonblocking.setNonblocking()
            lab.expect(try nonblocking.ask(.connect(address)), fails: .EINPROGRESS)
            try complain(lab, nonblocking, reason)
            try expectOver(lab, nonblocking)
            try lab.expect(nonblocking, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
            try lab.expect(nonblocking, soError: errno)
        }
        try tooBig(lab)
    }

    /// Answers the chapter's first SYN.
    private static func complain(_ lab: Lab, _ socket: Socket, _ reason: Unreachable) throws {
        let syn = try lab.requireCarried("SYN> seq=0")
        try lab.require(socket, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))
        try lab.complain(reason, about: syn)
    }

    private static func expectOver(_ lab: Lab, _ socket: Socket) throws {
        try lab.requireGone(socket)
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "TCPAbortOnTimeout": 0])
    }

    private static func tooBig(_ lab: Lab) throws {
        try lab.chapter("too big")
        let schedule = try SynSchedule(of: lab.a)
        let client = try lab.a.socket("too big")
        try client.setNonblocking()
        lab.expect(try client.ask(.connect(SocketAddress(lab.b.ip, 5100))), fails: .EINPROGRESS)
        try complain(lab, client, .tooBig(mtu: 1000))
        var mtu: Int?
        try lab.require("TCP_INFO shows the smaller MTU", seen: { "\(mtu ?? 0)" }) {
            mtu = TCPInfo(bytes: try client.ask(.tcpInfo).output).pmtu
            return mtu == 1000
        }
        try lab.expect(client, tcpInfo: .SYN_SENT)
        try lab.expect(client, polls: [])

        try lab.requireGone(client, within: lab.patience(after: schedule.giveUp))
        try lab.expect(client, soError: .ETIMEDOUT)
        try lab.expectCarried(Array(repeating: "SYN> seq=0", count: schedule.count))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "TCPAbortOnTimeout": 1])
        let offered = lab.carried().compactMap { syn in
            syn.segment.options.lazy.compactMap { if case .mss(let size) = $0 { size } else { nil } }.first
        }
        let isSmaller = offered.last == 1000 - 40
        lab.sawVariant(isSmaller ? "the next SYN offers less" : "the next SYN offers as much")
        lab.expect(
            "the SYNs after the first agree on the MSS they offer",
            offered == [1460] + Array(repeating: isSmaller ? 1000 - 40 : 1460, count: schedule.count - 1),
            seen: "MSS \(offered)", witnesses: ["segments"])
    }

    static let icmpSoftError = Scenario(
        "est.icmp-soft-error",
        claim: "ICMP \"host unreachable\" about data in flight changes no state: it is a soft error. While it keeps "
            + "coming, retransmissions are not backed off, and the connection ends with that error, not ETIMEDOUT.",
        cites: [
            .rfc(1122, "4.2.3.9"), .rfc(6069, "3"), .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("tcp_ipv4.c", "tcp_ld_RTO_revert"), .kernel("tcp_timer.c", "tcp_write_err"),
        ],
        verdict: .unclaimed,
        steps: [
            "A sends one byte; the wire loses it and each retransmission, and answers by ICMP",
            "A reads SO_ERROR, then blocks in recv() until TCP gives up (tcp_retries2=2)",
        ],
        sysctls: { _ in ["tcp_retries2": "2"] },
        longestTimer: { _ in 2 }
    ) { lab in
        let pair = try lab.connectedPair()
        let client = pair.client
        let data = try lab.wire.drop("DATA>")
        try lab.chapter("unreachable")
        try client.send("x")
        var complaints: [Instant] = []
        func answerNext(unless isOver: () -> Bool) throws {
            _ = try lab.comesAbout(within: lab.patience(after: .seconds(1))) {
                data.met.count > complaints.count || isOver()
            }
            guard data.met.count > complaints.count else { return }
            complaints.append(.now)
            try lab.complain(.host, about: data.met[complaints.count - 1])
        }
        try answerNext { false }
        try lab.require("SO_ERROR is set", seen: { "0" }) {
            try client.ask(.soError).integer == Errno.EHOSTUNREACH.rawValue
        }
        try lab.expect(client, soError: nil)  // reading it has cleared it
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .retransmit, sendQueue: 1))
        try lab.expect(client, polls: .OUT)  // no error for poll(2)

        let reading = try client.begin(.recv(100))
        while !reading.isDone && complaints.count < 100 { try answerNext { reading.isDone } }
        lab.expect(try reading.answer(after: .seconds(2)), fails: .EHOSTUNREACH)
        try lab.requireGone(client)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)

        let sent = data.met
        for (number, (one, next)) in zip(sent, sent.dropFirst()).enumerated() {
            // ICMP sets the timer back; when it is late, so is what it brings forward.
            let late = complaints[number] - one.stamp
            let earliest = Duration.milliseconds(196)
            lab.expect(
                "retransmission \(number + 1) comes after the first timeout's time", lasted: next.stamp - one.stamp,
                within: earliest...max(.milliseconds(225) + .lateness, late + .lateness))
        }
        lab.measure("retransmissions", Double(sent.count - 1), "segments", tolerance: 2)
        try lab.expect(
            lab.a, counts: ["RetransSegs": Int64(sent.count - 1), "TCPAbortOnTimeout": 1, "OutRsts": 0])
        try lab.expect(.retransmit, on: lab.a, traced: sent.count - 1)
        try lab.expectCarried(Array(repeating: "DATA> seq=1 ack=1 len=1", count: sent.count))
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0))
    }
}
