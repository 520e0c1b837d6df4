internal import ArgumentParser
internal import Baselines
internal import Compare
internal import Linux
internal import Record
internal import Report

struct CompareCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows what changed from one run to the next, and which commit is known for it.",
        discussion: """
            A kernel is run first, in a guest, and so is this machine's ('host'); a record of an earlier run is compared \
            as it is. All have to wait for the same timers: with 'host' those are the scaled ones, else the kernel's \
            own. What both runs have is compared. Exit status: 0 when nothing changed that neither a known change nor a baseline explains, \
            1 when something did, 3 when a run ended early and what it has agrees.
            """)

    @Argument(
        help: """
            Two or more, the oldest kernel first: files that 'run --record' wrote; 'host'; kernels as 'run --kernel' \
            takes them: series, releases, ranges (6.12@all), packages, build trees. \
            Ids and globs of scenarios may follow, as with 'run'; without any, all are compared.
            """, completion: .kernels)
    var records: [String]

    @Option(help: "How to say it: terminal, markdown, json or junit.")
    var format: ComparisonFormat = .terminal

    @Option(help: ArgumentHelp("Write to a file instead of standard output.", valueName: "path"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp("Where the baselines of the kernel series are.", valueName: "directory"),
        completion: .directory)
    var baselines: String?

    @OptionGroup
    var scope: ScopeOptions

    @Option(help: "Whose timers kernels that are run now wait for: scaled or default.")
    var lane: Lane?

    @Flag(name: .shortAndLong, help: "Tell every difference, not a line for each scenario.")
    var verbose = false

    @Flag(help: "Tell only in how many scenarios each change shows.")
    var stat = false

    @Flag(help: "Leave out what a known change or a baseline explains.")
    var onlyUnexplained = false

    @Flag(help: "Say also what is not compared, and why.")
    var notCompared = false

    @OptionGroup
    var paging: PagerOptions

    func validate() throws {
        if stat && verbose { throw ValidationError("--stat and --verbose contradict each other") }
    }

    func perform() throws -> ExitStatus {
        let (records, patterns) = try named()
        let operands = try Operands(records)
        if operands.areOne { throw Self.tooFew }
        let file = try output.map { try OutputFile(checking: $0, option: "--output") }
        if let file, let replaced = operands.replaced(by: file) {
            throw Complaint("--output names the record \(replaced)")
        }
        let runs = try operands.runs(lane: lane) { try scope.select(patterns, from: catalogue(lane: $0)) }
        guard runs.count >= 2 else { throw Self.tooFew }
        let whole = Comparison(distinct(runs), knowing: knownChanges, baselines: try known(runs.map(\.run)))
        let comparison = try narrowed(whole, patterns)
        guard comparison.steps.contains(where: { !$0.scenarios.isEmpty }) else {
            throw Complaint("the runs have no scenario in common")
        }
        try tell(comparison, in: file)
        if !comparison.unexplained.isEmpty { return .regression }
        return comparison.sides.contains { $0.caution != nil } ? .harnessError : .asExpected
    }

    private static let tooFew = Complaint("compare needs two or more records or kernels")

    private func tell(_ comparison: Comparison, in file: OutputFile?) throws {
        let detail: Telling.Detail = stat ? .counts : verbose ? .everything : .lines
        let isShown = file == nil && Terminal.isInteractive
        let telling = Telling(detail, onlyUnexplained: onlyUnexplained, width: isShown ? Terminal.width : nil)
        var bytes = format.render(comparison, telling)
        if notCompared, format == .terminal { bytes += Array(comparison.exemptionsText.utf8) }
        if let file {
            try file.create(bytes)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if format == .terminal { try paging.tell(text) } else { try Terminal.print(text) }
    }

    // MARK: What is compared

    /// The records and series that the arguments name, and the ids and globs that follow. Throws a complaint.
    private func named() throws -> (records: [String], patterns: [String]) {
        let end = records.firstIndex(where: isScenario) ?? records.endIndex
        let (names, patterns) = (Array(records[..<end]), Array(records[end...]))
        if let late = patterns.first(where: { !isScenario($0) && Operands.isNamed($0) }) {
            throw Complaint("'\(late)' stands after the scenario '\(patterns[0])'; records and series come first")
        }
        return (names, patterns)
    }

    /// Whether it names scenarios and no file.
    private func isScenario(_ name: String) -> Bool {
        !Files.exists(name) && (isGlob(name) || catalogue(lane: .default).contains { $0.id == name })
    }

    /// What the user wants to know of it. Throws a complaint where that is nothing that any run has.
    private func narrowed(_ comparison: Comparison, _ patterns: [String]) throws -> Comparison {
        if patterns.isEmpty && scope.isWhole { return comparison }
        let wanted = Set(try scope.select(patterns, from: comparison.scenarios).map(\.id))
        return comparison.narrowed { wanted.contains($0.id) }
    }

    /// Runs by their kernel, where that tells them apart, and else by their file.
    private func distinct(_ runs: [(path: String, run: RunRecord)]) -> [(name: String, record: RunRecord)] {
        let releases = runs.map(\.run.header.kernel.release)
        let distinct = Set(releases).count == releases.count
        return zip(runs, releases).map { (distinct ? $1 : "\($1) (\($0.path))", $0.run) }
    }

    /// The baselines of the runs' series, or those of the series that are nearest to them.
    private func known(_ runs: [RunRecord]) throws -> [Baseline] {
        guard let directory = try BaselineDirectory.findIfAny(baselines) else { return [] }
        return try runs.compactMap { try $0.header.kernelVersion.flatMap(directory.nearest) }
            .reduce(into: []) { all, baseline in
                if !all.contains(where: { $0.series == baseline.series }) { all.append(baseline) }
            }
    }
}

/// How a comparison is told.
enum ComparisonFormat: String, ExpressibleByArgument, CaseIterable {
    case terminal, markdown, json, junit

    fileprivate func render(_ comparison: Comparison, _ telling: Telling) -> [UInt8] {
        switch self {
        case .terminal: Array(comparison.text(telling).utf8)
        case .markdown: Array(comparison.markdown(telling).utf8)
        case .json: comparison.json(telling)
        case .junit: comparison.junit
        }
    }
}
