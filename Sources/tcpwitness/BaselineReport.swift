internal import Baselines
internal import Compare
internal import Record
internal import Report

/// A run held against what its kernel series is known to do.
struct BaselineReport {
    let text: String
    let status: ExitStatus

    /// - Parameter isWhole: whether all scenarios were run, so that one that the baseline has must be there.
    init(_ record: RunRecord, in directory: BaselineDirectory, isWhole: Bool) throws {
        let release = record.header.kernel.release
        guard let series = record.header.kernelVersion?.series, let baseline = try directory.baseline(series) else {
            self.init("\(release)  there is no baseline of this series, so nothing to hold it against\n", .asExpected)
            return
        }
        let lane = record.header.lane
        guard baseline.lanes[lane.rawValue] != nil else {
            self.init("\(release)  the baseline of \(series) knows nothing of the \(lane.rawValue) lane\n", .asExpected)
            return
        }
        let findings = baseline.check(record, knowing: knownChanges, partial: !isWhole)
        // What could not be judged has been told, and has a status of its own.
        let surprises = findings.filter { $0.isFailure && $0.kind != .unjudged }
        let known = findings.filter { $0.kind == .knownChange }
        let fresh = findings.count { $0.kind == .newScenario }
        let skipped = Set(record.attempts.filter { $0.finished?.verdict == .skipped }.map(\.attempt.scenario)).count
        var words = [surprises.isEmpty ? "as its baseline says" : "not as its baseline says"]
        if !known.isEmpty { words[0] += ", but for \(known.count) known change\(known.count == 1 ? "" : "s")" }
        if let old = baseline.kernelVersion, let new = record.header.kernelVersion, new.isNewer(than: old) ?? false {
            words.append("a newer release than the baseline's \(old.words)")
        }
        if skipped > 0 { words.append("\(skipped) skipped") }
        if fresh > 0 { words.append("\(fresh) not in the baseline yet ('tcpwitness baseline update' adds them)") }
        self.init(
            "\(release)  \(words.joined(separator: ", "))\n" + (known + surprises).map { "  \($0.line)\n" }.joined(),
            surprises.isEmpty ? .asExpected : .regression)
    }

    private init(_ text: String, _ status: ExitStatus) {
        self.text = text
        self.status = status
    }
}
