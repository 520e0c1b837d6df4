internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// TIME_WAIT.
enum TimeWaiting {
    static let all = [sixtySeconds]

    static let sixtySeconds = Scenario(
        "timewait.sixty-seconds",
        claim: "TIME_WAIT lasts 60 s on Linux whatever tcp_fin_timeout is, and ends silently.",
        says: "On Linux net.ipv4.tcp_fin_timeout sets how long TIME_WAIT lasts (001); it lasts some minutes (003).",
        cites: [
            .document("001", "常见问题"), .document("004", "TIME_WAIT"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.6.1"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ],
        verdict: .refuted,
        link: .direct,
        steps: [
            "with tcp_fin_timeout 5, 60 and 120: A closes, B closes", "A's TIME_WAIT starts at 60 s each time",
            "it is there at 59.9 s and then goes, and nothing is sent",
        ],
        longestTimer: { _ in 60 }
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        var closed: [(socket: Socket, since: Instant)] = []
        for timeout in [5, 60, 120] {
            try lab.a.set(sysctl: "tcp_fin_timeout", to: "\(timeout)")
            let client = try lab.a.socket("client with tcp_fin_timeout \(timeout)")
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server \(timeout)")
            // A keeps its descriptor until B's FIN is there, so that TIME_WAIT is entered from a full socket.
            try client.shutdown(.SHUT_WR)
            try lab.require(client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
            lab.expect(try server.ask(.recv(100)), returns: 0)
            try server.close()
            try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
            try lab.requireGone(server)
            try client.close()
            let entered = try lab.requireStep(of: client, .FIN_WAIT2, .CLOSE)
            try lab.expect(
                timerOf: client, since: entered, lasts: .milliseconds(59_900) ... .milliseconds(60_100))
            closed.append((client, entered))
        }
        let place = lab.wire.log.count
        try lab.expectVanish(closed, after: .seconds(60))
        lab.expect(
            "nothing is sent when it ends", lab.carried(since: place).isEmpty,
            seen: SegmentView.describe(lab.carried(since: place).map(\.view)), witnesses: ["segments"])
    }

    static let countedAtItsStart = Citation.commit("27dd35e02235", "5.18: TIME_WAIT is counted when it starts")

    /// Expects the minisocks that a host has to be counted: when they start since 5.18, only when they end before.
    static func expectCounted(_ lab: Lab, on host: Host, by counter: String = "TW", count: Int64 = 1) throws {
        // The minisock can be seen an instant before it is counted.
        let atItsStart = try lab.comesAbout(within: .seconds(2)) { try host.counters()[counter] != nil }
        lab.sawVariant(atItsStart ? "TIME_WAIT counted at its start" : "TIME_WAIT counted at its end")
        try lab.expect(host, counts: [counter: atItsStart ? count : 0])
    }
}
