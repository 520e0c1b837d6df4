internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// How keepalive is turned on and set, and what shows of it.
enum KeepaliveOptions {
    static let all = [offByDefault, defaultsAndOptions, timerVisible]

    static let offByDefault = Scenario(
        "keepalive.off-by-default",
        claim: "Keepalive is off until SO_KEEPALIVE turns it on, and can be turned off again; sockets that a listener "
            + "accepts have its settings.",
        cites: [
            .document("001", "KeepAlive"), .rfc(9293, "3.8.4"), .kernel("tcp_timer.c", "tcp_set_keepalive"),
            .kernel("tcp_minisocks.c", "tcp_create_openreq_child"), .kernel("tcp_input.c", "tcp_finish_connect"),
        ],
        link: .direct,
        steps: [
            "A connects; both ends have keepalive off", "A turns it on and off",
            "a listener has it on before A connects, and so has A's socket",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        for socket in [pair.client, pair.server] {
            try lab.expect(socket, option: .SO_KEEPALIVE, is: 0)
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off))
        }
        for socket in [pair.client, pair.server] {
            let before = Instant.now
            try socket.keepAlive()
            try lab.expect(socket, option: .SO_KEEPALIVE, is: 1)
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
            try expectTimer(lab, of: socket, set: before ... .now, for: .seconds(7200))
            try socket.set(.SO_KEEPALIVE, 0)
            try lab.expect(socket, option: .SO_KEEPALIVE, is: 0)
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off))
        }

        try lab.chapter("on before the connection")
        let listener = try lab.b.listen(port: 5001)
        try listener.keepAlive(idle: 33)
        try lab.require(listener, shows: .row(.LISTEN, timer: .off))
        let client = try lab.a.socket("keeping client")
        try client.keepAlive(idle: 44)
        let before = Instant.now
        try client.connect(SocketAddress(lab.b.ip, 5001))
        let server = try listener.accept("inheriting server")
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive))
        try lab.require(server, shows: .row(.ESTABLISHED, .owned, timer: .keepalive))
        try expectTimer(lab, of: client, set: before ... .now, for: .seconds(44))
        try expectTimer(lab, of: server, set: before ... .now, for: .seconds(33))
        try lab.expect(server, option: .SO_KEEPALIVE, is: 1)
        try lab.expect(server, option: .TCP_KEEPIDLE, is: 33)
    }

    static let defaultsAndOptions = Scenario(
        "keepalive.defaults-and-options",
        claim:
            "Two hours of silence, then 9 probes 75 s apart: sysctls for all sockets, TCP_KEEPIDLE, TCP_KEEPINTVL and "
            + "TCP_KEEPCNT for one. The idle time counts from what was last received; a sysctl holds at once for "
            + "sockets without a value of their own.",
        cites: [
            .document("001", "KeepAlive"), .kernel("tcp.c", "tcp_sock_set_keepidle_locked"),
            .kernel("tcp.h", "keepalive_time_when"),
        ],
        link: .direct,
        steps: [
            "the sysctls and A's options are read", "half a second after connecting A sets 100 s",
            "A sets values at the edge of what is allowed and beyond", "the sysctls are changed",
        ],
        longestTimer: { _ in 0.5 }
    ) { lab in
        let defaults: [(sysctl: String, option: SocketOption, value: Int32)] = [
            ("tcp_keepalive_time", .TCP_KEEPIDLE, 7200), ("tcp_keepalive_intvl", .TCP_KEEPINTVL, 75),
            ("tcp_keepalive_probes", .TCP_KEEPCNT, 9),
        ]
        let before = Instant.now
        let pair = try lab.connectedPair()
        let received = before...Instant.now
        for (sysctl, option, value) in defaults {
            let set = try lab.a.sysctl(sysctl)
            lab.expect("\(sysctl) is \(value)", set == "\(value)", seen: set ?? "none", witnesses: ["sysctl"])
            try lab.expect(pair.client, option: option, is: value)
        }

        try lab.expectQuiet(for: .milliseconds(500))
        try pair.client.keepAlive()
        let on = Instant.now
        try expectTimer(lab, of: pair.client, set: on ... .now, for: .seconds(7200), early: .milliseconds(20))
        try pair.client.set(.TCP_KEEPIDLE, 100)
        try expectTimer(lab, of: pair.client, set: received, for: .seconds(100))

        let ranges: [(SocketOption, ClosedRange<Int32>)] = [
            (.TCP_KEEPIDLE, 1...32_767), (.TCP_KEEPINTVL, 1...32_767), (.TCP_KEEPCNT, 1...127),
        ]
        for (option, range) in ranges {
            for value in [range.lowerBound, range.upperBound] {
                lab.expect(try pair.client.ask(set: option, to: value), returns: 0)
                try lab.expect(pair.client, option: option, is: value)
            }
            for value in [range.lowerBound - 1, range.upperBound + 1] {
                lab.expect(try pair.client.ask(set: option, to: value), fails: .EINVAL)
            }
            try lab.expect(pair.client, option: option, is: range.upperBound)
        }

        let plain = try lab.a.socket("without values of its own")
        try plain.connect(SocketAddress(lab.b.ip, 5000))
        for (sysctl, value) in [
            ("tcp_keepalive_time", "50"), ("tcp_keepalive_intvl", "5"), ("tcp_keepalive_probes", "2"),
        ] {
            try lab.a.set(sysctl: sysctl, to: value)
        }
        for (option, value) in [(SocketOption.TCP_KEEPIDLE, Int32(50)), (.TCP_KEEPINTVL, 5), (.TCP_KEEPCNT, 2)] {
            try lab.expect(plain, option: option, is: value)
        }
        try lab.expect(pair.client, option: .TCP_KEEPIDLE, is: 32_767)
        let turnedOn = Instant.now
        try plain.keepAlive()
        try expectTimer(lab, of: plain, set: turnedOn ... .now, for: .seconds(50))
    }

    static let timerVisible = Scenario(
        "keepalive.timer-visible",
        claim:
            "Netlink and /proc/net/tcp show the keepalive timer counting down, and the probes that were not answered.",
        cites: [
            .document("004", "半打开"), .kernel("inet_diag.c", "inet_sk_diag_fill"),
            .kernel("tcp_ipv4.c", "get_tcp4_sock"),
        ],
        steps: [
            "A turns keepalive on with 100 s of idle time, looks, looks again after a second",
            "with 1 s and 1 s the wire falls silent: one probe, two probes",
        ],
        longestTimer: { _ in 2 }
    ) { lab in
        let before = Instant.now
        let pair = try lab.connectedPair()
        let received = before...Instant.now
        let client = pair.client
        try client.keepAlive(idle: 100, interval: 1)
        let blur = received.upperBound - received.lowerBound
        for look in 0...1 {
            if look > 0 { try lab.expectQuiet(for: .seconds(1)) }
            try expectTimer(lab, of: client, set: received, for: .seconds(100))
            try lab.expect(
                client, netstat: .ESTABLISHED, timer: .keepalive, since: received.lowerBound,
                lasts: .milliseconds(99_950)...(.milliseconds(100_050) + blur))
        }
        let row = try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0))
        lab.expect(
            "a second later 99 s or less are left", row.expires <= 99_050, seen: "\(row.expires) ms",
            witnesses: ["netlink"])
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.expect(pair.server, netstat: .ESTABLISHED, timer: .off)

        try lab.wire.silence()
        // Long enough to be seen between two probes, however busy the machine.
        try client.set(.TCP_KEEPINTVL, 30)
        try client.set(.TCP_KEEPIDLE, 1)
        try lab.require(
            client, shows: .row(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 1),
            within: lab.patience(after: .seconds(1)))
        try lab.expect(client, netstat: .ESTABLISHED, timer: .keepalive, probes: 1)
        try lab.expect("ACK> seq=0 len=0", carried: 1)
    }

    /// Expects the keepalive timer to have been set for this long at some instant of this time.
    ///
    /// - Parameter early: how much earlier than that it may have been set.
    private static func expectTimer(
        _ lab: Lab, of socket: Socket, set time: ClosedRange<Instant>, for duration: Duration,
        early: Duration = .zero, line: Int = #line
    ) throws {
        let slack = Duration.milliseconds(50)
        try lab.expect(
            timerOf: socket, since: time.lowerBound,
            lasts: (duration - slack - early)...(duration + slack + (time.upperBound - time.lowerBound)), line: line)
    }
}
