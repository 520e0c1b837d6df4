internal import Linux
internal import Report

/// Runs the same command again whenever what it runs has changed: the programs, which are built anew, or text sequences.
struct Watch {
    private let own: String
    private let lab: String
    private let arguments: [String]
    private let sequences: [String]
    /// How often to look. What differs from one look to the next is still being written.
    private static let pause = Duration.milliseconds(200)

    /// - Parameters:
    ///   - arguments: of this process, its own path first.
    ///   - sequences: what was asked for; ids among it are no files.
    ///
    /// Throws a complaint.
    init(arguments: [String], sequences: [String]) throws {
        guard let path = OwnProcess.executable else {
            throw Complaint("cannot find this executable: \(Errno.current)", status: .harnessError)
        }
        own = path
        lab = try LabExecutable.find()
        self.arguments = arguments.dropFirst().filter { $0 != "--watch" }
        self.sequences = sequences.filter { $0.contains("/") || $0.hasSuffix(".tcp") }
    }

    /// Returns once a signal wants an end, with its status. Throws a complaint.
    func run() throws -> ExitStatus {
        do {
            let signals = try LabProcess.interruptions()
            while true {
                let before = stamps
                let words: String
                switch try once(until: signals) {
                case (_, let stop?): return stop.status ?? .interrupted
                case (.exited(let code), nil): words = "status \(code)"
                case (.killed(let number), nil): words = "ended by \(signalSymbol(number))"
                }
                try Terminal.print("\ntcpwitness: \(words); runs again after a change (Ctrl-C ends)\n")
                if let stop = try awaitChange(since: before, or: signals) { return stop.status ?? .interrupted }
                try Terminal.print("\n")
            }
        } catch let error as SystemError {
            throw Complaint("cannot watch: \(error)", status: .harnessError)
        }
    }

    /// One run, and the signal that ended it.
    private func once(until signals: borrowing Descriptor) throws -> (WaitStatus, RunStop?) {
        // A new inode every time that it is linked, so it may be missing just now.
        var child: ChildProcess?
        while child == nil {
            // In a session of its own: a Ctrl-C comes to us, and from us to it, once.
            child = try? ChildProcess(own, arguments, environment: Environment.all, ownSession: true)
            if child == nil, LabProcess.wait(for: [signals.raw], Self.pause) != nil {
                return (.exited(0), LabProcess.stop(told: signals))
            }
        }
        guard let child else { return (.exited(0), nil) }
        while true {
            guard let ready = LabProcess.wait(for: [signals.raw, child.pidfd.raw], .seconds(3600)) else { continue }
            if ready[1] { return (try child.wait(), nil) }
            let stop = LabProcess.stop(told: signals)
            // It still has reports to write.
            try? child.signal(stop.number)
            return (try child.wait(), stop)
        }
    }

    /// Waits until something is other than it was before the run, and has been so for a moment; or for a signal.
    private func awaitChange(since before: [[Stamp]], or signals: borrowing Descriptor) throws -> RunStop? {
        var last = before
        while true {
            if LabProcess.wait(for: [signals.raw], Self.pause) != nil { return LabProcess.stop(told: signals) }
            let now = stamps
            if now != before, now == last { return nil }
            last = now
        }
    }

    /// Which files there are just now: the programs, and those that each argument stands for.
    private var stamps: [[Stamp]] {
        [[own, lab].compactMap { Stamp($0) }]
            + sequences.map { path in
                let files = path.hasSuffix(".tcp") ? [path] : (try? SequenceFiles.files(under: path)) ?? []
                return files.compactMap { Stamp($0) }
            }
    }

    /// What changes when a file is written or replaced.
    private struct Stamp: Equatable {
        let path: String
        let identity: FileStatus.Identity
        let size: Int
        let modified: Int64

        init?(_ path: String) {
            guard let status = Files.status(path) else { return nil }
            self.path = path
            identity = status.identity
            size = status.size
            modified = status.modified
        }
    }
}

extension RunStop {
    /// The signal that asked for it.
    fileprivate var number: Int32 {
        switch self {
        case .terminated: SignalNumber.SIGTERM
        case .hungUp: SignalNumber.SIGHUP
        case .interrupted, .firstFailure, .time: SignalNumber.SIGINT
        }
    }
}
