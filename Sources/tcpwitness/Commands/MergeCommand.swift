internal import ArgumentParser
internal import Record
internal import Report

struct MergeCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Joins the records of a run's shards into one record.")

    @Argument(help: "Files that 'run --shard i/n --record' wrote, in any order.", completion: .file())
    var records: [String]

    @Option(help: ArgumentHelp("Write the whole record.", valueName: "path"), completion: .file())
    var record: String

    func perform() throws -> ExitStatus {
        let output = try OutputFile(checking: record, option: "--record")
        if let same = records.first(where: output.replaces) { throw Complaint("--record names the shard \(same)") }
        let shards = try records.map { (name: $0, contents: try InputFile.record($0)) }
        let events: [Event]
        do {
            events = try merge(shards, order: catalogue(lane: .default).map(\.id))
        } catch let error as RecordError {
            throw Complaint("\(error)")
        }
        let run = try RunRecord(events)
        let encoder = RecordEncoder()
        try output.create(events.flatMap(encoder.line))
        try Terminal.print(RunSummary(run).words + "\n")
        return run.exitStatus
    }
}
