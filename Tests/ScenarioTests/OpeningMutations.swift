import Lab
import Linux
import Packets
import Worker

let openingMutations = [
    Mutation(
        "open.three-way", "the client never sends the third segment", .swallow("ACK>"),
        says: "accept(", "on listener returns", "still blocked"),
    Mutation(
        "open.three-way", "the client sends a fourth segment", .double("ACK>"),
        says: "the wire carries SYN> seq=0, <SYN/ACK seq=0 ack=1, ACK> seq=1 ack=1", "SYN> <SYN/ACK ACK> ACK>"),
    Mutation(
        "open.three-way", "the server confirms twice", .double("<SYN/ACK"),
        says: "the wire carries SYN> seq=0, <SYN/ACK seq=0 ack=1, ACK> seq=1 ack=1", "SYN> <SYN/ACK <SYN/ACK"),

    Mutation(
        "open.syn-recv-visible", "the server does not repeat its SYN/ACK", .swallow("<SYN/ACK", 2...Int.max),
        says: "the wire carries <SYN/ACK seq=0 ack=1 again", "SYN> <SYN/ACK ACK>"),
    Mutation(
        "open.syn-recv-visible", "the server gives up at once", .setting("tcp_synack_retries", "0"),
        says: "the wire carries <SYN/ACK seq=0 ack=1 again", "SYN> <SYN/ACK ACK>"),
    Mutation(
        "open.syn-recv-visible", "the client does not answer the repeated SYN/ACK", .swallow("ACK>", 2...Int.max),
        says: "the wire meets 2 × ACK>", "seen ACK>"),

    Mutation(
        "open.synack-lost", "the client does not repeat its SYN", .swallow("SYN>", 2...Int.max),
        says: "on client 1 returns", "still blocked"),
    Mutation(
        "open.synack-lost", "the server does not answer the repeated SYN", .swallow("<SYN/ACK", 4...Int.max),
        says: "the wire meets 2 × <SYN/ACK", "seen <SYN/ACK"),
    Mutation(
        "open.synack-lost", "the client does not challenge the second SYN/ACK", .swallow("ACK>", 3...Int.max),
        says: "ACK> seq=1 ack=1, ACK> seq=1 ack=1", "no ACK> seq=1 ack=1"),

    Mutation(
        "open.refused", "a closed port keeps silent", .swallow("<RST/ACK"),
        says: "connect(", "on client returns", "still blocked"),
    Mutation(
        "open.refused", "a reset advertises a window",
        .replace("<RST/ACK") {
            var reset = $0
            reset.window = 1000
            return [reset]
        }, says: "<RST/ACK seq=0 ack=1 win=0", "seen SYN> <RST/ACK"),
    Mutation(
        "open.refused", "a closed port answers twice", .double("<RST/ACK"),
        says: "the wire carries SYN> seq=0, <RST/ACK seq=0 ack=1 win=0", "SYN> <RST/ACK <RST/ACK"),

    Mutation(
        "open.syn-timeout", "the client does not repeat its SYN", .swallow("SYN>", 2...2),
        says: "the wire carries SYN> seq=0, SYN> seq=0", "seen SYN>"),
    Mutation(
        "open.syn-timeout", "the client says goodbye", .replace("SYN>", 2...2) { [$0, $0.reset] },
        says: "the wire carries SYN> seq=0, SYN> seq=0", "SYN> SYN> RST>"),
    Mutation(
        "open.syn-timeout", "the client accepts what comes too late", .swallow("RST>"),
        says: "the wire carries RST> seq=1", "seen nothing"),
    Mutation(
        "open.syn-timeout", "connect() does not wait",
        .call { _, request in
            if case .connect(let fd, _) = request {
                .connect(fd, SocketAddress(IPAddress(127, 0, 0, 1), 9))
            } else {
                nil
            }
        }, says: "client SYN_SENT owned timer retransmit wqueue 1", "client has no row"),
]
