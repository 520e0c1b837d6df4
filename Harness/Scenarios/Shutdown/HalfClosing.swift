internal import Vocabulary

/// shutdown(): closing one direction.
enum HalfClosing {
    static let all = [wrHalfClose, rdBufferedData]

    static let wrHalfClose = Scenario(
        "shutdown.wr-half-close",
        claim: "After shutdown(SHUT_WR) the other direction goes on: the peer's data is acknowledged in FIN_WAIT2 and "
            + "read, and the connection then closes in order.",
        cites: [
            .document("002", "shutdown"), .document("004", "半关闭"), .document("001", "四次挥手"),
            .rfc(9293, "3.6"), .kernel("tcp.c", "tcp_shutdown"),
        ],
        link: .direct
    ) {
        let (client, server) = connect()
        step("A sends a request and shuts down its sending side; B reads it and the end") {
            client.send("req")
            client.shutdown(.SHUT_WR)
            server.receives("req", .end)
            server.shows(.CLOSE_WAIT, .owned)
            client.shows(.FIN_WAIT2, .owned, timer: .off)
        }
        step("B answers; A acknowledges the answer and reads it") {
            server.send("fifteen bytes !")
            wire.carries("<DATA len=15", "ACK> ack=16")  // acknowledged although A has sent its FIN
            client.receives("fifteen bytes !")
            client.shows(.FIN_WAIT2, .owned, timer: .off, receiveQueue: 0)
        }
        step("B closes; A reads the end and closes") {
            server.close()
            wire.carries("<FIN")
            client.receives(.end)
            client.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, expires: sixtySeconds)
            server.isGone()
        }
        client.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .FIN_WAIT1, .FIN_WAIT2, .CLOSE)
        server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        wire.carriesNoReset()
        for host in bothHosts { host.counts(["OutRsts": 0]) }
    }

    static let rdBufferedData = Scenario(
        "shutdown.rd-buffered-data",
        claim: "shutdown(SHUT_RD) does not throw away what has already been received: it stays readable, then comes "
            + "the end.",
        says: "shutdown(SHUT_RD) throws away what is in the receive buffer.",
        cites: [.document("002", "shutdown", .refuted), .kernel("tcp.c", "tcp_recvmsg_locked")],
        link: .direct
    ) {
        let (client, server) = connect()
        step("A sends; B has it in its buffer") {
            client.send("buffered")
            server.shows(.ESTABLISHED, receiveQueue: 8)
            client.shows(.ESTABLISHED, sendQueue: 0)
        }
        step("B shuts down its receiving side, reads, and tells A nothing") {
            server.shutdown(.SHUT_RD)
            server.polls([.IN, .OUT, .RDHUP])
            server.receives("buffered", .end)
            server.shows(.ESTABLISHED, .owned, receiveQueue: 0)
            client.shows(.ESTABLISHED, .owned)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
            wire.neverCarries("<ANY", since: .stepBegan)
        }
    }
}
