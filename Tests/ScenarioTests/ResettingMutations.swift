import Acts
import Lab
import Packets
import Worker

let resettingMutations = [
    Mutation(
        "close.rst-on-late-data", "late data is not answered", .swallow("RST>"),
        says: "the wire carries <DATA seq=1 ack=2 len=3, RST> seq=2", "<DATA"),
    Mutation(
        "close.rst-on-late-data", "late data is acknowledged", .turn("RST>", into: .ACK),
        says: "the wire carries <DATA seq=1 ack=2 len=3, RST> seq=2", "<DATA ACK>"),
    Mutation(
        "close.rst-on-late-data", "the reset acknowledges", .turn("RST>", into: [.RST, .ACK]),
        says: "the wire carries <DATA seq=1 ack=2 len=3, RST> seq=2", "<DATA RST/ACK>"),
    Mutation(
        "close.rst-on-late-data", "close() keeps the socket", .close(on: .a) { .shutdown($0, shutWrite) },
        says: "client FIN_WAIT1 orphan timer retransmit wqueue 1", "seen client FIN_WAIT1 timer retransmit"),

    Mutation(
        "close.rst-then-write-sigpipe", "late data is not answered", .swallow("RST>"),
        says: "the wire carries RST> seq=2", "<DATA"),
    Mutation(
        "close.rst-then-write-sigpipe", "no signal comes unless it is asked for",
        .call { _, request in
            if case .setSignal(let number, .standard) = request { .setSignal(number, .ignored) } else { nil }
        }, says: "on server is killed by SIGPIPE", "seen returned -1 EPIPE"),
    Mutation(
        "close.rst-then-write-sigpipe", "MSG_NOSIGNAL is not honoured",
        .call { _, request in
            if case .send(let fd, let bytes, .MSG_NOSIGNAL) = request { .send(fd, bytes, []) } else { nil }
        }, says: "on server 4 fails with EPIPE", "seen killed by SIGPIPE"),
    Mutation(
        "close.rst-then-write-sigpipe", "close() with unread data ends in order",
        .turn("RST/ACK>", into: [.FIN, .ACK]),
        says: "the wire carries RST/ACK>", "FIN>"),
]
