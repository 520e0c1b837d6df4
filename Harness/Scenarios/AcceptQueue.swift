internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What happens to a connection before, and by, accept().
enum AcceptQueue {
    static let all = [
        withoutAccept, dataBeforeAccept, dataCompletesHandshake, acceptedSocketAddresses, overflow,
    ]

    static let withoutAccept = Scenario(
        "open.accept-queue-without-accept",
        claim: "A handshake ends without the server's process: the connection is ESTABLISHED at both ends and waits in "
            + "the listener's queue; accept() only hands it out and sends nothing.",
        cites: [.document("003", "服务端连接的建立"), .kernel("inet_connection_sock.c", "inet_csk_accept")],
        link: .direct,
        steps: ["A connects; B does nothing", "B accepts, then writes"]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
        let queued = try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued, timer: .off))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))
        try lab.expectCarried("SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1")

        let place = lab.wire.log.count
        let server = try listener.accept("server")
        let accepted = try lab.require(server, shows: .row(.ESTABLISHED, .owned, timer: .off))
        lab.expect(
            "it is the socket that was queued", accepted.cookie == queued.cookie,
            seen: "cookies \(queued.cookie), \(accepted.cookie)", witnesses: ["netlink"])
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 0))
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try server.send("x")  // had accept() sent anything, it would stand before this
        try lab.expectCarried("<DATA seq=1 ack=1 len=1", "ACK> seq=1 ack=2", since: place)
    }

    static let dataBeforeAccept = Scenario(
        "open.data-before-accept",
        claim: "Data, and even a FIN, is taken and acknowledged before anybody accepts the connection; accept() then "
            + "returns a socket in CLOSE_WAIT that still gives the data.",
        cites: [.document("003", "服务端连接的建立"), .rfc(9293, "3.10.7.4"), .kernel("tcp_input.c", "tcp_data_queue")],
        link: .direct,
        steps: [
            "A connects, writes, shuts down its sending side", "B accepts, reads data and end, closes",
            "A connects again and closes; B accepts and writes twice",
        ]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try client.send("early")
        try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued, receiveQueue: 5))
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
        try lab.requireCarried("<ACK seq=1 ack=6")
        try client.shutdown(.SHUT_WR)
        // The FIN counts 1.
        try lab.require(oppositeOf: client, shows: .row(.CLOSE_WAIT, .queued, receiveQueue: 6))
        try lab.require(client, shows: .row(.FIN_WAIT2, .owned))
        try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 1))

        let server = try listener.accept("server")
        try lab.require(server, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 6))
        lab.expect(try server.ask(.recv(100)), reads: "early")
        lab.expect(try server.ask(.recv(100)), returns: 0)
        try server.close()
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock))
        try lab.requireGone(server)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)

        try lab.chapter("the client is gone before it is accepted")
        let second = try lab.a.socket("second client")
        try second.connect(SocketAddress(lab.b.ip, 5000))
        try second.close()
        try lab.require(oppositeOf: second, shows: .row(.CLOSE_WAIT, .queued, receiveQueue: 1))
        try lab.require(second, shows: .row(.FIN_WAIT2))
        let late = try listener.accept("late server")
        try lab.require(late, shows: .row(.CLOSE_WAIT, .owned, receiveQueue: 1))
        let place = lab.wire.log.count
        lab.expect(try late.ask(.send("x", .MSG_NOSIGNAL)), returns: 1)
        try lab.requireCarried("<DATA seq=1 ack=2 len=1", since: place)
        try lab.requireCarried("RST> seq=2", since: place)
        try lab.requireGone(late)
        lab.expect(try late.ask(.send("x", .MSG_NOSIGNAL)), fails: .EPIPE)
        try lab.expect(late, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .CLOSE)
    }

    static let dataCompletesHandshake = Scenario(
        "open.data-completes-handshake",
        claim: "If the handshake's third segment is lost, the first data segment does its work: it acknowledges the "
            + "SYN/ACK too, and the server's end is ESTABLISHED with the data in it.",
        cites: [
            .document("003", "服务端连接的建立"), .document("001", "状态说明"), .rfc(9293, "3.10.7.4"),
            .kernel("tcp_minisocks.c", "tcp_check_req"),
        ],
        steps: ["the wire loses A's first pure ACK", "A connects and writes", "B accepts and reads"]
    ) { lab in
        let listener = try lab.b.listen(port: 5000)
        let third = try lab.wire.drop("ACK>", first: 1)
        let client = try lab.a.socket("client")
        try client.connect(SocketAddress(lab.b.ip, 5000))
        try lab.require(third, met: 1)
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off))
        try lab.require(
            oppositeOf: client, shows: .row(.SYN_RECV, .minisock, timer: .retransmit, retransmits: 0))
        try lab.expectUntraced(childOn: lab.b, port: 5000)

        try client.send("data")
        try lab.require(oppositeOf: client, shows: .row(.ESTABLISHED, .queued, receiveQueue: 4))
        let server = try listener.accept("server")
        lab.expect(try server.ask(.recv(100)), reads: "data")
        try lab.require(client, shows: .row(.ESTABLISHED, .owned, timer: .off, sendQueue: 0))
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)
        try lab.expectCarried(
            "SYN> seq=0", "<SYN/ACK seq=0 ack=1", "ACK> seq=1 ack=1", "DATA> seq=1 ack=1 len=4", "<ACK seq=1 ack=5")
        try lab.expect(lab.b, counts: ["PassiveOpens": 1, "TCPSynRetrans": 0])
        try lab.expect(lab.a, counts: ["RetransSegs": 0])
    }

    static let acceptedSocketAddresses = Scenario(
        "open.accepted-socket-addresses",
        claim: "An accepted socket has the address that the client asked for, the listener's port, and the client's "
            + "address and port as its peer; the listener keeps its wildcard.",
        cites: [.document("003", "服务端连接的建立"), .kernel("tcp_ipv4.c", "tcp_v4_syn_recv_sock")],
        link: .direct,
        steps: [
            "B has a second address and listens on all", "A connects to each address; B accepts both",
            "both ends are asked for their names",
        ]
    ) { lab in
        let wildcard = SocketAddress(.anyV4, 5000)
        let second = IPAddress(192, 0, 2, 9)
        try lab.b.add(address: second)
        let listener = try lab.b.listen(port: 5000)
        lab.expect(try listener.ask(.getsockname), names: wildcard)
        for (name, address) in [("first", lab.b.ip), ("second", second)] {
            let target = SocketAddress(address, 5000)
            let client = try lab.a.socket("client of the \(name) address")
            try client.connect(target)
            let server = try listener.accept("server at the \(name) address")
            lab.expect(try client.ask(.getpeername), names: target)
            lab.expect(try server.ask(.getsockname), names: target)
            try lab.expect(client, mirrors: server)
            let row = try lab.require(server, shows: .row(.ESTABLISHED, .owned))
            lab.expect(
                "netlink shows the same addresses", row.local == target && row.remote == client.local,
                seen: "\(row.local) \(row.remote)", witnesses: ["netlink"])
        }
        lab.expect(try listener.ask(.getsockname), names: wildcard)
        let rows = try lab.b.rows()
        lab.expect(
            "the listener and both children have port 5000",
            rows.count == 3 && rows.allSatisfy { $0.local.port == 5000 },
            seen: rows.map { "\($0.shownState) \($0.local)" }.joined(separator: ", "), witnesses: ["netlink"])
    }

    static let overflow = Scenario(
        "open.accept-queue-overflow",
        claim: "A listener's queue takes one connection more than its backlog. Beyond that the third segment of a "
            + "handshake is dropped, or answered by RST with tcp_abort_on_overflow=1; SYNs are dropped either way.",
        cites: [
            .kernel("tcp_ipv4.c", "tcp_v4_syn_recv_sock"), .kernel("tcp_minisocks.c", "tcp_check_req"),
            .kernel("tcp_input.c", "tcp_conn_request"),
        ],
        verdict: .unclaimed,
        steps: [
            "B listens with a backlog of 2, and two connections wait",
            "two more handshakes end at once: one fits, the other's third segment is dropped",
            "A writes on that one; B accepts one connection, and the data brings the child about",
            "the same with tcp_abort_on_overflow=1: RST", "A SYN meets the full queue, with either setting",
        ],
        longestTimer: { _ in 2 }
    ) { lab in
        try lab.chapter("tcp_abort_on_overflow=0")
        var full = try FullQueue(lab, port: 5000)
        try lab.expect(lab.b, counts: ["ListenOverflows": 1, "ListenDrops": 1, "PassiveOpens": 3])
        try lab.require(oppositeOf: full.late, shows: .row(.SYN_RECV, .minisock, timer: .retransmit))
        try lab.require(full.late, shows: .row(.ESTABLISHED, .owned))
        try full.late.send("early")
        let data = try lab.requireCarried("DATA> seq=1 ack=1 len=5")
        _ = try lab.requireAgain("DATA> seq=1 ack=1 len=5", first: data, timer: .milliseconds(200))
        // The request lives on, its timer too.
        try lab.require(
            "B repeats its SYN/ACK", within: lab.patience(after: .seconds(1)),
            seen: { SegmentView.describe(lab.carried().map(\.view)) }
        ) {
            lab.carried().count { $0.segment.isSYNACK && $0.segment.destination == full.late.local } > 1
        }
        try lab.require(oppositeOf: full.late, shows: .row(.SYN_RECV, .minisock))
        for number in 1...3 { _ = try full.listener.accept("server \(number)") }
        try lab.require(
            oppositeOf: full.late, shows: .row(.ESTABLISHED, .queued, receiveQueue: 5),
            within: lab.patience(after: .seconds(2)))
        let server = try full.listener.accept("late server")
        try lab.expect(server, mirrors: full.late)
        lab.expect(try server.ask(.recv(100)), reads: "early")
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED)

        try lab.chapter("tcp_abort_on_overflow=1")
        try lab.b.set(sysctl: "tcp_abort_on_overflow", to: "1")
        full = try FullQueue(lab, port: 5001)
        try lab.requireCarried("<RST seq=1")
        try lab.requireGone(full.late)
        try lab.expect(full.late, passes: .CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
        lab.expect(try full.late.ask(.recv(100)), fails: .ECONNRESET)
        try lab.expect(
            lab.b,
            counts: ["ListenOverflows": 1, "ListenDrops": 1, "EmbryonicRsts": 1, "OutRsts": 1, "PassiveOpens": 3])
        try lab.expect(lab.b, tracesReset: "INVALID_SYN", in: .LISTEN)
        let row = try lab.row(oppositeOf: full.late)
        lab.expect("nothing is left at B", row == nil, seen: row?.words ?? "no row", witnesses: ["netlink"])

        try lab.chapter("a SYN meets the full queue")
        let unheard = try lab.a.socket("unheard")
        try unheard.setNonblocking()
        lab.expect(try unheard.ask(.connect(SocketAddress(lab.b.ip, 5001))), fails: .EINPROGRESS)
        let syn = try lab.requireCarried("SYN> seq=0")
        try lab.expect(lab.b, counts: ["ListenOverflows": 1, "ListenDrops": 1])
        try lab.b.set(sysctl: "tcp_abort_on_overflow", to: "0")
        _ = try lab.requireAgain("SYN> seq=0", first: syn)
        try lab.expect(lab.b, counts: ["ListenOverflows": 2, "ListenDrops": 2])
        try lab.expect("<ANY", carried: 0)
        try lab.require(unheard, shows: .row(.SYN_SENT, .owned, timer: .retransmit))
        try lab.require(full.listener, shows: .row(.LISTEN, receiveQueue: 3))
    }

    /// A listener that overflows: its queue takes three, and the third segments of a third and a fourth handshake
    /// arrive together.
    struct FullQueue {
        let listener: Socket
        /// The client whose handshake came too late.
        let late: Socket

        init(_ lab: Lab, port: UInt16) throws {
            let address = SocketAddress(lab.b.ip, port)
            listener = try lab.b.listen("listener on \(port)", port: port, backlog: 2)
            for number in 1...2 {
                try lab.a.socket("client \(number) of \(port)").connect(address)
                try lab.require(listener, shows: .row(.LISTEN, receiveQueue: number, sendQueue: 2))
            }
            let thirds = try lab.wire.hold("ACK>")
            let third = try lab.a.socket("third client of \(port)")
            late = try lab.a.socket("late client of \(port)")
            for client in [third, late] {
                try client.connect(address)
                try lab.require(oppositeOf: client, shows: .row(.SYN_RECV, .minisock))
            }
            try lab.require(thirds, met: 2)
            try lab.wire.release(thirds)
            try lab.require(oppositeOf: third, shows: .row(.ESTABLISHED, .queued))
            try lab.require(listener, shows: .row(.LISTEN, receiveQueue: 3))
        }
    }
}
