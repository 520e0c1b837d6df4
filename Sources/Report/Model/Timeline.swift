internal import Record

extension Outcome {
    /// Calls, transitions, segments and what else happened, a line each, in the order of their time.
    ///
    /// sock_diag rows and counters are left out: they repeat at every look what the rest says once.
    var timeline: [String] {
        let lines = facts.enumerated().compactMap { index, fact -> (at: Int64, index: Int, text: String)? in
            guard let at = fact.time, let text = fact.words else { return nil }
            return (at, index, "  \(seconds(at, decimals: 6).aligned(to: 11))  \(text)")
        }
        return lines.sorted { ($0.at, $0.index) < ($1.at, $1.index) }.map(\.text)
    }
}

extension Event {
    fileprivate var words: String? {
        switch self {
        case .call(let fact): fact.words
        case .transition(let fact):
            "\(fact.host)    \(fact.socket ?? "socket \(fact.kernelSocket)") \(fact.old) to \(fact.new)"
        case .segment(let fact): fact.words
        case .packet(let fact):
            "\(fact.host)    \(fact.tracepoint)" + (fact.state.map { " in \($0)" } ?? "")
                + (fact.reason.map { ", \($0)" } ?? "")
        case .exit(let fact): "\(fact.host)    process \(fact.process) ended: \(fact.status)"
        case .step(let fact): "     " + fact.words.oneLine
        case .note(let fact): "     " + fact.text.oneLine
        case .health(let fact): "     kernel: " + fact.summary.oneLine
        case .suspicion(let fact): "     harness: " + fact.text.oneLine
        case .row, .act, .counters, .hosts, .run, .plan, .started, .check, .lateness, .measurement, .finished, .end: nil
        }
    }
}

extension CallFact {
    fileprivate var words: String {
        var text = "\(host)    \(process): \(call)(\(arguments))"
        if let result {
            text += " = \(result)"
        } else {
            text += " has not returned"
        }
        if let errno { text += " \(errno)" }
        if let output { text += ", \(output.oneLine)" }
        if !signals.isEmpty { text += ", \(signals.joined(separator: " "))" }
        // Shorter ones are the cost of the call itself; a longer one means that the call blocked.
        if let took, took >= 1_000_000 { text += ", after \(seconds(took, decimals: 3)) s" }
        return text
    }
}

extension SegmentFact {
    fileprivate var words: String {
        let receiver = from == "A" ? "B" : "A"
        var text = "\(from) > \(receiver)  [\(flags)] seq \(sequence)"
        if let acknowledgement { text += " ack \(acknowledgement)" }
        text += " win \(window) length \(length)"
        if !options.isEmpty { text += " <\(options.joined(separator: ","))>" }
        return fate == .passed ? text : text + " \(fate.rawValue)"
    }
}
