internal import Acts
internal import ArgumentParser
internal import Baselines
internal import Compare
internal import Explore
internal import Record
internal import Report

/// Runs the sequences of an exploration, each on both sides, a boot of a kernel for a batch of them.
final class ExplorationRun {
    /// What the two sides are.
    enum Contrast {
        case kernels(String, String)
        /// One kernel over IPv4 and over IPv6.
        case families(of: String)
        /// One kernel whose segments go through the relay, and where they do not.
        case links(of: String)

        /// Their names where one kernel is both.
        fileprivate var names: (String, String)? {
            switch self {
            case .kernels: nil
            case .families: ("IPv4", "IPv6")
            case .links: ("relay", "direct")
            }
        }

        /// What cannot be in a sequence, since it is what the sides differ in or only one of them can do.
        var excluded: Set<Topic> {
            switch self {
            case .kernels: []
            case .families: [.ipv6]
            case .links: [.wire, .forge, .icmp]
            }
        }
    }

    /// Both runs of a batch.
    struct Pair {
        var before: (name: String, record: RunRecord)
        var after: (name: String, record: RunRecord)
    }

    /// How many sequences are under way at once: the more, the more memory a guest needs, and the later each is served.
    private static let atOnce = 24

    private let contrast: Contrast
    private let supplies = (MatrixRun.Supply(), MatrixRun.Supply())
    /// How the user wants an end; nil while it goes on.
    private(set) var stop: RunStop?
    /// What the kernels call themselves.
    private(set) var kernels: [String] = []
    /// Nanoseconds of the guests' own time, in all.
    private(set) var virtualTime: Int64 = 0

    init(_ contrast: Contrast) { self.contrast = contrast }

    /// What became of the sequences; of none, where the user wants an end. Throws a complaint.
    func outcomes(of sequences: [(id: String, candidate: Candidate)]) throws -> [String: SequenceOutcome] {
        guard stop == nil, !sequences.isEmpty else { return [:] }
        let pair = try run(sequences)
        if let stop = [pair.before, pair.after].lazy.compactMap(\.record.stop).first {
            self.stop = stop
            return [:]
        }
        guard let ending = [pair.before, pair.after].first(where: { $0.record.caution != nil }) else {
            return SequenceOutcome.all(before: pair.before, after: pair.after, knowing: knownChanges)
        }
        let reason = ending.record.caution ?? ""
        if ending.record.attempts.isEmpty { throw Complaint("\(ending.name): \(reason)", status: .harnessError) }
        // One of them has ended the kernel: which?
        guard sequences.count > 1 else {
            let sight = Sight(key: "\(ending.name) ends", words: "\(ending.name): \(reason)")
            return [sequences[0].id: SequenceOutcome(sights: [sight])]
        }
        let half = sequences.count / 2
        return try outcomes(of: Array(sequences[..<half])).merging(outcomes(of: Array(sequences[half...]))) { $1 }
    }

    /// Both runs.
    ///
    /// - Parameter record: where the records go, with the sides' names put in; nil keeps none.
    func run(_ sequences: [(id: String, candidate: Candidate)], record: String? = nil) throws -> Pair {
        let pair: Pair
        switch contrast {
        case .kernels(let one, let other):
            let runs = try records(of: [one, other], sequences, record, supplies.0)
            pair = Pair(
                before: (runs[0].header.kernel.release, runs[0]), after: (runs[1].header.kernel.release, runs[1]))
        case .families(let kernel):
            pair = try sides(of: kernel, sequences, sequences.map { ($0.id, $0.candidate.overIPv6) }, record)
        case .links(let kernel):
            pair = try sides(of: kernel, sequences, sequences.map { ($0.id, $0.candidate.overDirectLink) }, record)
        }
        kernels = [pair.before.name, pair.after.name]
        virtualTime += [pair.before, pair.after].reduce(0) { $0 + ($1.record.end?.duration ?? 0) }
        return pair
    }

    private func sides(
        of kernel: String, _ one: [(id: String, candidate: Candidate)],
        _ other: [(id: String, candidate: Candidate)], _ record: String?
    ) throws -> Pair {
        guard let names = contrast.names else { throw Complaint("the sides have no names", status: .harnessError) }
        let before = try records(of: [kernel], one, record.map { inserting(names.0, into: $0) }, supplies.0)[0]
        let after = try records(of: [kernel], other, record.map { inserting(names.1, into: $0) }, supplies.1)[0]
        let release = before.header.kernel.release
        return Pair(before: ("\(release) \(names.0)", before), after: ("\(release) \(names.1)", after))
    }

    private func records(
        of kernels: [String], _ sequences: [(id: String, candidate: Candidate)], _ record: String?,
        _ supply: MatrixRun.Supply
    ) throws -> [RunRecord] {
        let command = try RunCommand.parse(
            kernels.flatMap { ["--kernel", $0] } + ["--jobs", "\(Self.atOnce)"]
                + (record.map { ["--record", $0] } ?? []))
        let files: SequenceFiles
        do {
            files = SequenceFiles(try sequences.map { try $0.candidate.sequence(id: $0.id) })
        } catch {
            throw Complaint("a sequence that cannot be read: \(error)", status: .harnessError)
        }
        let failures = OutputFailures()
        let runs = try MatrixRun(
            command, lane: .default, selected: files.files.map { $0.scenario.describe(lane: .default) },
            sequences: files, failures: failures, isQuiet: true, supply: supply
        ).run()
        guard runs.count == kernels.count else {
            throw Complaint("explore takes one kernel a name; a range has several")
        }
        if failures.conclude(.asExpected) != .asExpected { throw Complaint("a record is missing") }
        return runs
    }
}
