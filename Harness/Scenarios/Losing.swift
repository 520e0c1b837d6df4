internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing

/// Links that lose segments at random.
enum Losing {
    static let all = [transferOverLoss]

    static let transferOverLoss = Scenario(
        "close.transfer-over-loss",
        claim: "Over a link that loses one segment in ten, every byte still arrives once and in order, then the end, "
            + "and both ends close in order.",
        cites: [.document("003", "关闭 TCP 连接"), .rfc(9293, "3.8")],
        link: .impaired(delay: .milliseconds(2), loss: 0.1),
        steps: [
            "A sends 200 000 bytes and closes; B reads to the end and closes",
            "what is lost is chance; that it is made good is not",
        ],
        longestTimer: { _ in 1 }
    ) { lab in
        let total = 200_000
        let pair = try lab.connectedPair()
        let (client, server) = (pair.client, pair.server)
        let sending = try client.begin(.sendFill(0x61, count: total))
        var received = 0
        var clean = true
        while received < total {
            // Each loss may cost a retransmission timeout, and timeouts double.
            let answer = try server.begin(.recv(65536)).answer(after: .seconds(120))
            guard answer.result > 0 else {
                lab.expect(answer, returns: 1)
                throw ScenarioStop.failed
            }
            clean = clean && answer.output.allSatisfy { $0 == 0x61 }
            received += Int(answer.result)
        }
        lab.expect(try sending.answer(after: .seconds(120)), returns: Int64(total))
        lab.expect(
            "B reads exactly what A sent", received == total && clean, seen: "\(received) bytes", witnesses: ["call"])
        try client.close()
        lab.expect(try server.begin(.recv(100)).answer(after: .seconds(120)), returns: 0)
        try server.close()
        let patience = lab.patience(after: .seconds(120))
        try lab.require(client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait), within: patience)
        try lab.requireGone(server, within: patience)
        try lab.expect(server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE_WAIT, .LAST_ACK, .CLOSE)
        try lab.expectRetransmissionsAgree()
    }
}
