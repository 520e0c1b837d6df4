internal import Vocabulary

/// How long TIME_WAIT lasts.
enum SixtySeconds {
    static let scenario = Scenario(
        "timewait.sixty-seconds",
        claim: "TIME_WAIT lasts 60 s on Linux whatever tcp_fin_timeout is, and ends silently.",
        says: "On Linux net.ipv4.tcp_fin_timeout sets how long TIME_WAIT lasts (001); it lasts some minutes (003).",
        cites: [
            .document("001", "常见问题", .refuted), .document("004", "TIME_WAIT", .refuted),
            .document("003", "关闭 TCP 连接", .refuted), .requirement("MUST-13", .differs),
            .rfc(9293, "3.6.1"), .kernel("tcp_minisocks.c", "tcp_time_wait"),
        ],
        link: .direct,
        longestTimer: { _ in 60 }
    ) {
        let listener = B.listen()
        var closed: [(socket: Socket, since: any Mark)] = []
        for timeout in [5, 60, 120] {
            step("with tcp_fin_timeout \(timeout) A closes, then B; A's TIME_WAIT starts at 60 s") {
                A.set("tcp_fin_timeout", to: "\(timeout)")
                let client = A.socket("client with tcp_fin_timeout \(timeout)")
                client.connect(to: B.port(5000))
                let server = listener.accept("server \(timeout)")
                // A keeps its descriptor until B's FIN is there, so that TIME_WAIT is entered from a full socket.
                client.shutdown(.SHUT_WR)
                client.shows(.FIN_WAIT2, .owned, timer: .off)
                server.receives(.end)
                server.close()
                client.shows(.TIME_WAIT, .minisock, timer: .timewait)
                server.isGone()
                client.close()
                let entered = client.goes(.FIN_WAIT2, .CLOSE)
                client.timerLasts(.milliseconds(59_900) ... .milliseconds(60_100), since: entered)
                closed.append((client, entered))
            }
        }
        step("each is there for its 60 s and then goes, and nothing is sent") {
            vanish(closed, after: .seconds(60))
            wire.carriesNothing()
        }
    }
}
