import Acts
import Lab
import Packets
import Worker

let lastAckMutations = [
    Mutation(
        "close.close-wait-waits", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 1", "seen client FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.close-wait-waits", "the end of the stream is a reset", .turn("FIN>", into: [.RST, .ACK]),
        says: "the wire meets 1 × FIN>", "seen none"),
    Mutation(
        "close.close-wait-waits", "the other end waits for longer", .setting("tcp_fin_timeout", "60"),
        says: "no row of client in netlink", "seen client FIN_WAIT2 minisock"),

    Mutation(
        "close.last-ack-visible", "close() keeps the socket", .close(on: .b) { .shutdown($0, shutWrite) },
        says: "server LAST_ACK orphan timer retransmit wqueue 1", "seen server LAST_ACK timer retransmit"),
    Mutation(
        "close.last-ack-visible", "the last ACK is not sent", .swallow("ACK>", 2...Int.max),
        says: "the wire meets 1 × ACK>", "seen none"),
    Mutation(
        "close.last-ack-visible", "the passive end closes both ways at once",
        .shutdown(on: .b) { .close($0) },
        says: "server 2 LAST_ACK owned timer retransmit wqueue 1", "seen server 2 LAST_ACK orphan"),

    Mutation(
        "close.last-ack-retransmit", "the FIN is not repeated", .swallow("<FIN", 2...Int.max),
        says: "the wire meets 1 × <FIN", "seen none"),
    Mutation(
        "close.last-ack-retransmit", "TIME_WAIT does not answer", .swallow("ACK>", 3...Int.max),
        says: "the wire meets 2 × ACK>", "seen ACK>"),

    Mutation(
        "close.last-ack-rst-without-time-wait", "the repeated FIN is not answered", .swallow("RST>"),
        says: "no row of server in netlink", "seen server LAST_ACK"),
    Mutation(
        "close.last-ack-rst-without-time-wait", "the last ACK is not sent", .swallow("ACK>", 2...Int.max),
        says: "the wire meets 1 × ACK>", "seen none"),

    Mutation(
        "close.last-ack-gives-up", "the passive end goes on for longer", .setting("tcp_orphan_retries", "4"),
        says: "no row of server in netlink", "seen server LAST_ACK orphan"),
    Mutation(
        "close.last-ack-gives-up", "one more FIN is sent", .double("<FIN", 2...2),
        says: "B sends its FIN 3...3 times", "seen 4"),
    Mutation(
        "close.last-ack-gives-up", "a FIN is left out", .swallow("<FIN", 2...2),
        says: "B sends its FIN 3...3 times", "seen 2"),
]
