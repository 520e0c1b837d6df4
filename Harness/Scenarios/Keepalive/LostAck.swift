internal import Vocabulary

/// What becomes of an acknowledgement that is lost.
enum LostAck {
    static let pureAckUnreliable = Scenario(
        "keepalive.pure-ack-unreliable",
        claim: "A lost ACK is not sent again by itself; the data it was for is, and is acknowledged as a duplicate.",
        cites: [
            .document("001", "KeepAlive"), .rfc(9293, "3.8.6.3"), .rfc(2883, "4"),
            .kernel("tcp_input.c", "tcp_send_dupack"),
        ],
        longestTimer: { _ in 0.9 }
    ) {
        // Makes B's timeout 0.9 s, so that a busy machine does not bring it about before A's ACK.
        let slow = wire.delay("ACK> seq=1 ack=1", by: .milliseconds(300))
        let (client, server) = connect()
        slow.lift()
        chapter("data")
        step("B sends; A's ACK is lost") {
            let lost = wire.drop("ACK> ack=6", first: 1)
            server.send("hello")
            lost.meets(1)
            server.shows(.ESTABLISHED, .owned, timer: .retransmit, sendQueue: 5)
        }
        step("B's timeout sends the data again, and A acknowledges it again") {
            wire.carriesOnly(
                "<DATA seq=1 ack=1 len=5", "ACK> seq=1 ack=6", "<DATA seq=1 ack=1 len=5",
                "ACK> seq=1 ack=6 sack=1:6 dsack", since: .chapterBegan)
            server.shows(.ESTABLISHED, .owned, timer: .off, sendQueue: 0)
            client.receives("hello", .nothing)
            A.counts(["TCPDSACKOldSent": 1, "RetransSegs": 0])
            B.counts(["RetransSegs": 1, "TCPTimeouts": 1, "TCPDSACKRecv": 1])
            retransmissionsAgree()
        }
    }
}
