internal import ArgumentParser
internal import Record
internal import Report

struct ReportCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Renders a record again, without root and without a kernel under test.")

    @Argument(
        help: ArgumentHelp(
            "A file that 'run --record' wrote; several, the oldest kernel first, make one report.",
            valueName: "record"), completion: .file())
    var records: [String]

    @OptionGroup
    var amount: DetailOptions

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    func perform() throws -> ExitStatus {
        var texts: [String] = []
        var runs: [ReportedRun] = []
        for path in records {
            var console = Console(
                colour: Terminal.hasColour, detail: amount.detail,
                width: Terminal.isInteractive ? Terminal.width : nil, name: records.count > 1 ? path : nil,
                slowest: amount.slowest ?? 0)
            var assembly = RunAssembly(.reported)
            var lines = ""
            let truncation = try InputFile.events(path, on: .all) { event in
                lines += console.render(event)
                assembly.add(event)
            }
            let run = try assembly.record(truncation: truncation)
            texts.append(lines + console.conclusion(run))
            runs.append(ReportedRun(record: run, path: path) { _ = try InputFile.events(path, on: .all, $0) })
        }
        let files = try ReportFiles(reports)
        for path in records { try files.spare(path) }
        try Terminal.tell(texts.joined(separator: "\n"))
        let failures = OutputFailures()
        files.write(runs, noting: failures)
        let torn = runs.compactMap { run in run.record.truncation.map { "\(run.path ?? ""): \($0)" } }
        if !torn.isEmpty {
            _ = failures.conclude(.usage)
            throw Complaint(torn.joined(separator: "; "))
        }
        return failures.conclude(.worst(of: runs.map { RunSummary($0.record).exitStatus }))
    }
}
