internal import ArgumentParser
internal import Record
internal import Report

struct MergeCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Joins the records of runs' shards into one record for each kernel, and into reports.",
        discussion: """
            Shards of several kernels make a record for each, with the kernel's name in its path. A shard that is \
            missing is named, and can be run alone; --partial goes on without it.
            """)

    @Argument(help: "Files that 'run --shard i/n --record' wrote, in any order.", completion: .file())
    var records: [String]

    @Option(help: ArgumentHelp("Write the whole record.", valueName: "path"), completion: .file())
    var record: String?

    @Flag(help: "Do without shards that are missing; their run counts as one that ended early.")
    var partial = false

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    func validate() throws {
        if record == nil && reports.areNone {
            throw ValidationError("nothing is wanted: --record or a report is missing")
        }
    }

    func perform() throws -> ExitStatus {
        func spareShards(_ output: OutputFile) throws {
            if let same = records.first(where: output.replaces) { throw Complaint("--record names the shard \(same)") }
        }
        if let record { try spareShards(OutputFile(checking: record, option: "--record")) }
        let shards = try records.map { (name: $0, contents: try InputFile.record($0)) }
        let runs: [(kernel: String, events: [Event])]
        do {
            runs = try mergeRuns(shards, order: catalogue(lane: .default).map(\.id), isPartial: partial)
        } catch {
            throw Complaint("\(error)")
        }
        let outputs = try record.map { path in
            try runs.map { run in
                try OutputFile(
                    checking: runs.count == 1 ? path : inserting(run.kernel, into: path), option: "--record")
            }
        }
        for output in outputs ?? [] { try spareShards(output) }
        let files = try ReportFiles(reports, others: (outputs ?? []).map { ("--record", $0) })
        for path in records { try files.spare(path) }
        let reported = try runs.map { run in
            ReportedRun(record: try RunRecord(run.events)) { take in try run.events.forEach(take) }
        }
        let failures = OutputFailures()
        let encoder = RecordEncoder()
        for (run, output) in zip(runs, outputs ?? []) {
            failures.attempt { try output.create(run.events.flatMap(encoder.line)) }
        }
        try Terminal.print(
            reported.map { run in
                let kernel = runs.count == 1 ? "" : "\(run.record.header.kernel.release)  "
                let ending = run.record.end?.interrupted.map { "; \($0)" } ?? ""
                return "\(kernel)\(RunSummary(run.record).words)\(ending)\n"
            }.joined())
        files.write(reported, noting: failures)
        return failures.conclude(.worst(of: reported.map(\.record.exitStatus)))
    }
}
