internal import FoundationEssentials
internal import History
internal import Linux
internal import Record
internal import Report

/// A run as it comes in: every event goes to the record and to the console, and what reports tell of it is kept.
final class RunSession {
    /// Where to write; each may be missing.
    struct Outputs {
        var record: OutputFile?
        var reports: ReportFiles?
        var history: HistoryOutput?
        /// What could not be written, to be said at the end.
        var failures = OutputFailures()
        /// Whether reports need every fact of every attempt.
        var needsEverything = false
    }

    private let outputs: Outputs
    private let selected: [ScenarioDescription]
    private var guardian: StreamGuard
    /// What the stream contradicts, if it does.
    private var contradiction: Contradiction?
    private let fallbackHeader: RunHeader
    /// Stands before every line, where several runs share the terminal.
    private let prefix: String
    private let label: String
    private let start = Instant.now
    private let screen: Screen
    private let decoder = RecordDecoder()
    private let encoder = RecordEncoder()
    private var console: Console
    private var progress = Progress()
    private var writer: OutputFile.Writer?
    /// The same for reports that need every fact.
    private var journal: Journal?
    private var assembly = RunAssembly(.reported)
    /// The lab's own end, kept back until it has exited: it may still fail.
    private var end: RunEnd?

    /// - Parameters:
    ///   - assignment: what the lab is asked; its header stands for that of a run that never sends one.
    ///   - label: which of several runs this is; nil for the only one.
    init(
        outputs: Outputs, selected: [ScenarioDescription], assignment: Assignment, screen: Screen,
        detail: Console.Detail, slowest: Int = 0, label: String? = nil
    ) {
        self.outputs = outputs
        self.selected = selected
        guardian = StreamGuard(assignment)
        fallbackHeader = assignment.header
        self.screen = screen
        self.label = label ?? ""
        prefix = label.map { "\($0)  " } ?? ""
        let width = Terminal.isInteractive ? Terminal.width - prefix.count : nil
        console = Console(colour: Terminal.hasColour, detail: detail, width: width, slowest: slowest)
        if outputs.needsEverything { outputs.failures.attempt { journal = try Journal() } }
    }

    var hasBegun: Bool { assembly.header != nil }
    /// Whether the kernel has done otherwise than expected.
    private(set) var hasFailure = false
    var hasEnd: Bool { end != nil }

    /// Takes lines of the lab's stream. Throws a record error when they are none, or contradict what was asked.
    func take(_ lines: [[UInt8]]) throws(RecordError) {
        var text = ""
        // What came before a bad line is still to be seen.
        defer { show(text) }
        for line in lines { text += try take(line) }
    }

    /// Ends the record, prints what failed and the counts, and writes the reports.
    ///
    /// - Parameter cause: why the run ended early; nil when the lab did its job.
    func conclude(_ cause: String?) throws -> RunRecord {
        let run = try finish(cause)
        outputs.reports?.write([run], noting: outputs.failures)
        return run.record
    }

    /// Ends the record, and prints what failed and the counts.
    ///
    /// - Parameters:
    ///   - cause: why the run ended early; nil when the lab did its job.
    ///   - console: what a guest's kernel printed, where that may tell the cause.
    func finish(_ cause: String?, console excerpt: ConsoleExcerpt? = nil) throws -> ReportedRun {
        var text = ""
        if !hasBegun { text += add(.run(fallbackHeader), line: nil) }
        if let cause, RunStop(cause) == nil { text += planTheRest() }
        voidWhatIsContradicted()
        let elapsed = (Instant.now - start).nanoseconds
        let end = self.end ?? RunEnd(duration: elapsed)
        let real = fallbackHeader.place.contains("virtual") ? elapsed : nil
        let whole = RunEnd(
            duration: end.duration, interrupted: cause ?? end.interrupted, realDuration: real, console: excerpt)
        text += add(.end(whole), line: nil)
        let record = try assembly.record()
        print(text + console.conclusion(record), forgetting: true)
        if let history = outputs.history { outputs.failures.attempt { try history.add(record) } }
        return ReportedRun(record: record, replay: journal.map { $0.events })
    }

