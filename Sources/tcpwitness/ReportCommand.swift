internal import ArgumentParser
internal import Glibc
internal import Linux
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
        let contents = try readRecord()
        let run = try RunRecord(contents.events, truncation: contents.truncation)
        let report = try junit.map { try OutputFile(checking: $0, option: "--junit") }
        if let report, report.replaces(record) { throw Complaint("--junit names the record itself") }
        var console = Console(colour: Terminal.hasColour)
        try Terminal.print(contents.events.map { console.render($0) }.joined() + console.conclusion(run))
        try report?.create(JUnit.document([run]))
        if let truncation = run.truncation { throw Complaint("\(record): \(truncation)") }
        return RunSummary(run).exitStatus
    }

    private func readRecord() throws -> RecordContents {
        var bytes: [UInt8] = []
        do {
            let file = try Descriptor.open(record, O_RDONLY)
            var more: [UInt8]
            repeat {
                more = try file.read(capacity: 1 << 20)
                bytes += more
            } while !more.isEmpty
        } catch {
            throw Complaint("cannot read \(record): \(error.errno)")
        }
        do {
            return try RecordContents(bytes)
        } catch {
            throw Complaint("\(record): \(error)")
        }
    }
}
