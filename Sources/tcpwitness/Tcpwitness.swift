internal import ArgumentParser
internal import Record
internal import Report

struct Tcpwitness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcpwitness",
        abstract: "Shows what the Linux kernel's TCP really does.",
        discussion: """
            Exit status: 0 as expected, 1 the kernel did otherwise, 2 bad input, 3 the harness could not tell, \
            4 nothing ran, 130 interrupted.
            """,
        version: buildDescription,
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, ReportCommand.self, MergeCommand.self,
            HistoryCommand.self,
            CompareCommand.self,
            BaselineCommand.self, BehavioursCommand.self, KernelCommand.self, DoctorCommand.self,
        ])
}

/// A subcommand that says itself how it ended.
protocol Subcommand: ParsableCommand {
    func perform() throws -> ExitStatus
}

extension Lane: ExpressibleByArgument {}
extension LinkChoice: ExpressibleByArgument {}

extension Shard: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
