internal import Compare
internal import Record
internal import Report

/// What the process tells its caller: whoever runs it, or `git bisect run`.
struct Judgement {
    /// Whether `git bisect run` is the caller.
    private let bisects: Bool
    /// What counts as good then; nil where the verdicts decide.
    private let baseline: Baseline?

    /// - Parameter series: that of the baseline. Throws a complaint where there is none.
    init(bisects: Bool, series: String?) throws {
        self.bisects = bisects
        baseline = try series.map { series in
            let directory = try BaselineDirectory.find(nil)
            guard let baseline = try directory.baseline(series) else {
                throw Complaint("no baseline of \(series) in \(directory.path)")
            }
            return baseline
        }
    }

    func status(of records: [RunRecord]) -> ExitStatus {
        guard bisects, !records.contains(where: \.wasInterruptedByUser) else {
            return .worst(of: records.map(\.exitStatus))
        }
        let verdicts = records.map { BisectStatus(of: $0, expecting: baseline) }
        if verdicts.contains(.bad) { return .regression }
        return verdicts.contains(.skip) ? .unjudged : .asExpected
    }

    /// What becomes of the status of a complaint: no commit is to blame for a bad command line.
    static func bisectStatus(_ status: ExitStatus) -> ExitStatus {
        switch status {
        case .usage: .stop
        case .harnessError: .unjudged
        default: status
        }
    }
}
