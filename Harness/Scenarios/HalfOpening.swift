internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// Segments that meet an end that the other one does not know of, or not yet.
enum HalfOpening {
    static let all = [synRecvRst, reconnectIntoHalfOpen]

    static let synRecvRst = Scenario(
        "open.syn-recv-rst",
        claim: "A reset with the very next sequence number ends a request and one outside the window is ignored; one "
            + "elsewhere in the window is challenged or ends it too, as kernels have it. Since 6.15 an ACK whose echoed "
            + "timestamp was never sent opens nothing.",
        cites: [
            .rfc(5961, "3.2"), .rfc(7323, "3.2"), .kernel("tcp_minisocks.c", "tcp_check_req"),
        ],
        verdict: .unclaimed,
        steps: [
            "A connects, the wire holds its ACK: B has a request",
            "B gets a reset from below the window, then an exact one",
            "another request gets a reset from within the window",
            "a third gets an ACK that echoes a timestamp of the future",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        try exactReset(lab)
        try inexactReset(lab, listener)
        try wrongEcho(lab, listener)
    }

    /// A client whose third segment the wire holds, so that B has a request.
    private static func request(_ lab: Lab, _ label: String) throws -> (client: Socket, third: WireRule) {
        let third = try lab.wire.hold("ACK>")
        let client = try lab.a.socket(label)
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(third, met: 1)
        try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        return (client, third)
    }

    private static func exactReset(_ lab: Lab) throws {
        try lab.chapter("the very next sequence number")
        let (client, third) = try request(lab, "exact")
        let forgery = try lab.forgery(of: client)
        try forgery.send(.RST, sequence: -100)
        // The SYN once more: the request answers, so it has outlived what came before.
        let place = lab.wire.log.count
        try forgery.send(.SYN, sequence: -1)
        try lab.requireCarried("<SYN/ACK seq=0 ack=1", since: place)
        try lab.expect(lab.b, counts: ["EmbryonicRsts": 0, "AttemptFails": 0])
        try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock))

