internal import ArgumentParser
internal import Explore
internal import Linux
internal import Record
internal import Report

struct ExploreCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Looks by chance for what two kernels do not do alike.",
        discussion: """
            Makes sequences of calls, options, sysctls, losses and forged segments, runs them by the hundred in a boot of \
            each kernel, and compares. What a known change explains is set aside and named; the rest is put together by \
            what it shows, shortened to the shortest sequence that still shows it, and written as a text sequence with both \
            records. The seed decides everything: the same seed with the same --sequences finds the same. Exit status: 0 \
            when nothing is left that nothing explains, 1 when something is, 3 when the harness could not tell.
            """)

    @Argument(
        help: "Two kernels, as 'run --kernel' takes them; one with --within.", completion: .kernels)
    var kernels: [String]

    @Option(help: "With one kernel: compare IPv4 with IPv6 (families), or the relay with a bare link (links).")
    var within: Within?

    @Option(help: "Decides what is made.")
    var seed: UInt64 = 1

    @Option(parsing: .unconditional, help: ArgumentHelp("Make so many sequences.", valueName: "n"))
    var sequences: Int?

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp(
            "Begin no more sequences after this time, such as 90s or 10m (10m unless --sequences is given).",
            valueName: "time"),
        transform: Duration.init(checking:))
    var budget: Duration?

    @Option(
        help: ArgumentHelp(
            "Make only what is about these, with commas between: \(Topic.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "topics"),
        transform: Topic.set)
    var topics: Set<Topic> = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many sequences run in one boot.", valueName: "n"))
    var batch: Int = 200

    @Option(
        help: ArgumentHelp(
            "Write what is found into this directory, which must be empty or not there.", valueName: "directory"),
        completion: .directory)
    var output: String?

    @Option(help: "How to say it: terminal or json.")
    var format: ExplorationFormat = .terminal

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard kernels.count == (within == nil ? 2 : 1) else {
            throw ValidationError(within == nil ? "explore takes two kernels" : "--within takes one kernel")
        }
        if within == nil, kernels[0] == kernels[1] {
            throw ValidationError("\(kernels[0]) is named twice; a kernel in virtual time does the same each time")
        }
        if let range = kernels.first(where: { $0.contains("@") }) {
            throw ValidationError("\(range) is a range; explore takes one kernel a name")
        }
        if kernels.contains("") { throw ValidationError("'' names no kernel") }
        if kernels.contains(Operands.host) {
            throw ValidationError("explore runs kernels in guests; this machine's own image is called 'running'")
        }
        if let sequences, !(1...1_000_000).contains(sequences) {
            throw ValidationError("--sequences must be from 1 to 1000000")
        }
        guard (1...1000).contains(batch) else { throw ValidationError("--batch must be from 1 to 1000") }
        if let excluded = contrast.excluded.intersection(topics).first {
            throw ValidationError(
                "--within \(within?.rawValue ?? "") leaves no room for the topic \(excluded.rawValue)")
        }
    }

    func perform() throws -> ExitStatus {
        let directory = try output.map { try FindingDirectory(checking: $0) }
        let run = ExplorationRun(contrast)
        let screen = Screen(quiet: quiet)
        let start = Instant.now
        let deadline = (budget ?? (sequences == nil ? .seconds(600) : nil)).map { start + $0 }
        var plan = Explorer.Plan(
            seed: seed, topics: chosenTopics, sequences: sequences ?? .max, batch: batch)
        plan.clusters = 24
        let explorer = Explorer(
            plan, run: run.outcomes,
            isTimeUp: { run.stop != nil || deadline.map { Instant.now >= $0 } ?? false },
            isStopped: { run.stop != nil },
            tell: { try screen.show($0.words(after: Instant.now - start), of: "") })
        let exploration = try explorer.explore()
        var report = ExplorationReport(exploration, seed: seed, kernels: run.kernels)
        // Each alone, as the first thing after boot: what shows then has nothing to do with what ran beside it.
        for (number, finding) in exploration.findings.enumerated() where run.stop == nil {
            try screen.show("finding \(number + 1) of \(exploration.findings.count), alone", of: "")
            try report.add(finding, run, directory)
        }
        report.seconds = (Instant.now - start).seconds
        report.virtualSeconds = Double(run.virtualTime) / 1e9
        try screen.forget("")
        try directory?.write(report.json, as: "summary.json")
        try Terminal.tell(format == .json ? String(decoding: report.json, as: UTF8.self) : report.text(in: output))
        if let status = run.stop?.status { return status }
        if !report.findings.isEmpty { return .regression }
        return exploration.sequences == 0 ? .harnessError : .asExpected
    }

    private var contrast: ExplorationRun.Contrast {
        switch within {
        case .families: .families(of: kernels[0])
        case .links: .links(of: kernels[0])
        case nil: .kernels(kernels[0], kernels.last ?? "")
        }
    }

    private var chosenTopics: Set<Topic> {
        (topics.isEmpty ? Set(Topic.allCases) : topics).subtracting(contrast.excluded)
    }
}

/// What one kernel is compared with itself in.
enum Within: String, ExpressibleByArgument, CaseIterable {
    case families, links
}

/// How an exploration is told.
enum ExplorationFormat: String, ExpressibleByArgument, CaseIterable {
    case terminal, json
}

extension Topic {
    /// Those that these words name. Throws what is wrong with them.
    fileprivate static func set(_ words: String) throws -> Set<Topic> {
        Set(
            try words.split(separator: ",", omittingEmptySubsequences: false).map { word in
                if let topic = Topic(rawValue: String(word)) { return topic }
                let names = allCases.map(\.rawValue)
                let meant = nearest(String(word), names).map { "; did you mean '\($0)'?" } ?? ""
                throw ValidationError("'\(word)' is none of \(names.joined(separator: ", "))\(meant)")
            })
    }
}

extension Explorer.Progress {
    fileprivate func words(after time: Duration) -> String {
        let seconds = max(1, time.seconds)
        switch self {
        case .explored(let sequences, let clusters, let reached):
            let rate = Int(Double(sequences) / seconds * 60)
            return "\(sequences) sequences (\(rate) a minute), \(reached) things reached, \(clusters) unexplained"
        case .shortening(let round, let open, let ran):
            return "shortening \(open) findings, round \(round), \(ran) sequences run for that"
        }
    }
}
