internal import Acts
internal import Judge
package import Linux
internal import Record
package import Worker

/// A process on one of the hosts that makes the calls it is told to, one at a time.
package final class WorkerProcess {
    package let label: String
    package let host: Host
    /// The number tracepoints know it by, which differs inside a pid namespace; nil before `Lab.introduce`.
    var tracePid: Int32?
    let channel: Descriptor
    private let child: ChildProcess
    /// The last instant at which it was certainly as it should be.
    private var lastWell = Instant.now
    /// Signals the scenario has sent it.
    private var sent: Set<Int32> = []
    /// Whether the scenario has stopped it.
    private var isHalted = false
    /// How it ended, once it has.
    package private(set) var status: WaitStatus?
    /// The call it is in.
    private(set) var pending: PendingCall?
    /// Every call it was asked to make, for tying trace events to sockets.
    private(set) var calls: [PendingCall] = []

    package var pid: Int32 { child.pid }
    /// Readable once the process has ended.
    var pidfd: Int32 { child.pidfd.raw }

    init(_ label: String, host: Host, child: ChildProcess, channel: consuming Descriptor) {
        self.label = label
        self.host = host
        self.child = child
        self.channel = channel
    }

    private var lab: Lab { host.lab }

    // MARK: Calls

    /// Asks for a call and does not wait for its answer. One call at a time.
    package func begin(_ request: Request, socket: Socket? = nil) throws -> PendingCall {
        let request = lab.configuration.faults.calls?(host.name, request) ?? request
        if request.mayChangeAnything { try lab.endStanding() }
        return try begin(request, socket: socket, isOwn: false)
    }

    /// Asks for a call.
    ///
    /// - Parameters:
    ///   - isOwn: whether the harness makes it for itself; then it is not recorded as the scenario's.
    ///   - descriptor: one to send along.
    func begin(
        _ request: Request, socket: Socket?, isOwn: Bool, passing descriptor: Int32 = -1
    ) throws -> PendingCall {
        guard pending == nil else {
            throw ScenarioStop.harness("process \(name) is still in \(pending!.text)")
        }
        guard status == nil else {
            // Where something has failed already, this is what comes of it.
            if lab.hasFailed { throw ScenarioStop.failed }
            throw ScenarioStop.harness("process \(name) has ended: \(status!.words)")
        }
        let call = PendingCall(request, process: self, socket: socket, isOwn: isOwn)
        try lab.send(request.encoded, to: self, passing: descriptor)
        pending = call
        calls.append(call)
        return call
    }

    /// Makes a call and waits for its answer, however it ends.
    @discardableResult
    package func ask(_ request: Request, socket: Socket? = nil) throws -> Answer {
        try begin(request, socket: socket).answer()
    }

    /// A new TCP socket.
    package func socket(_ label: String, v6: Bool? = nil) throws -> Socket {
        let answer = try ask(
            .socket(
                family: (v6 ?? lab.prefersIPv6 ? IPAddress.anyV6 : .anyV4).family, type: SocketSymbol.SOCK_STREAM,
                protocol: SocketSymbol.IPPROTO_TCP))
        return try adopted(answer, as: label)
    }

    /// The socket that a call of socket(2) has made.
    package func adopted(_ answer: Answer, as label: String) throws -> Socket {
        guard answer.result >= 0 else { throw ScenarioStop.harness("socket() on \(name): \(answer.words)") }
        return try adopt(descriptor: Int32(answer.result), label: label)
    }

    /// Wraps a descriptor this process has, and asks how netlink names it.
    func adopt(descriptor: Int32, label: String) throws -> Socket {
        let socket = Socket(label, descriptor: descriptor, process: self)
        let identity = try begin(.identify(descriptor), socket: socket, isOwn: true).answer()
        guard let (cookie, inode) = identity.reply?.identity else {
            throw ScenarioStop.harness("cannot identify \(label): \(identity.words)")
        }
        socket.identity = (cookie, inode)
        lab.register(socket)
        return socket
    }

    /// Forks the process; the child has the same descriptors and takes calls of its own.
    package func fork(_ label: String) throws -> WorkerProcess { try lab.fork(self, label: label) }

    /// Changes what the process does with a signal.
    package func setSignal(_ number: Int32, _ disposition: SignalDisposition) throws {
        let answer = try ask(.setSignal(number, disposition))
        guard answer.result == 0 else { throw ScenarioStop.harness("sigaction on \(name): \(answer.words)") }
    }

    /// Lets the process end by _exit(2).
    package func exit(_ code: Int32 = 0) throws { try ask(.exit(code)) }

    package var name: String { "\(host.name.rawValue).\(label)" }

    /// Stops the process by SIGSTOP: it makes no more calls, and its sockets stay.
    package func stop() throws {
        try lab.endStanding()
        isHalted = true
        try child.signal(SignalNumber.SIGSTOP)
        try lab.require("process \(name) is stopped", seen: { "running" }, until: { child.isStopped })
    }

    /// Ends it with its laboratory, of which nothing is told any more.
    func takeDown() { try? child.signal(SignalNumber.SIGKILL) }

    /// Sends it a signal, as kill(1) and Ctrl-C do.
    package func kill(_ signal: Int32) throws {
        try lab.endStanding()
        sent.insert(signal)
        try child.signal(signal)
    }

    /// Lets it go on after `stop`.
    package func resume() throws {
        try kill(SignalNumber.SIGCONT)
        isHalted = false
        // What was asked for is no news later.
        _ = child.takeStops()
    }

    func forgetCalls() {
        pending = nil
        calls = []
    }

    // MARK: What the lab's loop tells

    func received(_ message: [UInt8]) throws {
        guard let pending, let reply = try? Reply(decoding: message) else {
            throw ScenarioStop.harness("process \(name) sent an answer that was not asked for, or a malformed one")
        }
        self.pending = nil
        lastWell = Instant(nanoseconds: reply.left)
        pending.complete(.returned(reply), lab.timeline)
    }

    func ended() throws {
        let status = try child.wait()
        self.status = status
        let now = Instant.now
        if !lab.isClosing && !isAskedFor(status) {
            suspect(.workerEnded, "process \(name) was killed by something outside the harness (\(status.words))")
        }
        lab.timeline.add(
            .exit(
                ExitFact(
                    attempt: lab.timeline.attempt, at: lab.timeline.relative(now), host: host.name.rawValue,
                    process: label, status: status.words)), at: lab.timeline.relative(now))
        pending?.complete(.died(status), lab.timeline)
        pending = nil
    }

    // MARK: Somebody else's doing

    /// Finds out whether somebody has stopped or killed it, which is no doing of the kernel under test.
    func interrogate() throws {
        if hasEnded || isExiting {
            // Its sockets may be closed already while the process itself is not yet gone.
            _ = try lab.wait(until: .now + lab.configuration.timeout) { status != nil }
            return
        }
        guard !isHalted, !isRaising(SignalNumber.SIGSTOP) else { return }
        if child.takeStops() {
            suspect(.workerStopped, "process \(name) was stopped by something outside the harness")
        } else {
            lastWell = .now
        }
    }

    private func suspect(_ kind: SuspicionKind, _ words: String) {
        lab.timeline.add(
            Suspicion(
                kind, words, began: lab.timeline.relative(lastWell), noticed: lab.timeline.relative(.now)))
    }

    private var hasEnded: Bool { Polling.isReadable(pidfd) }

    /// Whether the kernel is taking it down (PF_EXITING), which it does sockets first.
    private var isExiting: Bool {
        guard let number = try? procNumber(), let text = try? Files.read("/proc/\(number)/stat"),
            let end = text.lastIndex(of: ")")
        else { return false }
        // State, parent, group, session, terminal and its group come before the flags.
        let fields = text[end...].dropFirst(2).split(separator: " ")
        return fields.count > 6 && (Int(fields[6]) ?? 0) & 0x4 != 0
    }

    /// Whether it is how the scenario, or the kernel in answer to a call, lets a process end.
    private func isAskedFor(_ status: WaitStatus) -> Bool {
        switch status {
        case .exited: calls.contains { if case .exit = $0.request { true } else { false } }
        case .killed(SignalNumber.SIGPIPE):
            sent.contains(SignalNumber.SIGPIPE) || isRaising(SignalNumber.SIGPIPE) || pending?.request.isSending == true
        case .killed(let signal): sent.contains(signal) || isRaising(signal)
        }
    }

    private func isRaising(_ signal: Int32) -> Bool { pending?.request == .raise(signal) }
}

extension Request {
    /// Whether it is a call that SIGPIPE may come of.
    fileprivate var isSending: Bool {
        switch self {
        case .send, .sendFill, .write: true
        default: false
        }
    }
}

extension WaitStatus {
    /// `exit 0`, `SIGPIPE`.
    package var words: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .killed(let signal): signalSymbol(signal)
        }
    }
}