        try forgery.send(.RST)
        try requireNoRequest(lab, of: client)
        try lab.expect(lab.b, counts: ["EmbryonicRsts": 1, "AttemptFails": 1, "OutRsts": 0])
        try lateACK(lab, client, third)
    }

    private static func inexactReset(_ lab: Lab, _ listener: Socket) throws {
        try lab.chapter("within the window")
        let (client, third) = try request(lab, "inexact")
        let place = lab.wire.log.count
        try lab.forgery(of: client).send(.RST, sequence: 100)
        func challenges() -> Int { lab.carried(since: place).count { $0.view.kind == .ACK && !$0.view.fromA } }
        _ = try lab.comesAbout(within: lab.patience(after: .zero)) {
            try challenges() > 0 || lab.row(oppositeOf: client) == nil
        }
        if challenges() > 0 {
            lab.sawVariant("RST in the window is challenged")
            try lab.expect("<ACK seq=1 ack=1", carried: 1, since: place)
            try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
            try lab.expect(lab.b, counts: ["EmbryonicRsts": 0, "AttemptFails": 0])
            try lab.wire.release(third)
            let server = try listener.accept("server")
            try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        } else {
            lab.sawVariant("RST in the window ends the request")
            try requireNoRequest(lab, of: client)
            try lab.expect(lab.b, counts: ["EmbryonicRsts": 1, "AttemptFails": 1, "OutRsts": 0])
            try lateACK(lab, client, third)
        }
    }

    private static func wrongEcho(_ lab: Lab, _ listener: Socket) throws {
        try lab.chapter("a timestamp never sent")
        let (client, third) = try request(lab, "echo")
        let place = lab.wire.log.count
        try lab.forgery(of: client).send(.ACK, echo: 1_000_000)
        func rejected() throws -> Int64 { try lab.b.counters()["TSEcrRejected"] ?? 0 }
        _ = try lab.comesAbout(within: lab.patience(after: .zero)) {
            try rejected() > 0 || lab.row(listener)?.receiveQueue == 1
        }
        if try rejected() > 0 {
            lab.sawVariant("wrong echo is rejected")
            try lab.expect(lab.b, counts: ["TSEcrRejected": 1])
            try lab.requireCarried("<ACK seq=1 ack=1", since: place)
            try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
            try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        } else {
            lab.sawVariant("wrong echo opens")
            try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
            try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued))
        }
        try lab.wire.release(third)
        let server = try listener.accept("echo's server")
        try lab.require(server, shows: .row(.ESTABLISHED, .owned))
    }

    private static func requireNoRequest(_ lab: Lab, of client: Socket) throws {
        var words = ""
        try lab.require("no request of \(client.label)", seen: { words }) {
            let row = try lab.row(oppositeOf: client)
            words = row?.words ?? ""
            return row == nil
        }
    }

    /// The client's ACK finds no request any more.
    private static func lateACK(_ lab: Lab, _ client: Socket, _ third: WireRule) throws {
        let place = lab.wire.log.count
        try lab.wire.release(third)
        try lab.requireCarried("<RST seq=1", since: place)
        try lab.requireGone(client)
        lab.expect(try client.ask(.recv(100)), fails: .ECONNRESET)
    }

    static let reconnectIntoHalfOpen = Scenario(
        "open.reconnect-into-half-open",
        claim: "A SYN from a client that has forgotten the connection is challenged; the client's reset ends the old "
            + "end (ECONNRESET, or EPIPE from CLOSE_WAIT), and its next SYN, 2 jiffies later, connects.",
        cites: [
            .rfc(9293, "3.5.1"), .rfc(5961, "4.2"), .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
            .kernel("tcp_input.c", "tcp_reset"),
        ],
        verdict: .unclaimed,
        steps: [
            "A connects from port 40000, crashes and connects from it again while B is ESTABLISHED",
            "the same from port 40001 while B is in CLOSE_WAIT",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        for (from, old) in [(UInt16(40000), TCPState.ESTABLISHED), (40001, .CLOSE_WAIT)] {
            try lab.chapter("B in \(old)")
            let client = try lab.a.socket("client \(from)")
            try client.bind(SocketAddress(lab.a.ip, from))
            try client.connect(SocketAddress(lab.b.ip, 5000))
            let server = try listener.accept("server of \(from)")
            if old == .CLOSE_WAIT {
                try client.shutdown(.SHUT_WR)
                try lab.require(client, shows: .row(.FIN_WAIT2, .owned))
            }
            try lab.require(server, shows: .row(old, .owned, timer: .off))
            let known = try lab.forgery(of: client)
            try lab.forget(client)
            try client.close()  // its port is free again
            try lab.require(server, shows: .row(old, .owned, timer: .off))

            let place = lab.wire.log.count
            let again = try lab.a.socket("again \(from)")
            try again.bind(SocketAddress(lab.a.ip, from))
            try again.connect(SocketAddress(lab.b.ip, 5000))
            let successor = try listener.accept("successor of \(from)")
            try lab.require(again, shows: .row(.ESTABLISHED, .owned))
            try lab.require(successor, shows: .row(.ESTABLISHED, .owned))
            try lab.expectCarried(
                "SYN> seq=0", "<ACK", "RST>", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", since: place)
            let seen = lab.carried(since: place)
            if seen.count == 6 {
                lab.expect(
                    "the challenge acknowledges what the old client had sent, and the reset takes its number",
                    seen[1].segment.acknowledgement == known.next && seen[2].segment.sequence == known.next,
                    seen: "ack \(seen[1].segment.acknowledgement), seq \(seen[2].segment.sequence), not \(known.next)",
                    witnesses: ["segments"])
                // TCP_TIMEOUT_MIN is 2 jiffies, not the second that a SYN otherwise waits.
                lab.expect(
                    "the next SYN comes after the reset", lasted: seen[3].stamp - seen[2].stamp,
                    within: .milliseconds(1) ... .milliseconds(500))
            }

            try lab.requireGone(server)
            if old == .ESTABLISHED {
                try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
                lab.expect(try server.ask(.recv(100)), fails: .ECONNRESET)
            } else {
                try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
                try lab.expect(server, soError: .EPIPE)
            }
            try lab.expect(again, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
            // tcp_rcv_state_process() does not count a SYN as an error, tcp_rcv_established() does.
            try lab.expect(
                lab.b,
                counts: [
                    "TCPSYNChallenge": 1, "TCPChallengeACK": 1, "InErrs": old == .ESTABLISHED ? 1 : 0,
                    "EstabResets": 1,
                ])
        }
    }
}
