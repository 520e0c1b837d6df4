import Linux
import Testing

@testable import Netlink

/// Whole datagrams from Linux 6.18 (x86-64) to a socket with NETLINK_EXT_ACK and NETLINK_CAP_ACK.
private enum Answer {
    /// RTM_NEWLINK with IFLA_INFO_KIND "nosuch".
    static let unknownKind = hex(
        """
        3c 00 00 00 02 00 00 03  # length 60, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS
        07 00 00 00 8d 23 00 00  # sequence 7, port 9101
        a1 ff ff ff  # -EOPNOTSUPP
        38 00 00 00 10 00 05 06 07 00 00 00 00 00 00 00  # the request's header
        18 00 01 00 55 6e 6b 6e 6f 77 6e 20 64 65 76 69 63 65 20 74 79 70 65 00  # NLMSGERR_ATTR_MSG
        """)
    /// RTM_NEWLINK that sets lo up.
    static let success = hex(
        """
        24 00 00 00 02 00 00 01  # length 36, NLMSG_ERROR, NLM_F_CAPPED
        07 00 00 00 8d 23 00 00  # sequence 7, port 9101
        00 00 00 00  # no error
        20 00 00 00 10 00 05 00 07 00 00 00 00 00 00 00  # the request's header
        """)
}

@Suite("Answers")
struct ReplyTests {
    @Test func extendedAcknowledgement() {
        Answer.unknownKind.withUnsafeBytes { bytes in
            let replies = Array(NetlinkReplies(bytes))
            #expect(replies.count == 1)
            let verdict = NetlinkVerdict(replies[0])
            #expect(verdict?.errno == .EOPNOTSUPP)
            #expect(verdict?.detail == "Unknown device type")
        }
    }

    @Test("Without NLM_F_CAPPED the words come after the whole request")
    func uncappedAcknowledgement() {
        var bytes = Answer.unknownKind
        bytes[7] = 0x02
        bytes.insert(contentsOf: Array(repeating: 0x55, count: 0x38 - 16), at: 36)
        bytes[0] = UInt8(bytes.count)
        bytes.withUnsafeBytes { bytes in
            #expect(Array(NetlinkReplies(bytes)).first.flatMap { NetlinkVerdict($0) }?.detail == "Unknown device type")
        }
    }

    @Test func success() {
        Answer.success.withUnsafeBytes { bytes in
            let verdict = Array(NetlinkReplies(bytes)).first.flatMap { NetlinkVerdict($0) }
            #expect(verdict != nil)
            #expect(verdict?.errno == nil)
            #expect(verdict?.detail == nil)
        }
    }

    @Test("An answer counts only when sequence number and port are ours")
    func matching() {
        Answer.success.withUnsafeBytes { bytes in
            let reply = Array(NetlinkReplies(bytes))[0]
            #expect(reply.request(from: 7, count: 1, port: 9101) == 0)
            #expect(reply.request(from: 5, count: 3, port: 9101) == 2)
            #expect(reply.request(from: 7, count: 1, port: 9102) == nil)
            #expect(reply.request(from: 8, count: 1, port: 9101) == nil)
            #expect(reply.request(from: 5, count: 2, port: 9101) == nil)
            #expect(reply.request(from: .max, count: 9, port: 9101) == 8, "numbers wrap")
        }
    }

    @Test func severalMessagesInOneDatagram() {
        (Answer.success + Answer.unknownKind + Answer.success).withUnsafeBytes { bytes in
            let verdicts = NetlinkReplies(bytes).map { NetlinkVerdict($0)?.errno }
            #expect(verdicts == [nil, .EOPNOTSUPP, nil])
        }
    }

    @Test("No prefix of a datagram and no damaged byte traps")
    func damage() {
        for length in 0...Answer.unknownKind.count {
            read(Array(Answer.unknownKind.prefix(length)))
            // The message's own length is right, but there is less of everything inside.
            if length >= 16 {
                var bytes = Array(Answer.unknownKind.prefix(length))
                bytes[0] = UInt8(length)
                read(bytes)
            }
        }
        for position in Answer.unknownKind.indices {
            for value in [UInt8(0), 1, 4, 0x7f, 0x80, 0xff] {
                var bytes = Answer.unknownKind
                bytes[position] = value
                read(bytes)
            }
        }
    }

    @Test("Attributes of unknown type are given, bad lengths end the walk")
    func attributes() {
        let bytes = hex("05 00 63 00 2a 00 00 00  06 00 01 80 61 62 00 00  03 00 02 00")
        bytes.withUnsafeBytes { bytes in
            let attributes = Array(NetlinkAttributes(bytes))
            #expect(attributes.map(\.type) == [0x63, 1], "NLA_F_NESTED is no part of the type")
            #expect(attributes.map { Array($0.payload) } == [[0x2a], [0x61, 0x62]])
            #expect(Array(NetlinkAttributes(bytes, from: 100)).isEmpty)
        }
    }

    private func read(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            for reply in NetlinkReplies(bytes) { _ = NetlinkVerdict(reply)?.detail }
        }
    }
}
