internal import ArgumentParser
internal import Report

/// How much 'run' and 'report' print.
struct DetailOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print only failures and totals.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print every expectation and measurement as well.")
    var verbose = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Print the n slowest scenarios too.", valueName: "n"))
    var slowest: Int?

    var detail: Console.Detail { quiet ? .quiet : verbose ? .verbose : .normal }

    func validate() throws {
        if let slowest, slowest < 1 { throw ValidationError("--slowest must be at least 1") }
        if quiet && verbose { throw ValidationError("--quiet and --verbose contradict each other") }
    }
}

/// The reports that 'run' and 'report' write alike.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "path"), completion: .file())
    var junit: String?

    @Option(
        help: ArgumentHelp("Write a page with a ladder diagram of each scenario.", valueName: "path"),
        completion: .file())
    var html: String?

    @Option(help: ArgumentHelp("Write KTAP, as kernel CI reads it.", valueName: "path"), completion: .file())
    var ktap: String?

    @Option(help: ArgumentHelp("Write a summary for programs.", valueName: "path"), completion: .file())
    var json: String?

    @Option(help: ArgumentHelp("Write a summary for the page of a CI job.", valueName: "path"), completion: .file())
    var markdown: String?

    @Option(
        help: ArgumentHelp("Write JSON for KernelCI's common database (KCIDB).", valueName: "path"), completion: .file()
    )
    var kcidb: String?

    @Option(
        help: ArgumentHelp("The name by which KernelCI knows who submits; tcpwitness by default.", valueName: "name"))
    var kcidbOrigin: String?

    @Option(
        help: ArgumentHelp(
            "The build of the kernel that KernelCI knows already, instead of a description of it.", valueName: "id"))
    var kcidbBuild: String?

    @Option(
        help: ArgumentHelp("Write a pcapng file for each scenario and host.", valueName: "directory"),
        completion: .directory)
    var pcap: String?

    @Flag(help: "Print what failed as annotations of GitHub Actions.")
    var github = false

    @Option(
        help: ArgumentHelp(
            "Name the pcapng files in the JUnit as jenkins (absolute paths) or gitlab (relative ones) wants it."))
    var attachments: AttachmentStyle?

    @Option(
        help: ArgumentHelp(
            "What stands before the names of attached files in place of the --pcap directory.", valueName: "path"),
        completion: .file())
    var attachmentPrefix: String?

    /// Whether nothing is to be written.
    var areNone: Bool { [junit, html, ktap, json, markdown, kcidb, pcap].allSatisfy { $0 == nil } && !github }

    /// Whether they need every fact of every attempt.
    var needEverything: Bool { pcap != nil }

    func validate() throws {
        for (option, isGiven) in [("--kcidb-origin", kcidbOrigin != nil), ("--kcidb-build", kcidbBuild != nil)]
        where isGiven && kcidb == nil {
            throw ValidationError("\(option) needs --kcidb")
        }
        if let kcidbOrigin, !KCIDB.Origin.isName(kcidbOrigin) {
            throw ValidationError("--kcidb-origin must have lower-case letters, digits and underscores only")
        }
        if let kcidbBuild, !KCIDB.Origin.isIdentifier(kcidbBuild) {
            throw ValidationError("--kcidb-build must be an origin and an id, such as mine:4711")
        }
        if attachments != nil && (junit == nil || pcap == nil) {
            throw ValidationError("--attachments needs --junit and --pcap")
        }
        if attachmentPrefix != nil && attachments == nil {
            throw ValidationError("--attachment-prefix needs --attachments")
        }
    }
}

/// Who is to find attached files.
enum AttachmentStyle: String, ExpressibleByArgument, CaseIterable {
    case jenkins, gitlab
}