    private func take(_ line: [UInt8]) throws(RecordError) -> String {
        do {
            let (event, line) = try decoder.entry(line)
            let wholeLine = line + [UInt8(ascii: "\n")]
            guard let event else {
                // A kind that this program does not know is still worth keeping.
                append(wholeLine)
                return ""
            }
            let admitted = try guardian.admit(event)
            if case .end(let end) = admitted {
                self.end = end
                return ""
            }
            return add(admitted, line: admitted == event ? wholeLine : nil)
        } catch let error as Contradiction {
            contradiction = contradiction ?? error
            throw RecordError(error.description)
        } catch let error as RecordError {
            throw error
        } catch {
            throw RecordError("\(error)")
        }
    }

    private func add(_ event: Event, line: [UInt8]?) -> String {
        guard case .run(var header) = event else {
            append(line ?? encoder.line(event))
            assembly.add(event)
            return rendered(event)
        }
        header.startedAt = header.startedAt ?? Date.now.formatted(.iso8601)
        header.shard = fallbackHeader.shard
        let stamped = Event.run(header)
        // Only now, so that a run that never begins leaves no file and an older record whole.
        let stampedLine = encoder.line(stamped)
        if let record = outputs.record { outputs.failures.attempt { writer = try record.create(stampedLine) } }
        keep(stampedLine)
        assembly.add(stamped)
        return rendered(stamped)
    }

    /// Adds to the record; one that cannot grow any more is left as it is, cut off.
    private func append(_ line: [UInt8]) {
        keep(line)
        guard let writer else { return }
        if !outputs.failures.attempt({ try writer.append(line) }) { self.writer = nil }
    }

    private func keep(_ line: [UInt8]) {
        guard let journal else { return }
        if !outputs.failures.attempt({ try journal.append(line) }) { self.journal = nil }
    }

    /// Takes the verdicts back that a contradiction makes doubtful, also those that are written already.
    private func voidWhatIsContradicted() {
        guard let contradiction else { return }
        func voided(_ end: Finished) -> Finished? {
            guard end.verdict != .error, contradiction.scenario == nil || contradiction.scenario == end.attempt.scenario
            else { return nil }
            return end.voided(contradiction.description)
        }
        guard assembly.changeEnds(voided), let writer, let record = outputs.record else { return }
        outputs.failures.attempt {
            self.writer = try record.replace(writer) { line in
                guard case .finished(let end)? = try decoder.event(line), let changed = voided(end) else { return line }
                return encoder.line(.finished(changed)).dropLast()
            }
        }
    }

    private func rendered(_ event: Event) -> String {
        if case .finished(let end) = event, end.verdict == .failed { hasFailure = true }
        progress.add(event, now: (.now - start).nanoseconds)
        return console.render(event)
    }

    /// Shows how time passes while nothing else happens.
    func tick() { show("") }

    /// Plans what was selected and is not yet planned, so that the reports miss it.
    private func planTheRest() -> String {
        let planned = Set(assembly.plan.map(\.id))
        return selected.filter { !planned.contains($0.id) }.map { add(.plan($0), line: nil) }.joined()
    }

    private func show(_ text: String) {
        print(text, forgetting: false)
        guard hasBegun else { return }
        let words = label.isEmpty ? progress.words(now: (.now - start).nanoseconds) : progress.short
        outputs.failures.attempt { try screen.show(words, of: label) }
    }

    /// Prints above the status; a terminal that is gone or full takes no report along.
    private func print(_ text: String, forgetting: Bool) {
        outputs.failures.attempt {
            if forgetting { try screen.forget(label) }
            try screen.print(prefixed(text))
        }
    }

    private func prefixed(_ text: String) -> String {
        guard !prefix.isEmpty else { return text }
        return text.split(separator: "\n").map { "\(prefix)\($0)\n" }.joined()
    }
}

extension RunRecord {
    /// The verdict on the whole run.
    var exitStatus: ExitStatus { stop?.status ?? RunSummary(self).exitStatus }
}

extension Kernel {
    /// The kernel this process runs on.
    static var running: Kernel {
        let name = RunningKernel.current
        return Kernel(release: name.release, version: name.version, machine: name.machine)
    }
}
