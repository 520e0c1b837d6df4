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
        let request = lab.configuration.tampering.calls?(host.name, request) ?? request
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
            if lab.firstFailure != nil { throw ScenarioStop.failed }
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
        let sockStream: Int32 = 1
        let ipprotoTCP: Int32 = 6
        let answer = try ask(
            .socket(
                family: (v6 ?? lab.prefersIPv6 ? IPAddress.anyV6 : .anyV4).family, type: sockStream,
                protocol: ipprotoTCP))
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
        let sigstop: Int32 = 19
        try child.signal(sigstop)
        try lab.require("process \(name) is stopped", seen: { "running" }, until: { child.isStopped })
    }

    func forgetCalls() {
        pending = nil
        calls = []
    }

    // MARK: What the lab's loop tells

    func received(_ message: [UInt8]) throws {
        guard let pending, let reply = try? Reply(decoding: message) else {
            throw ScenarioStop.harness("process \(name) answered without being asked, or nonsense")
        }
        self.pending = nil
        pending.complete(.returned(reply), lab.timeline)
    }

    func ended() throws {
        let status = try child.wait()
        self.status = status
        let now = Instant.now
        lab.timeline.add(
            .exit(
                ExitFact(
                    attempt: lab.timeline.attempt, at: lab.timeline.relative(now), host: host.name.rawValue,
                    process: label, status: status.words)), at: lab.timeline.relative(now))
        pending?.complete(.died(status), lab.timeline)
        pending = nil
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
