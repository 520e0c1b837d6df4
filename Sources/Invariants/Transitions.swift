internal import Record

// What a socket goes through, by the tracepoint.
extension Invariant {
    static let transitions = [
        Invariant(
            "state.lawful", "A socket changes its state only as the kernel's state machine has it.",
            source: "RFC 9293 3.3.2, net/ipv4/tcp.c tcp_set_state"
        ) { exchange in
            exchange.transitions.compactMap { fact in
                if lawful[fact.old, default: []].contains(fact.new) { return nil }
                return fact.breach("no socket goes that way")
            }
        },
        Invariant(
            "state.continuous", "A socket leaves the state that it came to.", source: "RFC 9293 3.3.2"
        ) { exchange in
            var states: [Int: String] = [:]
            return exchange.transitions.compactMap { fact in
                defer { states[fact.kernelSocket] = fact.new }
                guard let state = states[fact.kernelSocket], state != fact.old else { return nil }
                return fact.breach("it had come to \(state)")
            }
        },
    ]

    /// As the tracepoint tells it: minisocks never show, going to TIME_WAIT is CLOSE, and a child begins as a copy of its
    /// listener.
    private static let lawful: [String: Set<String>] = [
        "CLOSE": ["SYN_SENT", "LISTEN"],
        "LISTEN": ["CLOSE", "SYN_RECV"],
        "SYN_SENT": ["ESTABLISHED", "SYN_RECV", "CLOSE"],
        "SYN_RECV": ["ESTABLISHED", "FIN_WAIT1", "CLOSE"],
        "ESTABLISHED": ["FIN_WAIT1", "CLOSE_WAIT", "CLOSE"],
        "FIN_WAIT1": ["FIN_WAIT2", "CLOSING", "CLOSE"],
        "FIN_WAIT2": ["CLOSE"],
        "CLOSE_WAIT": ["LAST_ACK", "CLOSE"],
        "CLOSING": ["CLOSE"],
        "LAST_ACK": ["CLOSE"],
    ]
}

extension TransitionFact {
    fileprivate func breach(_ what: String) -> Breach {
        Breach(at: at, "\(socket ?? "a socket") of \(host) at \(microseconds(at)) µs \(old)>\(new): \(what)")
    }
}
