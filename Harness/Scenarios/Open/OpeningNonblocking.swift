internal import Vocabulary

/// What a nonblocking connect() says when.
enum OpeningNonblocking {
    static let all = [errors]

    static let errors = Scenario(
        "open.nonblocking-errors",
        claim: "A nonblocking connect() fails with EINPROGRESS, then EALREADY; afterwards it returns 0 once, then "
            + "EISCONN. After a refusal it gives the error once and then tries anew, but where SO_ERROR has taken the "
            + "error, it first fails with ECONNABORTED.",
        cites: [
            .man("socket", 7, "SO_ERROR"), .man("connect", 2, "nonblocking"),
            .man("connect", 2, "after failure", .differs), .rfc(9293, "3.10.1"),
            .kernel("af_inet.c", "__inet_stream_connect"),
        ]
    ) {
        _ = B.listen()
        let (open, closed) = (B.port(5000), B.port(5999))
        let frozen = wire.freeze()
        let client = A.socket("client")
        step("A connects without blocking while the wire holds everything") {
            client.beginConnecting(to: open)
            client.calls(.connect(open), fails: .EALREADY)
            client.polls([])
            client.calls(.send("x", .MSG_NOSIGNAL), fails: .EAGAIN)
            client.receives(.error(.EAGAIN))
            frozen.meets(1)
        }
        step("the wire lets it go: connect() returns 0 once") {
            frozen.release()
            client.shows(.ESTABLISHED, .owned)
            client.polls([.OUT])
            client.calls(.connect(open), returns: 0)
            client.calls(.connect(open), fails: .EISCONN)
            client.hasNoError()
        }

        chapter("connect() takes the error")
        step("A connects to a closed port and asks connect() for the error; the next connect() is a new try") {
            let socket = refused("first", by: closed)
            socket.calls(.connect(closed), fails: .ECONNREFUSED)
            socket.hasNoError()
            socket.calls(.connect(closed), fails: .EINPROGRESS)
            socket.isGone()
            wire.carriesOnly("SYN>", "<RST/ACK", "SYN>", "<RST/ACK")
        }

        chapter("SO_ERROR takes the error")
        step("A connects to a closed port and asks SO_ERROR for the error; connect() fails once more, then connects") {
            let socket = refused("second", by: closed)
            socket.hasError(.ECONNREFUSED)
            socket.polls([.IN, .OUT, .HUP, .RDHUP])
            socket.calls(.connect(closed), fails: .ECONNABORTED)
            socket.calls(.connect(open), fails: .EINPROGRESS)
            socket.shows(.ESTABLISHED, .owned)
            wire.carriesOnly("SYN>", "<RST/ACK", "SYN>", "<SYN/ACK", "ACK>")
        }
    }

    /// A socket whose nonblocking connect() has been refused, with the error still in it.
    private static func refused(_ name: String, by closed: Endpoint) -> Socket {
        let socket = A.socket(name)
        socket.beginConnecting(to: closed)
        wire.carries("<RST/ACK seq=0 ack=1 win=0")
        socket.isGone()
        socket.passes(.CLOSE, .SYN_SENT, .CLOSE)
        socket.polls([.IN, .OUT, .ERR, .HUP, .RDHUP])
        return socket
    }
}
