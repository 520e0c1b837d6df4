internal import Baselines
internal import Compare
internal import Linux
internal import Record
internal import Report

/// The reports that were asked for, their files checked before the work that fills them.
struct ReportFiles {
    private let options: ReportOptions
    private let files: [(option: String, file: OutputFile)]
    private let captures: OutputDirectory?

    /// Checks every file and the directory. Throws a complaint.
    ///
    /// - Parameter others: what else the command reads or writes, by the option or words that name it.
    init(_ options: ReportOptions, others: [(name: String, file: OutputFile)] = []) throws {
        self.options = options
        let paths = [
            ("--junit", options.junit), ("--html", options.html), ("--ktap", options.ktap), ("--json", options.json),
            ("--markdown", options.markdown), ("--kcidb", options.kcidb),
        ]
        var files: [(option: String, file: OutputFile)] = []
        for case (let option, let path?) in paths {
            let file = try OutputFile(checking: path, option: option)
            if let other = (others + files.map { ($0.option, $0.file) }).first(where: { file.isSame(as: $0.1) }) {
                throw Complaint("\(other.0) and \(option) name the same file")
            }
            files.append((option, file))
        }
        self.files = files
        captures = try options.pcap.map { path in
            try Self.complaining(path) { () throws(SystemError) in try OutputDirectory(making: path) }
        }
    }

    /// Complains about a report that would replace a file that is read.
    func spare(_ path: String) throws {
        if let (option, _) = files.first(where: { $0.file.replaces(path) }) {
            throw Complaint("\(option) names the record itself")
        }
    }

    /// Writes everything that can be written; one that cannot takes no other along.
    func write(_ reported: [ReportedRun], noting failures: OutputFailures) {
        let runs = named(reported)
        // First, so that the JUnit names those that are there.
        var captured = Captured()
        if let captures {
            for (number, place) in Self.places(of: runs).enumerated() {
                failures.attempt {
                    captured[number] = try write(runs[number].record, reported[number].replay, into: captures, place)
                }
            }
        }
        for (option, file) in files { failures.attempt { try file.create(bytes(option, runs, captured)) } }
        if options.github { failures.attempt { try Terminal.print(GitHubAnnotations.text(runs)) } }
    }

    /// The names of the captures of each attempt of a run, by its name.
    private typealias Captured = [Int: [String: [String]]]
    private typealias Replay = (_ take: (Event) throws -> Void) throws -> Void

    private func write(
        _ record: RunRecord, _ replay: Replay?, into captures: OutputDirectory, _ place: String?
    ) throws -> [String: [String]] {
        let directory = try Self.complaining("\(captures.path)/\(place ?? "")") { () throws(SystemError) in
            try place.map { name throws(SystemError) in try captures.making(name) } ?? captures
        }
        var names: [String: [String]] = [:]
        func write(_ outcome: Outcome) throws {
            for capture in Capture.all(outcome, header: record.header) {
                try OutputFile(capture.name, in: directory, option: "--pcap").create(capture.bytes)
                names[outcome.name, default: []].append(capture.name)
            }
        }
        var brief: [String: Outcome] = [:]
        for outcome in record.outcomes {
            if outcome.isBrief { brief[outcome.name] = outcome } else { try write(outcome) }
        }
        guard !brief.isEmpty, let replay else { return names }
        var assembly = RunAssembly(.whole)
        try replay { event in
            assembly.add(event)
            guard case .finished(let end) = event, let whole = assembly.take(end.attempt), end.isTriedAgain != true,
                var outcome = brief[end.attempt.nameOfAll]
            else { return }
            outcome.facts = whole.facts
            try write(outcome)
        }
        return names
    }

    private typealias Runs = [(name: String, record: RunRecord)]

    private func bytes(_ option: String, _ runs: Runs, _ captured: Captured) throws -> [UInt8] {
        switch option {
        case "--junit": JUnit.document(runs.map(\.record), attachments: attachments(runs, captured))
        case "--html": HTMLReport.document(runs, comparisons: comparisons(runs), titles: documentTitles)
        case "--ktap": Array(KTAP.document(runs).utf8)
        case "--json": SummaryJSON.document(runs)
        case "--kcidb":
            KCIDB.document(
                runs, from: KCIDB.Origin(name: options.kcidbOrigin ?? "tcpwitness", build: options.kcidbBuild))
        default: Array(SummaryMarkdown.document(runs).utf8)
        }
    }

    /// What changed between the runs of each lane; the timers of different lanes cannot be compared.
    private func comparisons(_ runs: Runs) -> [Comparison] {
        Lane.allCases.compactMap { lane in
            let ofLane = runs.filter { $0.record.header.lane == lane }
            return ofLane.count > 1 ? Comparison(ofLane, knowing: knownChanges) : nil
        }
    }

    /// Runs by their kernel, where that tells them apart, and else by their file too.
    private func named(_ records: [ReportedRun]) -> Runs {
        let releases = records.map(\.record.header.kernel.release)
        guard Set(releases).count < releases.count else {
            return zip(releases, records).map { ($0, $1.record) }
        }
        return zip(releases, records).enumerated().map { place, pair in
            ("\(pair.0) (\(pair.1.path ?? String(place + 1)))", pair.1.record)
        }
    }

    // MARK: Captures

    private func attachments(_ runs: Runs, _ captured: Captured) -> JUnit.Attachments? {
        guard let style = options.attachments, let directory = options.pcap else { return nil }
        let places = Self.places(of: runs)
        return JUnit.Attachments { record, outcome in
            let number = runs.firstIndex { $0.record.header == record.header } ?? 0
            let place = places[number].map { "/\($0)" } ?? ""
            return (captured[number]?[outcome.name] ?? []).map { name in
                if let prefix = options.attachmentPrefix { return "\(prefix)\(place)/\(name)" }
                let file = "\(directory)\(place)/\(name)"
                return style == .jenkins ? absolute(file) : file
            }
        }
    }

    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = OwnProcess.directory else { return path }
        return "\(here)/\(path)"
    }

    /// Several runs have a directory each; nil for the only one.
    private static func places(of runs: Runs) -> [String?] {
        runs.count == 1 ? [nil] : FileName.distinct(runs.map(\.name))
    }

    private static func complaining<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch {
            throw Complaint("--pcap \(path): \(Self.words(error.errno))")
        }
    }

    private static func words(_ error: Errno) -> String {
        switch error {
        case .ENOTDIR: "is no directory"
        case .ELOOP: "is a symbolic link, which is not written through"
        default: "\(error)"
        }
    }
}
