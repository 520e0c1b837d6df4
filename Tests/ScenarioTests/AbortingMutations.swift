import Acts
import Lab
import Packets
import Worker

let abortingMutations = [
    Mutation(
        "close.unread-data-rst", "close() with unread data ends in order", .turn("RST/ACK>", into: [.FIN, .ACK]),
        says: "the wire carries RST/ACK> seq=1 ack=7", "FIN>"),
    Mutation(
        "close.unread-data-rst", "close() reads what is unread", .close(on: .a) { .receive($0, count: 100, []) },
        says: "the wire carries RST/ACK> seq=1 ack=7", "nothing"),
    Mutation(
        "close.unread-data-rst", "the reset acknowledges nothing", .turn("RST/ACK>", into: .RST),
        says: "the wire carries RST/ACK> seq=1 ack=7", "RST>"),

    Mutation(
        "close.buffered-data-survives-rst", "the reset throws the buffer away",
        .call { host, request in
            if host == .b, case .poll(let fd) = request { .receive(fd, count: 100, []) } else { nil }
        }, says: "on server reports IN|OUT|ERR|HUP|RDHUP", "precious"),
    Mutation(
        "close.buffered-data-survives-rst", "no reset is sent", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=9 ack=7", "nothing"),
    Mutation(
        "close.buffered-data-survives-rst", "the error does not wait for the buffer",
        .call { host, request in
            if host == .b, case .receive(let fd, _, .MSG_PEEK) = request {
                .getOption(fd, .SO_ERROR, capacity: 4)
            } else {
                nil
            }
        }, says: "on server reads \"precious\"", "ECONNRESET"),

    Mutation(
        "close.simultaneous-with-data-aborts", "one end does not answer the data", .swallow("<RST"),
        says: "the wire carries 1 × <RST seq=1", "0 of"),
    Mutation(
        "close.simultaneous-with-data-aborts", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 3", "seen client FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.simultaneous-with-data-aborts", "shutdown() resets too", .shutdown(on: .b) { .shutdown($0, shutBoth) },
        says: "client shutting down TIME_WAIT minisock", "no row"),

    Mutation(
        "close.connect-unspec", "the peer is told nothing", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=1 ack=1", "nothing"),
    Mutation(
        "close.connect-unspec", "the connection ends in order",
        .call { _, request in
            if case .disconnect(let fd) = request { .shutdown(fd, shutBoth) } else { nil }
        }, says: "the wire carries RST/ACK> seq=1 ack=1", "FIN>"),
]

let lingeringMutations = [
    Mutation(
        "close.fin-timeout-above-60", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client FIN_WAIT1 orphan", "seen client FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.fin-timeout-above-60", "the FIN is not acknowledged", .swallow("<ACK"),
        says: "the wire meets 1 × <ACK", "none"),

    Mutation(
        "close.linger2", "the option is not taken", .socketOption(.TCP_LINGER2, 1),
        says: "TCP_LINGER2 of client without FIN_WAIT2 is -1", "returned 0 1"),
    Mutation(
        "close.linger2", "there is no reset", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=2 ack=1", "nothing"),
    Mutation(
        "close.linger2", "the late reset does not come", .swallow("RST> seq=2"),
        says: "the wire carries 1 × RST> seq=2", "0 of"),

    Mutation(
        "close.linger-timeout-blocks", "close() does not wait", .socketOption(.SO_LINGER, 0, 0),
        says: "client patient FIN_WAIT1 owned", "seen client patient FIN_WAIT1 orphan"),
    Mutation(
        "close.linger-timeout-blocks", "close() waits for ever", .socketOption(.SO_LINGER, 1, 3600),
        says: "on client blocking returns", "still blocked"),
    Mutation(
        "close.linger-timeout-blocks", "the FIN is not acknowledged", .swallow("<ACK ack=3"),
        says: "on client patient returns", "still blocked"),

    Mutation(
        "close.linger-exit-does-not-block", "the process does not end",
        .call { _, request in
            if case .exit = request { .raise(19) } else { nil }
        }, says: "raise(SIGSTOP) on A.short-lived returns", "still blocked"),
    Mutation(
        "close.linger-exit-does-not-block", "no FIN is sent", .swallow("FIN>"),
        says: "the wire carries FIN> seq=2 ack=1", "DATA>"),
    Mutation(
        "close.linger-exit-does-not-block", "the connection is reset", .socketOption(.SO_LINGER, 1, 0),
        says: "the wire carries FIN> seq=2 ack=1", "RST/ACK>"),
]

let orphanMutations = [
    Mutation(
        "close.orphan-gives-up", "the FIN is sent once only", .swallow("FIN>", 2...Int.max),
        says: "FIN with tcp_orphan_retries 1 is sent again", "sent 1 times"),
    Mutation(
        "close.orphan-gives-up", "one FIN less is sent", .swallow("FIN>", 3...3),
        says: "FIN with tcp_orphan_retries 1 is sent again at doubling intervals", "0.2"),
    Mutation(
        "close.orphan-gives-up", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client FIN_WAIT1 orphan", "seen client FIN_WAIT1 timer retransmit"),
    // What comes after needs a machine of our own.
    Mutation(
        "close.orphan-limit", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "client below the limit FIN_WAIT1 orphan", "seen client below the limit FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.orphan-limit", "close() resets below the limit too", .turn("FIN>", into: [.RST, .ACK]),
        says: "the wire meets 1 × FIN>", "none"),
]
