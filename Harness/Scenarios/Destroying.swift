internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Sockets that are aborted from outside.
enum Destroying {
    static let all = [sockDestroy]

    static let sockDestroy = Scenario(
        "est.sock-destroy",
        claim: "SOCK_DESTROY (ss -K) aborts a socket in any state: an open connection resets its peer and fails with "
            + "ECONNABORTED, connect() likewise, a listener stops listening, minisocks vanish in silence. "
            + "Linux 5.10 leaves orphans and TIME_WAIT alone.",
        cites: [
            .kernel("tcp.c", "tcp_abort"), .kernel("tcp_diag.c", "tcp_diag_destroy"),
            .kernel("inet_connection_sock.c", "inet_csk_listen_stop"),
        ],
        verdict: .unclaimed,
        steps: [
            "A blocks in recv() in ESTABLISHED, in connect() in SYN_SENT, B in accept(); each is destroyed",
            "a request of B, an orphan of A in FIN_WAIT1, minisocks in FIN_WAIT2 and TIME_WAIT are destroyed",
        ]
    ) { lab in
        try established(lab)
        try synSent(lab)
        try listening(lab)
        try request(lab)
        try orphan(lab)
        try minisocks(lab)
    }

    private static func established(_ lab: Lab) throws {
        try lab.chapter("ESTABLISHED")
        let pair = try lab.connectedPair()
        let client = pair.client
        let reader = try client.process.fork("reader")
        let reading = try client.shared(with: reader, as: "client (reader)").begin(.recv(100))
        let place = lab.wire.log.count
        try lab.destroy(client)
        lab.expect(try reading.answer(), fails: .ECONNABORTED)
        try lab.expectCarried("RST/ACK> seq=1 ack=1", since: place)
        for socket in [client, pair.server] { try lab.requireGone(socket) }
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        lab.expect(try client.ask(.recv(100)), returns: 0)
        lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
        for host in [lab.a!, lab.b!] { try lab.expect(host, counts: ["EstabResets": 1]) }
        try lab.expect(lab.a, counts: ["OutRsts": 1])
        try pair.listener.close()
    }

    private static func synSent(_ lab: Lab) throws {
        try lab.chapter("SYN_SENT")
        let syn = try lab.wire.drop("SYN>")
        let client = try lab.a.socket("connecting")
        let connecting = try client.begin(.connect(SocketAddress(lab.b.ip, 5001)))
        try lab.require(client, shows: .row(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1))
        try lab.destroy(client)
        lab.expect(try connecting.answer(), fails: .ECONNABORTED)
        try lab.requireGone(client)
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(lab.a, counts: ["AttemptFails": 1, "OutRsts": 0])
        try lab.wire.lift(syn)
    }

    private static func listening(_ lab: Lab) throws {
        try lab.chapter("LISTEN")
        let listener = try lab.b.listen("destroyed listener", port: 5002)
        let accepting = try listener.begin(.accept)
        try lab.destroy(listener)
        lab.expect(try accepting.answer(), fails: .EINVAL)
        try lab.requireGone(listener)
        try lab.expect(listener, passes: .CLOSE, .LISTEN, .CLOSE)
        try lab.expect(listener, tcpInfo: .CLOSE)
        try lab.expect(listener, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        try lab.expect(listener, soError: .ECONNABORTED)

        // It listens again but stays shut down, and what it accepts inherits that.
        try listener.listen()
        try lab.require(listener, shows: .row(.LISTEN, .owned))
        let client = try lab.a.socket("client of the second listen")
        try client.connect(SocketAddress(lab.b.ip, 5002))
        let server = try listener.accept("server of the second listen")
        try lab.require(server, shows: .row(.FIN_WAIT2, .owned))
        try lab.require(client, shows: .row(.CLOSE_WAIT, .owned))
        lab.expect(try server.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>", "<FIN seq=1 ack=1", "ACK> seq=1 ack=2")
    }

    private static func request(_ lab: Lab) throws {
        try lab.chapter("a request")
        _ = try lab.b.listen("listener of a request", port: 5003)
        let third = try lab.wire.hold("ACK>")
        let client = try lab.a.socket("client of a request")
        try client.connect(SocketAddress(lab.b.ip, 5003))
        try lab.require(third, met: 1)
        let row = try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        try expectDestroyed(lab, row, "the request", on: lab.b)
        lab.expect(
            "no request any more", try lab.row(oppositeOf: client) == nil, seen: "a row", witnesses: ["netlink"])
        try lab.wire.release(third)
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>", "<RST seq=1")
    }

    private static func orphan(_ lab: Lab) throws {
        try lab.chapter("an orphan in FIN_WAIT1")
        let pair = try lab.connectedPair()
        let answer = try lab.wire.hold("<ACK")
        try pair.client.close()
        try lab.require(answer, met: 1)
        let row = try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
        try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned))
        try expectDestroyed(lab, row, "the orphan", on: lab.a)
        if try lab.row(pair.client) == nil {
            lab.sawVariant("orphans are destroyed")
            try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
            try lab.requireCarried("RST/ACK> seq=2 ack=1")
            try lab.requireGone(pair.server)
            try lab.expect(lab.a, counts: ["OutRsts": 1])
        } else {
            lab.sawVariant("orphans are left alone")
            try lab.require(pair.client, shows: .row(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1))
            try lab.wire.release(answer)
            try lab.require(pair.client, shows: .row(.FIN_WAIT2, .minisock, timer: .timewait))
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned))
            try lab.expect(lab.a, counts: ["OutRsts": 0])
        }
        try lab.wire.lift(answer)
        try pair.listener.close()
    }

    private static func minisocks(_ lab: Lab) throws {
        for state in [TCPState.FIN_WAIT2, .TIME_WAIT] {
            try lab.chapter("a minisock in \(state)")
            let pair = try lab.connectedPair()
            try lab.awaitFinWait2(of: pair.client) { try pair.client.close() }
            try lab.require(pair.server, shows: .row(.CLOSE_WAIT, .owned))
            if state == .TIME_WAIT { try pair.server.close() }
            let row = try lab.require(pair.client, shows: .row(state, .minisock, timer: .timewait))
            let place = lab.wire.log.count
            let errno = try lab.destroy(row, of: "the minisock", on: lab.a)
            if let errno {
                lab.sawVariant("minisocks cannot be destroyed")
                lab.expect("EOPNOTSUPP", errno == .EOPNOTSUPP, seen: errno.symbol, witnesses: ["netlink"])
                try lab.require(pair.client, shows: .row(state, .minisock, timer: .timewait))
            } else {
                lab.sawVariant("minisocks are destroyed")
                try lab.requireGone(pair.client)
            }
            // Whatever A had to say of it would come before this.
            try pair.listener.close()
            let next = try lab.connectedPair()
            try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>", since: place)
            try next.listener.close()
        }
    }

    private static func expectDestroyed(_ lab: Lab, _ row: DiagRow, _ label: String, on host: Host) throws {
        let errno = try lab.destroy(row, of: label, on: host)
        lab.expect(
            "SOCK_DESTROY of \(label) succeeds", errno == nil, seen: errno?.symbol ?? "0", witnesses: ["netlink"])
    }
}
