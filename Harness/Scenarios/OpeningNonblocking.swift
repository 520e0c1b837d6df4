internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Worker

/// What a nonblocking connect() says when.
enum OpeningNonblocking {
    static let all = [errors]

    static let errors = Scenario(
        "open.nonblocking-errors",
        claim: "A nonblocking connect() fails with EINPROGRESS, then EALREADY; afterwards it returns 0 once, then "
            + "EISCONN. After a refusal it gives the error once and then tries anew, but where SO_ERROR has taken the "
            + "error, it first fails with ECONNABORTED.",
        cites: [.rfc(9293, "3.10.1"), .kernel("af_inet.c", "__inet_stream_connect")],
        verdict: .unclaimed,
        steps: [
            "A connects without blocking while the wire holds everything, then lets it go",
            "A connects to a closed port and asks connect() for the error",
            "A connects to a closed port and asks SO_ERROR for the error",
        ]
    ) { lab in
        let open = SocketAddress(lab.b.ip, 5000)
        let closed = SocketAddress(lab.b.ip, 5999)
        _ = try lab.b.listen(port: 5000)
        let frozen = try lab.wire.freeze()
        let client = try lab.a.socket("client")
        try client.setNonblocking()
        lab.expect(try client.ask(.connect(open)), fails: .EINPROGRESS)
        lab.expect(try client.ask(.connect(open)), fails: .EALREADY)
        try lab.expect(client, polls: [])
        lab.expect(try client.ask(.send("x", .MSG_NOSIGNAL)), fails: .EAGAIN)
        lab.expect(try client.ask(.recv(100)), fails: .EAGAIN)
        try lab.require(frozen, met: 1)
        try lab.wire.release(frozen)
        try lab.require(client, shows: .row(.ESTABLISHED, .owned))
        try lab.expect(client, polls: [.OUT])
        lab.expect(try client.ask(.connect(open)), returns: 0)
        lab.expect(try client.ask(.connect(open)), fails: .EISCONN)
        try lab.expect(client, soError: nil)

        try lab.chapter("connect() takes the error")
        let first = try refused(lab, "first", by: closed)
        lab.expect(try first.ask(.connect(closed)), fails: .ECONNREFUSED)
        try lab.expect(first, soError: nil)
        lab.expect(try first.ask(.connect(closed)), fails: .EINPROGRESS)  // a new try
        try lab.requireGone(first)
        try lab.expectCarried("SYN>", "<RST/ACK", "SYN>", "<RST/ACK")

        try lab.chapter("SO_ERROR takes the error")
        let second = try refused(lab, "second", by: closed)
        try lab.expect(second, soError: .ECONNREFUSED)
        try lab.expect(second, polls: [.IN, .OUT, .HUP, .RDHUP])
        lab.expect(try second.ask(.connect(closed)), fails: .ECONNABORTED)
        lab.expect(try second.ask(.connect(open)), fails: .EINPROGRESS)
        try lab.require(second, shows: .row(.ESTABLISHED, .owned))
        try lab.expectCarried("SYN>", "<RST/ACK", "SYN>", "<SYN/ACK", "ACK>")
    }

    /// A socket whose nonblocking connect() has been refused, with the error still in it.
    private static func refused(_ lab: Lab, _ label: String, by closed: SocketAddress) throws -> Socket {
        let socket = try lab.a.socket(label)
        try socket.setNonblocking()
        lab.expect(try socket.ask(.connect(closed)), fails: .EINPROGRESS)
        try lab.requireCarried("<RST/ACK seq=0 ack=1 win=0")
        try lab.requireGone(socket)
        try lab.expect(socket, passes: .CLOSE, .SYN_SENT, .CLOSE)
        try lab.expect(socket, polls: [.IN, .OUT, .ERR, .HUP, .RDHUP])
        return socket
    }
}
