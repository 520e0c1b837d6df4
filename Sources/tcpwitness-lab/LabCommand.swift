internal import Acts
internal import Health
internal import Engine
internal import Lab
internal import Linux
internal import Record
internal import Scenarios
internal import Tracing

/// What the executable does for each of its commands; each returns the exit status.
enum LabCommand {
    private static let eventsDescriptor: Int32 = 3
    private static let controlDescriptor: Int32 = 4

    static func complain(_ text: String) {
        try? Descriptor.write(Array("tcpwitness: \(text)\n".utf8), to: Descriptor.standardError)
    }

    /// Prints every prerequisite; 0 when a run is possible.
    static func doctor() -> Int32 {
        guard isIsolated() else { return 2 }
        let found = prerequisites.all()
        do {
            let lines = found.map { $0.line + "\n" }.joined()
            try Descriptor.write(Array(lines.utf8), to: Descriptor.standardOutput)
        } catch {
            complain("cannot write to standard output: \(error.errno)")
            return 2
        }
        return found.allSatisfy { $0.isPresent || !$0.isRequired } ? 0 : 2
    }

    private static var prerequisites: PrerequisiteCheck {
        PrerequisiteCheck(
            owner: OwnProcess.idInProc, simulatingWithout: Environment.variable("TCPWITNESS_SIMULATE_MISSING"))
    }

    /// Where a run's events go, and what may cut it off.
    struct Channels {
        var events = EventStream(descriptor: eventsDescriptor)
        var control: Int32? = controlDescriptor
        /// Called before each act, see `LabConfiguration`.
        var willPerform: (@Sendable (StopPoint, Int64) -> Void)?
    }

    static func run(_ arguments: [String], through channels: Channels = Channels()) -> Int32 {
        do {
            let options = try RunOptions(arguments)
            // Seen from the first namespace alone.
            let leak = KernelDefaults.limit()
            let machine = options.place == RunOptions.host ? nil : try NetworkNamespace(ofCallingThread: ())
            // In the namespace to come, a chroot would show this path as the old one sees it.
            let worker = try workerPath()
            guard isIsolated() else { return 2 }
            let found = prerequisites.all()
            if let missing = found.first(where: { $0.isRequired && !$0.isPresent }) {
                complain(String(missing.line.drop { $0 != " " }.drop { $0 == " " }))
                return 2
            }
            try run(options, channels, found, machine, leak, worker: worker)
            return 0
        } catch {
            complain("\(error)")
            return 3
        }
    }

    /// `machine` is the first network namespace of a kernel that is ours alone.
    private static func run(
        _ options: RunOptions, _ channels: Channels, _ found: [Prerequisite], _ machine: NetworkNamespace?,
        _ leak: String?, worker: String
    ) throws {
        let out = channels.events
        // What ran before must not matter: the first scenario after boot finds the kernel as any later one does.
        Instant.clocksAreSet.sleepUntil()
        let start = Instant.now
        out.write([
            .run(
                RunHeader(
                    tool: "tcpwitness \(toolVersion)", kernel: currentKernel(), lane: options.lane, link: options.link,
                    place: options.place, startedAt: nil, limits: found.compactMap(\.limit) + [leak].compactMap(\.self),
                    shuffle: options.shuffle))
        ])
        out.write(options.scenarios.map { .plan($0.describe(lane: options.lane)) })
        // Nobody else has this process number at this time.
        let addresses = Addressing.Block(seed: UInt64(OwnProcess.idInProc) << 40 ^ UInt64(start.nanoseconds))
        let traced = found.contains { $0.name == PrerequisiteCheck.tracepointsName && $0.isPresent }
        let hub =
            traced
            ? try TraceHub(
                owner: OwnProcess.idInProc, network: addresses.network, laboratory: addresses.laboratory(of:)) : nil
        defer { hub?.close() }
        let listens = found.contains { $0.name == PrerequisiteCheck.kernelLogName && $0.isPresent }
        let monitor = listens ? try HealthMonitor(isAlone: machine != nil) : nil
        let stamps = try KernelStamps()
        defer { withExtendedLifetime(stamps) {} }
        let ledger = try NamespaceLedger()
        let slabs = machine == nil ? nil : SlabCounts()
        var configuration = LabConfiguration(
            lane: options.lane, link: options.link, timeout: options.timeout, worker: worker,
            addresses: addresses, trace: hub, health: monitor, namespaces: ledger,
            pollInterval: options.pollInterval, machine: machine, destroysOrphans: try OrphanDestruction.works(),
            corrections: try KernelDefaults.corrections())
        configuration.willPerform = channels.willPerform
        let scheduler = try Scheduler(configuration: configuration) { out.write($0) }
        try scheduler.run(
            Scheduler.Plan(
                scenarios: options.scenarios, repetitions: options.repetitions, jobs: options.jobs,
                bothLinks: options.bothLinks, shuffle: options.shuffle),
            control: channels.control)
        let duration = (Instant.now - start).nanoseconds
        out.write(
            lastWords(monitor, ledger, slabs, isAlone: machine != nil).events(at: duration)
                + [.end(RunEnd(duration: duration))])
    }

