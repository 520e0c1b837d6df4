internal import Vocabulary

/// The same over IPv6, and IPv4 into an IPv6 socket.
enum OpeningFamilies {
    static let all = [v6Twins, dualStackMapped]

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
        cites: [
            .requirement("MUST-10", only: "over IPv6"), .rfc(9293, "3.5"),
            Citation(source: "net/ipv6/tcp_ipv6.c", section: "tcp_v6_rcv"),
        ],
        ipv6: true,
        sysctls: { lane in twins.reduce(into: [:]) { $0.merge($1.sysctls(lane)) { $1 } } },
        longestTimer: { lane in twins.map { $0.longestTimer(lane) }.max() ?? 0 }
    ) {
        for twin in twins {
            overIPv6(twin)
            try step("\(twin.id): all that the kernel shows and the wire has carried is IPv6") {
                expect("all rows are of AF_INET6", of: try A.rows() + B.rows()) {
                    $0.allSatisfy { $0.family == AF_INET6 }
                }
                expect("all segments are IPv6", of: try wire.segments(since: .chapterBegan)) {
                    !$0.isEmpty && $0.allSatisfy(\.segment.source.ip.isV6)
                }
                guard twin.id == SimultaneousOpening.segmentCount.id else { return }
                // The flow label is of IPv6 alone: a duplicate may make its receiver choose another.
                expect(
                    "both ends take another path at the duplicate, or neither",
                    of: try bothHosts.map { try $0.counter("TcpDuplicateDataRehash") }, by: .counters
                ) { $0 == [1, 1] || $0 == [0, 0] }
            }
        }
    }

    static let dualStackMapped = Scenario(
        "open.dual-stack-mapped",
        claim:
            "A listener on :: takes IPv4 clients too: the accepted socket is AF_INET6 with IPv4-mapped addresses, in "
            + "TIME_WAIT as well, while the client and everything on the wire is IPv4.",
        cites: [.rfc(3493, "3.7"), Citation(source: "net/ipv6/tcp_ipv6.c", section: "tcp_v6_syn_recv_sock")],
        link: .direct, ipv6: true
    ) {
        let listener = B.listen(v6: true)
        for closing in bothHosts {
            chapter("\(closing.letter) closes first")
            let client = A.socket("client")
            client.connect(to: B.portV4(5000))
            let server = listener.accept("server")
            try step("A connects to the IPv4 address of B, which listens on ::; data goes both ways") {
                server.calls(.getsockname, names: B.portMapped(5000))
                server.calls(.getpeername, names: A.portMapped(try client.local.socketAddress.port))
                client.calls(.getpeername, names: B.portV4(5000))
                for socket in [client, server] {
                    socket.shows(.ESTABLISHED, .owned)
                    try hasFamily(socket)
                }
                client.send("four")
                server.receives("four")
                server.send("six")
                client.receives("six")
                // Otherwise the FIN would find unacknowledged data, and the paths would vary.
                for socket in [client, server] { socket.shows(.ESTABLISHED, sendQueue: 0) }
            }
            try step("\(closing.letter) closes first, and is left in TIME_WAIT") {
                let (first, last) = closing == A ? (client, server) : (server, client)
                first.shutdown(.SHUT_WR)
                first.shows(.FIN_WAIT2, .owned)
                last.receives(.end)
                last.close()
                first.shows(.TIME_WAIT, .minisock)
                try hasFamily(first)
                last.isGone()
                first.close()
            }
            if closing == A {
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            } else {
                client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
                server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
            }
            try step("all that the wire has carried is IPv4") {
                expect("all segments are IPv4", of: try wire.segments(since: .chapterBegan)) {
                    $0.allSatisfy { !$0.segment.source.ip.isV6 }
                }
            }
        }
    }

    /// Expects the row of an end on A to be IPv4, and that of one on B to be IPv6 with mapped addresses.
    private static func hasFamily(_ socket: Socket) throws {
        let family = socket.host == A ? AF_INET : AF_INET6
        expect(
            "the row of \(socket.name) is of \(socket.host == A ? "AF_INET" : "AF_INET6, mapped")",
            of: try socket.row().map { (family: $0.family, local: $0.local, remote: $0.remote) }, by: .netlink
        ) { row in
            guard let row else { return false }
            return row.family == family
                && [row.local.ip, row.remote.ip].allSatisfy { $0.family == family && $0.unmapped.family == AF_INET }
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private static let AF_INET: Int32 = 2
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private static let AF_INET6: Int32 = 10
}
