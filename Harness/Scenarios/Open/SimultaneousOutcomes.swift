internal import Vocabulary

/// What becomes of two sockets that connect to each other.
enum SimultaneousOutcomes {
    static let all = [oneConnection, needsKnownPorts, stateOmission]

    static let oneConnection = Scenario(
        "open.simultaneous-one-connection",
        claim:
            "SYNs that cross make one connection, not two, without any listener: each end is one socket, and neither "
            + "is client or server.",
        cites: [.document("000", "同时打开"), .document("000", "自连接"), .requirement("MUST-10"), .rfc(9293, "3.5")]
    ) {
        let crossing = Crossing()
        let (a, b) = (crossing.a, crossing.b)
        try step("SYNs of A and B cross; both ends are asked for their names") {
            crossing.deliverSYNs()
            crossing.deliverSYNACKs()
            for socket in crossing.sockets { socket.shows(.ESTABLISHED, .owned) }
            let (ours, theirs) = (try A.rows(), try B.rows())
            expect("each host has one row, and they mirror each other", of: ours + theirs) { _ in
                guard let row = ours.first, let other = theirs.first, ours.count + theirs.count == 2 else {
                    return false
                }
                return row.local == other.remote && row.remote == other.local && row.local.port == 7000
                    && other.local.port == 7001
            }
            a.mirrors(b)
        }
        step("data goes both ways, and neither end can accept") {
            a.send("from a")
            b.send("from b")
            a.receives("from b")
            b.receives("from a")
            for socket in crossing.sockets { socket.calls(.accept, fails: .EINVAL) }
            for host in bothHosts { host.counts(["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1]) }
        }
    }

    static let needsKnownPorts = Scenario(
        "open.simultaneous-needs-known-ports",
        claim: "Two connects whose SYNs cross make no connection unless each comes from the port that the other is "
            + "connecting to: with ports of the kernel's choice both are refused.",
        cites: [.document("000", "同时打开"), .rfc(9293, "3.10.7.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv")]
    ) {
        let syns = wire.hold("SYN>", "<SYN")
        let (a, b) = (A.socket("a"), B.socket("b"))
        step("A and B connect to each other without binding; the wire holds both SYNs") {
            for (socket, port) in [(a, B.port(7001)), (b, A.port(7000))] {
                socket.beginConnecting(to: port)
                socket.shows(.SYN_SENT, .owned, timer: .retransmit)
            }
            syns.meets(2)
        }
        step("the wire delivers them, and both are refused") {
            syns.release()
            for socket in [a, b] {
                socket.isGone()
                socket.passes(.CLOSE, .SYN_SENT, .CLOSE)
                socket.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
                socket.hasError(.ECONNREFUSED)
            }
            wire.carriesOnly(
                "SYN> seq=0", "<SYN seq=0", "<RST/ACK seq=0 ack=1 win=0", "RST/ACK> seq=0 ack=1 win=0",
                inAnyOrder: true, since: .chapterBegan)
            for host in bothHosts { host.counts(["ActiveOpens": 1, "AttemptFails": 1, "OutRsts": 1]) }
        }
    }

    static let stateOmission = Scenario(
        "open.simultaneous-state-omission",
        claim:
            "When both SYNs cross, both ends pass SYN_RECV. An end goes from SYN_SENT straight to ESTABLISHED only if "
            + "its own SYN was lost and it is the other's that opens: then that other end passes SYN_RECV alone.",
        says: "In a simultaneous open both ends go from SYN_SENT straight to ESTABLISHED.",
        cites: [
            .document("001", "三次握手", .refuted), .rfc(9293, "3.5"),
            .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
        ],
        restsOnPaths: true
    ) {
        chapter("both SYNs cross")
        step("SYNs of A and B cross: both ends pass SYN_RECV") {
            let crossing = Crossing()
            crossing.deliverSYNs()
            crossing.deliverSYNACKs()
            for socket in crossing.sockets {
                socket.shows(.ESTABLISHED)
                socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
            }
        }

        chapter("one SYN crosses")
        step("the wire loses A's SYN; B connects to A, whose SYN/ACK answers B's: A alone passes SYN_RECV") {
            let lost = wire.drop("SYN>")
            let (a, b) = (A.socket("a, unheard"), B.socket("b, heard"))
            a.bind(A.port(7100))
            b.bind(B.port(7101))
            a.beginConnecting(to: B.port(7101))
            lost.meets(1)
            a.shows(.SYN_SENT, .owned)
            b.calls(.connect(A.port(7100)), returns: 0)
            for socket in [a, b] { socket.shows(.ESTABLISHED, .owned, timer: .off) }
            a.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
            b.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            a.hasNoError()
            wire.carriesOnly("SYN> seq=0", "<SYN seq=0", "SYN/ACK> seq=0 ack=1", "<ACK seq=1 ack=1")
            A.counts(["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
        }
    }
}
