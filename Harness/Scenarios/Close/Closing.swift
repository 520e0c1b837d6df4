internal import Vocabulary

/// How connections are closed in order.
enum Closing {
    static let all = [ordinaryPath, simultaneous, refcountFork, finWait2OrphanTimeout]

    static let ordinaryPath = Scenario(
        "close.ordinary-path",
        claim: "The end that closes first goes FIN_WAIT1, FIN_WAIT2, TIME_WAIT; the other goes CLOSE_WAIT, LAST_ACK, "
            + "and is gone.",
        cites: [
            .document("001", "两条主线"), .document("002", "调用close后发生了什么"), .document("003", "关闭 TCP 连接"),
            .document("004", "四次挥手"), .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        ipv6: true, restsOnPaths: true
    ) {
        try overBothFamilies { try closeInBothDirections() }
        chapter("the descriptor stays open")
        let (client, server) = connect()
        step("A shuts down and keeps its descriptor") {
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.shows(.CLOSE_WAIT, timer: .off)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        }
        step("B closes") {
            server.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }

    private static func closeInBothDirections() throws {
        let (client, server) = connect()
        try step("A closes; the wire holds B's ACK, then lets it go") {
            client.entersFinWait2(timer: sixtySeconds) { client.close() }
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1)
            try A.countsMinisocks()
            A.counts(["sockstat.tw": 1, "CurrEstab": 0])
            B.counts(["CurrEstab": 1])  // CLOSE_WAIT counts as established
        }
        try step("B reads the end and closes; the wire holds A's last ACK, then lets it go") {
            server.receives(.end)
            server.shows(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0)
            let lastAck = wire.hold("ACK>")
            server.close()
            server.shows(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1)
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            lastAck.release()
            server.isGone()
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            try A.countsMinisocks()
            A.counts(["CurrEstab": 0])
            B.counts(["TW": 0, "CurrEstab": 0])
        }
    }

    static let simultaneous = Scenario(
        "close.simultaneous",
        claim: "When FINs cross, each end goes FIN_WAIT1, CLOSING, TIME_WAIT.",
        cites: [
            .document("000", "同时关闭"), .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        ipv6: true,
        longestTimer: { _ in 0.2 }
    ) {
        try overBothFamilies {
            let (client, server) = connect()
            let ends = [client, server]
            let fins = wire.hold("FIN>", "<FIN")
            step("A and B close; the wire holds both FINs") {
                for end in ends { end.close() }
                fins.meets(2)
                for end in ends { end.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1) }
            }
            // From here on nothing passes: a FIN that is sent again would acknowledge the other one.
            let acks = wire.freeze()
            step("the wire delivers the FINs and holds both ACKs; both FINs are sent again, acknowledging the other's")
            {
                fins.release()
                for end in ends {
                    end.shows(.CLOSING, .orphan, timer: .retransmit, receiveQueue: 1, sendQueue: 1)
                }
                acks.meets(2)
                wire.carries("ACK> seq=2 ack=2")
                wire.carries("<ACK seq=2 ack=2")
                wire.carries("FIN> seq=1 ack=2")
                wire.carries("<FIN seq=1 ack=2")
            }
            try step("the wire delivers the ACKs") {
                acks.release()
                for end in ends { end.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds) }
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
                for host in bothHosts { try host.countsMinisocks() }
            }
        }
    }

    static let refcountFork = Scenario(
        "close.refcount-fork",
        claim: "close() only drops a reference: while another process or descriptor has the socket, no FIN is sent and "
            + "the connection works.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .document("002", "区别"),
            .kernel("tcp.c", "tcp_close"),
        ]
    ) {
        let ends = connection()
        let (client, server) = (ends.client, ends.server)
        let child = client.owner.fork("child")
        let inherited = client.shared(with: child, as: "client (child)")
        step("A's process has forked; the parent closes") {
            client.close()
            for end in [client, server] { end.shows(.ESTABLISHED, .owned) }
            server.receives(.nothing)
            wire.carriesNothing()
        }
        step("the child writes, reads and writes") {
            inherited.calls(.write("one"), returns: 3)
            server.receives("one")
            server.calls(.write("two"), returns: 3)
            inherited.calls(.read(100), reads: "two")
            inherited.calls(.write("three"), returns: 5)
            server.receives("three")
            wire.neverCarries("FIN>")
        }
        step("the child exits: FIN") {
            client.entersFinWait2 { child.exit() }
            wire.carries("FIN>")
            server.receives(.end)
            server.shows(.CLOSE_WAIT)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }

        chapter("two descriptors in one process")
        let second = A.socket("second client")
        second.connect(to: B.port(5000))
        let peer = ends.listener.accept("second server")
        let twin = second.duplicate("twin")
        step("A closes one of two descriptors and sends by the other") {
            second.close()
            twin.send("still here")
            peer.receives("still here")
            wire.neverCarries("FIN>", since: .stepBegan)
            twin.shows(.ESTABLISHED, .owned)
        }
        step("A closes the other: FIN") {
            twin.entersFinWait2 { twin.close() }
            wire.carries("FIN>")
            second.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        }
    }

    static let finWait2OrphanTimeout = Scenario(
        "close.fin-wait2-orphan-timeout",
        claim: "FIN_WAIT2 of a closed descriptor does not last for ever: the kernel ends it after tcp_fin_timeout, "
            + "silently.",
        says: "FIN_WAIT2 has no timeout: without a FIN of the peer it lasts until the system is started again.",
        cites: [
            .document("001", "状态说明", .refuted), .document("003", "关闭 TCP 连接", .refuted), .sysctl("tcp_fin_timeout"),
            .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"), TimeWaiting.countedAtItsStart,
        ],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 60 }
    ) {
        // Not less than 3 s: it lasts three and a half RTOs at least, and a busy machine's RTO may be long.
        let timeout = Duration.seconds(isScaled ? 3 : 60)
        // The first timeout decides which counter it is: up to 4 s were once a wheel of their own.
        let (counter, other) = isScaled ? ("TWKilled", "TW") : ("TW", "TWKilled")
        let (client, server) = connect()
        step("A closes, B keeps its socket") {
            client.entersFinWait2(timer: .zero...timeout + .milliseconds(8)) { client.close() }
        }
        let entered = client.goes(.FIN_WAIT2, .CLOSE)
        try step("the timer of A's FIN_WAIT2 is tcp_fin_timeout") {
            client.timerLasts(timeout - .milliseconds(8)...timeout + .milliseconds(24), since: entered)
            try A.countsMinisocks(by: counter)
            A.counts(["sockstat.tw": 1])
        }
        step("A's FIN_WAIT2 runs out; nothing is sent; B stays in CLOSE_WAIT") {
            client.vanishes(after: timeout, since: entered)
            A.counts([counter: 1, other: 0, "sockstat.tw": 0])
            server.shows(.CLOSE_WAIT, .owned, timer: .off)
            wire.carriesNothing()
        }
    }
}
