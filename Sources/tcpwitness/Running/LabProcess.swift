internal import Linux
internal import Record
internal import Report

/// The lab while it runs: the lines of its event stream, and what may end it.
///
/// What the two agree on: descriptor 3 takes the record's lines, from the header to the end; descriptor 4 is a pipe
/// whose closing tells the lab to go; exit status 0 means that it did its job, 2 before the header that it cannot run
/// here and has said why on standard error.
///
/// It must be started by a thread that lives as long as it shall, since it is killed with that thread.
final class LabProcess {
    enum Step {
        case lines([[UInt8]])
        /// The stream has ended, and so has the process.
        case ended(WaitStatus)
        /// The user wants an end.
        case interrupted(RunStop)
        /// Nothing came for as long as was allowed.
        case silent
        /// The stream has ended, but the process has not.
        case lingering
    }

    private let child: ChildProcess
    private let stream: Descriptor
    private let control: Descriptor
    private let signals: Descriptor
    /// Takes away what the lab cannot if we are killed; ends when it has no more to do.
    private let guardian: ChildProcess
    /// Breaks when we are gone, which is what the guardian waits for.
    private var life: Descriptor?
    private var lines = LineBuffer()
    private var isReaped = false

    /// Starts the lab with an event stream as descriptor 3 and a pipe as descriptor 4 that breaks when we are gone.
    init(_ path: String, _ arguments: [String]) throws(SystemError) {
        // Before the start, so that no signal is lost between.
        signals = try Self.interruptions()
        let (events, control, life) = try (makePipe(), makePipe(), makePipe())
        let lifeline = Descriptor(owning: life.writing)
        stream = Descriptor(owning: events.reading)
        self.control = Descriptor(owning: control.writing)
        // Ours must go once the lab has its own, or the stream would never end.
        let labStream = Descriptor(owning: events.writing)
        let labControl = Descriptor(owning: control.reading)
        let guardianLife = Descriptor(owning: life.reading)
        guardian = try ChildProcess(
            path, ["guard"], environment: Environment.all, descriptors: [guardianLife.raw], survives: true)
        child = try ChildProcess(
            path, arguments, environment: Environment.all, descriptors: [labStream.raw, labControl.raw],
            isolated: true)
        try lifeline.write(Array("\(child.pid)\n".utf8))
        self.life = consume lifeline
    }

    /// Waits for the next thing to happen. Throws the error of the failing call, or a record error for what is no line.
    func next(within timeout: Duration) throws -> Step {
        guard let ready = Self.wait(for: [signals.raw, stream.raw], timeout) else { return .silent }
        if ready[0] { return .interrupted(Self.stop(told: signals)) }
        let bytes = try stream.read(capacity: 1 << 16)
        if !bytes.isEmpty { return .lines(try lines.add(bytes)) }
        // The lab has closed its stream; it has nothing left to do but to exit.
        guard let ready = Self.wait(for: [signals.raw, child.pidfd.raw], .seconds(2)) else { return .lingering }
        return ready[0] ? .interrupted(Self.stop(told: signals)) : .ended(try reap())
    }

    /// Ends the lab and, with its pid namespace, all its workers. Returns the whole lines it had still sent.
    func kill() -> [[UInt8]] {
        // Its number may by now be that of another process.
        if isReaped { return [] }
        try? child.signal(SignalNumber.SIGKILL)
        // Not for ever: a process that hangs in the kernel must not hang us too, and dies when it can.
        guard Self.wait(for: [child.pidfd.raw], .seconds(1)) != nil, (try? reap()) != nil else { return [] }
        var rest: [[UInt8]] = []
        while let bytes = try? stream.read(capacity: 1 << 16), !bytes.isEmpty {
            guard let more = try? lines.add(bytes) else { break }
            rest += more
        }
        return rest
    }

    /// Lets the guardian finish and waits for it. Call it last.
    func finish() {
        life = nil
        _ = try? guardian.wait()
    }

    private func reap() throws(SystemError) -> WaitStatus {
        isReaped = true
        return try child.wait()
    }

    /// Which descriptors are readable; nil when none became so in time.
    static func wait(for descriptors: [Int32], _ timeout: Duration) -> [Bool]? {
        let ready = Polling.readable(descriptors, timeout: timeout)
        return ready.contains(true) ? ready : nil
    }

    /// Keeps signals that want an end until somebody looks for them, so that none is lost before there is a record.
    static func holdSignals() {
        SignalNumber.block(interrupting)
    }

    /// Readable once the user wants an end; the signals no longer do anything else.
    static func interruptions() throws(SystemError) -> Descriptor {
        holdSignals()
        return try SignalNumber.descriptor(for: interrupting)
    }

    /// Which signal has come.
    static func stop(told signals: borrowing Descriptor) -> RunStop {
        switch SignalNumber.taken(from: signals) {
        case SignalNumber.SIGTERM: .terminated
        case SignalNumber.SIGHUP: .hungUp
        default: .interrupted
        }
    }

    /// Who started us with nohup wants us to go on.
    private static var interrupting: [Int32] {
        [SignalNumber.SIGINT, SignalNumber.SIGTERM]
            + (SignalNumber.isIgnored(SignalNumber.SIGHUP) ? [] : [SignalNumber.SIGHUP])
    }
}
