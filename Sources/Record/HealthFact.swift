/// What a kernel complained of, or did not give back.
package enum HealthKind: String, Codable, Sendable, CaseIterable {
    /// WARN() and its like.
    case warning
    /// BUG(), an oops, a fault, a panic, corruption.
    case bug
    /// A finding of lockdep: locks taken in orders that can deadlock, or in contexts that forbid it.
    case lockdep
    /// A finding of KASAN, KCSAN, KMSAN, KFENCE or UBSAN.
    case sanitizer
    /// RCU stalls, hung tasks, lockups.
    case stall
    /// References that were counted wrongly, or that hold what should be gone.
    case reference
    /// Sockets that nobody can see or close any more.
    case leakedSockets
    /// A network namespace that outlives everything in it.
    case leakedNamespace
    /// Objects of the kernel's own memory that are never freed.
    case leakedObjects
    /// The kernel marked itself as tainted, and its log does not say why.
    case taint
}

/// One complaint of the kernel under test.
package struct HealthFact: Codable, Equatable, Sendable {
    /// The attempt that caused it; where that cannot be told, the scenario that stands for the whole run.
    package var attempt: Attempt
    package var at: Int64
    package var kind: HealthKind
    /// The first line that says what is wrong.
    package var summary: String
    /// The kernel's own lines, without control characters.
    package var lines: [String]
    /// Which attempts ran at that time, where it cannot be told whose doing it was.
    package var whileRunning: [String]
    /// False when it has nothing to do with what runs here: on a machine that does other work besides.
    package var isOurs: Bool

    package init(
        attempt: Attempt, at: Int64, kind: HealthKind, summary: String, lines: [String], whileRunning: [String] = [],
        isOurs: Bool = true
    ) {
        self.attempt = attempt
        self.at = at
        self.kind = kind
        self.summary = summary
        self.lines = lines
        self.whileRunning = whileRunning
        self.isOurs = isOurs
    }
}

extension ScenarioDescription {
    /// The scenario that stands for the whole run where the kernel complained and it cannot be told of whom; in a record
    /// only then.
    package static let kernelHealth = ScenarioDescription(
        id: "kernel.health", claim: "The kernel has nothing to complain of, whatever runs on it.", citations: [],
        location: "the kernel's log", steps: ["read the kernel's log"], nominalSeconds: 0)
}
