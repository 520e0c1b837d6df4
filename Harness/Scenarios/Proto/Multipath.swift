internal import Vocabulary

/// Where TCP ends and MPTCP begins.
enum Multipath {
    static let all = [excluded]

    static let excluded = Scenario(
        "proto.mptcp-excluded",
        claim:
            "An MPTCP listener that meets a plain client falls back to TCP: the three segments carry no MPTCP option "
            + "and what is accepted is a TCP socket. Its child is the only one in the trace of TCP.",
        cites: [
            .rfc(8684, "3.7", .holds, only: "a plain client"), .rfc(8684, "3.7"),
            .kernel("../mptcp/protocol.c", "mptcp_stream_accept"),
        ],
        link: .direct
    ) {
        let listener = B.process.mptcpSocket("MPTCP listener")
        listener.set(.SO_REUSEADDR, 1)
        listener.bind(B.port(5000))
        listener.listen()
        let client = A.socket("client")
        try step("B listens with IPPROTO_MPTCP; A connects with plain TCP; B accepts a TCP socket") {
            client.connect(to: B.port(5000))
            let server = listener.accept("server")
            server.hasOption(.SO_PROTOCOL, ipprotoTCP)
            client.hasOption(.SO_PROTOCOL, ipprotoTCP)
            listener.hasOption(.SO_PROTOCOL, ipprotoMPTCP)
            wire.carriesOnly("SYN>", "<SYN/ACK", "ACK>")
            let options = try wire.segments().flatMap(\.segment.options).filter {
                if case .other(kind: 30, _) = $0 { true } else { false }
            }
            expect("no MPTCP option (30)", of: options, by: .segments) { $0.isEmpty }
            client.shows(.ESTABLISHED, .owned)
            client.otherEnd.shows(.ESTABLISHED)
            client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED)
            client.otherEnd.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            client.send("plain")
            server.receives("plain")
        }
    }

    private static let ipprotoTCP: Int32 = 6
    private static let ipprotoMPTCP: Int32 = 262
}
