internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// The same over IPv6, and IPv4 into an IPv6 socket.
enum OpeningFamilies {
    static let all = [v6Twins, dualStackMapped]

    private static let familyV6 = IPAddress.anyV6.family
    private static let familyV4 = IPAddress.anyV4.family

    /// Those that have no chapter over IPv6 of their own, as open.simultaneous and close.ordinary-path have.
    private static let twins = [
        Opening.threeWay, Opening.refused, SimultaneousOpening.segmentCount, Resetting.rstOnLateData,
        KeepaliveProbes.probeForm, NewSynHigher.scenario,
    ]

    static let v6Twins = Scenario(
        "open.v6-twins",
        claim:
            "Over IPv6 a connection is opened, refused, opened from both sides and reset by the same segments, states "
            + "and errors as over IPv4.",
        cites: [.rfc(9293, "3.5"), Citation(source: "net/ipv6/tcp_ipv6.c", section: "tcp_v6_rcv")],
        verdict: .unclaimed, ipv6: true,
        steps: twins.map { "\($0.id) over IPv6" },
        sysctls: { lane in twins.reduce(into: [:]) { $0.merge($1.sysctls(lane)) { $1 } } },
        longestTimer: { lane in twins.map { $0.longestTimer(lane) }.max() ?? 0 }
    ) { lab in
        for twin in twins {
            try lab.overIPv6(twin)
            let rows = try lab.a.rows() + lab.b.rows()
            let strangers = rows.filter { $0.family != familyV6 }
            lab.expect(
                "all rows are of AF_INET6", strangers.isEmpty,
                seen: strangers.isEmpty ? "\(rows.count) rows" : strangers.map(\.words).joined(separator: ", "),
                witnesses: ["netlink"])
            let segments = lab.carried()
            lab.expect(
                "all segments are IPv6", !segments.isEmpty && segments.allSatisfy(\.segment.source.ip.isV6),
                seen: SegmentView.describe(segments.map(\.view)), witnesses: ["segments"])
            guard twin.id == SimultaneousOpening.segmentCount.id else { continue }
            // The flow label is of IPv6 alone: a duplicate may make its receiver choose another.
            let rehashed = try [lab.a!, lab.b!].map { try $0.counters()["TcpDuplicateDataRehash"] ?? 0 }
            lab.expect(
                "both ends take another path at the duplicate, or neither", rehashed == [1, 1] || rehashed == [0, 0],
                seen: rehashed.map(String.init).joined(separator: ", "), witnesses: ["counters"])
        }
    }

    static let dualStackMapped = Scenario(
        "open.dual-stack-mapped",
        claim:
            "A listener on :: takes IPv4 clients too: the accepted socket is AF_INET6 with IPv4-mapped addresses, in "
            + "TIME_WAIT as well, while the client and everything on the wire is IPv4.",
        cites: [.rfc(3493, "3.7"), Citation(source: "net/ipv6/tcp_ipv6.c", section: "tcp_v6_syn_recv_sock")],
        verdict: .unclaimed,
        link: .direct, ipv6: true,
        steps: [
            "B listens on ::; A connects to B's IPv4 address; data goes both ways", "A closes first",
            "the same again; B closes first",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000, v6: true)
        for closesFirst in [HostName.a, .b] {
            try lab.chapter("\(closesFirst.rawValue) closes first")
            let client = try lab.a.socket("client")
            try client.connect(SocketAddress(lab.b.ip4, 5000))
            let server = try listener.accept("server")
            lab.expect(try server.ask(.getsockname), names: SocketAddress(lab.b.ip4.mapped, 5000))
            let port = client.local?.port ?? 0
            lab.expect(try server.ask(.getpeername), names: SocketAddress(lab.a.ip4.mapped, port))
            lab.expect(try client.ask(.getpeername), names: SocketAddress(lab.b.ip4, 5000))
            try expect(lab, client, .row(.ESTABLISHED, .owned), familyV4)
            try expect(lab, server, .row(.ESTABLISHED, .owned), familyV6)
            try client.send("four")
            lab.expect(try server.ask(.recv(100)), reads: "four")
            try server.send("six")
            lab.expect(try client.ask(.recv(100)), reads: "six")
            // Otherwise the FIN would find unacknowledged data, and the paths would vary.
            for socket in [client, server] { try lab.require(socket, shows: .row(.ESTABLISHED, sendQueue: 0)) }

            let (first, last) = closesFirst == .a ? (client, server) : (server, client)
            try first.shutdown(.SHUT_WR)
            try lab.require(first, shows: .row(.FIN_WAIT2, .owned))
            lab.expect(try last.ask(.recv(100)), returns: 0)
            try last.close()
            try expect(lab, first, .row(.TIME_WAIT, .minisock), closesFirst == .a ? familyV4 : familyV6)
            try lab.requireGone(last)
            try first.close()
            if closesFirst == .a {
                try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
                try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            } else {
                try lab.expect(client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
                try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            }
            let segments = lab.carried()
            lab.expect(
                "all segments are IPv4", segments.allSatisfy { !$0.segment.source.ip.isV6 },
                seen: SegmentView.describe(segments.map(\.view)), witnesses: ["segments"])
        }
    }

    /// Requires a row, of this family and with addresses of its form.
    private static func expect(
        _ lab: Lab, _ socket: Socket, _ expectation: RowExpectation, _ family: Int32
    ) throws {
        let row = try lab.require(socket, shows: expectation)
        lab.expect(
            "the row of \(socket.label) is of \(family == familyV6 ? "AF_INET6, mapped" : "AF_INET")",
            row.family == family
                && [row.local.ip, row.remote.ip].allSatisfy { $0.family == family && $0.unmapped.family == familyV4 },
            seen: "family \(row.family), \(row.local) to \(row.remote)", witnesses: ["netlink"])
    }
}
