internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// Where TCP ends and MPTCP begins.
enum Multipath {
    static let all = [excluded]

    private static let ipprotoMPTCP: Int32 = 262

    static let excluded = Scenario(
        "proto.mptcp-excluded",
        claim:
            "An MPTCP listener that meets a plain client falls back to TCP: the three segments carry no MPTCP option "
            + "and what is accepted is a TCP socket. Its child is the only one in the trace of TCP.",
        cites: [.rfc(8684, "3.7"), .kernel("../mptcp/protocol.c", "mptcp_stream_accept")],
        verdict: .unclaimed,
        link: .direct,
        steps: ["B listens with IPPROTO_MPTCP; A connects with plain TCP; B accepts and asks for SO_PROTOCOL"]
    ) { lab in
        let process = try lab.b.process()
        let probe = try process.ask(.socket(family: IPAddress.anyV4.family, type: 1, protocol: ipprotoMPTCP))
        if let errno = probe.errno { try lab.skip("the kernel has no MPTCP (socket(): \(errno.symbol))") }
        let listener = try process.adopted(probe, as: "MPTCP listener")
        try listener.set(.SO_REUSEADDR, 1)
        try listener.bind(SocketAddress(lab.b.ip, 5000))
        try listener.listen()
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        let server = try listener.accept("server")
        for (socket, number) in [(server, Int32(6)), (client, 6), (listener, ipprotoMPTCP)] {
            let seen = try socket.ask(.getOption(.SO_PROTOCOL)).integer
            lab.expect(
                "SO_PROTOCOL of \(socket.label) is \(number)", seen == number, seen: "\(seen ?? -1)",
                witnesses: ["getsockopt"])
        }
        try lab.expectCarried("SYN>", "<SYN/ACK", "ACK>")
        let options = lab.carried().flatMap(\.segment.options).filter {
            if case .other(kind: 30, _) = $0 { true } else { false }
        }
        lab.expect("no MPTCP option (30)", options.isEmpty, seen: "\(options)", witnesses: ["segments"])

        try lab.require(client, shows: .row(.ESTABLISHED, .owned))
        try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED))
        try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
        try lab.expect(oppositeOf: client, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try client.send("plain")
        lab.expect(try server.ask(.recv(100)), reads: "plain")
    }
}
