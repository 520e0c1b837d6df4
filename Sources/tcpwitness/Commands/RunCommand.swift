internal import ArgumentParser
internal import History
internal import Acts
internal import Linux
internal import Record
internal import Report

struct RunCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs scenarios on this machine's kernel, or on others in guests.",
        discussion: """
            On this machine's kernel an ordinary user gets a user namespace where the kernel allows that, and does \
            without tracepoints; root gets everything. Guests need QEMU and no root.
            """)

    @Argument(
        help:
            "Ids or globs such as 'close.*', text sequences (FILE.tcp) or folders of them; all scenarios if none is given.",
        completion: .scenarios)
    var scenarios: [String] = []

    @OptionGroup
    var choice: SelectionOptions

    @Option(
        help: ArgumentHelp(
            "Run it in a guest: a series or one of its releases ('tcpwitness kernel list'), a range (6.12@all), packages "
                + "with commas between them, or an image, with :MODULES_DIR if it needs one. May be given several times.",
            valueName: "name|path"), completion: .kernels)
    var kernel: [String] = []

    @Flag(help: "Let a guest's clock run in real time instead of skipping idle time.")
    var realTime = false

    @Option(help: ArgumentHelp("More words for the command line of the kernels in guests.", valueName: "words"))
    var append: String?

    @Flag(help: "Show what the kernels in guests print, while they print it.")
    var console = false

    @Option(
        help: ArgumentHelp(
            "How long a guest may take to its first result; without it, as long as it shows that it goes on.",
            valueName: "seconds"))
    var bootTimeout: Double?

    @Option(help: "Kernel timers: scaled (shortened by sysctl) or default (the kernel's own; in guests).")
    var lane: Lane?

    @Option(help: "What emulates delay and loss where the scenario leaves the choice: auto, netem or relay.")
    var link: LinkChoice = .auto

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many scenarios may be busy at once.", valueName: "n"))
    var jobs: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("How often to run each scenario.", valueName: "n"))
    var `repeat`: Int = 1

    @Option(help: ArgumentHelp("Run in an order that only this number decides.", valueName: "seed"))
    var shuffle: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Run only the i-th of n parts, for 'merge' to join.", valueName: "i/n"),
        transform: Shard.init(checking:))
    var shard: Shard?

    @Flag(
        inversion: .prefixedNo, help: "Compare a guest's run with the baseline of its kernel series.")
    var baseline = true

    @Option(
        help: ArgumentHelp("Where the baselines of the kernel series are.", valueName: "directory"),
        completion: .directory)
    var baselines: String?

    @OptionGroup
    var amount: DetailOptions

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    @Option(
        help: ArgumentHelp("Write everything seen, while it is seen, for 'report'.", valueName: "path"),
        completion: .file())
    var record: String?

    @Option(
        help: ArgumentHelp("Keep the verdicts in this history, for 'history'.", valueName: "path"), completion: .file())
    var history: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a scenario may take beyond its kernel timers.", valueName: "seconds"))
    var timeout: Double = 20

    @Flag(name: [.customShort("x"), .long], help: "Stop at the first failure.")
    var failFast = false

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this time, such as 90s, 10m or 2h.", valueName: "time"),
        transform: Duration.init(checking:))
    var budget: Duration?

    @Flag(help: "Run again whenever tcpwitness is built or a text sequence is saved, until Ctrl-C.")
    var watch = false

    @Flag(help: "Exit as 'git bisect run' expects: 0 good, 1 bad, 125 cannot be judged, 128 stop.")
    var bisect = false

    @Option(
        help: ArgumentHelp(
            "With --bisect, call good what the baseline of this series knows, not what passes.", valueName: "series"),
        completion: .kernels)
    var like: String?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        guard `repeat` >= 1 else { throw ValidationError("--repeat must be at least 1") }
        // Links of two kinds make two attempts of each.
        let most = Bounds.attempts.upperBound / 2
        guard `repeat` <= most else { throw ValidationError("--repeat must be at most \(most)") }
        guard timeout > 0, timeout < 1e6 else {
            throw ValidationError("--timeout must be a positive number of seconds")
        }
        if kernel.contains("") { throw ValidationError("--kernel '' names no kernel") }
        if baselines != nil && kernel.isEmpty {
            throw ValidationError("--baselines needs --kernel: only guest runs are compared with a baseline")
        }
        if realTime && kernel.isEmpty { throw ValidationError("--real-time needs --kernel") }
        if append != nil && kernel.isEmpty { throw ValidationError("--append needs --kernel") }
        if console && kernel.isEmpty { throw ValidationError("--console needs --kernel") }
        if let bootTimeout {
            if kernel.isEmpty { throw ValidationError("--boot-timeout needs --kernel") }
            guard bootTimeout > 0, bootTimeout < 1e6 else {
                throw ValidationError("--boot-timeout must be a positive number of seconds")
            }
        }
        if watch && bisect { throw ValidationError("--watch goes on, and --bisect ends with a status") }
        if like != nil && !bisect { throw ValidationError("--like needs --bisect") }
    }

    func perform() throws -> ExitStatus {
        if watch { return try Watch(arguments: CommandLine.arguments, sequences: scenarios).run() }
        do {
            let judgement = try Judgement(bisects: bisect, series: like)
            let failures = OutputFailures()
            guard let records = try run(noting: failures) else { return bisect ? .unjudged : .usage }
            let status = judgement.status(of: records)
            if bisect {
                // What git is told is the verdict alone.
                _ = failures.conclude(status)
                return status
            }
            var held: [ExitStatus] = []
            failures.attempt { held = try holdAgainstBaselines(records) }
            return failures.conclude(held.isEmpty ? status : .worst(of: held))
        } catch let complaint as Complaint where bisect {
            throw Complaint(complaint.line, status: Judgement.bisectStatus(complaint.status))
        }
    }

    /// The records of all runs; nil when the lab has found that it cannot run here, and has said so.
    private func run(noting failures: OutputFailures) throws -> [RunRecord]? {
        let lane = lane ?? (kernel.isEmpty ? .scaled : .default)
        let sequences = try SequenceFiles(in: scenarios)
        let all = try choice.select(sequences.wanted, from: sequences.candidates(lane))
        guard !all.isEmpty else { return [] }
        let selected = shard?.select(all) ?? all
        if selected.isEmpty {
            throw Complaint("--shard \(shard?.words ?? ""): only \(all.count) scenarios are selected")
        }
        guard kernel.isEmpty else {
            return try MatrixRun(
                self, lane: lane, selected: selected, sequences: sequences, failures: failures
            ).run()
        }
        LabProcess.holdSignals()
        try Privileges.acquire()
        return try runHere(
            lane: lane, selected: selected, sequences: sequences, failures: failures,
            screen: Screen(quiet: amount.quiet))
    }

    /// Runs on this machine's kernel; nil when the lab has found that it cannot run here, and has said so.
    ///
    /// Signals must be held and the privileges be there.
    func runHere(
        lane: Lane, selected: [ScenarioDescription], sequences: SequenceFiles = SequenceFiles(),
        failures: OutputFailures, screen: Screen
    ) throws -> [RunRecord]? {
        let outputs = try checkOutputs(failures)
        let header = RunHeader(
            tool: "tcpwitness \(toolVersion)", kernel: .running, lane: lane, link: link, place: "host", startedAt: nil,
            shard: shard, shuffle: shuffle)
        let session = RunSession(
            outputs: outputs, selected: selected,
            assignment: assignment(header, sequences.scenarios(of: selected), bothLinks: false),
            screen: screen, detail: amount.detail, slowest: amount.slowest ?? 0)
        let lab: LabProcess
        do {
            lab = try LabProcess(
                LabExecutable.find(), arguments(for: selected, among: sequences, inGuest: false, lane: lane))
        } catch let error as SystemError {
            throw Complaint("cannot start the lab: \(error)", status: .harnessError)
        }
        defer { lab.finish() }
        do {
            return try follow(lab, session, silence: longestSilence(of: selected)).map { [$0] }
        } catch {
            _ = lab.kill()
            throw error
        }
    }

    /// Holds guests' runs against what their kernel series are known to do, says what they show of it, and gives what
    /// then becomes of each run's status.
    private func holdAgainstBaselines(_ records: [RunRecord]) throws -> [ExitStatus] {
        guard !kernel.isEmpty, baseline, let directory = try BaselineDirectory.findIfAny(baselines) else { return [] }
        return try records.map { record in
            guard record.stop == nil else { return record.exitStatus }
            let report = try BaselineReport(
                record, in: directory, isWhole: scenarios.isEmpty && shard == nil && choice.isWhole)
            try Terminal.tell(report.text)
            return report.status
        }
    }

    private func follow(_ lab: LabProcess, _ session: RunSession, silence: Duration) throws -> RunRecord? {
        var lastNews = Instant.now
        let deadline = budget.map { Instant.now + $0 }
        while true {
            do {
                // A short while at a time, so that the status is seen to move.
                let step = try lab.next(within: min(.seconds(1), max(.zero, lastNews + silence - .now)))
                if case .silent = step, .now - lastNews < silence {
                    if let stop = wantedStop(session, deadline) { return try self.stop(lab, session, stop) }
                    session.tick()
                    continue
                }
                lastNews = .now
                switch step {
                case .lines(let lines):
                    try session.take(lines)
                    if let stop = wantedStop(session, deadline) { return try self.stop(lab, session, stop) }
                case .ended(.exited(0)) where session.hasEnd: return try session.conclude(nil)
                case .ended(.exited(ExitStatus.usage.rawValue)) where !session.hasBegun: return nil
                case .ended(.exited(0)): return try blame("the lab ended before its record did", session)
                case .ended(.exited(let code)): return try blame("the lab ended: exit \(code)", session)
                case .ended(.killed(let signal)): return try blame("the lab ended: \(signalSymbol(signal))", session)
                case .interrupted(let stop): return try self.stop(lab, session, stop)
                case .silent:
                    try session.take(lab.kill())
                    let time = Int(silence.seconds.rounded())
                    return try blame("the lab was killed after a silence of \(time) s", session)
                case .lingering:
                    try session.take(lab.kill())
                    return try blame("the lab was killed because it did not exit", session)
                }
            } catch let error as RecordError {
                _ = lab.kill()
                return try blame("the lab was killed for a broken stream: \(error)", session)
            }
        }
    }

    /// Whether -x or --for want an end.
    func wantedStop(_ session: RunSession, _ deadline: Instant?) -> RunStop? {
        if failFast && session.hasFailure { return .firstFailure }
        return deadline.map { .now >= $0 } == true && !session.hasEnd ? .time : nil
    }

    private func stop(_ lab: LabProcess, _ session: RunSession, _ stop: RunStop) throws -> RunRecord {
        // Its last lines may be anything: what is wanted is an end.
        try? session.take(lab.kill())
        return try session.conclude(stop.words)
    }

    private func blame(_ cause: String, _ session: RunSession) throws -> RunRecord {
        let record = try session.conclude(cause)
        Complaint(cause).print()
        return record
    }

    /// How long the lab may say nothing. It has deadlines of its own, which must have passed long before.
    func longestSilence(of selected: [ScenarioDescription]) -> Duration {
        Scenario.allowance(longestTimer: selected.map(\.nominalSeconds).max() ?? 0, timeout: .seconds(timeout))
            + .seconds(10)
    }

    private func checkOutputs(_ failures: OutputFailures) throws -> RunSession.Outputs {
        let record = try record.map { try OutputFile(checking: $0, option: "--record") }
        let reports = try ReportFiles(reports, others: record.map { [("--record", $0)] } ?? [])
        return RunSession.Outputs(
            record: record, reports: reports, history: try history.map { try HistoryOutput(checking: $0) },
            failures: failures, needsEverything: self.reports.needEverything)
    }

    /// What a lab is asked to do on some kernel.
    func assignment(_ header: RunHeader, _ selected: [Scenario], bothLinks: Bool) -> Assignment {
        Assignment(header, selected, repetitions: `repeat`, bothLinks: bothLinks)
    }

    /// What to tell the lab.
    func arguments(
        for selected: [ScenarioDescription], among sequences: SequenceFiles, inGuest: Bool, lane: Lane
    ) -> [String] {
        var words = ["run", "--lane", lane.rawValue, "--link", link.rawValue]
        if let jobs { words += ["--jobs", String(jobs)] }
        if let shuffle { words += ["--shuffle", String(shuffle)] }
        words += ["--repeat", String(`repeat`), "--timeout", timeout.words]
        return words + selected.flatMap { sequences.words(for: $0.id, inGuest: inGuest) }
    }
}

extension Double {
    /// Without a fraction where it has none.
    fileprivate var words: String { Int(exactly: self).map { String($0) } ?? String(self) }
}
