internal import Guest
internal import Kernels
internal import Linux
internal import Record
internal import Report

/// A run on other kernels than this machine's, each in a guest of its own, several at a time.
///
/// It works on the main thread, with which its guests die.
final class MatrixRun {
    private let command: RunCommand
    private let lane: Lane
    private let selected: [ScenarioDescription]
    private let sequences: SequenceFiles
    private let qemu: QEMU
    private let screen: Screen
    private let failures: OutputFailures
    private let stop: Stop?
    /// By the place of the kernel on the command line, whichever ends first.
    private var finished: [Int: ReportedRun] = [:]
    private var history: HistoryOutput?

    /// Where a guest is to stop for a debugger.
    struct Stop {
        let point: StopPoint
        /// Where QEMU listens for gdb, in its words.
        let gdb: String
        /// Called when it has stopped, with the attempt's time in nanoseconds.
        let arrived: (Int64) throws -> Void
    }

    /// What runs after the first need not find or make again.
    final class Supply {
        fileprivate var kernels: [[GuestKernel]]?
        fileprivate var image: GuestImage?
    }

    private let supply: Supply

    /// A kernel before its turn.
    private struct Waiting {
        let place: Int
        let kernel: GuestKernel
        let record: OutputFile?
    }

    /// One guest while it runs.
    private final class Run {
        let place: Int
        let guest: Guest
        let session: RunSession
        /// What the kernel is called on the terminal.
        let name: String
        let consoleFile: ConsoleFile
        var lines = LineBuffer()
        var console = GuestConsole()
        /// When its kernel was first seen to have oopsed.
        var oopsedAt: Instant?
        var hasToldOops = false
        /// Whether it is a debugger's from now on, which takes what time it likes.
        var isStopped = false
        var watch: GuestWatch

        init(
            place: Int, guest: Guest, session: RunSession, name: String, consoleFile: ConsoleFile,
            limits: GuestWatch.Limits
        ) {
            self.place = place
            self.guest = guest
            self.session = session
            self.name = name
            self.consoleFile = consoleFile
            watch = GuestWatch(limits, start: guest.reading)
        }
    }

    /// - Parameters:
    ///   - failures: takes what cannot be written.
    ///   - isQuiet: whether only the records are wanted.
    ///   - stop: where the guest is to stop.
    ///   - isRehearsal: whether it is to be as one that stops.
    ///   - supply: what several runs of the same kernels have in common.
    init(
        _ command: RunCommand, lane: Lane, selected: [ScenarioDescription], sequences: SequenceFiles = SequenceFiles(),
        failures: OutputFailures, isQuiet: Bool = false, stop: Stop? = nil, isRehearsal: Bool = false,
        supply: Supply = Supply()
    ) {
        self.command = command
        self.supply = supply
        self.failures = failures
        self.stop = stop
        self.lane = lane
        self.selected = selected
        self.sequences = sequences
        screen = isQuiet ? .silent : Screen(quiet: command.amount.quiet)
        qemu = QEMU(
            clock: command.realTime ? .real : .virtual, isAccelerated: command.realTime && GuestKernels.hasKVM(),
            extraWords: command.append, debugging: stop.map { .stop(gdb: $0.gdb) } ?? (isRehearsal ? .rehearsal : nil))
    }

    /// Runs them; gives their records in the order of the command line.
    func run() throws -> [RunRecord] { try runByArgument().flatMap(\.self) }

    /// Runs them; gives the records of each argument, of which a range has several.
    func runByArgument() throws -> [[RunRecord]] {
        let resolved =
            try supply.kernels
            ?? GuestKernels(isQuiet: !screen.isLive, failingAs: command.bisect ? .unjudged : .usage)
            .resolve(command.kernel)
        supply.kernels = resolved
        try run(resolved.flatMap(\.self))
        let arguments = resolved.indices.flatMap { place in resolved[place].map { _ in place } }
        return resolved.indices.map { argument in
            arguments.indices.filter { arguments[$0] == argument }.compactMap { finished[$0]?.record }
        }
    }

