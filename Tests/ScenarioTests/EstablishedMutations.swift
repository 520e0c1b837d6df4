import Acts
import Lab
import Packets
import Worker

let establishedMutations = [
    Mutation(
        "est.challenge-ack", "a reset in the window is ignored", .swallow("<ACK", 1...1),
        says: "the wire carries <ACK seq=1", "seen nothing"),
    Mutation(
        "est.challenge-ack", "a reset below the window is challenged too", .double("<ACK", 1...1),
        says: "the wire carries <ACK seq=1", "seen <ACK <ACK"),
    Mutation(
        "est.challenge-ack", "challenges of a socket are not limited", .setting("tcp_invalid_ratelimit", "0"),
        says: "a socket sends one challenge in 500 ms", "seen 0"),

    Mutation(
        "est.sock-destroy", "the peer is not told", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=1 ack=1", "seen nothing"),
    Mutation(
        "est.sock-destroy", "the connection is closed in order", .turn("RST/ACK>", into: [.FIN, .ACK]),
        says: "the wire carries RST/ACK> seq=1 ack=1", "FIN>"),

    Mutation(
        "est.user-timeout", "the sender gives up too early", .option(.TCP_USER_TIMEOUT, 100),
        says: "the sender gives up after", "seen 0."),
    Mutation(
        "est.user-timeout", "the last probe is followed by nothing", .swallow("RST/ACK>"),
        says: "probes, then RST/ACK", "seen ACK>"),

    Mutation(
        "est.icmp-soft-error", "a retransmission comes too early", .double("DATA>", 3...3),
        says: "comes after the first timeout's time", "seen 0.0"),
    Mutation(
        "est.icmp-soft-error", "the soft error is lost", .option(.SO_ERROR, readAs: .SO_REUSEADDR),
        says: "SO_ERROR is set", "seen 0"),

    Mutation(
        "poll.table", "shutdown() ends both directions", .shutdown(on: .a) { .shutdown($0, shutBoth) },
        says: "on client 2 reports OUT", "seen returned IN|OUT|HUP|RDHUP"),
    Mutation(
        "poll.table", "a refused socket does not notice", .turn("<RST/ACK", into: .RST),
        says: "no row of refused", "seen refused SYN_SENT"),

    Mutation(
        "peek.actively-closed", "close() keeps the descriptor", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "on client fails with EBADF", "seen returned 0"),
    Mutation(
        "peek.actively-closed", "the reset is a FIN", .turn("<RST/ACK", into: [.FIN, .ACK]),
        says: "client 2 passes CLOSE>SYN_SENT>ESTABLISHED>CLOSE", "CLOSE_WAIT"),

    Mutation(
        "peek.peer-closed", "errno is set, as the documents have it",
        .call { _, request in
            if case .receiveAfterErrno(_, let fd, let count, let flags) = request {
                .receiveAfterErrno(11, fd, count: count, flags)
            } else {
                nil
            }
        }, says: "errno stays 0", "seen EAGAIN"),

    Mutation(
        "peek.healthy", "peeking takes the data", .peekingTakes(),
        says: "recv(", "on client returns", "still blocked"),
    Mutation(
        "peek.not-consumed", "peeking takes the data", .peekingTakes(), says: #"reads "abc""#, "seen returned -1 EAGAIN"
    ),
    Mutation(
        "peek.data-hides-fin", "peeking takes the data", .peekingTakes(), says: #"reads "abc""#, "seen returned 0"),

    Mutation(
        "errors.sigpipe-matrix", "MSG_NOSIGNAL is ignored",
        .call { _, request in
            if case .send(let fd, let bytes, .MSG_NOSIGNAL) = request { .send(fd, bytes, []) } else { nil }
        }, says: "fails with EPIPE", "handled SIGPIPE"),
    Mutation(
        "errors.sigpipe-matrix", "the signal does not kill",
        .call { _, request in
            if case .setSignal(let number, .standard) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "is killed by SIGPIPE", "seen returned -1 EPIPE"),

    Mutation(
        "proto.mptcp-excluded", "the listener is a TCP socket",
        .call { _, request in
            if case .socket(let family, let type, 262) = request {
                .socket(family: family, type: type, protocol: 6)
            } else {
                nil
            }
        }, says: "SO_PROTOCOL of MPTCP listener is 262", "seen returned 0 6"),
]

extension FaultInjection {
    /// recv(2) is made without MSG_PEEK.
    fileprivate static func peekingTakes() -> FaultInjection {
        call { _, request in
            guard case .receive(let fd, let count, let flags) = request else { return nil }
            return .receive(fd, count: count, flags.subtracting(.MSG_PEEK))
        }
    }
}
