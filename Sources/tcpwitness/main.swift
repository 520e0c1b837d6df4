internal import ArgumentParser
internal import Linux
internal import Report

// Not @main: the exit status and the form of error messages are ours, not the argument parser's.
do {
    StandardStreams.reserve()
    try CommandNames.check(CommandLine.arguments.dropFirst())
    var command = try Tcpwitness.parseAsRoot()
    if let subcommand = command as? any Subcommand { OwnProcess.exit(try subcommand.perform().rawValue) }
    // A command that only has subcommands, or the parser's own for help: both throw the help that was asked for.
    try command.run()
} catch let complaint as Complaint {
    complaint.print()
    OwnProcess.exit(complaint.status.rawValue)
} catch let error where Tcpwitness.exitCode(for: error) == .success {
    // Help and version come as errors.
    Terminal.printIgnoringFailure(Tcpwitness.fullMessage(for: error) + "\n")
    OwnProcess.exit(ExitStatus.asExpected.rawValue)
} catch {
    Complaint(Tcpwitness.message(for: error)).print()
    // To git bisect a bad command line must not look like a bad commit.
    OwnProcess.exit((CommandLine.arguments.contains("--bisect") ? ExitStatus.stop : .usage).rawValue)
}
