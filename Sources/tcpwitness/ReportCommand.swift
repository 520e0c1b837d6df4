internal import ArgumentParser
internal import Record
internal import Report

struct ReportCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Renders a record again, without root and without a kernel under test.")

    @Argument(help: "A file that 'run --record' wrote.")
    var record: String

    @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "path"))
    var junit: String?

    func perform() throws -> ExitStatus {
        let contents = try InputFile.record(record)
        let run = try RunRecord(contents.events, truncation: contents.truncation)
        let report = try junit.map { try OutputFile(checking: $0, option: "--junit") }
        if let report, report.replaces(record) { throw Complaint("--junit names the record itself") }
        var console = Console(colour: Terminal.hasColour)
        try Terminal.print(contents.events.map { console.render($0) }.joined() + console.conclusion(run))
        try report?.create(JUnit.document([run]))
        if let truncation = run.truncation { throw Complaint("\(record): \(truncation)") }
        return RunSummary(run).exitStatus
    }
}
