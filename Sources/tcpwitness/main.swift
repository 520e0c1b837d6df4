internal import ArgumentParser
internal import Glibc
internal import Report

// Not @main: the exit status and the form of error messages are ours, not the argument parser's.
do {
    let command = try Tcpwitness.parseAsRoot()
    guard let subcommand = command as? any Subcommand else { throw CleanExit.helpRequest() }
    exit(try subcommand.perform().rawValue)
} catch let complaint as Complaint {
    complaint.print()
    exit(complaint.status.rawValue)
} catch let error where Tcpwitness.exitCode(for: error) == .success {
    // Help and version come as errors.
    Terminal.printIgnoringFailure(Tcpwitness.fullMessage(for: error) + "\n")
    exit(ExitStatus.asExpected.rawValue)
} catch {
    Complaint(Tcpwitness.message(for: error)).print()
    // To git bisect a bad command line must not look like a bad commit.
    exit((CommandLine.arguments.contains("--bisect") ? ExitStatus.stop : .usage).rawValue)
}
