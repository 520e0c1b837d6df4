internal import Linux
package import SockDiag

/// What a sock_diag row is expected to show; what is not named may be anything.
package struct RowExpectation {
    let state: TCPState
    let kind: RowKind?
    let timer: DiagTimer?
    let expires: ClosedRange<Duration>?
    let retransmits: Int?
    let receiveQueue: Int?
    let sendQueue: Int?

    /// - Parameters:
    ///   - expires: how far away the timer is, as the kernel says.
    ///   - receiveQueue: idiag_rqueue; a FIN counts 1.
    ///   - sendQueue: idiag_wqueue; an unacknowledged SYN or FIN counts 1.
    package static func row(
        _ state: TCPState, _ kind: RowKind? = nil, timer: DiagTimer? = nil, expires: ClosedRange<Duration>? = nil,
        retransmits: Int? = nil, receiveQueue: Int? = nil, sendQueue: Int? = nil
    ) -> RowExpectation {
        RowExpectation(
            state: state, kind: kind, timer: timer, expires: expires, retransmits: retransmits,
            receiveQueue: receiveQueue, sendQueue: sendQueue)
    }

    func matches(_ row: DiagRow) -> Bool {
        guard row.shownState == state else { return false }
        if let kind, kind != row.kind { return false }
        if let timer, timer != row.timer { return false }
        if let expires, !expires.contains(.milliseconds(row.expires)) { return false }
        if let retransmits, retransmits != row.retransmits { return false }
        if let receiveQueue, receiveQueue != row.receiveQueue { return false }
        if let sendQueue, sendQueue != row.sendQueue { return false }
        return true
    }

    /// What makes a queue longer by one than its bytes, where that may be what does not match.
    func queueHint(_ state: TCPState, receiveQueue seenReceive: Int, sendQueue seenSend: Int) -> String {
        let hasReceivedFIN: Set<TCPState> = [.CLOSE_WAIT, .LAST_ACK, .CLOSING, .TIME_WAIT]
        let hasSent: [TCPState: String] = [
            .SYN_SENT: "SYN", .SYN_RECV: "SYN", .FIN_WAIT1: "FIN", .CLOSING: "FIN", .LAST_ACK: "FIN",
        ]
        var hints: [String] = []
        if let receiveQueue, seenReceive == receiveQueue + 1, hasReceivedFIN.contains(state) {
            hints.append("a FIN that has come counts 1 in rqueue")
        }
        if let sendQueue, seenSend == sendQueue + 1, let sent = hasSent[state] {
            hints.append("a \(sent) that is not acknowledged counts 1 in wqueue")
        }
        return hints.isEmpty ? "" : " (\(hints.joined(separator: "; ")))"
    }

    var words: String {
        var words = [state.description]
        switch kind {
        case .owned: words.append("owned")
        case .queued: words.append("in the accept queue")
        case .orphan: words.append("orphan")
        case .minisock: words.append("minisock")
        case nil: break
        }
        if let timer { words.append("timer \(timer)") }
        if let expires {
            words.append("expires \(expires.lowerBound.seconds)...\(expires.upperBound.seconds) s")
        }
        if let retransmits { words.append("retransmits \(retransmits)") }
        if let receiveQueue { words.append("rqueue \(receiveQueue)") }
        if let sendQueue { words.append("wqueue \(sendQueue)") }
        return words.joined(separator: " ")
    }
}
