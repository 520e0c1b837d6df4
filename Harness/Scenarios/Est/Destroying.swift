internal import Vocabulary

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
        ]
    ) {
        established()
        synSent()
        listening()
        request()
        try orphan()
        for state in [TCPState.FIN_WAIT2, .TIME_WAIT] { try minisock(state) }
    }

    private static func established() {
        chapter("ESTABLISHED")
        let ends = connection()
        let (client, server) = (ends.client, ends.server)
        let reader = client.owner.fork("reader")
        let reading = client.shared(with: reader, as: "client (reader)").begins(.recv())
        reading.isAsleep()
        step("A blocks in recv() and its socket is destroyed: the call fails, and B is reset") {
            client.destroy()
            reading.fails(.ECONNABORTED)
            wire.carriesOnly("RST/ACK> seq=1 ack=1")
            for end in ends.ends { end.isGone() }
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            client.receives(.end)
            client.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            server.receives(.error(.ECONNRESET))
            for host in bothHosts { host.counts(["EstabResets": 1]) }
            A.counts(["OutRsts": 1])
            ends.listener.close()
        }
    }

    private static func synSent() {
        chapter("SYN_SENT")
        let syn = wire.drop("SYN>")
        let client = A.socket("connecting")
        step("A blocks in connect() and its socket is destroyed: the call fails, and nobody is told") {
            let connecting = client.begins(.connect(B.port(5001)))
            client.shows(.SYN_SENT, .owned, timer: .retransmit, sendQueue: 1)
            client.destroy()
            connecting.fails(.ECONNABORTED)
            client.isGone()
            client.passes(.CLOSE, .SYN_SENT, .CLOSE)
            A.counts(["AttemptFails": 1, "OutRsts": 0])
            syn.lift()
        }
    }

    private static func listening() {
        chapter("LISTEN")
        let listener = B.listen("destroyed listener", port: 5002)
        step("B blocks in accept() and its listener is destroyed") {
            let accepting = listener.begins(.accept)
            accepting.isAsleep()
            listener.destroy()
            accepting.fails(.EINVAL)
            listener.isGone()
            listener.passes(.CLOSE, .LISTEN, .CLOSE)
            listener.tcpInfo(shows: .CLOSE)
            listener.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
            listener.hasError(.ECONNABORTED)
        }
        step("it listens again but stays shut down, and what it accepts inherits that") {
            listener.listen()
            listener.shows(.LISTEN, .owned)
            let client = A.socket("client of the second listen")
            client.connect(to: B.port(5002))
            let server = listener.accept("server of the second listen")
            server.shows(.FIN_WAIT2, .owned)
            client.shows(.CLOSE_WAIT, .owned)
            server.calls(.send("x", .MSG_NOSIGNAL), fails: .EPIPE)
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>", "<FIN seq=1 ack=1", "ACK> seq=1 ack=2")
        }
    }

    private static func request() {
        chapter("a request")
        _ = B.listen("listener of a request", port: 5003)
        let third = wire.hold("ACK>")
        step("A connects; its ACK finds that B's request was destroyed") {
            let client = A.socket("client of a request")
            client.connect(to: B.port(5003))
            third.meets(1)
            client.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
            client.otherEnd.destroy()
            client.otherEnd.isGone()
            third.release()
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>", "<RST seq=1")
        }
    }

    private static func orphan() throws {
        chapter("an orphan in FIN_WAIT1")
        let ends = connection()
        let (client, server) = (ends.client, ends.server)
        let answer = wire.hold("<ACK")
        try step("A closes; the wire holds B's ACK; A's orphan is destroyed") {
            client.close()
            answer.meets(1)
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
            server.shows(.CLOSE_WAIT, .owned)
            client.destroy()
            if try client.row() == nil {
                variant("orphans are destroyed")
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .CLOSE)
                wire.carries("RST/ACK> seq=2 ack=1")
                server.isGone()
                A.counts(["OutRsts": 1])
            } else {
                variant("orphans are left alone")
                client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
                answer.release()
                client.shows(.FIN_WAIT2, .minisock, timer: .timewait)
                server.shows(.CLOSE_WAIT, .owned)
                A.counts(["OutRsts": 0])
            }
            answer.lift()
            ends.listener.close()
        }
    }

    private static func minisock(_ state: TCPState) throws {
        chapter("a minisock in \(state)")
        let ends = connection()
        let client = ends.client
        step("A closes\(state == .TIME_WAIT ? ", then B" : "")") {
            client.entersFinWait2 { client.close() }
            ends.server.shows(.CLOSE_WAIT, .owned)
            if state == .TIME_WAIT { ends.server.close() }
            client.shows(state, .minisock, timer: .timewait)
        }
        try step("A's minisock is destroyed; A connects again, and has sent nothing before") {
            if let errno = try client.triesDestroy() {
                variant("minisocks cannot be destroyed")
                expect("SOCK_DESTROY of \(client.name) fails with EOPNOTSUPP", of: errno, by: .netlink, is: .EOPNOTSUPP)
                client.shows(state, .minisock, timer: .timewait)
            } else {
                variant("minisocks are destroyed")
                client.isGone()
            }
            ends.listener.close()
            let next = connection()
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>")
            next.listener.close()
        }
    }
}
