import Acts
import Lab
import Packets
import Worker

let sendQueueMutations = [
    Mutation(
        "close.flushes-sendq", "the FIN goes before the rest of the data",
        .turn("DATA>", into: [.FIN, .ACK], 1...1),
        says: "the wire carries 0 × DATA/FIN>", "seen 1 of"),
    Mutation(
        "close.flushes-sendq", "the FIN comes after the last byte", .turn("DATA/FIN>", into: .ACK),
        says: "the wire carries DATA/FIN> seq=28961 len=1040", "FIN>"),
    Mutation(
        "close.flushes-sendq", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 30001", "seen client FIN_WAIT1 timer retransmit"),

    Mutation(
        "close.zero-window", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer persist", "seen client FIN_WAIT1 timer persist"),
    Mutation(
        "close.zero-window", "the window is not probed", .swallow("ACK> len=0", 2...Int.max),
        says: "2 times at least", "seen 0 of nothing"),
    Mutation(
        "close.zero-window", "the probes are not answered", .swallow("<ACK win=0", 2...Int.max),
        says: "the wire carries <ACK win=0 1 times at least", "seen 0 of"),

    Mutation(
        "close.returns-immediately", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client closing FIN_WAIT1 orphan timer retransmit", "seen client closing FIN_WAIT1 timer retransmit"),
    Mutation(
        "close.returns-immediately", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "client shutting down FIN_WAIT1 owned timer retransmit", "seen client shutting down FIN_WAIT1 orphan"),

    Mutation(
        "close.sendq-lost-on-peer-crash", "the crashed host keeps silent", .swallow("<RST"),
        says: "no row of client in netlink", "seen client FIN_WAIT1 orphan"),
    Mutation(
        "close.sendq-lost-on-peer-crash", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer persist", "seen client FIN_WAIT1 timer persist"),

    Mutation(
        "close.sendq-lost-on-local-crash", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 14", "seen client FIN_WAIT1 timer retransmit"),

    Mutation(
        "close.orphan-visible", "the last segment is not sent", .swallow("DATA/FIN>"),
        says: "recv(", "on server returns", "still blocked"),
    Mutation(
        "close.orphan-visible", "the peer is told that the process has died",
        .turn("DATA/FIN>", into: [.RST, .ACK]),
        says: "recv(", "on server returns 0", "ECONNRESET"),

    Mutation(
        "close.app-ack-pattern", "the other end does not close", .close(on: .b) { .shutdown($0, shutRead) },
        says: "recv(", "on client returns", "still blocked"),
    Mutation(
        "close.app-ack-pattern", "nothing is acknowledged", .swallow("<ACK"),
        says: "the wire meets 1 × <ANY", "seen none"),
]

let closingCallMutations = [
    Mutation(
        "close.eof-after-data", "the end does not come", .swallow("FIN>"),
        says: "server CLOSE_WAIT owned rqueue 11", "seen server ESTABLISHED"),
    Mutation(
        "close.eof-after-data", "the end comes before the data",
        .replace("DATA>") {
            var fin = $0
            fin.flags = [.FIN, .ACK]
            fin.payload = []
            return [fin]
        }, says: "server CLOSE_WAIT owned rqueue 11", "rqueue 1 "),

    Mutation(
        "close.fd-invalid", "close() keeps the descriptor", .close(on: .a) { .shutdown($0, shutBoth) },
        says: "fails with EBADF", "seen returned 0"),

    Mutation(
        "close.exit-sends-fin", "the process lives on",
        .call { _, request in
            if case .exit = request { .setSignal(10, .ignored) } else { nil }
        }, says: "process A._exit ends: exit 0", "seen it lives"),
    Mutation(
        "close.exit-sends-fin", "a dead process's connection is reset", .turn("FIN>", into: [.RST, .ACK]),
        says: "on server (_exit) returns 0", "ECONNRESET"),
]

let resettingByCloseMutations = [
    Mutation(
        "close.rst-on-crossing-data", "the data is not answered", .swallow("RST>"),
        says: "the wire carries RST> seq=1", "<DATA"),
    Mutation(
        "close.rst-on-crossing-data", "the reset counts the FIN",
        .replace("RST>") {
            var reset = $0
            reset.sequence &+= 1
            return [reset]
        }, says: "the wire carries RST> seq=1", "RST>"),

    Mutation(
        "close.rst-then-read", "late data is not answered", .swallow("RST>"),
        says: "the wire carries RST> seq=2", "<DATA"),
    Mutation(
        "close.rst-then-read", "close() with unread data ends in order", .turn("RST/ACK>", into: [.FIN, .ACK]),
        says: "the wire carries RST/ACK>", "FIN>"),
    Mutation(
        "close.rst-then-read", "SO_ERROR holds nothing",
        .call { _, request in
            if case .getOption(let fd, .SO_ERROR, let capacity) = request {
                .getOption(fd, .SO_REUSEADDR, capacity: capacity)
            } else {
                nil
            }
        }, says: "on server gives EPIPE", "seen returned 0"),

    Mutation(
        "close.linger-zero-rst", "SO_LINGER has no effect",
        .call { _, request in
            if case .setOption(let fd, .SO_LINGER, _) = request {
                .setOption(fd, .TCP_NODELAY, [1, 0, 0, 0])
            } else {
                nil
            }
        }, says: "the wire carries RST/ACK> seq=10 ack=1", "FIN>"),
    Mutation(
        "close.linger-zero-rst", "the reset is not sent", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=10 ack=1", "saw nothing more"),
    Mutation(
        "close.linger-zero-rst", "a reset that came early is taken as it is", .swallow("<ACK seq=1 ack=1 len=0"),
        says: "the wire carries RST/ACK> seq=10 ack=1, <ACK seq=1 ack=1, RST> seq=1", "seen RST/ACK>"),
]
