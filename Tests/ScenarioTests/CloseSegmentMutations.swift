import Acts
import Lab
import Packets
import Worker

let closeSegmentMutations = [
    Mutation(
        "close.four-segments", "the first FIN is not acknowledged", .swallow("<ACK"),
        says: "client FIN_WAIT2", "seen client FIN_WAIT1 orphan"),
    Mutation(
        "close.four-segments", "the first FIN is acknowledged twice", .double("<ACK", 1...1),
        says: "the wire carries FIN> seq=1 ack=1, <ACK seq=1 ack=2, <FIN seq=1 ack=2, ACK> seq=2 ack=2",
        "seen FIN> <ACK <ACK <FIN ACK>"),
    Mutation(
        "close.four-segments", "the second FIN does not come", .swallow("<FIN"),
        says: "client TIME_WAIT minisock", "seen client FIN_WAIT2"),

    Mutation(
        "close.three-segments", "the FIN is acknowledged on its own all the same",
        .replace("<FIN") {
            var ack = $0
            ack.flags = .ACK
            return [ack, $0]
        }, says: "the wire carries FIN> seq=2 ack=1, <FIN seq=1 ack=3, ACK> seq=3 ack=2", "seen FIN> <ACK <FIN ACK>"),
    Mutation(
        "close.three-segments", "the passive end resets", .turn("<FIN", into: [.RST, .ACK]),
        says: "the wire carries <FIN seq=1 ack=3", "FIN> <RST/ACK"),

    Mutation(
        "close.fin-ack-prompt", "the FIN is not acknowledged", .swallow("<ACK"),
        says: "the wire carries <ACK", "seen FIN>"),
    Mutation(
        "close.fin-ack-prompt", "the kernel waits for the process", .swallow("<ACK", 4...Int.max),
        says: "the wire carries <ACK", "seen"),

    Mutation(
        "close.finack-in-fin-wait1", "the FIN acknowledges nothing",
        .replace("<FIN") {
            var fin = $0
            fin.acknowledgement &-= 1
            return [fin]
        }, says: "the wire carries <FIN seq=1 ack=2", "<FIN"),
    Mutation(
        "close.finack-in-fin-wait1", "the last ACK is not sent", .swallow("ACK>", 2...Int.max),
        says: "the wire carries ACK> seq=2 ack=2", "<FIN"),

    Mutation(
        "close.simultaneous-segment-count", "an end acknowledges twice", .double("ACK>", 2...2),
        says: "ACK> seq=2 ack=2, <ACK seq=2 ack=2", "unexpected"),
    Mutation(
        "close.simultaneous-segment-count", "an end does not acknowledge", .swallow("<ACK seq=2"),
        says: "client TIME_WAIT minisock", "seen client CLOSING orphan"),
    Mutation(
        "close.simultaneous-segment-count", "one end never closes", .close(on: .b) { .poll($0) },
        says: "the wire meets 1 × <FIN", "seen none"),
]
