internal import Vocabulary

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
        link: .loopback, ipv6: true
    ) {
        try meetItself("127.0.0.1", bound: .loopback(6000), target: .loopback(6000))
        try meetItself("bound to 0.0.0.0", bound: .any(6001), target: .loopback(6001))
        try meetItself("the link's address", bound: A.port(6002), target: A.port(6002))
        try meetItself("::1", v6: true, bound: .loopbackV6(6003), target: .loopbackV6(6003))
    }

    private static func meetItself(
        _ title: String, v6: Bool = false, bound: Endpoint, target: Endpoint
    ) throws {
        chapter(title)
        let socket = A.socket("self", v6: v6)
        try step("A binds a socket and connects it to itself, by three segments") {
            connect(socket, bound: bound, to: target)
            wire.carriesOnly("SYN> seq=0", "SYN/ACK> seq=0 ack=1", "ACK> seq=1 ack=1")
            A.counts(["ActiveOpens": 1, "PassiveOpens": 0])
            try SimultaneousOpening.judgeLastACKs(countedBy: [A])
        }
        try step("A shuts down its sending side: both directions are closed, and one TIME_WAIT is left") {
            socket.shutdown(.SHUT_WR)
            socket.shows(.TIME_WAIT, .minisock, timer: .timewait)
            expect("both ends of the TIME_WAIT are the same", of: try addresses(of: socket), by: .netlink) {
                $0.count == 2 && $0[0] == $0[1]
            }
            let port = try target.socketAddress.port
            expect(
                "there is one TIME_WAIT",
                of: try A.rows().filter { $0.state == .TIME_WAIT && $0.local.port == port }
            ) { $0.count == 1 }
            socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .FIN_WAIT1, .CLOSING, .CLOSE)
            wire.carriesOnly("FIN> seq=1 ack=1", "ACK> seq=2 ack=2")
            socket.tcpInfo(shows: .CLOSE)
            socket.polls([.IN, .OUT, .HUP, .RDHUP])
            socket.receives(.end)
            socket.close()
            wire.neverCarries("<ANY")  // nothing left the host
        }
    }

    private static func connect(_ socket: Socket, bound: Endpoint, to target: Endpoint) {
        socket.bind(bound)
        socket.calls(.connect(target), returns: 0)
        socket.shows(.ESTABLISHED, .owned)
        socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
    }

    /// What netlink shows as a socket's own address, and as its peer's.
    private static func addresses(of socket: Socket) throws -> [SocketAddress] {
        try socket.row().map { [$0.local, $0.remote] } ?? []
    }

    static let oneSocket = Scenario(
        "open.self-connect-one-socket",
        claim: "A self-connection is one socket with the same address and port on both sides; it cannot listen, and a "
            + "second socket that connects to the port is refused.",
        cites: [.document("000", "自连接"), .kernel("af_inet.c", "inet_listen")],
        link: .loopback
    ) {
        let socket = A.socket("self")
        step("A connects a socket to itself") { connect(socket, bound: .loopback(6000), to: .loopback(6000)) }
        try step("netlink, /proc/net/tcp and the socket are asked for its addresses: there is one") {
            let address = try Endpoint.loopback(6000).socketAddress
            expect("one row, with one address on both sides", of: try A.rows()) {
                $0.count == 1 && $0[0].local == address && $0[0].remote == address
            }
            socket.calls(.getsockname, names: .loopback(6000))
            socket.calls(.getpeername, names: .loopback(6000))
            // sl, local address, remote address, state: 6000 is 0x1770, ESTABLISHED is 01.
            let lines = try A.procNetTCP().map { $0.split(separator: " ").prefix(4).map(String.init) }
            expect("/proc/net/tcp has one line, with one address on both sides", of: lines, by: .proc) { lines in
                guard lines.count == 1, lines[0].count == 4 else { return false }
                let (local, remote, state) = (lines[0][1], lines[0][2], lines[0][3])
                return local == remote && local.hasSuffix(":1770") && state == "01"
            }
        }
        step("A cannot listen on it, and another socket that connects to its port is refused") {
            socket.calls(.listen(backlog: 1), fails: .EINVAL)
            A.socket("other").calls(.connect(.loopback(6000)), fails: .ECONNREFUSED)
            socket.shows(.ESTABLISHED, .owned, timer: .off)
            A.counts(["ActiveOpens": 2, "PassiveOpens": 0, "CurrEstab": 1, "AttemptFails": 1])
        }
    }

    static let echo = Scenario(
        "open.self-connect-echo",
        claim: "What is written to a self-connection is read from it again; closing it with unread data resets it.",
        cites: [.document("000", "自连接"), .rfc(1122, "4.2.2.13"), .kernel("tcp.c", "__tcp_close")],
        link: .loopback
    ) {
        let socket = A.socket("self")
        connect(socket, bound: .loopback(6000), to: .loopback(6000))
        step("A writes to a socket that is connected to itself, and reads from it") {
            socket.send("ping")
            socket.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 4, sendQueue: 0)
            socket.receives("ping")
            socket.shows(.ESTABLISHED, receiveQueue: 0)
            wire.carriesOnly("DATA> seq=1 ack=1 len=4", "ACK> seq=5 ack=5")
        }

        chapter("closed with unread data")
        let unread = A.socket("unread")
        connect(unread, bound: .loopback(6001), to: .loopback(6001))
        step("A writes to another one and closes it without having read") {
            unread.send("x")
            unread.shows(.ESTABLISHED, .owned, receiveQueue: 1, sendQueue: 0)
            unread.close()
            unread.isGone()
            unread.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED, .CLOSE)
            wire.carriesOnly("DATA> seq=1 ack=1 len=1", "ACK> seq=2 ack=2", "RST/ACK> seq=2 ack=2")
            A.counts(["TCPAbortOnClose": 1, "OutRsts": 1, "TW": 0, "sockstat.tw": 0])
        }
    }

    static let accidental = Scenario(
        "open.self-connect-accidental",
        claim:
            "A client that connects to a local port inside ip_local_port_range, where nobody listens, meets itself if "
            + "the kernel gives it that very port; ports of the parity of the range's low end are given first, the "
            + "others only once those are taken.",
        cites: [
            .sysctl("ip_local_port_range", only: "connect()"), .kernel("inet_hashtables.c", "__inet_hash_connect"),
        ],
        link: .loopback
    ) {
        A.set("ip_local_port_range", to: "40000 40003")
        A.socket("owner of 40002").bind(.loopback(40002))
        step("of 40000 to 40003 only 40000 is even and free; A connects to 40001 without binding and is refused") {
            for number in 1...2 {
                let refused = A.socket("client \(number) of 40001")
                refused.calls(.connect(.loopback(40001)), fails: .ECONNREFUSED)
                refused.close()
            }
        }
        try step("A connects to 40000 without binding and meets itself") { try meetsItself(at: 40000) }

        chapter("the ports that are given first are taken")
        A.set("ip_local_port_range", to: "41000 41003")
        for port in [41000, 41002, 41003] as [UInt16] { A.socket("owner of \(port)").bind(.loopback(port)) }
        try step("of 41000 to 41003 only 41001 is free; A connects to it and meets itself") {
            try meetsItself(at: 41001)
        }
    }

    private static func meetsItself(at port: UInt16) throws {
        let address = try Endpoint.loopback(port).socketAddress
        let socket = A.socket("client of \(port)")
        socket.calls(.connect(.loopback(port)), returns: 0)
        socket.shows(.ESTABLISHED, .owned)
        expect("it has met itself", of: try addresses(of: socket), by: .netlink, is: [address, address])
        socket.passes(.CLOSE, .SYN_SENT, .SYN_RECV, .ESTABLISHED)
    }
}
