internal import FoundationEssentials
internal import Glibc
internal import History
internal import Linux
internal import Record
internal import Report

/// A run as it comes in: every event goes to the record, to the console and, for the reports at the end, to memory.
final class RunSession {
    /// Where to write; each may be missing.
    struct Outputs {
        var record: OutputFile?
        var reports: ReportFiles?
        var history: (path: String, file: History)?
    }

    private let outputs: Outputs
    private let selected: [ScenarioDescription]
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
    private var events: [Event] = []
    /// The lab's own end, kept back until it has exited: it may still fail.
    private var end: RunEnd?

    /// - Parameters:
    ///   - fallback: the header of a run that never sends one.
    ///   - label: which of several runs this is; nil for the only one.
    init(
        outputs: Outputs, selected: [ScenarioDescription], fallback: RunHeader, screen: Screen,
        detail: Console.Detail, label: String? = nil
    ) {
        self.outputs = outputs
        self.selected = selected
        fallbackHeader = fallback
        self.screen = screen
        self.label = label ?? ""
        prefix = label.map { "\($0)  " } ?? ""
        let width = Terminal.isInteractive ? Terminal.width - prefix.count : nil
        console = Console(colour: Terminal.hasColour, detail: detail, width: width)
    }

    var hasBegun: Bool { !events.isEmpty }
    var hasEnd: Bool { end != nil }

    /// Takes lines of the lab's stream. Throws a record error when they are none, a complaint when a disk is full.
    func take(_ lines: [[UInt8]]) throws {
        var text = ""
        let taking = Result { for line in lines { text += try take(line) } }
        // What came before a bad line is still to be seen.
        try show(text)
        try taking.get()
    }

    /// Ends the record, prints what failed and the counts, and writes the reports.
    ///
    /// - Parameter cause: why the run ended early; nil when the lab did its job.
    func conclude(_ cause: String?) throws -> RunRecord {
        let record = try finish(cause)
        try outputs.reports?.write([(nil, record)])
        return record
    }

    /// Ends the record, and prints what failed and the counts.
    ///
    /// - Parameters:
    ///   - cause: why the run ended early; nil when the lab did its job.
    ///   - console: what a guest's kernel printed, where that may tell the cause.
    func finish(_ cause: String?, console excerpt: ConsoleExcerpt? = nil) throws -> RunRecord {
        var text = ""
        if events.isEmpty { text += try add(.run(fallbackHeader), line: nil) }
        if let cause, cause != RunEnd.byUser { text += try planTheRest() }
        let elapsed = (Instant.now - start).nanoseconds
        let end = self.end ?? RunEnd(duration: elapsed)
        let real = fallbackHeader.place.contains("virtual") ? elapsed : nil
        let whole = RunEnd(
            duration: end.duration, interrupted: cause ?? end.interrupted, realDuration: real, console: excerpt)
        text += try add(.end(whole), line: nil)
        let record = try RunRecord(events)
        try screen.forget(label)
        try screen.print(prefixed(text + console.conclusion(record)))
        if let history = outputs.history {
            try HistoryFile.complaining(history.path) { () throws(HistoryError) in _ = try history.file.add(record) }
        }
        return record
    }

    private func take(_ line: [UInt8]) throws -> String {
        let wholeLine = line + [UInt8(ascii: "\n")]
        guard let event = try decoder.event(line) else {
            // A kind that this program does not know is still worth keeping.
            try writer?.append(wholeLine)
            return ""
        }
        guard case .end(let end) = event else { return try add(event, line: wholeLine) }
        self.end = end
        return ""
    }

    private func add(_ event: Event, line: [UInt8]?) throws -> String {
        guard case .run(var header) = event else {
            guard hasBegun else { throw RecordError("the first line is no header") }
            try writer?.append(line ?? encoder.line(event))
            events.append(event)
            return rendered(event)
        }
        header.startedAt = header.startedAt ?? Date.now.formatted(.iso8601)
        header.shard = fallbackHeader.shard
        let stamped = Event.run(header)
        // Only now, so that a run that never begins leaves no file and an older record whole.
        writer = try outputs.record?.create(encoder.line(stamped))
        events.append(stamped)
        return rendered(stamped)
    }

    private func rendered(_ event: Event) -> String {
        progress.add(event, now: (.now - start).nanoseconds)
        return console.render(event)
    }

    /// Shows how time passes while nothing else happens.
    func tick() throws {
        guard hasBegun else { return }
        let words = label.isEmpty ? progress.words(now: (.now - start).nanoseconds) : progress.short
        try screen.show(words, of: label)
    }

    /// Plans what was selected and is not yet planned, so that the reports miss it.
    private func planTheRest() throws -> String {
        var planned: Set<String> = []
        for case .plan(let scenario) in events { planned.insert(scenario.id) }
        return try selected.filter { !planned.contains($0.id) }.map { try add(.plan($0), line: nil) }.joined()
    }

    private func show(_ text: String) throws {
        try screen.print(prefixed(text))
        try tick()
    }

    private func prefixed(_ text: String) -> String {
        guard !prefix.isEmpty else { return text }
        return text.split(separator: "\n").map { "\(prefix)\($0)\n" }.joined()
    }
}

extension RunRecord {
    /// The verdict on the whole run.
    var exitStatus: ExitStatus { wasInterruptedByUser ? .interrupted : RunSummary(self).exitStatus }
}

extension Kernel {
    /// The kernel this process runs on.
    static var running: Kernel {
        var name = utsname()
        uname(&name)
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return Kernel(release: text(name.release), version: text(name.version), machine: text(name.machine))
    }
}