    private func run(_ kernels: [GuestKernel]) throws {
        let labels = kernels.map(\.label)
        if let twice = labels.first(where: { label in labels.count { $0 == label } > 1 }) {
            throw Complaint("--kernel names \(twice) twice")
        }
        var waiting = try kernels.enumerated().map {
            Waiting(place: $0, kernel: $1, record: try record(for: $1, among: kernels.count))
        }[...]
        let reports = try ReportFiles(
            command.reports, others: waiting.compactMap { one in one.record.map { ("--record", $0) } })
        history = try command.history.map { try HistoryOutput(checking: $0) }
        let image =
            try supply.image
            ?? GuestKernels.complaining(.harnessError) { try GuestImage(executablesIn: LabExecutable.directory()) }
        supply.image = image
        let signals = try LabProcess.interruptions()
        var running: [Run] = []
        let deadline = command.budget.map { Instant.now + $0 }
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < places, let next = waiting.popFirst() {
                if let run = try start(next, image, isAlone: kernels.count == 1) { running.append(run) }
            }
            let told = waitForNews(of: running, signals)
            if told == nil { running = try running.filter { try !advance($0) } }
            let wanted = running.lazy.compactMap { self.command.wantedStop($0.session, deadline) }.first
            if let stop = told ?? wanted ?? (hasFailure && command.failFast ? .firstFailure : nil) {
                for run in running { try interrupt(run, stop) }
                waiting = []
                running = []
            }
            for run in running { run.session.tick() }
        }
        reports.write(finished.sorted { $0.key < $1.key }.map(\.value), noting: failures)
    }

    // MARK: Guests

    /// Where the record of a kernel goes: several kernels put their names into the path.
    private func record(for kernel: GuestKernel, among count: Int) throws -> OutputFile? {
        try command.record.map {
            try OutputFile(checking: count == 1 ? $0 : inserting(kernel.label, into: $0), option: "--record")
        }
    }

    /// How many guests may run at once: each keeps a processor busy and takes half a gigabyte with QEMU's own needs.
    ///
    /// Those that go before all other work leave it a processor, without which a run on this machine's own kernel, or
    /// anything else that is in a hurry, would come too late.
    private var places: Int {
        let meminfo = (try? Files.read("/proc/meminfo")) ?? ""
        let line = meminfo.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") } ?? ""
        let megabytes = line.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1024 } ?? 512
        let processors = Scheduling.processors.count
        let takesAll = qemu.clock == .virtual && Scheduling.canSetRealTime
        return max(1, min(takesAll ? processors - 1 : processors, megabytes / 512))
    }

    /// Starts a guest; nil when that is impossible, which ends the run of this kernel and of no other.
    private func start(_ next: Waiting, _ image: GuestImage, isAlone: Bool) throws -> Run? {
        let kernel = next.kernel
        let header = RunHeader(
            tool: "tcpwitness \(toolVersion)",
            kernel: Kernel(release: kernel.label, version: "", machine: "x86_64"), lane: lane, link: command.link,
            place: qemu.place, startedAt: nil, shard: command.shard,
            shuffle: command.shuffle)
        let session = RunSession(
            outputs: RunSession.Outputs(
                record: next.record, history: history, failures: failures,
                needsEverything: command.reports.needEverything),
            selected: selected,
            assignment: command.assignment(header, sequences.scenarios(of: selected), bothLinks: command.link == .auto),
            screen: screen, detail: command.amount.detail, slowest: command.amount.slowest ?? 0,
            label: isAlone ? nil : kernel.label)
        let poll = qemu.clock == .virtual ? ["--poll", "sparse"] : []
        // Two ways to make a link that must not matter; here the second one costs nearly nothing.
        let links = command.link == .auto ? ["--links", "both"] : []
        let arguments =
            command.arguments(for: selected, among: sequences, inGuest: true, lane: lane).dropFirst() + [
                "--place", qemu.place,
            ] + poll + links
        do {
            let guest = try GuestKernels.complaining(.harnessError) {
                try Guest(
                    kernel, qemu, image: image, arguments: Array(arguments), files: sequences.guestFiles,
                    stop: stop?.point.word ?? 0)
            }
            return Run(
                place: next.place, guest: guest, session: session, name: kernel.label,
                consoleFile: ConsoleFile(of: kernel.label, record: next.record), limits: limits)
        } catch let complaint as Complaint where !isAlone {
            finished[next.place] = try session.finish(complaint.line)
            complaint.print()
            return nil
        }
    }

    /// Whether the kernel of a guest that is done with has done otherwise than expected.
    private var hasFailure: Bool { finished.values.contains { RunSummary($0.record).attempts[.failed] > 0 } }

    /// Waits a little, for QEMU tells nobody that the results have grown; returns how the user wants an end.
    private func waitForNews(of runs: [Run], _ signals: borrowing Descriptor) -> RunStop? {
        let ready = Polling.readable([signals.raw] + runs.map(\.guest.pidfd), timeout: .milliseconds(50))
        return ready[0] ? LabProcess.stop(told: signals) : nil
    }

    /// Takes what a guest has sent; returns whether it is done with.
    private func advance(_ run: Run) throws -> Bool {
        // Asked first: what it sends until it ends is then sure to be read.
        let hasEnded = run.guest.hasEnded
        do {
            while try take(run), hasEnded {}
        } catch {
            run.guest.reap(killing: true)
            try conclude(run, "the guest was killed for a broken stream: \(error)")
            return true
        }
        if !run.isStopped, let stop, let time = run.guest.arrival {
            run.isStopped = true
            try stop.arrived(time)
        }
        if hasEnded, run.isStopped, !run.session.hasEnd {
            run.guest.reap(killing: false)
            finished[run.place] = try run.session.finish(RunStop.interrupted.words)
        } else if hasEnded {
            run.guest.reap(killing: false)
            try conclude(run, verdict: nil)
        } else if run.isStopped {
            return false
        } else if let verdict = run.watch.verdict(at: run.guest.reading) {
            let words = run.guest.isStopped ? "QEMU is stopped by a signal" : verdict
            run.guest.reap(killing: true)
            try conclude(run, verdict: words)
        } else {
            try tellOops(run)
            return false
        }
        return true
    }

    /// Tells of an oops that the kernel survives at once; one that it dies of is told with its end.
    private func tellOops(_ run: Run) throws {
        guard let oops = run.console.oops, run.console.panic == nil, !run.hasToldOops else { return }
        run.oopsedAt = run.oopsedAt ?? .now
        guard let seen = run.oopsedAt, .now - seen > .seconds(1) else { return }
        run.hasToldOops = true
        try screen.printError("tcpwitness: \(run.name): the kernel oopsed and goes on: \(oops)\n")
        for line in run.console.excerpt { try screen.printError("  console  \(line)\n") }
    }

    /// Takes a piece of what has come from a guest, and notes that it lives; returns false when there is nothing.
    private func take(_ run: Run) throws -> Bool {
        let printed = try run.guest.readConsole()
        try show(run.console.take(printed), of: run)
        let bytes = try run.guest.read()
        if printed.isEmpty && bytes.isEmpty { return false }
        run.watch.heard(result: !bytes.isEmpty, panic: run.console.panic != nil, at: run.guest.reading)
        if !bytes.isEmpty { try run.session.take(run.lines.add(bytes)) }
        return true
    }

    /// Shows lines of a console as they come, to those who want to see them.
    private func show(_ lines: [String], of run: Run) throws {
        guard command.console else { return }
        let name = command.kernel.count > 1 ? "\(run.name)  " : ""
        try screen.printError(lines.map { "\(name)console  \($0)\n" }.joined())
    }

    private func interrupt(_ run: Run, _ stop: RunStop) throws {
        run.guest.reap(killing: true)
        // Its last lines may be anything: what the user wants is an end.
        while (try? take(run)) == true {}
        finished[run.place] = try run.session.finish(stop.words)
    }

    /// - Parameter verdict: why it was us who ended the guest; nil when it was not.
    private func conclude(_ run: Run, verdict: String?) throws {
        if let line = run.console.finish() { try show([line], of: run) }
        let ending = run.guest.ending(
            verdict: verdict, console: run.console, hasBegun: run.session.hasBegun, hasEnd: run.session.hasEnd)
        try conclude(run, ending.failure)
    }

    private func conclude(_ run: Run, _ failure: String?) throws {
        var console: ConsoleExcerpt?
        if failure != nil, !run.console.isEmpty {
            console = ConsoleExcerpt(
                lines: run.console.excerpt, path: run.consoleFile.keep(run.guest.wholeConsole))
        }
        let reported = try run.session.finish(failure, console: console)
        finished[run.place] = reported
        guard let failure else { return }
        Complaint("\(reported.record.header.kernel.release): \(failure)").print()
        for line in console?.told ?? ["nothing was printed"] { Terminal.printError("  console  \(line)\n") }
    }

    /// How long a guest may say nothing. In virtual time that has nothing to do with its timers, only with how fast
    /// this machine is. `TCPWITNESS_GUEST_SILENCE` is a hook for tests, which cannot wait that long.
    private var limits: GuestWatch.Limits {
        var limits = GuestWatch.Limits()
        if qemu.clock == .real {
            limits.booting = .seconds(30)
            limits.running = command.longestSilence(of: selected)
            limits.halted = nil
        }
        if let seconds = command.bootTimeout {
            limits.boot = .seconds(seconds)
            limits.isBootFixed = true
        }
        if let seconds = Terminal.variable("TCPWITNESS_GUEST_SILENCE").flatMap(Double.init) {
            limits.booting = .seconds(seconds)
            limits.running = .seconds(seconds)
            limits.growth = 0
            limits.timeout = 0
            limits.halted = nil
        }
        return limits
    }
}

/// `out/run.jsonl` with `6.1` becomes `out/run-6.1.jsonl`.
func inserting(_ label: String, into path: String) -> String {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    let end = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? path.endIndex
    return "\(path[..<end])-\(FileName.safe(label))\(path[end...])"
}

extension ExitStatus {
    /// The verdict on several runs: a failure wins over an error, as in one run. Who interrupted it knows that.
    static func worst(of statuses: [ExitStatus]) -> ExitStatus {
        for status in [ExitStatus.interrupted, .terminated, .hungUp, .regression, .harnessError]
        where statuses.contains(status) {
            return status
        }
        return statuses.contains(.asExpected) ? .asExpected : .nothingRan
    }
}
