internal import Lab
internal import Linux
internal import Netlink
internal import Record
internal import Packets

/// A socket that connects to itself.
enum SelfConnecting {
    static let all = [selfConnect]

    static let selfConnect = Scenario(
        "open.self-connect",
        claim: "A socket can connect to the address it is bound to: its SYN meets itself, three segments open the "
            + "connection, and one shutdown closes both directions.",
        cites: [
            .document("000", "自连接"), .rfc(9293, "3.5"),
            .commit("23e89e8ee7be", "6.11: the third segment reports a duplicate instead of challenging"),
        ],
        link: .loopback, ipv6: true,
        steps: [
            "A binds 127.0.0.1:6000 and connects to it", "A shuts down its sending side",
            "the same bound to 0.0.0.0, to the link's address, and to ::1",
        ]
    ) { lab in
        let loopback = IPAddress(127, 0, 0, 1)
        let loopback6 = IPAddress("::1")!
        let cases: [(String, bound: SocketAddress, target: SocketAddress)] = [
            ("127.0.0.1", SocketAddress(loopback, 6000), SocketAddress(loopback, 6000)),
            ("bound to 0.0.0.0", SocketAddress(.anyV4, 6001), SocketAddress(loopback, 6001)),
            ("the link's address", SocketAddress(lab.a.ip, 6002), SocketAddress(lab.a.ip, 6002)),
            ("::1", SocketAddress(loopback6, 6003), SocketAddress(loopback6, 6003)),
        ]
        for (title, bound, target) in cases {
            try lab.chapter(title)
            let socket = try lab.a.socket("self", v6: target.ip.isV6)
            try socket.bind(bound)
            lab.expect(try socket.ask(.connect(target)), returns: 0)
            try lab.require(socket, shows: .row(.ESTABLISHED, .owned))
            try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
            try lab.expectCarried("SYN> seq=0", "SYN/ACK> seq=0 ack=1", "ACK> seq=1 ack=1")
            try lab.expect(lab.a, counts: ["ActiveOpens": 1, "PassiveOpens": 0])
            try SimultaneousOpening.expectLastACKs(lab, countedOn: [lab.a])

            let place = lab.wire.log.count
            try socket.shutdown(.SHUT_WR)
            let gone = try lab.require(socket, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
            lab.expect(
                "both ends of the TIME_WAIT are the same", gone.local == gone.remote,
                seen: "\(gone.local) and \(gone.remote)", witnesses: ["netlink"])
            let rows = try lab.a.rows().filter { $0.state == .TIME_WAIT && $0.local.port == target.port }
            lab.expect("there is one TIME_WAIT", rows.count == 1, seen: "\(rows.count)", witnesses: ["netlink"])
            try lab.expect(
                socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            try lab.expectCarried("FIN> seq=1 ack=1", "ACK> seq=2 ack=2", since: place)
            try lab.expect(socket, tcpInfo: .CLOSE)
            try lab.expect(socket, polls: [.IN, .OUT, .HUP, .RDHUP])
            lab.expect(try socket.ask(.recv(100)), returns: 0)
            try socket.close()
            try lab.expect("<ANY", carried: 0)  // nothing left the host
        }
    }
}
