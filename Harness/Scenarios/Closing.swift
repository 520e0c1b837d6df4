internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

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
        ipv6: true,
        restsOnPaths: true,
        steps: [
            "A closes; the wire holds B's ACK, then lets it go",
            "B reads the end and closes; the wire holds A's last ACK",
            "the same over IPv6", "the same with A shutting down and keeping its descriptor",
        ]
    ) { lab in
        for v6 in [false, true] {
            try lab.chapter(v6 ? "over IPv6" : "over IPv4")
            let pair = try lab.connectedPair(v6: v6)
            let (client, server) = (pair.client, pair.server)

            try lab.awaitFinWait2(of: client, timer: lab.sixtySeconds) { try client.close() }
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 1))
            try TimeWaiting.expectCounted(lab, on: lab.a)
            try lab.expect(lab.a, counts: ["sockstat.tw": 1, "CurrEstab": 0])
            try lab.expect(lab.b, counts: ["CurrEstab": 1])  // CLOSE_WAIT counts as established

            lab.expect(try server.ask(.recv(100)), returns: 0)
            try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, timer: .off, receiveQueue: 0))
            let lastAck = try lab.wire.hold("ACK>")
            try server.close()
            try lab.require(server, shows: .row(.LAST_ACK, .orphan, timer: .retransmit, sendQueue: 1))
            try lab.require(
                client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            try lab.wire.release(lastAck)
            try lab.requireGone(server)
            try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            try lab.expect(
                server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            try TimeWaiting.expectCounted(lab, on: lab.a)
            try lab.expect(lab.a, counts: ["CurrEstab": 0])
            try lab.expect(lab.b, counts: ["TW": 0, "CurrEstab": 0])
            try pair.listener.close()
        }

        try lab.chapter("the descriptor stays open")
        let pair = try lab.connectedPair()
        try pair.client.shutdown(.SHUT_WR)
        try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
        try lab.require(pair.server, shows: .row(.CLOSE_WAIT, timer: .off))
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2)
        try pair.server.close()
        try lab.require(pair.client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
        try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let simultaneous = Scenario(
        "close.simultaneous",
        claim: "When FINs cross, each end goes FIN_WAIT1, CLOSING, TIME_WAIT.",
        cites: [
            .document("000", "同时关闭"), .document("001", "四次挥手"), .document("003", "关闭 TCP 连接"),
            .rfc(9293, "3.6"), .kernel("tcp_input.c", "tcp_fin"),
        ],
        ipv6: true,
        steps: [
            "A and B close; the wire holds both FINs", "the wire delivers the FINs and holds both ACKs",
            "both FINs are sent again, now acknowledging the other's", "the wire delivers the ACKs",
            "the same over IPv6",
        ],
        longestTimer: { _ in 0.2 }
    ) { lab in
        for v6 in [false, true] {
            try lab.chapter(v6 ? "over IPv6" : "over IPv4")
            let pair = try lab.connectedPair(v6: v6)
            let ends = [pair.client, pair.server]
            let fins = try lab.wire.hold("FIN>", "<FIN")
            try pair.client.close()
            try pair.server.close()
            try lab.require(fins, met: 2)
            for end in ends {
                try lab.require(end, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
            }

            // From here on nothing passes: a FIN that is sent again would acknowledge the other one.
            let acks = try lab.wire.freeze()
            try lab.wire.release(fins)
            for end in ends {
                try lab.require(
                    end, shows: .row(.CLOSING, .orphan, timer: .retransmit, receiveQueue: 1, sendQueue: 1))
            }
            try lab.require(acks, met: 2)
            try lab.requireCarried("ACK> seq=2 ack=2")
            try lab.requireCarried("<ACK seq=2 ack=2")
            try lab.requireCarried("FIN> seq=1 ack=2")
            try lab.requireCarried("<FIN seq=1 ack=2")

            try lab.wire.release(acks)
            for end in ends {
                try lab.require(end, shows: .row(.TIME_WAIT, .minisock, timer: .timewait, expires: lab.sixtySeconds))
            }
            try lab.expect(
                pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            try lab.expect(
                pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            for host in [lab.a!, lab.b!] { try TimeWaiting.expectCounted(lab, on: host) }
            try pair.listener.close()
        }
    }

    static let refcountFork = Scenario(
        "close.refcount-fork",
        claim: "close() only drops a reference: while another process or descriptor has the socket, no FIN is sent and "
            + "the connection works.",
        cites: [
            .document("001", "四次挥手"), .document("002", "close"), .document("002", "区别"),
            .kernel("tcp.c", "tcp_close"),
        ],
        steps: [
            "A's process forks; the parent closes", "the child writes, reads and writes", "the child exits: FIN",
            "the same with dup() in one process",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let child = try client.process.fork("child")
        let inherited = client.shared(with: child, as: "client (child)")
        var place = lab.wire.log.count

        try client.close()
        try lab.require(client, shows: .row(.ESTABLISHED, .owned))
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
        lab.expect(try server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
        lab.expect(
            "close() of one reference sends nothing", lab.carried(since: place).isEmpty,
            seen: SegmentView.describe(lab.carried(since: place).map(\.view)), witnesses: ["segments"])

        lab.expect(try inherited.ask(.write("one")), returns: 3)
        lab.expect(try server.ask(.recv(100)), reads: "one")
        lab.expect(try server.ask(.write("two")), returns: 3)
        lab.expect(try inherited.ask(.read(100)), reads: "two")
        lab.expect(try inherited.ask(.write("three")), returns: 5)
        lab.expect(try server.ask(.recv(100)), reads: "three")
        try lab.expect("FIN>", carried: 0)

        try lab.awaitFinWait2(of: client) { try child.exit() }
        try lab.requireCarried("FIN>")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try lab.require(server, shows: .row(.CLOSE_WAIT))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)

        try lab.chapter("two descriptors in one process")
        let second = try lab.a.socket("second client")
        try second.connect(SocketAddress(lab.b.ip, 5000))
        let peer = try pair.listener.accept("second server")
        let twin = try second.duplicate("twin")
        place = lab.wire.log.count
        try second.close()
        try twin.send("still here")
        lab.expect(try peer.ask(.recv(100)), reads: "still here")
        try lab.expect("FIN>", carried: 0, since: place)
        try lab.require(twin, shows: .row(.ESTABLISHED, .owned))
        try lab.awaitFinWait2(of: twin) { try twin.close() }
        try lab.requireCarried("FIN>", since: place)
        try lab.expect(second, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
    }

    static let finWait2OrphanTimeout = Scenario(
        "close.fin-wait2-orphan-timeout",
        claim: "FIN_WAIT2 of a closed descriptor does not last for ever: the kernel ends it after tcp_fin_timeout, "
            + "silently.",
        says: "FIN_WAIT2 has no timeout: without a FIN of the peer it lasts until the system is started again.",
        cites: [
            .document("001", "状态说明"), .document("003", "关闭 TCP 连接"), .kernel("tcp.c", "__tcp_close"),
            .kernel("tcp_minisocks.c", "tcp_time_wait"), TimeWaiting.countedAtItsStart,
        ],
        verdict: .refuted,
        steps: ["A closes, B keeps its socket", "A's FIN_WAIT2 runs out; nothing is sent; B stays in CLOSE_WAIT"],
        sysctls: { $0 == .scaled ? ["tcp_fin_timeout": "3"] : [:] },
        longestTimer: { $0 == .scaled ? 3 : 60 }
    ) { lab in
        // Not less than 3 s: it lasts three and a half RTOs at least, and a busy machine's RTO may be long.
        let timeout = Duration.seconds(lab.isScaled ? 3 : 60)
        let pair = try lab.connectedPair()
        try lab.awaitFinWait2(of: pair.client, timer: .zero...timeout + .milliseconds(8)) {
            try pair.client.close()
        }
        let entered = try lab.requireStep(of: pair.client, .FIN_WAIT2, .CLOSE)
        try lab.expect(
            timerOf: pair.client, since: entered, lasts: timeout - .milliseconds(8)...timeout + .milliseconds(24))
        // The first timeout decides which counter it is: up to 4 s were once a wheel of their own.
        let (counter, other) = lab.isScaled ? ("TWKilled", "TW") : ("TW", "TWKilled")
        try TimeWaiting.expectCounted(lab, on: lab.a, by: counter)
        try lab.expect(lab.a, counts: ["sockstat.tw": 1])
        let place = lab.wire.log.count
        try lab.expectVanish([(pair.client, entered)], after: timeout)
        try lab.expect(lab.a, counts: [counter: 1, other: 0, "sockstat.tw": 0])
        try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned, timer: .off))
        lab.expect(
            "nothing is sent when it ends", lab.carried(since: place).isEmpty,
            seen: SegmentView.describe(lab.carried(since: place).map(\.view)), witnesses: ["segments"])
    }
}
