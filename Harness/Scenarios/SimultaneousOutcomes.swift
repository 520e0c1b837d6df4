internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// What becomes of two sockets that connect to each other.
enum SimultaneousOutcomes {
    static let all = [oneConnection, needsKnownPorts, stateOmission]

    static let oneConnection = Scenario(
        "open.simultaneous-one-connection",
        claim:
            "SYNs that cross make one connection, not two, without any listener: each end is one socket, and neither "
            + "is client or server.",
        cites: [.document("000", "同时打开"), .document("000", "自连接"), .rfc(9293, "3.5")],
        steps: ["as open.simultaneous", "both ends are asked for their names", "data goes both ways", "both accept"]
    ) { lab in
        let crossing = try CrossingOpen(lab, ports: (7000, 7001))
        try crossing.deliverSYNs()
        try crossing.deliverSYNACKs()
        let (a, b) = (crossing.a, crossing.b)
        for socket in crossing.sockets { try lab.require(socket, shows: .row(.ESTABLISHED, .owned)) }
        let (ours, theirs) = (try lab.a.rows(), try lab.b.rows())
        lab.expect(
            "each host has one row, and they mirror each other",
            ours.count == 1 && theirs.count == 1 && ours[0].local == theirs[0].remote
                && ours[0].remote == theirs[0].local && ours[0].local.port == 7000 && theirs[0].local.port == 7001,
            seen: (ours + theirs).map { "\($0.words) \($0.local) \($0.remote)" }.joined(separator: ", "),
            witnesses: ["netlink"])
        try lab.expect(a, mirrors: b)

        for socket in crossing.sockets { try socket.setNonblocking(false) }
        try a.send("from a")
        try b.send("from b")
        lab.expect(try a.ask(.recv(100)), reads: "from b")
        lab.expect(try b.ask(.recv(100)), reads: "from a")
        for socket in crossing.sockets { lab.expect(try socket.ask(.accept), fails: .EINVAL) }
        for host in [lab.a!, lab.b!] {
            try lab.expect(host, counts: ["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
        }
    }

    static let needsKnownPorts = Scenario(
        "open.simultaneous-needs-known-ports",
        claim: "Two connects whose SYNs cross make no connection unless each comes from the port that the other is "
            + "connecting to: with ports of the kernel's choice both are refused.",
        cites: [.document("000", "同时打开"), .rfc(9293, "3.10.7.1"), .kernel("tcp_ipv4.c", "tcp_v4_rcv")],
        steps: ["A and B connect to each other without binding; the wire holds both SYNs", "the wire delivers them"]
    ) { lab in
        let syns = try lab.wire.hold("SYN>", "<SYN")
        let (a, b) = (try lab.a.socket("a"), try lab.b.socket("b"))
        for (socket, target) in [(a, SocketAddress(lab.b.ip, 7001)), (b, SocketAddress(lab.a.ip, 7000))] {
            try socket.setNonblocking()
            lab.expect(try socket.ask(.connect(target)), fails: .EINPROGRESS)
            try lab.require(socket, shows: .row(.SYN_SENT, .owned, timer: .retransmit))
        }
        try lab.require(syns, met: 2)

        try lab.wire.release(syns)
        for socket in [a, b] {
            try lab.requireGone(socket)
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE)
            try lab.expect(socket, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
            try lab.expect(socket, soError: .ECONNREFUSED)
        }
        try lab.expectCarried(
            "SYN> seq=0", "<SYN seq=0", "<RST/ACK seq=0 ack=1 win=0", "RST/ACK> seq=0 ack=1 win=0", inAnyOrder: true)
        for host in [lab.a!, lab.b!] {
            try lab.expect(host, counts: ["ActiveOpens": 1, "AttemptFails": 1, "OutRsts": 1])
        }
    }

    static let stateOmission = Scenario(
        "open.simultaneous-state-omission",
        claim:
            "When both SYNs cross, both ends pass SYN_RECV. An end goes from SYN_SENT straight to ESTABLISHED only if "
            + "its own SYN was lost and it is the other's that opens: then that other end passes SYN_RECV alone.",
        says: "In a simultaneous open both ends go from SYN_SENT straight to ESTABLISHED.",
        cites: [
            .document("001", "三次握手"), .rfc(9293, "3.5"), .kernel("tcp_input.c", "tcp_rcv_synsent_state_process"),
        ],
        verdict: .refuted,
        restsOnPaths: true,
        steps: [
            "as open.simultaneous: both SYNs cross",
            "the wire loses A's SYN; B connects to A, whose SYN/ACK answers B's",
        ]
    ) { lab in
        try lab.chapter("both SYNs cross")
        let crossing = try CrossingOpen(lab, ports: (7000, 7001))
        try crossing.deliverSYNs()
        try crossing.deliverSYNACKs()
        for socket in crossing.sockets {
            try lab.require(socket, shows: .row(.ESTABLISHED))
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
        }

        try lab.chapter("one SYN crosses")
        let lost = try lab.wire.drop("SYN>")
        let (a, b) = (try lab.a.socket("a, unheard"), try lab.b.socket("b, heard"))
        try a.bind(SocketAddress(lab.a.ip, 7100))
        try b.bind(SocketAddress(lab.b.ip, 7101))
        try a.setNonblocking()
        lab.expect(try a.ask(.connect(SocketAddress(lab.b.ip, 7101))), fails: .EINPROGRESS)
        try lab.require(lost, met: 1)
        try lab.require(a, shows: .row(.SYN_SENT, .owned))
        lab.expect(try b.ask(.connect(SocketAddress(lab.a.ip, 7100))), returns: 0)
        for socket in [a, b] { try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off)) }
        try lab.expect(a, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
        try lab.expect(b, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        try lab.expect(a, soError: nil)
        try lab.expectCarried("SYN> seq=0", "<SYN seq=0", "SYN/ACK> seq=0 ack=1", "<ACK seq=1 ack=1")
        try lab.expect(lab.a, counts: ["ActiveOpens": 1, "PassiveOpens": 0, "CurrEstab": 1])
    }
}
