internal import Vocabulary

/// Segments that meet an end that the other one does not know of, or not yet.
enum HalfOpening {
    static let all = [synRecvRst, reconnectIntoHalfOpen]

    static let synRecvRst = Scenario(
        "open.syn-recv-rst",
        claim: "A reset with the very next sequence number ends a request and one outside the window is ignored; one "
            + "elsewhere in the window is challenged or ends it too, as kernels have it. Since 6.15 an ACK whose echoed "
            + "timestamp was never sent opens nothing.",
        cites: [
            .requirement("MUST-11", only: "from LISTEN"),
            .rfc(5961, "3.2", .holds, only: "a request", unless: ["RST in the window ends the request": .refuted]),
            .rfc(5961, "3.2"), .rfc(7323, "3.2"), .kernel("tcp_minisocks.c", "tcp_check_req"),
        ]
    ) {
        let listener = B.listen()
        exactReset()
        try inexactReset(listener)
        try wrongEcho(listener)
    }

    /// A client whose third segment the wire holds, so that B has a request.
    private static func request(_ name: String) -> (client: Socket, third: Rule) {
        let third = wire.hold("ACK>")
        let client = A.socket(name)
        step("A connects; the wire holds its ACK, so B has a request") {
            client.connect(to: B.port(5000))
            third.meets(1)
            client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
        }
        return (client, third)
    }

    private static func exactReset() {
        chapter("the very next sequence number")
        let (client, third) = request("exact")
        step("B gets a reset from below the window, and ignores it: when the SYN comes again, the request answers") {
            wire.forges(.RST, from: client, sequence: -100)
            wire.forges(.SYN, from: client, sequence: -1)
            wire.carries("<SYN/ACK seq=0 ack=1")
            B.counts(["EmbryonicRsts": 0, "AttemptFails": 0])
            client.otherEnd.shows(.SYN_RECV, .minisock)
        }
        step("B gets an exact reset: the request is gone, and A's ACK comes too late") {
            wire.forges(.RST, from: client)
            endsRequest(of: client, before: third)
        }
    }

    private static func inexactReset(_ listener: Socket) throws {
        chapter("within the window")
        let (client, third) = request("inexact")
        try step("B gets a reset from within the window: it challenges it, or the request is gone") {
            wire.forges(.RST, from: client, sequence: 100)
            func isChallenged() throws -> Bool {
                try wire.segments().contains { $0.view.kind == .ACK && !$0.view.fromA }
            }
            _ = try happens { try isChallenged() || client.otherEnd.row() == nil }
            if try isChallenged() {
                variant("RST in the window is challenged")
                wire.carries(1, of: "<ACK seq=1 ack=1")
                client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
                B.counts(["EmbryonicRsts": 0, "AttemptFails": 0])
                third.release()
                listener.accept("server").passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            } else {
                variant("RST in the window ends the request")
                endsRequest(of: client, before: third)
            }
        }
    }

    private static func wrongEcho(_ listener: Socket) throws {
        chapter("a timestamp never sent")
        let (client, third) = request("echo")
        try step("B gets an ACK that echoes a timestamp of the future: it rejects it, or the connection is there") {
            wire.forges(.ACK, from: client, echo: 1_000_000)
            _ = try happens {
                try B.counter("TSEcrRejected") > 0 || listener.row()?.receiveQueue == 1
            }
            if try B.counter("TSEcrRejected") > 0 {
                variant("wrong echo is rejected")
                B.counts(["TSEcrRejected": 1])
                wire.carries("<ACK seq=1 ack=1")
                client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
                listener.shows(.LISTEN, receiveQueue: 0)
            } else {
                variant("wrong echo opens")
                listener.shows(.LISTEN, receiveQueue: 1)
                client.otherEnd.shows(.ESTABLISHED, .queued)
            }
        }
        step("the wire delivers A's own ACK, and B accepts") {
            third.release()
            listener.accept("echo's server").shows(.ESTABLISHED, .owned)
        }
    }

    /// A reset has ended the request, and the client's ACK finds none any more.
    private static func endsRequest(of client: Socket, before third: Rule) {
        client.otherEnd.isGone()
        B.counts(["EmbryonicRsts": 1, "AttemptFails": 1, "OutRsts": 0])
        third.release()
        wire.carries("<RST seq=1")
        client.isGone()
        client.receives(.error(.ECONNRESET))
    }

    static let reconnectIntoHalfOpen = Scenario(
        "open.reconnect-into-half-open",
        claim: "A SYN from a client that has forgotten the connection is challenged; the client's reset ends the old "
            + "end (ECONNRESET, or EPIPE from CLOSE_WAIT), and its next SYN, 2 jiffies later, connects.",
        cites: [
            .rfc(5961, "4.2", .holds, only: "ESTABLISHED and CLOSE_WAIT"),
            .rfc(9293, "3.5.1"), .rfc(5961, "4.2"), .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
            .kernel("tcp_input.c", "tcp_reset"),
        ]
    ) {
        let listener = B.listen()
        try reconnect(from: 40000, to: listener, in: .ESTABLISHED)
        try reconnect(from: 40001, to: listener, in: .CLOSE_WAIT)
    }

    private static func reconnect(from port: UInt16, to listener: Socket, in old: TCPState) throws {
        chapter("B in \(old)")
        let client = A.socket("client \(port)")
        client.bind(A.port(port))
        client.connect(to: B.port(5000))
        let server = listener.accept("server of \(port)")
        let again = A.socket("again \(port)")
        step("A crashes while B is in \(old), which B does not notice") {
            if old == .CLOSE_WAIT {
                client.shutdown(.SHUT_WR)
                client.shows(.FIN_WAIT2, .owned)
            }
            server.shows(old, .owned, timer: .off)
            client.crashes()
            server.shows(old, .owned, timer: .off)
        }
        try step("A connects from its port again: B challenges the SYN, A resets, and its next SYN connects") {
            // What A sends in its crash is lost, and has the number that comes next.
            let last = wire.hasCarried("ANY>")
            again.bind(A.port(port))
            again.connect(to: B.port(5000))
            let successor = listener.accept("successor of \(port)")
            again.shows(.ESTABLISHED, .owned)
            successor.shows(.ESTABLISHED, .owned)
            wire.carriesOnly(
                "SYN> seq=0", "<ACK", "RST>", "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")
            let sent = try wire.segments()
            guard sent.count == 6 else { return }
            let next = try last.seen.segment.endSequence
            expect("the challenge acknowledges what the old client had sent, and the reset takes its number", of: sent)
            {
                $0[1].segment.acknowledgement == next && $0[2].segment.sequence == next
            }
            // TCP_TIMEOUT_MIN is 2 jiffies, not the second that a SYN otherwise waits.
            lasts(
                "the next SYN comes after the reset", sent[3].stamp.since(sent[2].stamp),
                .milliseconds(1) ... .milliseconds(500))
        }
        step("B's old end is gone, with its error") {
            server.isGone()
            if old == .ESTABLISHED {
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
                server.receives(.error(.ECONNRESET))
            } else {
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
                server.hasError(.EPIPE)
            }
            again.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            // tcp_rcv_state_process() does not count a SYN as an error, tcp_rcv_established() does.
            B.counts([
                "TCPSYNChallenge": 1, "TCPChallengeACK": 1, "InErrs": old == .ESTABLISHED ? 1 : 0, "EstabResets": 1,
            ])
        }
    }
}
