internal import Vocabulary

/// A FIN that acknowledges the other end's.
enum FinAckInFinWait1 {
    static let scenario = Scenario(
        "close.finack-in-fin-wait1",
        claim:
            "A FIN that also acknowledges our FIN takes FIN_WAIT1 to TIME_WAIT; FIN_WAIT2 lasts only while the kernel "
            + "handles that segment, so netlink never shows it but the tracepoint does.",
        says: "An end in FIN_WAIT_1 that receives FIN and ACK together skips FIN_WAIT_2.",
        cites: [
            .document("001", "两条主线", .differs), .document("001", "状态说明", .differs), .rfc(9293, "3.10.7.4"),
            .kernel("tcp_input.c", "tcp_rcv_state_process"),
        ],
        restsOnPaths: true
    ) {
        let (client, server) = connect()
        client.shows(.ESTABLISHED, sendQueue: 0)
        step("A closes; the wire holds B's pure ACK") {
            let ack = wire.hold("<ACK")
            client.close()
            server.receives(.end)
            server.shows(.CLOSE_WAIT, .owned)
            ack.meets(1)
            client.shows(.FIN_WAIT1, .orphan, timer: .retransmit, sendQueue: 1)
        }
        try step("B closes: its FIN acknowledges A's FIN") {
            server.close()
            wire.carries("<FIN seq=1 ack=2")
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            wire.carries("ACK> seq=2 ack=2")
            server.isGone()
            let arrived = try wire.segments(since: .attemptBegan, from: server).filter {
                $0.fate != .held && $0.view.kind != .SYN_ACK
            }
            expect("one segment reaches A after its FIN", of: arrived) { $0.map(\.view.kind) == [.FIN] }
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
    }
}
