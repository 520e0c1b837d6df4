internal import Vocabulary

/// What keepalive finds out about the other end, and what it does not.
enum KeepalivePeers {
    static let all = [rebootedPeer, unreachableNetwork, appNotChecked, goProfile, halfClosed]

    static let rebootedPeer = Scenario(
        "keepalive.rebooted-peer",
        claim:
            "A peer that has lost the connection, as after a reboot, answers the first probe by RST: a blocked recv() "
            + "fails with ECONNRESET.",
        cites: [
            .document("001", "KeepAlive"), .rfc(9293, "3.5.1"), .kernel("tcp_input.c", "tcp_reset"),
        ],
        longestTimer: { $0 == .scaled ? 1 : 7200 }
    ) {
        let times = KeepaliveTimes(scaled: 1, 1, count: 3)
        let connection = connection()
        let client = connection.client
        step("B reboots: it forgets the connection and tells A nothing") {
            connection.server.crashes()
            connection.listener.close()
            client.shows(.ESTABLISHED, .owned, timer: .off)
        }

        chapter("the wire works again")
        step("A turns keepalive on (\(times.words)); its first probe is answered, which ends recv()") {
            times.set(on: client)
            client.begins(.recv(100)).fails(.ECONNRESET, after: times.idle * 1.125)
            wire.carriesOnly("ACK> seq=0 ack=1 len=0", "<RST seq=1")
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            client.isGone()
            client.receives(.end)
            A.counts(["TCPKeepAlive": 1, "EstabResets": 1])
            B.counts(["OutRsts": 1])
            B.tracesReset("NO_SOCKET")
        }
    }

