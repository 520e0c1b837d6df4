import Acts
import Lab
import Linux
import Packets
import Worker

let handshakeMutations = [
    Mutation(
        "open.closed-initial", "a new socket has a peer",
        .call { _, request in if case .peerName(let fd) = request { .socketName(fd) } else { nil } },
        says: "on fresh fails with ENOTCONN", "returned 0"),
    Mutation(
        "open.closed-initial", "writing raises no signal",
        .call { _, request in
            if case .setSignal(let number, .handled) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "on fresh fails with EPIPE with SIGPIPE", "returned -1 EPIPE"),
    Mutation(
        "open.closed-initial", "listen() does nothing", .listen { fd, _ in .poll(fd) },
        says: "fresh LISTEN owned", "fresh has no row"),

    Mutation(
        "open.listen-creates-queues", "the backlog is not what was asked for", .listen { .listen($0, backlog: $1 - 3) },
        says: "listener LISTEN owned timer off rqueue 0 wqueue 4", "wqueue 1"),
    Mutation(
        "open.listen-creates-queues", "a bound port keeps silent", .swallow("<RST/ACK"),
        says: "connect(", "on early returns", "still blocked"),
    Mutation(
        "open.listen-creates-queues", "handshakes stay unfinished", .swallow("ACK>"),
        says: "the other end of client 1 ESTABLISHED in the accept queue", "SYN_RECV minisock"),

    Mutation(
        "open.syn-sent-visible", "connect() sends nothing", .swallow("SYN>"), says: "the wire meets 1 × SYN>", "none"),
    Mutation(
        "open.syn-sent-visible", "connect() blocks", .blocking, says: "connect(", "on client returns", "still blocked"),
    Mutation(
        "open.syn-sent-visible", "the SYN is not answered", .swallow("<SYN/ACK"),
        says: "accept(", "on listener returns", "still blocked"),

    Mutation(
        "open.client-established-on-synack", "the SYN/ACK is not enough for the client", .swallow("<SYN/ACK"),
        says: "connect(", "on client returns", "still blocked"),
    Mutation(
        "open.client-established-on-synack", "the client sends no third segment", .swallow("ACK>"),
        says: "the wire meets 1 × ACK>", "none"),

    Mutation(
        "open.immediately-usable", "data is not acknowledged", .swallow("<ACK"),
        says: "the wire carries <ACK seq=1 ack=7", "SYN> <SYN/ACK ACK> DATA>"),
    Mutation(
        "open.immediately-usable", "data is sent twice", .double("<DATA"),
        says: "<DATA seq=1 ack=7 len=7, ACK> seq=7 ack=8", "<DATA <DATA"),

    Mutation(
        "open.nonblocking-errors", "connect() blocks", .blocking, says: "connect(", "on client returns", "still blocked"
    ),
    Mutation(
        "open.nonblocking-errors", "a closed port keeps silent", .swallow("<RST/ACK"),
        says: "the wire carries <RST/ACK seq=0 ack=1 win=0", "SYN>"),

    Mutation(
        "open.syn-retransmit-schedule", "there are more retries", .option(.TCP_SYNCNT, 3),
        says: "no row of A with 1 retries in netlink", "A with 1 retries SYN_SENT"),
    Mutation(
        "open.syn-retransmit-schedule", "one SYN is not sent", .swallow("SYN>", 3...3),
        says: "A with ", " SYNs, all alike but for the timestamp", "SYN>"),
    Mutation(
        "open.syn-retransmit-schedule", "a repeated SYN has fewer options",
        .replace("SYN>", 3...3) {
            var syn = $0
            syn.options.removeAll { $0 == .sackPermitted }
            return [syn]
        }, says: "A with ", " SYNs, all alike but for the timestamp", "SYN>"),

    Mutation(
        "open.synack-retransmit-schedule", "one SYN/ACK is not sent", .swallow("<SYN/ACK", 3...3),
        says: "3 SYN/ACKs with one sequence number", "<SYN/ACK"),
    Mutation(
        "open.synack-retransmit-schedule", "an ACK that comes too late is not refused", .swallow("<RST"),
        says: "the wire carries <RST seq=1", "nothing"),

    Mutation(
        "open.v6-twins", "there are four segments", .double("ACK>"),
        says: "the wire carries SYN> seq=0, <SYN/ACK seq=0 ack=1, ACK> seq=1 ack=1", "SYN> <SYN/ACK ACK> ACK>"),
    Mutation(
        "open.v6-twins", "a closed port keeps silent", .swallow("<RST/ACK"),
        says: "connect(", "on client returns", "still blocked"),
    Mutation(
        "open.v6-twins", "nobody reports duplicates", .setting("tcp_dsack", "0"),
        says: "TCPSYNChallenge +1", "TCPSYNChallenge +0"),

    Mutation(
        "open.dual-stack-mapped", "the accepted socket has another peer", .ownNameAsPeers(on: .b),
        says: "on server gives [::ffff:", "returned 0"),
    Mutation(
        "open.dual-stack-mapped", "the second FIN never comes", .swallow("<FIN"),
        says: "client TIME_WAIT minisock", "FIN_WAIT2"),
]

extension FaultInjection {
    /// listen(2) is replaced by something else.
    static func listen(_ change: @escaping @Sendable (Int32, Int32) -> Request) -> FaultInjection {
        call { _, request in if case .listen(let fd, let backlog) = request { change(fd, backlog) } else { nil } }
    }

    /// O_NONBLOCK is not heeded.
    static var blocking: FaultInjection {
        call { _, request in
            if case .setNonblocking(let fd, true) = request { .setNonblocking(fd, false) } else { nil }
        }
    }

    /// getpeername(2) gives what getsockname(2) gives.
    static func ownNameAsPeers(on host: HostName) -> FaultInjection {
        call { from, request in
            if from == host, case .peerName(let fd) = request { .socketName(fd) } else { nil }
        }
    }
}
