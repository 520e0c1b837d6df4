import Acts
import Foundation
import Lab
import Linux
import SockDiag
import Packets
import Testing
import Tracing
import Worker

/// Acts as they are kept in records.
struct ActTests {
    /// One of each kind of value that an act may hold, with a part of what is written.
    static let acts: [(act: Act, says: String)] = [
        (
            .socket("client", .call(.send("req", [.MSG_PEEK, .MSG_NOSIGNAL]), .fails(.EPIPE, signals: [.SIGPIPE]))),
            "SIGPIPE"
        ),
        (.socket("client", .call(.connect(.host(.b, 5000)), .succeeds)), #""_0":"B""#),
        (.socket("a", .call(.setOption(.TCP_SYNCNT, 3), .succeeds)), "TCP_SYNCNT"),
        (.socket("a", .call(.shutdown(.SHUT_RDWR), .returns(0))), "SHUT_RDWR"),
        (
            .socket(
                "a",
                .shows(
                    Row(.FIN_WAIT2, .orphan, timer: .keepalive, expires: .zero ... .seconds(3)), of: .own,
                    after: .seconds(1))), "FIN_WAIT2"
        ),
        (.socket("a", .passes([.CLOSE, .SYN_SENT], of: .other)), "SYN_SENT"),
        (.socket("a", .polls([.IN, .RDHUP])), "IN|RDHUP"),
        (.socket("a", .polls([])), #""polls":{"_0":""}"#),
        (.call("c", .ends(.reads("x"), after: .milliseconds(200))), "reads"),
        (.process("A.p", .signal(.SIGPIPE, .handled)), "handled"),
        (.process("A.p", .ends(.killed(.SIGINT))), "SIGINT"),
        (.host(.a, .counts(["OutRsts": 0, "sockstat.tw": -1])), "sockstat.tw"),
        (.host(.b, .traces(.retransmitSynAck, 2)), "tcp_retransmit_synack"),
        (
            .wire(.rule(.delay(.milliseconds(300)), ["ACK> ack=6", "<DATA/FIN"], first: 1, ends: [], as: "r")),
            "<DATA/FIN"
        ),
        (.wire(.carriesOnly(["<ACK seq=1 sack=1:6 dsack count=2"], inAnyOrder: true, since: .chapterBegan)), "dsack"),
        (.wire(.carriesNothing(since: .place("here 2"))), "here 2"),
        (.wire(.here(as: "here 2")), "here 2"),
        (
            .wire(
                .repeats(
                    "SYN>",
                    Changes(
                        flags: .RST, sequence: .endOf("SYN>", plus: -1), timestamp: Timestamp(of: "<FIN", plus: 5000),
                        payload: nil), as: "forged SYN>")), "5000"
        ),
        (.wire(.complains(.tooBig(mtu: 1000), about: "SYN>", from: nil)), "1000"),
        (.attempt(.measure("m", 1.5, unit: "s", tolerance: 0.25)), "0.25"),
    ]

    @Test("An act that is written and read is the same", arguments: acts)
    func roundTrip(act: Act, says: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let once = try encoder.encode(act)
        let again = try encoder.encode(try JSONDecoder().decode(Act.self, from: once))
        #expect(String(decoding: once, as: UTF8.self) == String(decoding: again, as: UTF8.self))
        #expect(String(decoding: once, as: UTF8.self).contains(says))
    }

    @Test("A symbol that nobody knows is told", arguments: ["FIN_WAIT3", "", "ESTABLISHED "])
    func unknownSymbol(symbol: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([TCPState].self, from: Data("[\"\(symbol)\"]".utf8))
        }
    }
}