    static let unreachableNetwork = Scenario(
        "keepalive.unreachable-network",
        claim:
            "ICMP errors about probes are ignored, for a probe's number is not one of those in flight: keepalive ends "
            + "with ETIMEDOUT after all probes, not with EHOSTUNREACH.",
        says: "Keepalive finds connections that network trouble has broken.",
        cites: [
            .document("001", "KeepAlive", .differs), .rfc(5927, "4.1", .holds), .rfc(5927, "4.1"),
            .kernel("tcp_ipv4.c", "tcp_v4_err"),
            .kernel("tcp_timer.c", "tcp_keepalive_timer"),
        ],
        longestTimer: { $0 == .scaled ? 3 : 7875 }
    ) {
        let times = KeepaliveTimes(scaled: 1, 1, count: 2)
        let (client, server) = connect()
        chapter("unreachable")
        step("A has keepalive (\(times.words)); each probe is lost, and A is told by ICMP: host unreachable") {
            times.set(on: client)
            let lost = wire.drop("ANY>")
            let reading = client.begins(.recv(100))
            for probe in 1...times.count {
                lost.meets(probe, after: times.wait(before: probe))
                wire.complains(.host, about: lost.segment(probe))
                A.counts(["OutOfWindowIcmps": Int64(probe), "TCPKeepAlive": Int64(probe)])
                client.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: probe)
                reading.isStillBlocked()
            }
            reading.fails(.ETIMEDOUT, after: times.interval * 1.125)
            wire.carriesOnly(
                Array(repeating: "ACK> seq=0 ack=1 len=0", count: times.count) + ["RST/ACK> seq=1 ack=1"])
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            A.counts(["TCPAbortOnTimeout": 1, "OutOfWindowIcmps": Int64(times.count)])
            A.tracesReset("TCP_KEEPALIVE_TIMEOUT", in: .ESTABLISHED)
            server.shows(.ESTABLISHED, .owned)
        }
    }

    static let appNotChecked = Scenario(
        "keepalive.app-not-checked",
        claim:
            "Probes are answered by the peer's kernel: a process that is stopped, or never accepts, looks alive, and "
            + "even data sent to it is acknowledged.",
        cites: [
            .document("001", "KeepAlive"), .document("004", "半打开"), .kernel("tcp_input.c", "tcp_validate_incoming"),
        ],
        longestTimer: { _ in 3 }
    ) {
        let process = B.spawn("stopped process")
        let (client, server) = connect(to: process.listen())
        let unaccepted = A.socket("unaccepted client")
        step("B's process has accepted one connection and is stopped; another waits in its queue") {
            server.shows(.ESTABLISHED, .owned)
            process.stop()
            unaccepted.connect(to: B.port(5000))
            unaccepted.otherEnd.shows(.ESTABLISHED, .queued)
        }

        chapter("silence")
        try step("A has keepalive that would give up after 3 s; three probes of each connection are answered") {
            for socket in [client, unaccepted] { socket.keepAlive(idle: 1, interval: 1, count: 2) }
            for socket in [client, unaccepted] {
                let seen = try waitUntil(
                    "B answers three probes of \(socket.name)", after: .seconds(3),
                    of: { try wire.segments(since: .chapterBegan, fromAndTo: socket) }
                ) { $0.count { !$0.view.fromA } >= 3 }
                socket.shows(.ESTABLISHED, .owned, timer: .keepalive, retransmits: 0)
                expect("each probe of \(socket.name) has its answer", of: seen) {
                    $0.prefix(6).map(\.view.fromA) == [true, false, true, false, true, false]
                        && $0.allSatisfy { $0.segment.isPureACK && $0.view.sequence == ($0.view.fromA ? 0 : 1) }
                }
            }
        }
        step("A sends; B's kernel acknowledges it") {
            for socket in [client, unaccepted] {
                socket.send("ping")
                socket.shows(.ESTABLISHED, .owned, sendQueue: 0)
            }
            server.shows(.ESTABLISHED, .owned, receiveQueue: 4)
            unaccepted.otherEnd.shows(.ESTABLISHED, .queued, receiveQueue: 4)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        }
    }

    static let goProfile = Scenario(
        "keepalive.go-profile",
        claim: "With Go's settings, the same time for idle and interval and the kernel's nine probes, a silent peer is "
            + "declared dead after ten times that time, on sockets dialled and accepted.",
        cites: [.document("001", "KeepAlive"), .kernel("tcp_timer.c", "tcp_keepalive_timer")],
        longestTimer: { $0 == .scaled ? 10 : 150 }
    ) {
        let seconds: Int32 = isScaled ? 1 : 15
        let times = KeepaliveTimes(idleAndInterval: Int64(seconds))
        let (client, server) = connect()
        let heard = wire.hasCarried("<SYN/ACK")
        var late = Duration.zero
        try step("A and B set SO_KEEPALIVE, and TCP_KEEPIDLE and TCP_KEEPINTVL to \(seconds) s") {
            for socket in [client, server] {
                socket.keepAlive(idle: seconds, interval: seconds)
                socket.hasOption(.SO_KEEPALIVE, 1)
                socket.hasOption(.TCP_KEEPIDLE, seconds)
                socket.hasOption(.TCP_KEEPINTVL, seconds)
                socket.hasOption(.TCP_KEEPCNT, 9)
            }
            late = try time(from: heard, to: now())
        }

        chapter("silence")
        try step("the wire falls silent; both ends give up after nine probes") {
            wire.cut()
            client.begins(.recv(100)).fails(.ETIMEDOUT, after: times.total * 1.125)
            if let reset = try client.probesAndResets(times).last {
                lasts(
                    "A gives up after idle time and nine intervals", reset.stamp.since(try heard.seen.stamp),
                    times.total - .milliseconds(50)...times.total.latestTimer + late)
            }
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            server.isGone(after: times.interval)
            server.hasError(.ETIMEDOUT)
            wire.carries(9, of: "<ACK seq=0 ack=1 len=0", since: .chapterBegan)
            wire.carries(1, of: "<RST/ACK seq=1 ack=1", since: .chapterBegan)
            for host in bothHosts { host.counts(["TCPKeepAlive": 9, "TCPAbortOnTimeout": 1, "OutRsts": 1]) }
        }
    }

    static let halfClosed = Scenario(
        "keepalive.half-closed",
        claim: "Keepalive goes on in FIN_WAIT2 with a descriptor and in CLOSE_WAIT: probes are answered there, and a "
            + "silent peer is given up with ETIMEDOUT and RST.",
        cites: [.kernel("tcp_timer.c", "tcp_keepalive_timer"), .kernel("tcp.c", "tcp_recvmsg_locked")],
        longestTimer: { _ in 4 }
    ) {
        let (client, server) = connect()
        step("both ends have keepalive (1 s and 2 s, 1 s, 2 probes); A shuts down its sending side") {
            // One after the other, for which of two timers that end together is the first is nobody's to say.
            client.keepAlive(idle: 1, interval: 1, count: 2)
            server.keepAlive(idle: 2, interval: 1, count: 2)
            client.shutdown(.SHUT_WR)
            client.shows(.FIN_WAIT2, .owned, timer: .keepalive, retransmits: 0)
            server.shows(.CLOSE_WAIT, .owned, timer: .keepalive, retransmits: 0, receiveQueue: 1)
        }

        chapter("half closed, both alive")
        step("A probes and is answered, and keeps still from then on; B probes and is answered") {
            wire.carries("ACK> seq=1 ack=1", "<ACK seq=1 ack=2", since: .chapterBegan, after: .seconds(2))
            client.set(.SO_KEEPALIVE, 0)
            wire.carries("<ACK seq=0 ack=2", "ACK> seq=2 ack=1", since: .chapterBegan, after: .seconds(2))
            client.shows(.FIN_WAIT2, .owned, timer: .off)
            server.shows(.CLOSE_WAIT, .owned, timer: .keepalive)
            wire.cut()
        }

        chapter("half closed, silence")
        step("the wire is silent, and A asks again; both give up") {
            client.keepAlive(idle: 1, interval: 1, count: 2)
            for socket in [client, server] { socket.isGone(after: .seconds(4)) }
            wire.carries("RST/ACK> seq=2 ack=1", since: .chapterBegan)
            wire.carries("<RST/ACK seq=1 ack=2", since: .chapterBegan)
            wire.carries(2, of: "ACK> seq=1 ack=1", since: .chapterBegan)
            wire.carries(2, of: "<ACK seq=0 ack=2", since: .chapterBegan)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
            client.receives(.error(.ETIMEDOUT), .end)
            server.receives(.end)  // the end came before the error
            server.hasError(.ETIMEDOUT)
            A.tracesReset("TCP_KEEPALIVE_TIMEOUT", in: .FIN_WAIT2)
            B.tracesReset("TCP_KEEPALIVE_TIMEOUT", in: .CLOSE_WAIT)
        }
    }
}
