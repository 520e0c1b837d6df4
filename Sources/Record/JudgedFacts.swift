/// What became of an expectation.
package enum CheckStatus: String, Codable, Sendable, CaseIterable {
    case met
    case broken
    /// The witness it needs is missing.
    case unjudged
}

/// One expectation and what became of it.
package struct Check: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var status: CheckStatus
    package var expected: String
    /// What was seen; why nothing could be, where it is unjudged.
    package var seen: String
    /// Which witnesses it rests on, such as `netlink`, `trace`, `segments`, `errno`.
    package var witnesses: [String]
    /// What the wire had carried when it was broken; else nil.
    package var wire: String?
    /// `Closing.swift:31`.
    package var location: String

    package init(
        attempt: Attempt, at: Int64, status: CheckStatus, expected: String, seen: String, witnesses: [String],
        wire: String?, location: String
    ) {
        self.attempt = attempt
        self.at = at
        self.status = status
        self.expected = expected
        self.seen = seen
        self.witnesses = witnesses
        self.wire = wire
        self.location = location
    }
}

/// A figure worth comparing between kernels.
package struct Measurement: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var name: String
    package var value: Double
    /// `s`, `ms`, `segments`, ...
    package var unit: String
    package var comparison: ComparisonPolicy

    package init(attempt: Attempt, name: String, value: Double, unit: String, comparison: ComparisonPolicy) {
        self.attempt = attempt
        self.name = name
        self.value = value
        self.unit = unit
        self.comparison = comparison
    }
}

/// Of what kind it is that the harness holds against itself.
package enum SuspicionKind: String, Codable, Sendable, CaseIterable {
    /// The laboratory was not given the processor in time: the relay kept a segment, a look came late.
    case late
    /// A process was stopped by somebody else.
    case workerStopped
    /// A process was killed by somebody else.
    case workerEnded
    /// A call that the harness makes for itself took too long.
    case ownCall
    /// Frames or events were lost.
    case lost
    /// Witnesses or links contradict each other.
    case disagreement
}

/// Something that the harness holds against itself.
package struct SuspicionFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// When it was noticed.
    package var at: Int64
    /// The earliest instant at which it can have begun.
    package var began: Int64
    package var kind: SuspicionKind
    /// `the relay kept <ACK seq=1 ack=1 for 1.2 s`.
    package var text: String

    package init(attempt: Attempt, at: Int64, began: Int64, kind: SuspicionKind, text: String) {
        self.attempt = attempt
        self.at = at
        self.began = began
        self.kind = kind
        self.text = text
    }
}

/// How late the laboratory was at worst in an attempt, in nanoseconds, by what was late.
package struct LatenessFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    /// Between a frame's stamp, or the moment it was due, and its delivery by the relay.
    package var relay: Int64
    /// Between the moment the laboratory wanted to look again and when it did.
    package var look: Int64
    /// Between asking a process for a call and its entry.
    package var call: Int64

    package init(attempt: Attempt, at: Int64, relay: Int64, look: Int64, call: Int64) {
        self.attempt = attempt
        self.at = at
        self.relay = relay
        self.look = look
        self.call = call
    }
}
