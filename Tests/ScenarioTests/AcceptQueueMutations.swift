import Acts
import Lab
import Linux
import Packets
import Worker

let acceptQueueMutations = [
    Mutation(
        "open.accept-queue-without-accept", "the handshake stays unfinished", .swallow("ACK>"),
        says: "the other end of client ESTABLISHED in the accept queue", "SYN_RECV minisock"),
    Mutation(
        "open.accept-queue-without-accept", "accept() sends something",
        .replace("<DATA", 1...1) {
            var ack = $0
            ack.payload = []
            return [ack, $0]
        }, says: "the wire carries <DATA seq=1 ack=1 len=1, ACK> seq=1 ack=2", "<ACK <DATA"),

    Mutation(
        "open.data-before-accept", "nothing is acknowledged before accept()", .swallow("<ACK"),
        says: "client ESTABLISHED owned timer off wqueue 0", "wqueue 5"),
    Mutation(
        "open.data-before-accept", "the FIN is not taken before accept()", .swallow("FIN>"),
        says: "the other end of client CLOSE_WAIT in the accept queue rqueue 6", "ESTABLISHED in the accept queue"),
    Mutation(
        "open.data-before-accept", "data for a closed client is not refused", .swallow("RST>"),
        says: "the wire carries RST> seq=2", "<DATA"),

    Mutation(
        "open.data-completes-handshake", "data does not complete it", .swallow("DATA>"),
        says: "the other end of client ESTABLISHED in the accept queue rqueue 4", "seen the other end of client"),
    Mutation(
        "open.data-completes-handshake", "the client sends its third segment twice", .double("ACK>"),
        says: "the other end of client SYN_RECV minisock", "ESTABLISHED in the accept queue"),

    Mutation(
        "open.accepted-socket-addresses", "the accepted socket has another peer", .ownNameAsPeers(on: .b),
        says: "on server at the first address", "gives", "returned 0"),
    Mutation(
        "open.accepted-socket-addresses", "one address does not listen", .turn("<SYN/ACK", into: [.RST, .ACK], 2...2),
        says: "connect(", "on client of the second address succeeds", "ECONNREFUSED"),

    Mutation(
        "open.accept-queue-overflow", "overflow resets", .setting("tcp_abort_on_overflow", "1"),
        says: "the other end of late client of 5000 SYN_RECV minisock timer retransmit", "has no row"),
    Mutation(
        "open.accept-queue-overflow", "the queue is longer", .listen { .listen($0, backlog: $1 + 1) },
        says: "listener on 5000 LISTEN rqueue 1 wqueue 2", "wqueue 3"),
    Mutation(
        "open.accept-queue-overflow", "overflow never resets", .swallow("<RST"),
        says: "the wire carries <RST seq=1", "<SYN/ACK"),

    Mutation(
        "open.simultaneous-one-connection", "one end does not confirm the other's SYN", .swallow("<SYN/ACK"),
        says: "the wire carries <SYN/ACK seq=0 ack=1", "SYN> <SYN SYN/ACK>"),
    Mutation(
        "open.simultaneous-one-connection", "data goes one way only", .swallow("<DATA"),
        says: "recv(", "on a returns", "still blocked"),

    Mutation(
        "open.simultaneous-needs-known-ports", "an unknown port keeps silent", .swallow("<RST/ACK"),
        says: "no row of a in netlink", "a SYN_SENT"),
    Mutation(
        "open.simultaneous-needs-known-ports", "an unknown port refuses twice", .double("<RST/ACK"),
        says: "the wire carries SYN> seq=0", "unexpected <RST/ACK"),

    Mutation(
        "open.simultaneous-state-omission", "one end does not confirm the other's SYN", .swallow("<SYN/ACK"),
        says: "the wire carries <SYN/ACK seq=0 ack=1", "SYN> <SYN SYN/ACK>"),
    Mutation(
        "open.simultaneous-state-omission", "the end that was not heard confirms without its own SYN",
        .turn("SYN/ACK>", into: .ACK, 2...Int.max), says: "connect(", "on b, heard returns", "still blocked"),

    Mutation(
        "open.self-connect-one-socket", "the socket connects to another port", .connect { $0 + 100 },
        says: "connect(", "on self returns 0", "ECONNREFUSED"),
    Mutation(
        "open.self-connect-one-socket", "a connected socket can listen", .listen { fd, _ in .poll(fd) },
        says: "on self fails with EINVAL", "returned"),

    Mutation(
        "open.self-connect-echo", "what is written does not come back",
        .call { _, request in
            if case .send(let fd, _, let flags) = request { .send(fd, Array("pong".utf8), flags) } else { nil }
        }, says: "on self reads \"ping\"", "pong"),
    Mutation(
        "open.self-connect-echo", "unread data does not reset", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "no row of unread in netlink", "unread"),

    Mutation(
        "open.self-connect-accidental", "it never meets itself", .connect { $0 | 1 },
        says: "on client of 40000 returns 0", "ECONNREFUSED"),
]

extension FaultInjection {
    /// connect(2) goes to another port.
    static func connect(_ change: @escaping @Sendable (UInt16) -> UInt16) -> FaultInjection {
        call { _, request in
            guard case .connect(let fd, let target) = request else { return nil }
            return .connect(fd, SocketAddress(target.ip, change(target.port)))
        }
    }
}
