package import Record

/// Something the harness must hold against itself before it blames the kernel.
package struct Suspicion: Sendable, Equatable {
    package var kind: SuspicionKind
    /// In words: `the relay kept <ACK seq=1 ack=1 for 1.2 s`.
    package var words: String
    /// The earliest instant at which it can have begun, in nanoseconds of the attempt.
    package var began: Int64
    /// When it was noticed.
    package var noticed: Int64

    package init(_ kind: SuspicionKind, _ words: String, began: Int64, noticed: Int64) {
        self.kind = kind
        self.words = words
        self.began = began
        self.noticed = noticed
    }

    /// Whether it can be the cause of what was seen at an instant: nothing has a cause that begins later.
    package func canExplain(seenAt instant: Int64) -> Bool { began < instant }
}

extension SuspicionKind {
    /// Whether nothing that was seen can be trusted, so that an attempt with nothing broken has not passed either.
    ///
    /// A late harness sees a kernel that does as expected in spite of it; a harness that lost something does not know
    /// what it has not seen.
    package var voidsEverything: Bool {
        switch self {
        case .late, .workerStopped, .ownCall: false
        case .workerEnded, .lost, .disagreement: true
        }
    }

    /// Whether another attempt, with nothing beside it, may well do without.
    package var mayPass: Bool {
        switch self {
        case .late, .workerStopped, .workerEnded, .ownCall, .lost: true
        case .disagreement: false
        }
    }
}
