internal import CLinux
internal import Glibc
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
    private let qemu: QEMU
    private let screen: Screen
    private let failures: OutputFailures
    /// By the place of the kernel on the command line, whichever ends first.
    private var records: [Int: RunRecord] = [:]
    private var history: HistoryOutput?

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
        var lines = LineBuffer()
        var lastNews = Instant.now

        init(place: Int, guest: Guest, session: RunSession) {
            self.place = place
            self.guest = guest
            self.session = session
        }
    }

    /// - Parameters:
    ///   - failures: takes what cannot be written.
    ///   - isQuiet: whether only the records are wanted.
    init(
        _ command: RunCommand, lane: Lane, selected: [ScenarioDescription], failures: OutputFailures,
        isQuiet: Bool = false
    ) {
        self.command = command
        self.failures = failures
        self.lane = lane
        self.selected = selected
        screen = isQuiet ? .silent : Screen(quiet: command.amount.quiet)
        qemu = QEMU(
            clock: command.realTime ? .real : .virtual, isAccelerated: command.realTime && Self.hasKVM(),
            extraWords: command.append)
    }

    /// Runs them; gives their records in the order of the command line.
    func run() throws -> [RunRecord] {
        let kernels = try command.kernel.map { try resolve($0) }
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
        let image = try complaining(.harnessError) { try GuestImage(executablesIn: LabExecutable.directory()) }
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
        let inOrder = records.sorted { $0.key < $1.key }.map(\.value)
        reports.write(inOrder.map { (nil, $0) }, noting: failures)
        return inOrder
    }

    /// Whether guests can be accelerated, which virtual time excludes; says why not.
    private static func hasKVM() -> Bool {
        guard let obstacle = KVMProbe.obstacle() else { return true }
        Terminal.printError("tcpwitness: guests are emulated: \(obstacle)\n")
        return false
    }

    // MARK: Kernels

    /// The kernel of a name or a path; one of a known series is fetched if it has never been.
    private func resolve(_ name: String) throws -> GuestKernel {
        guard let series = KernelStore.series(name) else {
            if let series = name.split(separator: ":").first, series.count < name.count, !Files.exists(name),
                !Files.exists(String(series)), KernelStore.series(String(series)) != nil
            {
                throw Complaint(
                    "--kernel \(name): \(series) is a series, which has its own modules; only an image takes :MODULES_DIR"
                )
            }
            // A kernel that was not built is no reason to end a bisection.
            return try complaining(command.bisect ? .unjudged : .usage) { try GuestKernel(path: name) }
        }
        let store = KernelStore()
        if let newest = store.entries(of: series).last { return newest.kernel }
        Terminal.printError("tcpwitness: fetching a kernel \(name)\n")
        return try complaining(.harnessError) { try store.fetch(series).kernel }
    }

    /// Where the record of a kernel goes: several kernels put their names into the path.
    private func record(for kernel: GuestKernel, among count: Int) throws -> OutputFile? {
        try command.record.map {
            try OutputFile(checking: count == 1 ? $0 : inserting(kernel.label, into: $0), option: "--record")
        }
    }

    // MARK: Guests

    /// How many guests may run at once: each keeps a processor busy and takes half a gigabyte with QEMU's own needs.
    private var places: Int {
        let meminfo = (try? Files.read("/proc/meminfo")) ?? ""
        let line = meminfo.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") } ?? ""
        let megabytes = line.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1024 } ?? 512
        return max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), megabytes / 512))
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
            outputs: RunSession.Outputs(record: next.record, history: history, failures: failures),
            selected: selected,
            assignment: command.assignment(header, selected, bothLinks: command.link == .auto),
            screen: screen, detail: command.amount.detail, slowest: command.amount.slowest ?? 0,
            label: isAlone ? nil : kernel.label)
        let looks = qemu.clock == .virtual ? ["--looks", "sparse"] : []
        // Two ways to make a link that must not matter; here the second one costs nearly nothing.
        let links = command.link == .auto ? ["--links", "both"] : []
        let arguments =
            command.arguments(for: selected, lane: lane).dropFirst() + ["--place", qemu.place] + looks + links
        do {
            let guest = try complaining(.harnessError) {
                try Guest(kernel, qemu, image: image, arguments: Array(arguments))
            }
            return Run(place: next.place, guest: guest, session: session)
        } catch let complaint as Complaint where !isAlone {
            records[next.place] = try session.finish(complaint.line)
            complaint.print()
            return nil
        }
    }

    /// Whether the kernel of a guest that is done with has done otherwise than expected.
    private var hasFailure: Bool { records.values.contains { RunSummary($0).attempts[.failed] > 0 } }

    /// Waits a little, for QEMU tells nobody that the results have grown; returns how the user wants an end.
    private func waitForNews(of runs: [Run], _ signals: borrowing Descriptor) -> RunStop? {
        var entries = ([signals.raw] + runs.map(\.guest.pidfd)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        _ = clx_poll(&entries, UInt(entries.count), Duration.milliseconds(50).nanoseconds)
        return entries[0].revents != 0 ? LabProcess.stop(told: signals) : nil
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
        if hasEnded {
            run.guest.reap(killing: false)
            try conclude(run, wasKilled: false)
        } else if .now - run.lastNews > silence {
            run.guest.reap(killing: true)
            try conclude(run, wasKilled: true)
        } else {
            return false
        }
        return true
    }

    /// Takes a piece of what a guest has sent; returns false when there is nothing.
    private func take(_ run: Run) throws -> Bool {
        let bytes = try run.guest.read()
        if bytes.isEmpty { return false }
        run.lastNews = .now
        try run.session.take(run.lines.add(bytes))
        return true
    }

    private func interrupt(_ run: Run, _ stop: RunStop) throws {
        run.guest.reap(killing: true)
        // Its last lines may be anything: what the user wants is an end.
        while (try? take(run)) == true {}
        records[run.place] = try run.session.finish(stop.words)
    }

    private func conclude(_ run: Run, wasKilled: Bool) throws {
        let ending = run.guest.ending(
            wasKilled: wasKilled, hasBegun: run.session.hasBegun, hasEnd: run.session.hasEnd)
        try conclude(run, ending.failure, console: ending.consoleTail)
    }

    private func conclude(_ run: Run, _ failure: String?, console: [String] = []) throws {
        let record = try run.session.finish(failure)
        records[run.place] = record
        guard let failure else { return }
        Complaint("\(record.header.kernel.release): \(failure)").print()
        for line in console { Terminal.printError("  console  \(line)\n") }
    }

    /// How long a guest may say nothing. In virtual time that has nothing to do with its timers, only with how busy
    /// this machine is: the longest silence of a guest that works is some seconds. `TCPWITNESS_GUEST_SILENCE` is a
    /// hook for tests, which cannot wait that long.
    private var silence: Duration {
        if let seconds = Terminal.variable("TCPWITNESS_GUEST_SILENCE").flatMap(Double.init) { return .seconds(seconds) }
        return qemu.clock == .virtual ? .seconds(300) : command.longestSilence(of: selected)
    }

    private func complaining<Result>(_ status: ExitStatus, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GuestError {
            throw Complaint("\(error)", status: status)
        } catch let error as SystemError {
            throw Complaint("\(error)", status: .harnessError)
        }
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
