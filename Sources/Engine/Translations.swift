internal import Acts
internal import Lab
internal import Linux

// What acts say, as the laboratory takes it.

extension Row {
    var expectation: RowExpectation {
        .row(
            state, kind, timer: timer, expires: expires, retransmits: retransmits, receiveQueue: receiveQueue,
            sendQueue: sendQueue)
    }
}

extension ProcessEnd {
    var status: WaitStatus {
        switch self {
        case .exited(let code): .exited(code)
        case .killed(let signal): .killed(signal.number)
        }
    }
}
