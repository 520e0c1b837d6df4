internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What a TIME_WAIT does with segments that come late.
enum TimeWaitSegments {
    static let all = [oldDuplicate, oldDuplicateNewConnection, rstAssassination, selfAssassination]

    static let oldDuplicate = Scenario(
        "timewait.old-duplicate",
        claim: "Old segments that reach a TIME_WAIT are acknowledged and go no further; each renews the minute, and of "
            + "those without data only one in half a second is answered.",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.10.7.4"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process"),
            .kernel("tcp_input.c", "tcp_oow_rate_limited"),
        ],
        steps: [
            "B sends, A reads and closes first; B hears nothing any more",
            "B's old data, FIN, ACK and SYN/ACK reach A again", "an ACK with the very next number reaches A",
        ],
        longestTimer: { _ in 0.6 }
    ) { lab in
        let (client, began) = try timeWaitAfterData(lab)
        let data = try lab.requireCarried("<DATA").segment
        let fin = try lab.requireCarried("<FIN").segment
        // Dated like the FIN, since it may have been sent in the same millisecond or not.
        let ack = try lab.requireCarried("<ACK").segment.dated(fin.timestamps?.value ?? 0)
        let synAck = try lab.requireCarried("<SYN/ACK").segment
        try lab.wire.drop("ANY>")  // B, which has no socket, would reset what A says

        var minute = began
        func replay(_ segments: [TCPSegment], _ title: String, answers: Int) throws {
            try lab.letRun(minute: minute)
            try lab.chapter(title)
            let before = Instant.now
            for segment in segments { try lab.wire.inject(segment, to: .a) }
            try lab.expect(lab.a, counts: ["InSegs": Int64(segments.count), "OutSegs": Int64(answers)])
            try lab.expectCarried(Array(repeating: "ACK> seq=2 ack=10", count: answers))
            try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, receiveQueue: 0))
            minute = before ... .now
            try lab.expect(minuteOf: client, began: minute)
            let unanswered = Int64(segments.count - answers)
            try lab.expect(lab.a, counts: ["TCPACKSkippedTimeWait": unanswered, "OutRsts": 0])
        }
        try replay([data, data], "old data, twice", answers: 2)
        try TimeWaitReconnecting.expectPAWS(lab, on: lab.a, count: 2)
        try replay([fin], "old FIN", answers: 1)
        lab.expect(try client.ask(.recv(100, .MSG_DONTWAIT)), returns: 0)  // nothing but the end
        try replay([ack, synAck, data], "old ACK, old SYN/ACK in the same half second, old data", answers: 2)
        try TimeWaitReconnecting.expectPAWS(lab, on: lab.a, count: 2)
        try lab.pass(minute.upperBound + .milliseconds(550) - .now)
        try replay([synAck], "old SYN/ACK alone", answers: 1)

        try lab.letRun(minute: minute)
        try lab.chapter("the very next number")
        var exact = fin
        exact.flags = .ACK
        exact.sequence = fin.endSequence
        let before = Instant.now
        try lab.wire.inject(exact, to: .a)
        try lab.expect(lab.a, counts: ["InSegs": 1, "OutSegs": 0])
        try lab.expect(minuteOf: client, began: before ... .now)
        try lab.expect("ANY>", carried: 0)
        try lab.expect(lab.a, counts: ["OutRsts": 0, "sockstat.tw": 0])
        lab.expect(try client.ask(.recv(100, .MSG_DONTWAIT)), returns: 0)
        try client.close()
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
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
            .document("003", "关闭 TCP 连接"), .document("001", "常见问题"), .rfc(7323, "5"), .rfc(2883, "4"),
            .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        verdict: .refuted,
        steps: [
            "A sends, B closes first; A connects again from the same port", "A's old data reaches B again",
            "data with the next number is forged, with a timestamp ten seconds old, then with a current one",
            "the first two without timestamps",
        ]
    ) { lab in
        for timestamps in [true, false] {
            try lab.chapter(timestamps ? "with timestamps" : "without timestamps")
            for host in [lab.a!, lab.b!] { try host.set(sysctl: "tcp_timestamps", to: timestamps ? "1" : "0") }
            let address = SocketAddress(lab.a.ip, timestamps ? 20_000 : 20_001)
            let listener = try lab.b.listen(port: 5000)
            func connect(_ label: String) throws -> (client: Socket, server: Socket) {
                let client = try lab.a.socket("\(label) client")
                try client.bind(address)
                try client.connect(SocketAddress(lab.b.ip, 5000))
                return (client, try listener.accept("\(label) server"))
            }
            let old = try connect("old")
            try old.client.send("OLD!")
            lab.expect(try old.server.ask(.recv(100)), reads: "OLD!")
            let duplicate = try lab.requireCarried("DATA>").segment
            try lab.require(old.client, shows: .row(.ESTABLISHED, sendQueue: 0))
            try lab.expectQuiet(for: .milliseconds(5))  // the clock of timestamps has steps of 1 ms
            try lab.closeInOrder(first: old.server, then: old.client)
            let (client, server) = try connect("new")

            try lab.chapter("the old segment, \(timestamps ? "with" : "without") timestamps")
            try lab.wire.inject(duplicate, to: .b)
            try lab.expectCarried("<ACK seq=1 ack=1 dsack")
            lab.expect(try server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
            try lab.expect(
                lab.b, counts: ["PAWSEstab": timestamps ? 1 : 0, "TCPDSACKOldSent": 1, "DelayedACKLost": 1])
            try client.send("new")
            lab.expect(try server.ask(.recv(100)), reads: "new")
            try lab.require(client, shows: .row(.ESTABLISHED, .owned, sendQueue: 0))
            if timestamps { try forgeFitting(lab, behind: try lab.requireCarried("DATA>").segment, for: server) }
            try listener.close()
        }
    }

    /// Data that the new connection expects next, as far as its number goes.
    private static func forgeFitting(_ lab: Lab, behind last: TCPSegment, for server: Socket) throws {
        var forged = last
        forged.sequence = last.endSequence
        forged.payload = Array("STALE?".utf8)
        let now = last.timestamps?.value ?? 0

        try lab.chapter("a fitting number, ten seconds old")
        try lab.wire.inject(forged.dated(now &- 10_000), to: .b)
        try lab.expectCarried("<ACK seq=1 ack=4")
        lab.expect(try server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
        try lab.expect(lab.b, counts: ["PAWSEstab": 1])

        try lab.chapter("a fitting number, current")
        // A has not sent it and would challenge what acknowledges it.
        let unheard = try lab.wire.drop("<ACK")
        try lab.wire.inject(forged.dated(now), to: .b)
        lab.expect(try server.ask(.recv(100)), reads: "STALE?")
        try lab.expect(lab.b, counts: ["PAWSEstab": 0])
        try lab.requireCarried("<ACK seq=1 ack=10")
        try lab.wire.lift(unheard)
    }

    static let rstAssassination = Scenario(
        "timewait.rst-assassination",
        claim:
            "A reset with the very next number ends TIME_WAIT, unless tcp_rfc1337 is set; then it is ignored, as any "
            + "other reset always is, and does not renew the minute.",
        cites: [.rfc(1337, "2"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process")],
        verdict: .unclaimed,
        steps: [
            "A closes first; a reset beyond the next number is forged, then one with it", "the same with tcp_rfc1337",
        ],
        longestTimer: { _ in 0.2 }
    ) { lab in
        for isProtected in [false, true] {
            let title = isProtected ? "with tcp_rfc1337" : "without tcp_rfc1337"
            try lab.a.set(sysctl: "tcp_rfc1337", to: isProtected ? "1" : "0")
            let pair = try lab.connectedPair()
            let place = lab.wire.log.count
            let began = try lab.closeInOrder(first: pair.client, then: pair.server)
            let fin = try lab.requireCarried("<FIN", since: place).segment
            try lab.letRun(minute: began)

            try lab.chapter("a reset beyond the next number, \(title)")
            var reset = fin.resetBehind
            reset.sequence &+= 1000
            try lab.wire.inject(reset, to: .a)
            try lab.expect(lab.a, counts: ["InSegs": 1, "OutSegs": 0])
            try lab.expect(minuteOf: pair.client, began: began)

            try lab.chapter("a reset with the next number, \(title)")
            try lab.wire.inject(fin.resetBehind, to: .a)
            if isProtected {
                try lab.expect(lab.a, counts: ["InSegs": 1, "OutSegs": 0])
                try lab.expect(minuteOf: pair.client, began: began)
            } else {
                try lab.requireGone(pair.client)
                try lab.expect(lab.a, counts: ["InSegs": 1, "OutSegs": 0, "sockstat.tw": -1])
            }
            try pair.listener.close()
        }
    }

    static let selfAssassination = Scenario(
        "timewait.self-assassination",
        claim:
            "An old segment can end TIME_WAIT by itself: what it is answered with reaches a host that knows nothing of "
            + "the connection, and whose reset is exact. tcp_rfc1337 prevents that.",
        cites: [.rfc(1337, "2"), .kernel("tcp_minisocks.c", "tcp_timewait_state_process")],
        verdict: .unclaimed,
        steps: ["B sends, A reads and closes first", "B's old data reaches A again", "the same with tcp_rfc1337"]
    ) { lab in
        for isProtected in [false, true] {
            try lab.a.set(sysctl: "tcp_rfc1337", to: isProtected ? "1" : "0")
            let (client, _) = try timeWaitAfterData(lab, port: isProtected ? 5001 : 5000)
            let data = try lab.requireCarried("<DATA").segment
            try lab.chapter(isProtected ? "with tcp_rfc1337" : "without tcp_rfc1337")
            try lab.wire.inject(data, to: .a)
            try lab.expectCarried("ACK> seq=2 ack=10", "<RST seq=10")
            try lab.expect(lab.b, tracesReset: "NO_SOCKET")
            // The old data and the reset have both been taken in.
            try lab.expect(lab.a, counts: ["InSegs": 2, "OutSegs": 1])
            if isProtected {
                try lab.require(
                    client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            } else {
                try lab.requireGone(client)
            }
            try client.close()
        }
    }

    /// A TIME_WAIT on A, whose descriptor is still open, after B has sent eight bytes.
    private static func timeWaitAfterData(
        _ lab: Lab, port: UInt16 = 5000
    ) throws -> (client: Socket, began: ClosedRange<Instant>) {
        try lab.chapter("a connection with data")
        let listener = try lab.b.listen(port: port)
        let client = try lab.a.socket("client of \(port)")
        try client.connect(SocketAddress(lab.b.ip, port))
        let server = try listener.accept("server of \(port)")
        try server.send("old data")
        try listener.close()  // it would answer what comes for the connection that is gone
        lab.expect(try client.ask(.recv(100)), reads: "old data")
        try lab.require(server, shows: .row(.ESTABLISHED, sendQueue: 0))
        try lab.expectQuiet(for: .milliseconds(5))  // the clock of timestamps has steps of 1 ms
        return (client, try lab.closeInOrder(first: client, then: server, keepDescriptor: true))
    }
}
