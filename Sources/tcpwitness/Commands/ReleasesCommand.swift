internal import ArgumentParser
internal import Baselines
internal import Compare
internal import Record
internal import Report

struct ReleasesCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "releases",
        abstract: "Shows in which release each behaviour changed, and by which commit.",
        discussion: """
            Kernels are run first, in guests, with every scenario; records of earlier runs are taken as they are. Exit \
            status: 0 when every change is a known one, 1 otherwise.
            """)

    @Argument(
        help: """
            Two or more, in any order: files that 'run --record' wrote, and kernels as 'run --kernel' takes them.
            """, completion: .kernels)
    var kernels: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take what an earlier 'releases --format json' wrote instead.", valueName: "path"), completion: .file())
    var from: String?

    @Option(help: "How to say it: terminal, markdown, json or html.")
    var format: ReleasesFormat = .terminal

    @Option(help: ArgumentHelp("Write to a file instead of standard output.", valueName: "path"), completion: .file())
    var output: String?

    @Option(help: "Whose timers kernels that are run now wait for: scaled or default.")
    var lane: Lane?

    @OptionGroup
    var scope: ScopeOptions

    func perform() throws -> ExitStatus {
        let operands = try Operands(kernels)
        let file = try output.map { try OutputFile(checking: $0, option: "--output") }
        if let file, let replaced = operands.replaced(by: file) {
            throw Complaint("--output names the record \(replaced)")
        }
        let history = try from.map { try read($0) } ?? gather(operands)
        let table = ReleaseTable(history, knowing: knownChanges)
        let bytes = format.render(table)
        if let file {
            try file.create(bytes)
        } else if format == .terminal {
            try Terminal.tell(String(decoding: bytes, as: UTF8.self))
        } else {
            try Terminal.print(String(decoding: bytes, as: UTF8.self))
        }
        return table.unexplainedCount == 0 ? .asExpected : .regression
    }

    private func read(_ path: String) throws -> ReleaseHistory {
        guard kernels.isEmpty else { throw Complaint("--from takes the place of kernels and records") }
        do {
            return try ReleaseHistory(json: InputFile.bytes(path))
        } catch let error as BaselineError {
            throw Complaint("\(path): \(error)")
        }
    }

    /// Runs and reads all; the oldest kernel first.
    private func gather(_ operands: Operands) throws -> ReleaseHistory {
        let tooFew = Complaint("releases needs two or more kernels or records")
        if operands.areOne { throw tooFew }
        let runs = try operands.runs(lane: lane) { try scope.select([], from: catalogue(lane: $0)) }
        guard runs.count >= 2 else { throw tooFew }
        for (path, run) in runs {
            guard run.header.kernelVersion != nil else {
                throw Complaint("\(path): '\(run.header.kernel.release)' is no kernel release")
            }
            if let caution = run.caution { throw Complaint("\(path): \(caution)") }
        }
        return ReleaseHistory(
            runs.map(\.run).sorted { ReleaseHistory.areInOrder($0.header.kernel, $1.header.kernel) })
    }
}

/// How a history of releases is told.
enum ReleasesFormat: String, ExpressibleByArgument, CaseIterable {
    case terminal, markdown, json, html

    fileprivate func render(_ table: ReleaseTable) -> [UInt8] {
        switch self {
        case .terminal: Array(table.text.utf8)
        case .markdown: Array(table.markdown.utf8)
        case .json: table.history.json
        case .html: Array(ReleasesPage(table).html.utf8)
        }
    }
}
