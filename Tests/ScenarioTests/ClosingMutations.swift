import Acts
import Lab
import Packets
import Worker

let closingMutations = [
    Mutation(
        "close.ordinary-path", "the second FIN never comes", .swallow("<FIN"),
        says: "client TIME_WAIT minisock", "seen client FIN_WAIT2 minisock"),
    Mutation(
        "close.ordinary-path", "the first FIN is not acknowledged", .swallow("<ACK"),
        says: "the wire meets 1 × <ACK", "seen none"),
    Mutation(
        "close.ordinary-path", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 1", "seen client FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.ordinary-path", "FIN_WAIT2 lasts a few seconds", .setting("tcp_fin_timeout", "5"),
        says: "client FIN_WAIT2 minisock timer timewait expires 40.0...60.004 s",
        "seen client FIN_WAIT2 minisock timer timewait expires"),

    Mutation(
        "close.simultaneous", "an end does not acknowledge the FIN that crossed its own", .swallow("ACK> seq=2 ack=2"),
        says: "the wire carries ACK> seq=2 ack=2", "FIN>"),
    Mutation(
        "close.simultaneous", "an end does not repeat its FIN", .swallow("<FIN", 2...Int.max),
        says: "the wire carries <FIN seq=1 ack=2", "seen"),
    Mutation(
        "close.simultaneous", "close() keeps the socket", .close(on: .b) { .shutdown($0, shutBoth) },
        says: "server FIN_WAIT1 orphan", "seen server FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.simultaneous", "close() resets", .turn("FIN>", into: [.RST, .ACK]),
        says: "the wire meets 2 × FIN> or <FIN", "seen"),

    Mutation(
        "close.refcount-fork", "close() shuts down although the child has the socket",
        .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client ESTABLISHED owned", "seen client FIN_WAIT2"),
    Mutation(
        "close.refcount-fork", "the child's end sends nothing", .swallow("FIN>"),
        says: "the wire meets 1 × FIN>", "seen none"),
    Mutation(
        "close.refcount-fork", "the child lives on",
        .call { _, request in
            if case .exit = request { .setSignal(10, .ignored) } else { nil }
        }, says: "client FIN_WAIT1 orphan timer retransmit wqueue 1", "seen client ESTABLISHED"),

    Mutation(
        "close.fin-wait2-orphan-timeout", "the timeout is shorter", .setting("tcp_fin_timeout", "1"),
        says: "the timer of client is set for 2.992...3.024 s", "s (FIN_WAIT2 minisock"),
    Mutation(
        "close.fin-wait2-orphan-timeout", "the timeout is the default after all", .setting("tcp_fin_timeout", "60"),
        says: "client FIN_WAIT2 minisock timer timewait expires 0.0...3.008 s", "seen client FIN_WAIT2 minisock"),
    Mutation(
        "close.fin-wait2-orphan-timeout", "close() keeps the socket",
        .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 1", "seen client FIN_WAIT1 timer retransmit"),
]
