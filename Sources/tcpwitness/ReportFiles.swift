internal import Baselines
internal import Compare
internal import Glibc
internal import Linux
internal import Record
internal import Report

/// The reports that were asked for, their files checked before the work that fills them.
struct ReportFiles {
    private let options: ReportOptions
    private let files: [(option: String, file: OutputFile)]

    /// Checks every file and the directory. Throws a complaint.
    ///
    /// - Parameter others: what else the command reads or writes, by the option or words that name it.
    init(_ options: ReportOptions, others: [(name: String, file: OutputFile)] = []) throws {
        self.options = options
        let paths = [
            ("--junit", options.junit), ("--html", options.html), ("--ktap", options.ktap), ("--json", options.json),
            ("--markdown", options.markdown),
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
        if let directory = options.pcap { try Self.create(directory) }
    }

    /// Complains about a report that would replace a file that is read.
    func spare(_ path: String) throws {
        if let (option, _) = files.first(where: { $0.file.replaces(path) }) {
            throw Complaint("\(option) names the record itself")
        }
    }

    /// Writes everything. Throws a complaint.
    func write(_ records: [(path: String?, record: RunRecord)]) throws {
        let runs = named(records)
        for (option, file) in files { try file.create(bytes(option, runs)) }
        if let directory = options.pcap {
            for run in runs {
                let place = Self.captures(of: run.name, in: directory, among: runs.count)
                if runs.count > 1 { try Self.create(place) }
                for outcome in run.record.outcomes {
                    for capture in Capture.all(outcome, header: run.record.header) {
                        try OutputFile(checking: "\(place)/\(capture.name)", option: "--pcap").create(capture.bytes)
                    }
                }
            }
        }
        if options.github { try Terminal.print(GitHubAnnotations.text(runs)) }
    }

    private typealias Runs = [(name: String, record: RunRecord)]

    private func bytes(_ option: String, _ runs: Runs) throws -> [UInt8] {
        switch option {
        case "--junit": JUnit.document(runs.map(\.record), attachments: attachments(runs))
        case "--html": HTMLReport.document(runs, comparisons: comparisons(runs), titles: documentTitles)
        case "--ktap": Array(KTAP.document(runs).utf8)
        case "--json": SummaryJSON.document(runs)
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
    private func named(_ records: [(path: String?, record: RunRecord)]) -> Runs {
        let releases = records.map(\.record.header.kernel.release)
        guard Set(releases).count < releases.count else {
            return zip(releases, records).map { ($0, $1.record) }
        }
        return zip(releases, records).enumerated().map { place, pair in
            ("\(pair.0) (\(pair.1.path ?? String(place + 1)))", pair.1.record)
        }
    }

    // MARK: Captures

    private func attachments(_ runs: Runs) -> JUnit.Attachments? {
        guard let style = options.attachments, let directory = options.pcap else { return nil }
        return JUnit.Attachments { record, outcome in
            let run = runs.first { $0.record.header == record.header }
            let place = Self.captures(of: run?.name ?? "", in: directory, among: runs.count)
            return Capture.names(outcome).map { name in
                let file = "\(place)/\(name)"
                if let prefix = options.attachmentPrefix { return prefix + file.dropFirst(directory.count) }
                return style == .jenkins ? absolute(file) : file
            }
        }
    }

    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    /// Several runs have a directory each.
    private static func captures(of name: String, in directory: String, among count: Int) -> String {
        count == 1 ? directory : "\(directory)/\(String(name.map { $0 == "/" ? "_" : $0 }))"
    }

    private static func create(_ directory: String) throws {
        if mkdir(directory, 0o777) == 0 { return }
        let error = Errno.current
        var status = stat()
        guard error == .EEXIST, stat(directory, &status) == 0 else { throw Complaint("--pcap \(directory): \(error)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Complaint("--pcap \(directory): is no directory") }
    }
}
