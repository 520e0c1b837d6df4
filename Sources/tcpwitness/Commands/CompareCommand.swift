internal import ArgumentParser
internal import Baselines
internal import Compare
internal import Guest
internal import Kernels
internal import Linux
internal import Record
internal import Report

struct CompareCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows what changed from one run to the next, and which commit is known for it.",
        discussion: """
            A kernel series is run first, in a guest, with every scenario; a record of an earlier run is compared as \
            it is. Exit status: 0 when nothing changed that neither a known change nor a baseline explains, 1 otherwise.
            """)

    @Argument(
        help: """
            Two or more, the oldest kernel first: files that 'run --record' wrote, or series that 'kernel list' shows.
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

    @Flag(help: "Say also what is not compared, and why.")
    var notCompared = false

    func perform() throws -> ExitStatus {
        guard records.count >= 2 else { throw Complaint("compare needs two or more records") }
        let kernels = records.filter(isSeries)
        if let twice = kernels.first(where: { name in kernels.count { $0 == name } > 1 }) {
            throw Complaint("\(twice) is named twice; a kernel in virtual time does the same each time")
        }
        let isVersion = { (name: String) in !name.isEmpty && name.allSatisfy { $0.isNumber || $0 == "." } }
        if let unknown = records.first(where: { isVersion($0) && !isSeries($0) && !Files.exists($0) }) {
            let names = KernelSeries.all.map(\.name).joined(separator: ", ")
            throw Complaint("\(unknown) is neither a file nor a kernel series; known are \(names)")
        }
        let files = try records.filter { !isSeries($0) }.map { (path: $0, run: try InputFile.run($0)) }
        let fresh = kernels.isEmpty ? [] : try run(kernels, lane: files.first?.run.header.lane ?? .default)
        var (waitingFiles, waitingRuns) = (files[...], fresh[...])
        let runs = records.compactMap { name in
            isSeries(name) ? waitingRuns.popFirst().map { (path: name, run: $0) } : waitingFiles.popFirst()
        }
        let lane = runs[0].run.header.lane
        if let other = runs.first(where: { $0.run.header.lane != lane }) {
            throw Complaint(
                "\(runs[0].path) is of the \(lane.rawValue) lane, \(other.path) of the "
                    + "\(other.run.header.lane.rawValue) lane; their timers cannot be compared")
        }
        let file = try output.map { try OutputFile(checking: $0, option: "--output") }
        if let file, let replaced = records.first(where: { file.replaces($0) }) {
            throw Complaint("--output names the record \(replaced)")
        }
        let comparison = Comparison(named(runs), knowing: knownChanges, baselines: try known(runs.map(\.run)))
        var bytes = format.render(comparison)
        if notCompared, format == .terminal { bytes += Array(comparison.exemptionsText.utf8) }
        if let file {
            try file.create(bytes)
        } else if format == .terminal {
            try Terminal.tell(String(decoding: bytes, as: UTF8.self))
        } else {
            try Terminal.print(String(decoding: bytes, as: UTF8.self))
        }
        return comparison.unexplained.isEmpty ? .asExpected : .regression
    }

    /// Whether it names a kernel and no file.
    private func isSeries(_ name: String) -> Bool { !Files.exists(name) && KernelStore.series(name) != nil }

    /// Runs every scenario on these kernels, since only a run says what they do today.
    private func run(_ kernels: [String], lane: Lane) throws -> [RunRecord] {
        let command = try RunCommand.parse(kernels.flatMap { ["--kernel", $0] })
        let selected = catalogue(lane: lane)
        Terminal.printError(
            "tcpwitness: running \(selected.count) scenarios on \(kernels.joined(separator: ", "))\n")
        let failures = OutputFailures()
        let runs = try MatrixRun(command, lane: lane, selected: selected, failures: failures, isQuiet: true).run()
        guard !runs.contains(where: \.wasInterruptedByUser) else {
            throw Complaint("interrupted", status: .interrupted)
        }
        return runs
    }

    /// Runs by their kernel, where that tells them apart, and else by their file.
    private func named(_ runs: [(path: String, run: RunRecord)]) -> [(name: String, record: RunRecord)] {
        let releases = runs.map(\.run.header.kernel.release)
        let distinct = Set(releases).count == releases.count
        return zip(runs, releases).map { (distinct ? $1 : "\($1) (\($0.path))", $0.run) }
    }

    private func known(_ runs: [RunRecord]) throws -> [Baseline] {
        guard let directory = try BaselineDirectory.findIfAny(baselines) else { return [] }
        return try Set(runs.compactMap { $0.header.kernelVersion?.series }).sorted()
            .compactMap { try directory.baseline($0) }
    }
}

/// How a comparison is told.
enum ComparisonFormat: String, ExpressibleByArgument, CaseIterable {
    case terminal, markdown, json, junit

    fileprivate func render(_ comparison: Comparison) -> [UInt8] {
        switch self {
        case .terminal: Array(comparison.text.utf8)
        case .markdown: Array(comparison.markdown.utf8)
        case .json: comparison.json
        case .junit: comparison.junit
        }
    }
}
