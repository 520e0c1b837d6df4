internal import Vocabulary

/// A listener's queue of requests.
enum SynQueue {
    static let synQueueFull = Scenario(
        "open.syn-queue-full",
        claim: "A listener keeps one request more than its backlog; further SYNs are dropped, or answered by "
            + "SYN cookies, which leave no request behind: with tcp_syncookies=2 SYN_RECV is never to be seen.",
        cites: [
            .rfc(4987, "3.6", .holds, only: "that no request is kept"), .sysctl("tcp_syncookies"),
            .man("listen", 2, "backlog and SYN cookies", .differs),
            .rfc(4987, "3.6"), .kernel("tcp_input.c", "tcp_conn_request"), .kernel("syncookies.c", "cookie_v4_check"),
        ],
        sysctls: { _ in ["tcp_syncookies": "0", "tcp_max_syn_backlog": "2"] },
        longestTimer: { _ in 1 }
    ) {
        try withoutCookies(backlog: 1)
        for backlog in [1, 0] { try withCookies(backlog: backlog) }
        try cookiesAlways()
    }

    /// How many SYNs are forged for each queue; more than fit.
    private static let flood = 4

    /// B gets SYNs that no kernel made, each from another port of A that nobody uses; the answers are lost, so that A
    /// does not reset what it knows nothing of.
    private static func forgeSYNs(to port: UInt16) -> Rule {
        let sources = (0..<flood).map { A.port(1000 + UInt16($0)) }
        let answers = wire.drop("<SYN/ACK", ends: sources)
        for source in sources { wire.forges(.SYN, from: source, to: B.port(port), sequence: 1000, mss: 1460) }
        return answers
    }

    private static func withoutCookies(backlog: Int) throws {
        chapter("tcp_syncookies=0")
        let listener = B.listen(port: 5000, backlog: Int32(backlog))
        let client = A.socket("client")
        let answers = forgeSYNs(to: 5000)
        // Should A repeat its SYN meanwhile, it would be counted too.
        let again = wire.hold("SYN>")
        wire.allow("SYN>", first: 1)
        try step("forged SYNs fill the queue of a listener; A connects: its SYN is dropped") {
            client.beginConnecting(to: B.port(5000))
            try waitUntil(
                "\(flood + 1) SYNs are requests of \(listener.name) or dropped",
                of: {
                    observed(
                        (requests: try listener.requests().count, dropped: try B.counter("TCPReqQFullDrop")),
                        by: .netlink)
                }
            ) { $0.value.requests + Int($0.value.dropped) == flood + 1 }
            let kept = try listener.requests()
            let dropped = Int64(flood - backlog)
            client.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
            expect("one request more than the backlog", of: kept) { $0.count == backlog + 1 }
            B.counts(["TCPReqQFullDrop": dropped, "ListenDrops": dropped, "SyncookiesSent": 0, "OutRsts": 0])
            answers.meets(kept.count)
            expect("only requests have a SYN/ACK", of: try answers.met()) {
                Set($0.map(\.segment.destination)).count == kept.count
            }
        }
        step("a reset takes a forged request out of the queue; A's next SYN takes its place") {
            let answer = answers.segment(1)
            wire.forges(.RST, from: answer.destination, to: answer.source, sequence: answer.acknowledged())
            B.counts(["EmbryonicRsts": 1])
            again.release()
            client.shows(.ESTABLISHED, .owned, timer: .off, after: .seconds(1))
            _ = listener.accept("server")
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
        }
    }

    private static func withCookies(backlog: Int) throws {
        B.set("tcp_syncookies", to: "1")
        chapter("tcp_syncookies=1, backlog \(backlog)")
        let port = UInt16(5001 + backlog)
        let listener = B.listen(port: port, backlog: Int32(backlog))
        try step("forged SYNs fill the queue; A is answered by a cookie and connects, backlog \(backlog)") {
            forgeSYNs(to: port).meets(flood)
            let client = A.socket("client \(port)")
            client.connect(to: B.port(port))
            let server = listener.accept("server \(port)")
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            let cookies = Int64(flood - backlog)
            B.counts([
                "SyncookiesSent": cookies, "TCPReqQFullDoCookies": cookies, "SyncookiesRecv": 1, "ListenDrops": 0,
            ])
            expect("one request more than the backlog", of: try listener.requests()) { $0.count == backlog + 1 }
        }
    }

    private static func cookiesAlways() throws {
        B.set("tcp_syncookies", to: "2")
        chapter("tcp_syncookies=2")
        let listener = B.listen(port: 5003, backlog: 16)
        let third = wire.hold("ACK>")
        let client = A.socket("client 2")
        try step("the queue is empty; A is answered by a cookie, and no request is left behind") {
            client.connect(to: B.port(5003))
            third.meets(1)
            expect("no request although the SYN/ACK is sent", of: try listener.requests(), \.isEmpty)
        }
        try step("the wire delivers A's ACK, and the connection is there") {
            third.release()
            let server = listener.accept("server 2")
            // Requests of the chapters before go on repeating their SYN/ACKs.
            let own = try wire.segments(since: .chapterBegan).filter {
                [$0.segment.source.port, $0.segment.destination.port].contains(5003)
            }
            expect("the handshake takes three segments", of: own) { $0.map(\.view.kind) == [.SYN, .SYN_ACK, .ACK] }
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            B.counts(["SyncookiesSent": 1, "SyncookiesRecv": 1, "PassiveOpens": 1])
        }
    }
}
