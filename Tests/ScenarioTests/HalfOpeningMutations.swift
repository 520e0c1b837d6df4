import Acts
import Lab
import Packets
import Worker

let halfOpeningMutations = [
    Mutation(
        "open.simultaneous-synack-lost", "an end keeps silent about the other's SYN/ACK",
        .swallow("<ACK seq=1 ack=1"), says: "the wire carries <ACK seq=1 ack=1", "seen"),
    Mutation(
        "open.simultaneous-synack-lost", "an end refuses the SYN that crossed its own",
        .turn("SYN/ACK>", into: [.RST, .ACK]), says: "the wire carries SYN/ACK> seq=0 ack=1", "RST/ACK>"),

    Mutation(
        "open.simultaneous-rst-in-syn-recv", "the error is lost", .option(.SO_ERROR, readAs: .SO_REUSEADDR),
        says: "on a gives ECONNRESET", "seen returned 0"),
    Mutation(
        "open.simultaneous-rst-in-syn-recv", "an end sends no SYN", .swallow("<SYN"),
        says: "the wire meets 1 × <SYN", "seen none"),

    Mutation(
        "open.simultaneous-close-in-syn-recv", "close() in SYN_RECV says nothing", .swallow("FIN>"),
        says: "the wire meets 1 × FIN>", "seen none"),
    Mutation(
        "open.simultaneous-close-in-syn-recv", "close() in SYN_RECV resets", .turn("FIN>", into: [.RST, .ACK]),
        says: "the wire meets 1 × FIN>", "seen none"),
    Mutation(
        "open.simultaneous-close-in-syn-recv", "shutdown() in SYN_SENT does nothing",
        .shutdown(on: .a) { .poll($0) }, says: "no row of shut", "seen shut SYN_SENT"),

    Mutation(
        "open.syn-queue-full", "cookies are sent although they are off", .setting("tcp_syncookies", "1"),
        says: "5 SYNs are requests of listener or dropped", "seen (requests: 2, dropped: 0)"),
    Mutation(
        "open.syn-queue-full", "the queue takes more than the backlog",
        .call { host, request in
            if host == .b, case .listen(let fd, backlog: 1) = request { .listen(fd, backlog: 2) } else { nil }
        }, says: "one request more than the backlog", "seen 3"),

    Mutation(
        "open.defer-accept", "the option is not taken",
        .call { _, request in
            if case .setOption(let fd, .TCP_DEFER_ACCEPT, _) = request {
                .setOption(fd, .TCP_DEFER_ACCEPT, [0, 0, 0, 0])
            } else {
                nil
            }
        }, says: "TCP_DEFER_ACCEPT of listener is 1", "seen"),
    Mutation(
        "open.defer-accept", "the SYN/ACK is not repeated in the end", .swallow("<SYN/ACK", 3...Int.max),
        says: "accept(", "on listener returns", "still blocked"),

    Mutation(
        "open.rst-before-accept", "the client closes in order",
        .call { _, request in
            if case .setOption(let fd, .SO_LINGER, _) = request {
                .setOption(fd, .SO_LINGER, [0, 0, 0, 0, 0, 0, 0, 0])
            } else {
                nil
            }
        }, says: "the wire carries RST/ACK> seq=1 ack=1", "FIN>"),
    Mutation(
        "open.rst-before-accept", "the reset is a FIN", .turn("RST/ACK>", into: [.FIN, .ACK]),
        says: "the wire carries RST/ACK> seq=1 ack=1", "FIN>"),

    Mutation(
        "open.listener-close-kills-queue", "closing tells nobody", .swallow("<RST/ACK"),
        says: "the wire carries <RST/ACK seq=1 ack=1", "seen nothing"),
    Mutation(
        "open.listener-close-kills-queue", "a late ACK is not answered", .swallow("<RST"),
        says: "the wire carries <RST seq=1", "seen"),
    Mutation(
        "open.listener-close-kills-queue", "close() keeps the listener", .close(on: .b) { .poll($0) },
        says: "no row of listener", "seen listener LISTEN"),

    Mutation(
        "open.syn-recv-rst", "a reset below the window ends the request",
        .swallow("<SYN/ACK", 2...Int.max), says: "the wire carries <SYN/ACK seq=0 ack=1", "seen"),
    Mutation(
        "open.syn-recv-rst", "an ACK without a request is not answered", .swallow("<RST"),
        says: "the wire carries <RST seq=1", "seen"),

    Mutation(
        "open.reconnect-into-half-open", "the SYN is not challenged", .swallow("<ACK"),
        says: "connect(", "on again 40000 returns", "still blocked"),
    Mutation(
        "open.reconnect-into-half-open", "the challenge is not answered", .swallow("RST>"),
        says: "connect(", "on again 40000 returns", "still blocked"),

    Mutation(
        "open.icmp-unreachable", "the error is lost", .option(.SO_ERROR, readAs: .SO_REUSEADDR),
        says: "on nonblocking network gives ENETUNREACH", "seen returned 0"),
    Mutation(
        "open.icmp-unreachable", "connect() sends nothing", .swallow("SYN>"),
        says: "the wire carries SYN> seq=0", "seen nothing"),
]

extension FaultInjection {
    /// getsockopt(2) gives the value of another option.
    static func option(_ option: SocketOption, readAs other: SocketOption) -> FaultInjection {
        call { _, request in
            if case .getOption(let fd, option, let size) = request {
                .getOption(fd, other, capacity: size)
            } else {
                nil
            }
        }
    }
}
