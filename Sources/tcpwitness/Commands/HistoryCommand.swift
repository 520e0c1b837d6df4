internal import ArgumentParser
internal import History
internal import Linux
internal import Record
internal import Report

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Shows since when each scenario has behaved as it does.",
        subcommands: [Show.self, Add.self], defaultSubcommand: Show.self)

    struct Show: Subcommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows each scenario's latest verdicts and when they last changed.")

        @OptionGroup var file: HistoryFile

        @Argument(help: "Ids or globs such as 'close.*'; all scenarios if none is given.", completion: .scenarios)
        var scenarios: [String] = []

        @Option(
            parsing: .unconditional, help: ArgumentHelp("How many of the newest runs to look at.", valueName: "n"))
        var last: Int = 30

        @Flag(help: "Leave out what passed the same way in all of these runs.")
        var changed = false

        @Option(
            help: ArgumentHelp("Write a page with plots of the measurements.", valueName: "path"), completion: .file())
        var html: String?

        func validate() throws {
            if last < 1 { throw ValidationError("--last must be at least 1") }
        }

        func perform() throws -> ExitStatus {
            let chosen = try select(scenarios, from: catalogue(lane: .default)).map(\.id)
            let output = try html.map { try OutputFile(checking: $0, option: "--html") }
            let history = try file.open(creating: false)
            // A scenario that is no longer in the catalogue is still in the past of those who ask for everything.
            let trends = try file.complaining { () throws(HistoryError) in
                try history.trends(of: scenarios.isEmpty ? nil : chosen, last: last)
            }
            let shown = changed ? trends.filter { $0.flips > 0 || $0.points.last?.verdict == .failed } : trends
            let runs = trends.map(\.points.count).max() ?? 0
            let isQuiet = shown.isEmpty && !trends.isEmpty
            let quiet = "nothing changed and nothing fails in \(runs == 1 ? "the only run" : "\(runs) runs")\n"
            try Terminal.tell(isQuiet ? quiet : TrendWords(shown).text)
            try output?.create(Array(TrendPage(shown).html.utf8))
            return .asExpected
        }
    }

    struct Add: Subcommand {
        static let configuration = CommandConfiguration(abstract: "Adds runs to the history, from their records.")

        @OptionGroup var file: HistoryFile

        @Argument(help: "Files that 'run --record' wrote.", completion: .file())
        var records: [String]

        func perform() throws -> ExitStatus {
            let runs = try records.map { try InputFile.run($0) }
            let history = try HistoryFile.open(file.path, creating: true)
            var lines = ""
            for (path, run) in zip(records, runs) {
                let isNew = try file.complaining { () throws(HistoryError) in try history.add(run) }
                lines += "\(path): \(isNew ? "added" : "is there already")\(run.truncation.map { ", \($0)" } ?? "")\n"
            }
            try Terminal.tell(lines)
            return .asExpected
        }
    }
}

/// The history's file, as options name it. All throw complaints.
struct HistoryFile: ParsableArguments {
    @Option(name: .customLong("file"), help: ArgumentHelp("The history.", valueName: "path"), completion: .file())
    var path: String = "tcpwitness-history.sqlite"

    func open(creating: Bool) throws -> History { try Self.open(path, creating: creating) }

    static func open(_ path: String, creating: Bool) throws -> History {
        if !creating, !Files.isReadable(path) { throw Complaint("cannot read \(path): \(Errno.current)") }
        if creating, Files.status(path, following: false)?.kind == .symbolicLink {
            throw Complaint("\(path): is a symbolic link, which is not written through")
        }
        return try complaining(path) { () throws(HistoryError) in try History(path: path, timeout: timeout) }
    }

    func complaining<Result>(_ body: () throws(HistoryError) -> Result) throws -> Result {
        try Self.complaining(path, body)
    }

    static func complaining<Result>(_ path: String, _ body: () throws(HistoryError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw Complaint("\(path): \(error)")
        }
    }

    /// How many seconds to wait for another run that writes to the same history. `TCPWITNESS_HISTORY_TIMEOUT` is a
    /// hook for tests, which cannot wait that long.
    static var timeout: Double { Terminal.variable("TCPWITNESS_HISTORY_TIMEOUT").flatMap(Double.init) ?? 60 }
}

/// The history that runs are kept in, opened for as long as that takes: nobody else shall wait for the whole of a run.
struct HistoryOutput {
    private let path: String

    /// Makes the file if there is none. Throws a complaint, though not because another run writes to it just now.
    init(checking path: String) throws {
        self.path = path
        do {
            _ = try HistoryFile.open(path, creating: true)
        } catch let complaint as Complaint where complaint.line.hasSuffix(HistoryError.locked.description) {
            Terminal.printError("tcpwitness: \(path) is in use; the run is kept in it at the end\n")
        }
    }

    /// Keeps a run, waiting for others to have done so. Throws a complaint.
    func add(_ record: RunRecord) throws {
        let history = try HistoryFile.open(path, creating: true)
        try HistoryFile.complaining(path) { () throws(HistoryError) in _ = try history.add(record) }
    }
}
