internal import Acts
package import Linux
internal import Record
package import Worker

/// A call that has been asked for, and its answer once there is one.
package final class PendingCall {
    package let request: Request
    package let process: WorkerProcess
    package let socket: Socket?
    /// Made by the harness for itself.
    let isOwn: Bool
    let asked: Instant
    private(set) var outcome: Answer.Outcome?
    /// Whether the record has it already, as one that did not return in time.
    private var isRecorded = false

    init(_ request: Request, process: WorkerProcess, socket: Socket?, isOwn: Bool) {
        self.isOwn = isOwn
        self.request = request
        self.process = process
        self.socket = socket
        asked = .now
    }

    /// Whether the answer is there.
    package var isDone: Bool { outcome != nil }

    /// `recv(3, 100)`.
    package var text: String {
        let (call, arguments) = request.description
        return "\(call)(\(arguments))"
    }

    /// Waits for the answer; one that does not come in time is a required expectation that failed.
    ///
    /// - Parameter timer: how long the kernel timers take that the call waits for.
    package func answer(
        after timer: Duration = .zero, file: StaticString = #fileID, line: Int = #line
    ) throws -> Answer {
        let lab = process.host.lab
        try lab.awaitAnswer(self, after: timer, location: lab.here(file, line))
        return Answer(call: self, outcome: outcome!)
    }

    /// When the call ran; open-ended while it has not returned.
    var interval: ClosedRange<Instant> {
        switch outcome {
        case .returned(let reply):
            Instant(nanoseconds: reply.entered)...Instant(nanoseconds: max(reply.entered, reply.left))
        case .died, nil: asked...Instant(nanoseconds: .max)
        }
    }

    func complete(_ outcome: Answer.Outcome, _ timeline: Timeline) {
        self.outcome = outcome
        if case .returned(let reply) = outcome {
            process.host.lab.lateness.entered(self, at: Instant(nanoseconds: reply.entered))
        }
        guard !isOwn, !isRecorded else { return }
        let fact = fact(timeline)
        timeline.add(.call(fact), at: fact.at)
    }

    /// Records the call as one that is still blocked; whatever ends it later is the laboratory's doing.
    func giveUp(_ timeline: Timeline) {
        isRecorded = true
        let fact = fact(timeline)
        timeline.add(.call(fact), at: fact.at)
    }

    /// The call as a record shows it, also while it has not returned.
    func fact(_ timeline: Timeline) -> CallFact {
        let (call, arguments) = request.description
        var fact = CallFact(
            attempt: timeline.attempt, at: timeline.relative(asked), took: nil, host: process.host.name.rawValue,
            process: process.label, socket: socket?.label, call: call, arguments: arguments, result: nil, errno: nil,
            output: nil, signals: [])
        guard case .returned(let reply) = outcome else { return fact }
        fact.at = timeline.relative(Instant(nanoseconds: reply.entered))
        fact.took = reply.left - reply.entered
        fact.result = reply.result
        fact.errno = reply.result < 0 ? Errno(rawValue: reply.errno).symbol : nil
        fact.signals = reply.signals.map(signalSymbol)
        fact.output = Answer(call: self, outcome: .returned(reply)).outputWords
        return fact
    }
}

/// How a call ended.
package struct Answer {
    enum Outcome {
        case returned(Reply)
        /// The process ended inside the call.
        case died(WaitStatus)
    }

    let call: PendingCall
    let outcome: Outcome

    var reply: Reply? {
        if case .returned(let reply) = outcome { reply } else { nil }
    }

    /// The return value; -1 when the process died in the call.
    package var result: Int64 { reply?.result ?? -1 }

    /// The errno, when the call failed.
    package var errno: Errno? {
        reply.flatMap { $0.result < 0 ? Errno(rawValue: $0.errno) : nil }
    }

    /// Signals that a handler counted during or before the call, by number.
    package var signals: [Int32] { reply?.signals ?? [] }

    /// What was read, or the value of an option.
    package var output: [UInt8] { reply?.output ?? [] }

    /// The output as an integer, for options that are one.
    package var integer: Int32? { reply?.integer }

    /// How the process ended inside the call, if it did.
    package var death: WaitStatus? {
        if case .died(let status) = outcome { status } else { nil }
    }

    /// Kernel time between entry and return.
    package var took: Duration? {
        reply.map { .nanoseconds($0.left - $0.entered) }
    }

    /// `returned 3`, `returned -1 EPIPE, 1 SIGPIPE handled`, `killed by SIGPIPE`.
    package var words: String {
        switch outcome {
        case .died(.killed(let signal)): return "killed by \(signalSymbol(signal))"
        case .died(let status): return "process ended: \(status.words)"
        case .returned(let reply):
            var words = "returned \(reply.result)"
            if let errno { words += " \(errno.symbol)" }
            if case .poll = call.request, reply.result >= 0 {
                words = "returned \(outputWords ?? "nothing")"
            } else if let outputWords {
                words += " \(outputWords)"
            }
            if !reply.signals.isEmpty { words += ", handled \(reply.signals.map(signalSymbol).joined(separator: " "))" }
            return words
        }
    }

    /// What the call gave besides its return value.
    var outputWords: String? {
        guard let reply, reply.result >= 0 else { return nil }
        switch call.request {
        case .receive, .read: return quote(reply.output)
        case .receiveAfterErrno: return "errno \(reply.integer ?? 0) after"
        case .getOption(_, .SO_ERROR, _): return reply.integer == 0 ? "0" : Errno(rawValue: reply.integer ?? 0).symbol
        case .getOption(_, .TCP_INFO, _): return nil
        case .getOption: return reply.integer.map(String.init)
        case .accept, .socketName, .peerName: return reply.address?.description
        case .poll: return PollEvents(rawValue: UInt16(truncatingIfNeeded: reply.result)).description
        default: return nil
        }
    }
}
