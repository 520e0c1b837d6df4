internal import Baselines
internal import Compare
internal import Record
internal import Report

/// A run held against what its kernel series is known to do, or the nearest series that has a baseline.
struct BaselineReport {
    let text: String
    /// What becomes of the run's own status.
    let status: ExitStatus

    /// - Parameter isWhole: whether all scenarios were run, so that one that the baseline has must be there.
    init(_ record: RunRecord, in directory: BaselineDirectory, isWhole: Bool) throws {
        let release = record.header.kernel.release
        guard let version = record.header.kernelVersion, let baseline = try directory.nearest(to: version) else {
            self.init("\(release)  no baseline to compare with\n", record.exitStatus)
            return
        }
        let lane = record.header.lane
        guard baseline.lanes[lane.rawValue] != nil else {
            self.init(
                "\(release)  the baseline of \(baseline.series) has no \(lane.rawValue) lane\n", record.exitStatus)
            return
        }
        // What a user has written as text is none of the series' business.
        let known = Set(catalogue(lane: lane).map(\.id))
        guard record.plan.isEmpty || record.plan.contains(where: { known.contains($0.id) }) else {
            self.init("\(release)  text sequences have no baseline\n", record.exitStatus)
            return
        }
        let isOwn = baseline.series == version.series
        let findings = baseline.check(record, knowing: knownChanges, partial: !isWhole)
            .filter { $0.kind != .newScenario || known.contains($0.scenario) }
        let unjudged = Set(findings.filter { $0.kind == .unjudged }.map(\.scenario)).count
        let surprises = findings.filter { $0.isFailure && $0.kind != .unjudged }
        let changes = findings.filter { $0.kind == .knownChange }
        let built = findings.filter { [.notBuiltIn, .builtIn].contains($0.kind) }
        let name =
            isOwn ? "its baseline" : "the baseline of \(baseline.series), the series nearest to \(version.series),"
        var words: [String] = []
        if unjudged == record.plan.count && surprises.isEmpty {
            words.append("cannot be compared with \(name)")
        } else {
            words.append("\(surprises.isEmpty ? "" : "not ")as \(name) says")
        }
        if !changes.isEmpty { words[0] += ", but for \(changes.count) known change\(changes.count == 1 ? "" : "s")" }
        if unjudged > 0 { words.append("\(unjudged) of \(record.plan.count) not judged") }
        if let old = baseline.kernelVersion, version.isNewer(than: old) ?? false {
            words.append("newer than the baseline's \(old.words)")
        }
        words += BaselineReport.counts(record, findings)
        let status = BaselineReport.status(record, fails: !surprises.isEmpty, isUnjudged: unjudged > 0)
        self.init(
            "\(release)  \(words.joined(separator: ", "))\n"
                + (changes + built + surprises).map { "  \($0.line)\n" }.joined(),
            status)
    }

    private static func counts(_ record: RunRecord, _ findings: [Finding]) -> [String] {
        let skipped = Set(record.attempts.filter { $0.finished?.verdict == .skipped }.map(\.attempt.scenario)).count
        let failed = Set(record.attempts.filter { $0.finished?.verdict == .failed }.map(\.attempt.scenario))
            .subtracting(findings.map(\.scenario)).count
        let fresh = findings.count { $0.kind == .newScenario }
        var words: [String] = []
        if failed > 0 { words.append("\(failed) failed as expected") }
        if skipped > 0 { words.append("\(skipped) skipped") }
        if fresh > 0 { words.append("\(fresh) not in the baseline yet ('tcpwitness baseline update' adds them)") }
        return words
    }

    /// A failure that the baseline expects is as expected; one that it does not expect outranks what was not judged.
    private static func status(_ record: RunRecord, fails: Bool, isUnjudged: Bool) -> ExitStatus {
        if fails { return .regression }
        guard record.exitStatus == .regression else { return record.exitStatus }
        return isUnjudged || record.caution != nil ? .harnessError : .asExpected
    }

    private init(_ text: String, _ status: ExitStatus) {
        self.text = text
        self.status = status
    }
}
