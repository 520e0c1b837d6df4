internal import ArgumentParser
internal import Baselines
internal import Compare
internal import Record
internal import Report

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Manages baselines: what each kernel series is known to do.",
        subcommands: [Update.self, Check.self])

    struct Update: Subcommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes runs the baselines of their kernel series, and shows what changes.")

        @OptionGroup var source: Source

        @Flag(help: "Only show what would change.")
        var dryRun = false

        @Flag(help: "Drop scenarios that the run did not include.")
        var prune = false

        func perform() throws -> ExitStatus {
            let directory = try BaselineDirectory.find(source.baselines)
            var baselines: [String: Baseline] = [:]
            var text = ""
            var unjudged = 0
            for (path, run, series) in try source.runs() {
                if let caution = run.caution {
                    throw Complaint("\(path): \(caution); a baseline is made from whole runs alone")
                }
                let old = try baselines[series] ?? directory.baseline(series)
                let base = old ?? Baseline(series: series, kernel: run.header.kernel.release)
                let findings = base.check(run, knowing: knownChanges, partial: !prune)
                unjudged += findings.count { $0.kind == .unjudged }
                text += findings.isEmpty ? "\(series): \(path) changes nothing\n" : "\(series): \(path)\n"
                text += findings.map { "  \($0.line)\n" }.joined()
                baselines[series] = base.updated(with: run, knowing: knownChanges, pruned: prune)
            }
            try Terminal.tell(text)
            if !dryRun {
                for (series, baseline) in baselines.sorted(by: { $0.key < $1.key }) {
                    try OutputFile(checking: directory.file(series), option: "baseline").create(baseline.json)
                }
            }
            guard unjudged == 0 else {
                throw Complaint(
                    unjudged == 1
                        ? "1 scenario was not judged and stays as it was"
                        : "\(unjudged) scenarios were not judged and stay as they were",
                    status: .harnessError)
            }
            return .asExpected
        }
    }

    struct Check: Subcommand {
        static let configuration = CommandConfiguration(
            abstract: "Fails when a run differs from the baseline of its kernel series.")

        @OptionGroup var source: Source

        @Flag(help: "Do not report scenarios that the run did not include.")
        var partial = false

        func perform() throws -> ExitStatus {
            let directory = try BaselineDirectory.find(source.baselines)
            var text = ""
            var fails = false
            for (path, run, series) in try source.runs() {
                guard let baseline = try directory.baseline(series) else {
                    throw Complaint(
                        "\(path): no baseline of \(series) in \(directory.path); 'tcpwitness baseline update' makes one"
                    )
                }
                let findings = baseline.check(run, knowing: knownChanges, partial: partial)
                fails = fails || findings.contains(where: \.isFailure)
                let differs = findings.contains(where: \.isFailure)
                text += "\(series): \(path) " + (differs ? "differs\n" : "is as expected\n")
                text += findings.map { "  \($0.line)\n" }.joined()
            }
            try Terminal.tell(text)
            return fails ? .regression : .asExpected
        }
    }

    struct Source: ParsableArguments {
        @Argument(help: "Files that 'run --record' wrote.", completion: .file())
        var records: [String]

        @Option(
            help: ArgumentHelp("Where the baselines of the kernel series are.", valueName: "directory"),
            completion: .directory)
        var baselines: String?

        /// Every run with the series of its kernel. Throws a complaint.
        func runs() throws -> [(path: String, run: RunRecord, series: String)] {
            try records.map { path in
                let run = try InputFile.run(path)
                guard let series = run.header.kernelVersion?.series else {
                    throw Complaint("\(path): '\(run.header.kernel.release)' is no kernel release")
                }
                return (path, run, series)
            }
        }
    }
}
