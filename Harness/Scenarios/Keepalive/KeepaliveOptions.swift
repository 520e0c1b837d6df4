internal import Vocabulary

/// How keepalive is turned on and set, and what shows of it.
enum KeepaliveOptions {
    static let all = [offByDefault, defaultsAndOptions, timerVisible]

    static let offByDefault = Scenario(
        "keepalive.off-by-default",
        claim: "Keepalive is off until SO_KEEPALIVE turns it on, and can be turned off again; sockets that a listener "
            + "accepts have its settings.",
        cites: [
            .document("001", "KeepAlive"), .requirement("MUST-24"), .requirement("MUST-25"), .rfc(9293, "3.8.4"),
            .kernel("tcp_timer.c", "tcp_set_keepalive"),
            .kernel("tcp_minisocks.c", "tcp_create_openreq_child"), .kernel("tcp_input.c", "tcp_finish_connect"),
        ],
        link: .direct
    ) {
        let ends = connection().ends
        step("both ends of a connection have keepalive off") {
            for socket in ends { isOff(socket) }
        }
        step("each turns it on and off again") {
            for socket in ends {
                let set = moment {
                    socket.keepAlive()
                    isOn(socket)
                }
                socket.keepaliveTimerLasts(.seconds(7200), since: set)
                socket.set(.SO_KEEPALIVE, 0)
                isOff(socket)
            }
        }

        chapter("on before the connection")
        step("a listener and a socket have it on before they connect, and both ends have it from the beginning") {
            let listener = B.listen(port: 5001)
            listener.keepAlive(idle: 33)
            listener.shows(.LISTEN, timer: .off)
            let client = A.socket("keeping client")
            client.keepAlive(idle: 44)
            let connected = moment { client.connect(to: B.port(5001)) }
            let server = listener.accept("inheriting server")
            for socket in [client, server] { socket.shows(.ESTABLISHED, .owned, timer: .keepalive) }
            client.keepaliveTimerLasts(.seconds(44), since: connected)
            server.keepaliveTimerLasts(.seconds(33), since: connected)
            server.hasOption(.SO_KEEPALIVE, 1)
            server.hasOption(.TCP_KEEPIDLE, 33)
        }
    }

    private static func isOff(_ socket: Socket) {
        socket.hasOption(.SO_KEEPALIVE, 0)
        socket.shows(.ESTABLISHED, .owned, timer: .off)
    }

    private static func isOn(_ socket: Socket) {
        socket.hasOption(.SO_KEEPALIVE, 1)
        socket.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
    }

    static let defaultsAndOptions = Scenario(
        "keepalive.defaults-and-options",
        claim:
            "Two hours of silence, then 9 probes 75 s apart: sysctls for all sockets, TCP_KEEPIDLE, TCP_KEEPINTVL and "
            + "TCP_KEEPCNT for one. The idle time counts from what was last received; a sysctl holds at once for "
            + "sockets without a value of their own.",
        cites: [
            .document("001", "KeepAlive"), .requirement("MUST-27"), .requirement("MUST-28"),
            .sysctl("tcp_keepalive_time"), .sysctl("tcp_keepalive_probes"), .sysctl("tcp_keepalive_intvl"),
            .kernel("tcp.c", "tcp_sock_set_keepidle_locked"),
            .kernel("tcp.h", "keepalive_time_when"),
        ],
        link: .direct,
        longestTimer: { _ in 0.5 }
    ) {
        _ = B.listen()
        let client = A.socket("client")
        let received = moment { client.connect(to: B.port(5000)) }
        try step("the sysctls and A's options have the kernel's defaults") {
            client.shows(.ESTABLISHED)
            client.otherEnd.shows(.ESTABLISHED)
            for setting in settings {
                expect(
                    "\(setting.sysctl) is \(setting.standard)", of: try A.sysctl(setting.sysctl), by: .sysctl,
                    is: "\(setting.standard)")
                client.hasOption(setting.option, setting.standard)
            }
        }
        step("half a second after connecting A sets 100 s, which count from the connection") {
            wire.staysQuiet(for: .milliseconds(500))
            let on = moment { client.keepAlive() }
            client.keepaliveTimerLasts(.seconds(7200), since: on, early: .milliseconds(20))
            client.set(.TCP_KEEPIDLE, 100)
            client.keepaliveTimerLasts(.seconds(100), since: received)
        }
        step("A sets values at the edge of what is allowed and beyond") {
            for (_, option, _, range) in settings {
                for value in [range.lowerBound, range.upperBound] {
                    client.calls(.setOption(option, value), returns: 0)
                    client.hasOption(option, value)
                }
                for value in [range.lowerBound - 1, range.upperBound + 1] {
                    client.calls(.setOption(option, value), fails: .EINVAL)
                }
                client.hasOption(option, range.upperBound)
            }
        }
        step("changed sysctls hold at once for a socket without values of its own, and for no other") {
            let plain = A.socket("without values of its own")
            plain.connect(to: B.port(5000))
            for (setting, value) in zip(settings, [50, 5, 2] as [Int32]) {
                A.set(setting.sysctl, to: "\(value)")
                plain.hasOption(setting.option, value)
            }
            client.hasOption(.TCP_KEEPIDLE, 32_767)
            let on = moment { plain.keepAlive() }
            plain.keepaliveTimerLasts(.seconds(50), since: on)
        }
    }

    private static let settings:
        [(sysctl: String, option: SocketOption, standard: Int32, allowed: ClosedRange<Int32>)] = [
            ("tcp_keepalive_time", .TCP_KEEPIDLE, 7200, 1...32_767),
            ("tcp_keepalive_intvl", .TCP_KEEPINTVL, 75, 1...32_767), ("tcp_keepalive_probes", .TCP_KEEPCNT, 9, 1...127),
        ]

    static let timerVisible = Scenario(
        "keepalive.timer-visible",
        claim:
            "Netlink and /proc/net/tcp show the keepalive timer counting down, and the probes that were not answered.",
        cites: [
            .document("004", "半打开"), .kernel("inet_diag.c", "inet_sk_diag_fill"),
            .kernel("tcp_ipv4.c", "get_tcp4_sock"),
        ],
        longestTimer: { _ in 2 }
    ) {
        let listener = B.listen()
        let client = A.socket("client")
        let received = moment { client.connect(to: B.port(5000)) }
        let server = listener.accept("server")
        func showsTimer() {
            client.keepaliveTimerLasts(.seconds(100), since: received)
            client.netstat(
                shows: .ESTABLISHED, timer: .keepalive, since: received,
                lasts: .milliseconds(99_950) ... .milliseconds(100_050))
        }
        try step("A turns keepalive on with 100 s of idle time, looks, and looks again after a second") {
            for end in [client, server] { end.shows(.ESTABLISHED) }
            client.keepAlive(idle: 100, interval: 1)
            showsTimer()
            wire.staysQuiet(for: .seconds(1))
            showsTimer()
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
            expect("a second later 99 s or less are left", of: try client.row()) { ($0?.expires ?? .max) <= 99_050 }
            server.shows(.ESTABLISHED, .owned, timer: .off)
            server.netstat(shows: .ESTABLISHED, timer: .off)
        }
        step("with 1 s of idle time the wire falls silent: one probe that is not answered") {
            wire.cut()
            // Long enough to be seen between two probes, however busy the machine.
            client.set(.TCP_KEEPINTVL, 30)
            client.set(.TCP_KEEPIDLE, 1)
            client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 1, after: .seconds(1))
            client.netstat(shows: .ESTABLISHED, timer: .keepalive, probes: 1)
            wire.carries(1, of: "ACK> seq=0 len=0")
        }
    }
}
