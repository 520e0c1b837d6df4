package import Record

/// Why a run ended before everything was done though nothing went wrong: somebody wanted it so.
package enum RunStop: Sendable, Equatable, CaseIterable {
    /// By SIGINT, SIGTERM and SIGHUP.
    case interrupted, terminated, hungUp
    /// By `run -x`.
    case firstFailure
    /// By `run --for`.
    case time

    /// The stop of which a record says this; nil for what went wrong.
    package init?(_ words: String) {
        guard let stop = Self.allCases.first(where: { $0.words == words }) else { return nil }
        self = stop
    }

    /// As records have it.
    package var words: String {
        switch self {
        case .interrupted: "interrupted"
        case .terminated: "interrupted by SIGTERM"
        case .hungUp: "interrupted by SIGHUP"
        case .firstFailure: "stopped at the first failure"
        case .time: "stopped when its time was up"
        }
    }

    /// What the process tells its caller; nil where the verdicts decide.
    package var status: ExitStatus? {
        switch self {
        case .interrupted: .interrupted
        case .terminated: .terminated
        case .hungUp: .hungUp
        case .firstFailure, .time: nil
        }
    }
}

extension RunRecord {
    /// Why not everything was done, where somebody wanted that.
    package var stop: RunStop? { end?.interrupted.flatMap(RunStop.init) }

    /// Whether a signal ended the run before everything was done.
    package var wasInterruptedByUser: Bool { stop?.status != nil }
}
