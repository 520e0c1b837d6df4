import Acts
import Lab
import Packets
import Worker

let halfClosingMutations = [
    Mutation(
        "shutdown.wr-half-close", "both directions are closed", .shutdown(on: .a) { .shutdown($0, shutBoth) },
        says: "the wire carries ACK> ack=16", "RST"),
    Mutation(
        "shutdown.wr-half-close", "data is not acknowledged in FIN_WAIT2", .swallow("ACK> ack=16"),
        says: "the wire carries ACK> ack=16", "<DATA"),
    Mutation(
        "shutdown.wr-half-close", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "client FIN_WAIT2 owned timer off", "seen client FIN_WAIT2 minisock"),
    Mutation(
        "shutdown.wr-half-close", "the answer ends in a reset", .turn("<FIN", into: [.RST, .ACK]),
        says: "the wire carries <FIN", "<RST/ACK"),

    Mutation(
        "shutdown.rd-buffered-data", "the buffer is thrown away, as the documents have it",
        .shutdown(on: .b) { .receive($0, count: 100, []) },
        says: "reports IN|OUT|RDHUP", "seen returned OUT"),
    Mutation(
        "shutdown.rd-buffered-data", "both directions are closed", .shutdown(on: .b) { .shutdown($0, shutBoth) },
        says: "reports IN|OUT|RDHUP", "seen returned IN|OUT|HUP|RDHUP"),
    Mutation(
        "shutdown.rd-buffered-data", "shutdown() does nothing", .shutdown(on: .b) { .poll($0) },
        says: "reports IN|OUT|RDHUP", "seen returned IN|OUT"),
]
