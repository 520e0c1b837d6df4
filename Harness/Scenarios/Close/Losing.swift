internal import Vocabulary

/// Links that lose segments at random.
enum Losing {
    static let all = [transferOverLoss]

    static let transferOverLoss = Scenario(
        "close.transfer-over-loss",
        claim: "Over a link that loses one segment in ten, every byte still arrives once and in order, then the end, "
            + "and both ends close in order.",
        cites: [.document("003", "关闭 TCP 连接"), .rfc(9293, "3.8")],
        link: .impaired(delay: .milliseconds(2), loss: 0.1),
        longestTimer: { _ in 1 }
    ) {
        let (client, server) = connect()
        // Each loss may cost a retransmission timeout, and timeouts double. What is lost is chance; that it is made
        // good is not.
        let timeout = Duration.seconds(120)
        try step("A sends 200 000 bytes and closes; B reads to the end and closes") {
            let sending = client.begins(.sendFill(count: 200_000))
            var received = 0
            var isClean = true
            while received < 200_000 {
                let reading = server.begins(.recv(65536))
                let bytes = try reading.result(after: timeout).bytes
                guard !bytes.isEmpty else { return reading.returns(1) }
                isClean = isClean && bytes.allSatisfy { $0 == UInt8(ascii: "a") }
                received += bytes.count
            }
            sending.returns(200_000, after: timeout)
            expect("B reads exactly what A sent", of: "\(received) bytes", by: .call) { _ in
                received == 200_000 && isClean
            }
            client.close()
            server.begins(.recv(100)).returns(0, after: timeout)
            server.close()
            client.shows(.TIME_WAIT, .minisock, timer: .timewait, after: timeout)
            server.isGone(after: timeout)
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
            retransmissionsAgree()
        }
    }
}
