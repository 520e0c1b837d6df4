/// What about a scenario differs.
package enum Aspect: String, Codable, Sendable, CaseIterable {
    /// Only one of the two has the scenario.
    case presence
    case verdict
    case variant
    /// The states a socket passes.
    case path
    /// What a call returned, and how a process ended.
    case call
    /// What an end sent.
    case segment
    /// What a tracepoint of the tcp group reported.
    case packet
    case counter
    case measurement

    /// What it says something about.
    package var kind: Kind {
        switch self {
        case .presence, .verdict, .variant, .path, .call, .segment, .measurement: .behaviour
        case .counter: .counters
        case .packet: .tracepoints
        }
    }

    /// The more telling kind comes first.
    package enum Kind: String, Codable, Sendable, Comparable, CaseIterable {
        /// What applications and peers meet.
        case behaviour
        /// What the kernel counts of it.
        case counters
        /// What the kernel traces of it.
        case tracepoints

        package static func < (one: Kind, other: Kind) -> Bool { one.place < other.place }

        private var place: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The most telling first: a verdict before the state that explains it, that before a count.
    static let mostTelling: [Aspect] = [
        .presence, .verdict, .variant, .path, .call, .segment, .measurement, .counter, .packet,
    ]
}

/// One thing that differs between two runs of a scenario.
package struct Difference: Codable, Equatable, Sendable {
    package var scenario: String
    package var aspect: Aspect
    /// What it is about, such as `client of A`, `TCPChallengeACK of B`; empty where the aspect says all.
    package var subject: String
    /// How it was; nil where there was nothing.
    package var before: String?
    /// How it is now; nil where there is nothing.
    package var after: String?
    /// Why that is no surprise; nil when nothing explains it.
    package var known: Explanation?
    /// What differs, for who is to recognize it; nil of verdicts, variants and ends of processes, which are their words.
    package var values: Values?

    /// What was and what is, other than in words.
    package enum Values: Codable, Equatable, Sendable {
        case counter(name: String, before: Int64, after: Int64)
        case measurement(name: String, before: Double, after: Double)
        case sequence(before: [Sequence.Run], after: [Sequence.Run])

        /// Nil where only one of the two has measured it.
        static func measurements(_ name: String, _ before: Double?, _ after: Double?) -> Values? {
            guard let before, let after else { return nil }
            return .measurement(name: name, before: before, after: after)
        }

        var reversed: Values {
            switch self {
            case .counter(let name, let before, let after): .counter(name: name, before: after, after: before)
            case .measurement(let name, let before, let after): .measurement(name: name, before: after, after: before)
            case .sequence(let before, let after): .sequence(before: after, after: before)
            }
        }
    }

    /// The same from the later run to the earlier.
    var reversed: Difference {
        Difference(
            scenario: scenario, aspect: aspect, subject: subject, before: after, after: before, known: known,
            values: values?.reversed)
    }

    package init(
        scenario: String, aspect: Aspect, subject: String = "", before: String?, after: String?,
        known: Explanation? = nil, values: Values? = nil
    ) {
        self.scenario = scenario
        self.aspect = aspect
        self.subject = subject
        self.before = before
        self.after = after
        self.known = known
        self.values = values
    }
}

/// Why a difference was to be expected.
package struct Explanation: Codable, Hashable, Sendable {
    /// The commits that made the difference, in short form; empty when only a baseline knows it.
    package var commits: [String]
    /// The first mainline release that has them.
    package var since: String?
    /// Where they were taken out again: `in 6.12.111 to 6.12.117, reverted in 7.3`.
    package var reverted: String?
    /// What the change is about, wherever else it also shows.
    package var kind: Aspect.Kind
    package var words: String

    package init(
        commits: [String], since: String?, reverted: String? = nil, kind: Aspect.Kind = .behaviour, words: String
    ) {
        self.commits = commits
        self.since = since
        self.reverted = reverted
        self.kind = kind
        self.words = words
    }

    /// `23e89e8ee7be, c1668292689a (6.11): ...`.
    package var line: String { source.isEmpty ? words : "\(source): \(words)" }

    /// `23e89e8ee7be, c1668292689a (6.11)`; empty where no commit is known.
    package var source: String {
        let releases = [since, reverted].compactMap(\.self).joined(separator: "; ")
        return commits.joined(separator: ", ") + (releases.isEmpty ? "" : " (\(releases))")
    }
}

/// A repeat that ended otherwise than the first attempt of the same run.
package struct Flip: Codable, Equatable, Sendable {
    /// The name of the record.
    package var record: String
    package var scenario: String
    package var attempt: Int
    package var aspect: Aspect
    package var first: String
    package var later: String

    package init(record: String, scenario: String, attempt: Int, aspect: Aspect, first: String, later: String) {
        self.record = record
        self.scenario = scenario
        self.attempt = attempt
        self.aspect = aspect
        self.first = first
        self.later = later
    }
}
