import Lab
import Packets

let losingMutations = [
    Mutation(
        "close.transfer-over-loss", "a byte is changed on its way",
        .replace("DATA>", 1...1) {
            var data = $0
            data.payload[0] ^= 1
            return [data]
        }, says: "B reads exactly what A sent", "bytes"),
    Mutation(
        "close.transfer-over-loss", "the sender gives up", .turn("DATA>", into: [.RST, .ACK], 1...1),
        says: "recv(", "on server returns", "ECONNRESET"),
    Mutation(
        "close.transfer-over-loss", "a segment is sent twice for nothing", .double("DATA>", 3...3),
        says: "segments repeated by A on the wire = RetransSegs", "on the wire, RetransSegs"),
]
