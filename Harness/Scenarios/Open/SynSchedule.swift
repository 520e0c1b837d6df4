internal import Vocabulary

/// How often, and for how long, a SYN is repeated.
enum SynRepetition {
    static let synSchedule = Scenario(
        "open.syn-retransmit-schedule",
        claim:
            "A SYN without an answer is sent again, first tcp_syn_linear_timeouts times after a second each, only then "
            + "at twice the interval each time; its number is limited by tcp_syn_retries and by the time that these "
            + "would take if all intervals doubled.",
        says: "The messages of the handshake are sent again at growing intervals.",
        cites: [
            .document("003", "客户端连接的建立", .differs),
            .requirement("MUST-19", .differs, only: "backoff of SYNs", unless: ["timeouts double at once": .holds]),
            .requirement("MUST-23", .refuted), .rfc(6298, "2.1", .holds, only: "a SYN"),
            .rfc(6298, "5.5", .differs, only: "a SYN", unless: ["timeouts double at once": .holds]),
            .man("tcp", 7, "tcp_syn_retries", .refuted, only: "127 s", unless: ["timeouts double at once": .holds]),
            .sysctl("tcp_syn_retries", .holds, unless: ["timeouts double at once": .differs]),
            .sysctl("tcp_syn_linear_timeouts", .holds, unless: ["timeouts double at once": .absent]), .rfc(6298, "5"),
            .kernel("tcp_timer.c", "tcp_write_timeout"),
            .kernel("tcp_timer.c", "tcp_retransmit_timer"),
            .commit("ccce324dabfe", "6.5: the first timeouts are equal"),
        ],
        longestTimer: { $0 == .scaled ? 7 : 131 }
    ) {
        var runs: [(socket: Socket, schedule: SynSchedule)] = []
        try step(
            "the wire loses every SYN; A connects with the kernel's tcp_syn_linear_timeouts, B with 0; each retries "
                + (isScaled ? "once and twice (TCP_SYNCNT)" : "as often as the kernel has it")
        ) {
            wire.drop("SYN>", "<SYN")
            if try B.sysctl("tcp_syn_linear_timeouts") != nil { B.set("tcp_syn_linear_timeouts", to: "0") }
            for host in bothHosts {
                let standard = try SynSchedule(of: host)
                for retries in isScaled ? [1, 2] : [standard.retries] {
                    let socket = host.socket("\(host.letter) with \(retries) retries")
                    if isScaled { socket.set(.TCP_SYNCNT, Int32(retries)) }
                    socket.beginConnecting(to: host.peer.port(5000))
                    socket.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
                    runs.append((socket, SynSchedule(retries: retries, linear: standard.linear)))
                }
            }
            variant(runs[0].schedule.variant)
        }
        try step("each SYN is sent at its time, and all give up with ETIMEDOUT") {
            for (socket, schedule) in runs {
                socket.isGone(after: schedule.giveUp)
                try judge(socket, schedule)
            }
            for host in bothHosts {
                let mine = runs.filter { $0.socket.host == host }
                let sent = mine.reduce(0) { $0 + $1.schedule.count }
                host.traces(.retransmit, sent - mine.count)
                host.counts([
                    "TCPSynRetrans": Int64(sent - mine.count), "TCPTimeouts": Int64(sent),
                    "AttemptFails": Int64(mine.count), "TCPAbortOnTimeout": Int64(mine.count),
                ])
            }
        }
    }

    private static func judge(_ socket: Socket, _ schedule: SynSchedule) throws {
        let syns = try wire.segments(since: .attemptBegan, from: socket)
        expect("\(socket.name): \(schedule.count) SYNs, all alike but for the timestamp", of: syns) {
            $0.count == schedule.count && Set($0.map(\.segment.withoutTimestamps)).count == 1
                && $0.allSatisfy(\.segment.isSYN)
        }
        for (number, (one, next)) in zip(syns, syns.dropFirst()).enumerated() where number < schedule.waits.count {
            lasts(
                "\(socket.name): interval \(number + 1)", next.stamp.since(one.stamp),
                schedule.waits[number].timerBounds)
        }
        measure("SYNs of \(socket.name)", Double(syns.count), "segments", within: 0)
        socket.passes(.CLOSE, .SYN_SENT, .CLOSE)
        if try isTraced, let first = syns.first {
            let end = try socket.goes(.SYN_SENT, .CLOSE).bounds.lowerBound
            lasts("\(socket.name) gives up", end.since(first.stamp), schedule.giveUp.timerBounds, by: .trace)
        }
        socket.hasError(.ETIMEDOUT)
    }
}

/// How many SYNs a kernel sends, and when it gives up, by its sysctls.
///
/// Two limits hold: tcp_write_timeout() counts retransmissions, retransmits_timed_out() compares elapsed time.
struct SynSchedule {
    let retries: Int
    /// How many timeouts besides the first do not double.
    let linear: Int
    /// The time after each SYN, the last one's being that until it gives up.
    let waits: [Duration]

    init(of host: Host) throws {
        self.init(
            retries: Int(try host.sysctl("tcp_syn_retries") ?? "6") ?? 6,
            linear: Int(try host.sysctl("tcp_syn_linear_timeouts") ?? "0") ?? 0)
    }

    init(retries: Int, linear: Int) {
        self.retries = retries
        self.linear = linear
        let limit = (1 << (retries + 1)) - 1
        var waits: [Int] = []
        // The first `linear + 1` timeouts take a second each, the rest double.
        while waits.count < 1 + retries + linear {
            waits.append(waits.count <= linear ? 1 : waits[waits.count - 1] * 2)
            if waits.count > retries && waits.reduce(0, +) >= limit { break }
        }
        self.waits = waits.map { .seconds($0) }
    }

    var count: Int { waits.count }
    var giveUp: Duration { waits.reduce(.zero, +) }
    var variant: String { linear > 0 ? "\(linear + 1) equal timeouts first" : "timeouts double at once" }
}

extension TCPSegment {
    fileprivate var withoutTimestamps: TCPSegment {
        var segment = self
        segment.options.removeAll { if case .timestamps = $0 { true } else { false } }
        return segment
    }
}
