package import Record

/// What a scenario, or the harness on behalf of all of them, expects of the kernel: a value, judged by whoever has it.
package struct Expectation: Sendable, Equatable {
    /// For how long it must hold.
    package enum Exactness: String, Sendable {
        /// At one moment: a row, an answer, "at least".
        case once
        /// Exactly, until the scenario next does something that may cause traffic: a count, a list, a path, "never".
        case untilNextAct
        /// For the whole attempt: invariants, kernel health.
        case always
    }

    /// Subject and predicate in words: `client passes CLOSE>SYN_SENT`.
    package var words: String
    package var exactness: Exactness
    /// Where it is written, `Closing.swift:31`.
    package var location: String
    /// Which witnesses judge it.
    package var witnesses: [String]
    /// Whether the scenario's claim rests on it: if it cannot be judged, the claim has not been shown.
    package var carriesClaim: Bool
    /// Whether a harness that came late, lost something or had its processes taken away may be the cause when it is
    /// broken. A kernel that warns has warned, however late anybody was.
    package var canBeDisturbed: Bool

    package init(
        _ words: String, exactness: Exactness = .once, location: String, witnesses: [String],
        carriesClaim: Bool = false, canBeDisturbed: Bool = true
    ) {
        self.words = words
        self.exactness = exactness
        self.location = location
        self.witnesses = witnesses
        self.carriesClaim = carriesClaim
        self.canBeDisturbed = canBeDisturbed
    }
}

/// What became of an expectation.
package enum Status: Sendable, Equatable {
    /// As expected; what was seen.
    case met(seen: String)
    /// Otherwise; what was seen, and the instant by which the kernel had done it.
    case broken(seen: String, at: Int64)
    /// The witness it needs is missing.
    case unjudged(reason: String)

    /// How a record calls it.
    package var name: CheckStatus {
        switch self {
        case .met: .met
        case .broken: .broken
        case .unjudged: .unjudged
        }
    }

    /// What was seen, or why nothing could be.
    package var words: String {
        switch self {
        case .met(let seen), .broken(let seen, _): seen
        case .unjudged(let reason): reason
        }
    }
}

/// An expectation with its status.
///
/// Whatever watches the kernel beside the scenario (health, invariants) hands its results to the judge as findings too.
package struct Finding: Sendable, Equatable {
    package var expectation: Expectation
    package var status: Status

    package init(_ expectation: Expectation, _ status: Status) {
        self.expectation = expectation
        self.status = status
    }

    /// As a record has it.
    ///
    /// - Parameter wire: what the wire had carried, where it is broken.
    package func check(of attempt: Attempt, at: Int64, wire: String? = nil) -> Check {
        Check(
            attempt: attempt, at: at, status: status.name, expected: expectation.words, seen: status.words,
            witnesses: expectation.witnesses, wire: wire, location: expectation.location)
    }
}
