internal import ArgumentParser
internal import Record
internal import Report

struct Tcpwitness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcpwitness",
        abstract: "Shows what the Linux kernel's TCP really does.",
        discussion: """
            Exit status: 0 as expected, 1 the kernel did otherwise, 2 bad input, 3 the harness could not tell, \
            4 nothing ran, 130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP, 141 nobody reads the output (SIGPIPE). An \
            output that is closed is bad input.
            """,
        version: buildDescription,
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, ReportCommand.self, MergeCommand.self,
            HistoryCommand.self,
            CompareCommand.self, ExploreCommand.self, ReleasesCommand.self,
            BaselineCommand.self, BehavioursCommand.self, DocumentsCommand.self, CheckCommand.self, FormatCommand.self,
            KernelCommand.self, DebugCommand.self, ShellCommand.self,
            DoctorCommand.self,
        ])
}

/// A subcommand that says itself how it ended.
protocol Subcommand: ParsableCommand {
    func perform() throws -> ExitStatus
}

extension Lane: ExpressibleByArgument {}
extension LinkChoice: ExpressibleByArgument {}

extension Shard {
    /// The shard that these words name. Throws what is wrong with them.
    init(checking words: String) throws {
        guard let shard = Shard(words) else {
            let numbers = words.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, numbers[0] != nil, let count = numbers[1], count > 0 else {
                throw ValidationError("it must be two numbers, such as 1/4")
            }
            throw ValidationError("the parts of \(count) are 1/\(count) to \(count)/\(count)")
        }
        self = shard
    }
}