    /// What is held against the kernel when all laboratories are gone.
    private static func lastWords(
        _ monitor: HealthMonitor?, _ ledger: NamespaceLedger, _ slabs: SlabCounts?, isAlone: Bool
    ) -> LastWords {
        var words = LastWords()
        words.add(ledger, slabs, isAlone: isAlone)
        // Last, so that what the kernel says of what it has not given back is heard.
        if let monitor { words.add(monitor.remainder()) }
        return words
    }

    /// Waits for the orchestrator's end, then takes away the trace instance its lab may have left.
    ///
    /// Everything else goes by itself when the lab's pid namespace ends. Descriptor 3 tells the lab's number, and
    /// breaks when the orchestrator is gone.
    static func guardRun() -> Int32 {
        let life = Descriptor(owning: eventsDescriptor)
        var told: [UInt8] = []
        do {
            try OwnProcess.leaveMounts()
            TraceInstance.sweep()
            while case let bytes = try life.read(capacity: 64), !bytes.isEmpty { told += bytes }
        } catch {
            // Without the right to do this there is no trace instance either.
            return 0
        }
        let lab = Int32(String(decoding: told, as: UTF8.self).trimmed)
        let deadline = Instant.now + .seconds(10)
        while Instant.now < deadline {
            let labIsGone = lab.map { !isAlive(process: $0) } ?? true
            if labIsGone && TraceInstance.sweep() == 0 { break }
            Polling.pause(.milliseconds(2))
        }
        return 0
    }

    /// Leaves the host's namespaces; if that cannot be, says why and what helps.
    private static func isIsolated() -> Bool {
        do {
            try isolate()
            return true
        } catch {
            let advice =
                switch (error as? SystemError)?.errno {
                case .EPERM, .EACCES: ": run as root (sudo)"
                // mount(2) wants a mount point.
                case .EINVAL: "; if this is a chroot: 'mount --bind DIRECTORY DIRECTORY' before it"
                default: ""
                }
            complain("\(error)\(advice)")
            return false
        }
    }

    /// Leaves the host's namespaces, so that nothing done here is seen or left outside.
    private static func isolate() throws {
        try OwnProcess.leaveMounts()
        try OwnProcess.leaveNetwork()
        // Children of this namespace get a small socket hash of their own: a dump walks all of it.
        let entries = "/proc/sys/net/ipv4/tcp_child_ehash_entries"
        if Files.exists(entries) { try Files.write("64", to: entries) }
        OwnProcess.raiseDescriptorLimit()
        // A worker that dies while we write to it must not take us along.
        SignalNumber.ignore(SignalNumber.SIGPIPE)
    }

    /// The worker lies beside this executable.
    private static func workerPath() throws -> String {
        guard let own = OwnProcess.executable else { throw SystemError("readlink /proc/self/exe") }
        let directory = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
        return "\(directory)/tcpwitness-worker"
    }

    private static func currentKernel() -> Kernel {
        let name = RunningKernel.current
        return Kernel(release: name.release, version: name.version, machine: name.machine)
    }
}

extension LastWords {
    /// The namespaces that the kernel keeps and, where there are none, what else it keeps.
    fileprivate mutating func add(_ ledger: NamespaceLedger, _ slabs: SlabCounts?, isAlone: Bool) {
        // A guest's time costs nothing, and there an orphan that must not be destroyed may take that long.
        let timeout = Duration.seconds(20) + (isAlone ? OrphanDestruction.longestTimeout : .zero)
        let (leaked, failure) = ledger.remainder(timeout: timeout)
        for entry in leaked {
            add(
                .leakedNamespace,
                "the network namespace of \(entry.owner) of \(entry.attempt.name) is still there, \(timeout.seconds) s after"
                    + " everything in it was closed",
                unless: isAlone ? nil : "another process of this machine may hold it")
        }
        if let failure { fail(failure) }
        guard leaked.isEmpty, !ledger.hasToldLeaks, ledger.expectsNothing else { return }
        for growth in slabs?.growth() ?? [] { add(.leakedObjects, growth.summary, lines: growth.lines) }
    }
}
