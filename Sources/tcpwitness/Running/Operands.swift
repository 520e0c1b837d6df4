internal import ArgumentParser
internal import Guest
internal import Kernels
internal import Linux
internal import Record
internal import Report

/// What a command lays side by side: records of earlier runs, and kernels that are run now because they are named.
struct Operands {
    /// What `compare` takes for the kernel of this machine, run without a guest.
    static let host = "host"

    private enum Kind {
        case record
        case host
        case kernel
    }

    private let names: [String]
    private let kinds: [Kind]

    /// Throws a complaint about a name that is neither a file nor a kernel, or that comes twice for nothing.
    init(_ names: [String]) throws {
        self.names = names
        kinds = try names.map(Self.kind)
        let fresh = zip(names, kinds).filter { $0.1 != .record }.map(\.0)
        if let twice = fresh.first(where: { name in fresh.count { $0 == name } > 1 }) {
            throw Complaint(
                twice == Self.host
                    ? "\(twice) is named twice; compare records of two runs instead ('run --record')"
                    : "\(twice) is named twice; a kernel in virtual time does the same each time")
        }
    }

    /// Whether they may be a single run only.
    var areOne: Bool { names.count < 2 && !names.contains { $0.contains("@") } }

    /// Whether nothing has to be run.
    var areRecords: Bool { kinds.allSatisfy { $0 == .record } }

    /// The record that a file to be written would replace.
    func replaced(by file: OutputFile) -> String? { named(.record).first { file.replaces($0) } }

    /// The runs in the order of the command line, each with the argument that it is of; a range makes several.
    ///
    /// Records are read first: they may be none, and they say whose timers the kernels have to wait for. Without one,
    /// guests wait for the kernel's own, which no host can do in reasonable time. Throws a complaint.
    ///
    /// - Parameters:
    ///   - lane: whose timers the user wants to wait for.
    ///   - select: chooses the scenarios to be run.
    func runs(
        lane wanted: Lane?, selecting select: (Lane) throws -> [ScenarioDescription]
    ) throws -> [(path: String, run: RunRecord)] {
        let read = try named(.record).map { (path: $0, run: try InputFile.run($0, on: areRecords ? .all : .one)) }
        let lane = try lane(of: read, wanted)
        guard !areRecords else { return read }
        let selected = try select(lane)
        LabProcess.holdSignals()
        // Before there is a second thread.
        if hasHost { try Privileges.acquire() }
        let all = named(.kernel) + (hasHost ? ["this machine's kernel"] : [])
        Terminal.printError(
            "tcpwitness: running \(selected.count) scenarios on \(all.joined(separator: ", ")), "
                + "\(lane.rawValue) lane\n")
        var guests = try Self.guests(named(.kernel), lane, selected)[...]
        var host = hasHost ? try Self.host(lane, selected)[...] : []
        var files = read[...]
        return zip(names, kinds).flatMap { name, kind -> [(path: String, run: RunRecord)] in
            switch kind {
            case .record: files.popFirst().map { [$0] } ?? []
            case .kernel: (guests.popFirst() ?? []).map { (name, $0) }
            case .host: host.popFirst().map { [(name, $0)] } ?? []
            }
        }
    }

    private var hasHost: Bool { kinds.contains(.host) }

    private func named(_ kind: Kind) -> [String] { zip(names, kinds).filter { $0.1 == kind }.map(\.0) }

    /// Whose timers all of them wait for. Throws a complaint about runs that cannot be compared.
    private func lane(of records: [(path: String, run: RunRecord)], _ wanted: Lane?) throws -> Lane {
        guard let first = records.first else { return wanted ?? (hasHost ? .scaled : .default) }
        let lane = first.run.header.lane
        if let other = records.first(where: { $0.run.header.lane != lane }) {
            throw Complaint(
                "\(first.path) is of the \(lane.rawValue) lane, \(other.path) of the "
                    + "\(other.run.header.lane.rawValue) lane; their timers cannot be compared: run one of them again "
                    + "with --lane")
        }
        if let wanted, wanted != lane {
            throw Complaint("\(first.path) is of the \(lane.rawValue) lane, not of the \(wanted.rawValue) lane")
        }
        if hasHost, lane == .default {
            throw Complaint(
                "\(first.path) is of the default lane, whose timers take hours on the host: make it again with "
                    + "--lane scaled")
        }
        return lane
    }

    // MARK: Running

    /// The runs of each kernel, which are several for a range.
    private static func guests(
        _ kernels: [String], _ lane: Lane, _ selected: [ScenarioDescription]
    ) throws -> [[RunRecord]] {
        guard !kernels.isEmpty else { return [] }
        let command = try RunCommand.parse(kernels.flatMap { ["--kernel", $0] })
        let matrix = MatrixRun(command, lane: lane, selected: selected, failures: OutputFailures(), isQuiet: true)
        let runs = try matrix.runByArgument()
        try stop(if: runs.flatMap(\.self))
        return runs
    }

    /// The run on this machine's kernel, alone, since guests would slow it down.
    private static func host(_ lane: Lane, _ selected: [ScenarioDescription]) throws -> [RunRecord] {
        let command = try RunCommand.parse([])
        guard
            let runs = try command.runHere(lane: lane, selected: selected, failures: OutputFailures(), screen: .silent)
        else { throw Complaint("this machine's kernel cannot be run", status: .harnessError) }
        try stop(if: runs)
        return runs
    }

    /// Complains where the user has ended a run: what there is of it is not what was asked for.
    private static func stop(if runs: [RunRecord]) throws {
        if runs.contains(where: \.wasInterruptedByUser) { throw Complaint("interrupted", status: .interrupted) }
    }

    // MARK: Names

    /// Whether a word stands for a run.
    static func isNamed(_ word: String) -> Bool { Files.exists(word) || ((try? kind(of: word)) ?? .record) != .record }

    private static func kind(of name: String) throws -> Kind {
        if Files.exists(name) { return Files.isDirectory(name) || isPackage(name) ? .kernel : .record }
        if name == host { return .host }
        if isPackage(name) || name.hasPrefix("https://") { return .kernel }
        do {
            if try KernelName(name) != nil { return .kernel }
        } catch {
            throw Complaint("\(error)")
        }
        if !name.isEmpty, name.allSatisfy({ $0.isNumber || $0 == "." }) {
            let names = KernelSeries.all.map(\.name).joined(separator: ", ")
            throw Complaint("\(name) is neither a file nor a kernel series; known are \(names)")
        }
        return .record
    }

    private static func isPackage(_ name: String) -> Bool { name.hasSuffix(".deb") || name.hasSuffix(".rpm") }
}
