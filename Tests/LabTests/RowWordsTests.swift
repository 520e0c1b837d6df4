import SockDiag
import Testing

@testable import Lab

@Suite struct RowWordsTests {
    /// A queue that is longer by one than its bytes is explained, where a SYN or FIN can be why.
    @Test(
        arguments: [
            (.CLOSE_WAIT, 3, nil, 4, 0, " (a FIN that has come counts 1 in rqueue)"),
            (.CLOSE_WAIT, 3, nil, 5, 0, ""), (.ESTABLISHED, 3, nil, 4, 0, ""), (.CLOSE_WAIT, nil, nil, 4, 0, ""),
            (.FIN_WAIT1, nil, 3, 0, 4, " (a FIN that is not acknowledged counts 1 in wqueue)"),
            (.SYN_SENT, nil, 0, 0, 1, " (a SYN that is not acknowledged counts 1 in wqueue)"),
            (.FIN_WAIT2, nil, 3, 0, 4, ""),
            (
                .CLOSING, 0, 0, 1, 1,
                " (a FIN that has come counts 1 in rqueue; a FIN that is not acknowledged counts 1 in wqueue)"
            ),
        ] as [(TCPState, Int?, Int?, Int, Int, String)])
    func aFINCounts(
        _ state: TCPState, _ receive: Int?, _ send: Int?, _ seenReceive: Int, _ seenSend: Int, _ words: String
    ) {
        let expectation = RowExpectation.row(state, receiveQueue: receive, sendQueue: send)
        #expect(expectation.queueHint(state, receiveQueue: seenReceive, sendQueue: seenSend) == words)
    }
}
