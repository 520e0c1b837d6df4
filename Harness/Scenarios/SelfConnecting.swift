internal import Lab
internal import Linux
internal import Netlink
internal import Record
internal import Packets

/// A socket that connects to itself.
enum SelfConnecting {
    static let all = [selfConnect, oneSocket, echo, accidental]

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
    private static let loopback = IPAddress(127, 0, 0, 1)

    /// A socket that is bound to a port of the loopback and connected to it.
    private static func connected(_ lab: Lab, _ label: String, port: UInt16) throws -> Socket {
        let address = SocketAddress(loopback, port)
        let socket = try lab.a.socket(label)
        try socket.bind(address)
        lab.expect(try socket.ask(.connect(address)), returns: 0)
        try lab.require(socket, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
        return socket
    }

    static let oneSocket = Scenario(
        "open.self-connect-one-socket",
        claim: "A self-connection is one socket with the same address and port on both sides; it cannot listen, and a "
            + "second socket that connects to the port is refused.",
        cites: [.document("000", "自连接"), .kernel("af_inet.c", "inet_listen")],
        link: .loopback,
        steps: [
            "A connects a socket to itself", "netlink, /proc/net/tcp and the socket are asked for its addresses",
            "A listens on it", "another socket connects to the port",
        ]
    ) { lab in
        let address = SocketAddress(loopback, 6000)
        let socket = try connected(lab, "self", port: 6000)
        let rows = try lab.a.rows()
        lab.expect(
            "one row, with one address on both sides",
            rows.count == 1 && rows[0].local == address && rows[0].remote == address,
            seen: rows.map { "\($0.words) \($0.local) \($0.remote)" }.joined(separator: ", "), witnesses: ["netlink"])
        lab.expect(try socket.ask(.getsockname), names: address)
        lab.expect(try socket.ask(.getpeername), names: address)
        // sl, local address, remote address, state: 6000 is 0x1770, ESTABLISHED is 01.
        let lines = try lab.a.procNetTCP().map { $0.split(separator: " ") }
        lab.expect(
            "/proc/net/tcp has one line, with one address on both sides",
            lines.count == 1 && lines[0].count > 3 && lines[0][1] == lines[0][2] && lines[0][1].hasSuffix(":1770")
                && lines[0][3] == "01",
            seen: lines.map { $0.prefix(4).joined(separator: " ") }.joined(separator: ", "), witnesses: ["/proc"])
        lab.expect(try socket.ask(.listen(backlog: 1)), fails: .EINVAL)
        let other = try lab.a.socket("other")
        lab.expect(try other.ask(.connect(address)), fails: .ECONNREFUSED)
        try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.expect(lab.a, counts: ["ActiveOpens": 2, "PassiveOpens": 0, "CurrEstab": 1, "AttemptFails": 1])
    }

    static let echo = Scenario(
        "open.self-connect-echo",
        claim: "What is written to a self-connection is read from it again; closing it with unread data resets it.",
        cites: [.document("000", "自连接"), .rfc(1122, "4.2.2.13"), .kernel("tcp.c", "__tcp_close")],
        link: .loopback,
        steps: ["A connects a socket to itself, writes and reads", "another one writes and closes"]
    ) { lab in
        let socket = try connected(lab, "self", port: 6000)
        var place = lab.wire.log.count
        try socket.send("ping")
        try lab.require(socket, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 4, sendQueue: 0))
        lab.expect(try socket.ask(.recv(100)), reads: "ping")
        try lab.require(socket, shows: .row(.ESTABLISHED, receiveQueue: 0))
        try lab.expectCarried("DATA> seq=1 ack=1 len=4", "ACK> seq=5 ack=5", since: place)

        try lab.chapter("closed with unread data")
        let unread = try connected(lab, "unread", port: 6001)
        place = lab.wire.log.count
        try unread.send("x")
        try lab.require(unread, shows: .row(.ESTABLISHED, .owned, receiveQueue: 1, sendQueue: 0))
        try unread.close()
        try lab.requireGone(unread)
        try lab.expect(unread, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .CLOSE)
        try lab.expectCarried("DATA> seq=1 ack=1 len=1", "ACK> seq=2 ack=2", "RST/ACK> seq=2 ack=2", since: place)
        try lab.expect(lab.a, counts: ["TCPAbortOnClose": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
    }

    static let accidental = Scenario(
        "open.self-connect-accidental",
        claim:
            "A client that connects to a local port inside ip_local_port_range, where nobody listens, meets itself if "
            + "the kernel gives it that very port; ports of the parity of the range's low end are given first, the "
            + "others only once those are taken.",
        cites: [.kernel("inet_hashtables.c", "__inet_hash_connect")],
        verdict: .unclaimed,
        link: .loopback,
        steps: [
            "ip_local_port_range is 40000 to 40003; A binds a socket to 40002, so that 40000 is the only even one left",
            "A connects to 40001 without binding and is refused",
            "A connects to 40000 without binding and meets itself",
            "the same with 41000 to 41003, both even ports and 41003 bound; A connects to 41001 and meets itself",
        ]
    ) { lab in
        try lab.a.set(sysctl: "ip_local_port_range", to: "40000 40003")
        try lab.a.socket("owner of 40002").bind(SocketAddress(loopback, 40002))
        for number in 1...2 {
            let refused = try lab.a.socket("client \(number) of 40001")
            lab.expect(try refused.ask(.connect(SocketAddress(loopback, 40001))), fails: .ECONNREFUSED)
            try refused.close()
        }
        try expectMeetingItself(lab, at: 40000)

        try lab.chapter("the ports that are given first are taken")
        try lab.a.set(sysctl: "ip_local_port_range", to: "41000 41003")
        for port in [41000, 41002, 41003] as [UInt16] {
            try lab.a.socket("owner of \(port)").bind(SocketAddress(loopback, port))
        }
        try expectMeetingItself(lab, at: 41001)
    }

    private static func expectMeetingItself(_ lab: Lab, at port: UInt16) throws {
        let address = SocketAddress(loopback, port)
        let socket = try lab.a.socket("client of \(port)")
        lab.expect(try socket.ask(.connect(address)), returns: 0)
        let row = try lab.require(socket, shows: .row(.ESTABLISHED, .owned))
        lab.expect(
            "it has met itself", row.local == address && row.remote == address, seen: "\(row.local) \(row.remote)",
            witnesses: ["netlink"])
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
    }
}
