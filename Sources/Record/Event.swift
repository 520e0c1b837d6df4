/// One line of a record: something that was planned, seen, judged or finished during a run.
///
/// A record is JSON Lines. Each line is `{"version": 1, "kind": "...", "payload": {...}}`; readers ignore kinds they
/// do not know, so new kinds need no new version.
package enum Event: Sendable, Equatable {
    /// The first line: what ran where.
    case run(RunHeader)
    /// One scenario that was selected, before anything starts.
    case plan(ScenarioDescription)
    /// An attempt at a scenario began.
    case started(Started)
    case hosts(HostsFact)
    case call(CallFact)
    case transition(TransitionFact)
    case row(RowFact)
    case segment(SegmentFact)
    case packet(TracedPacketFact)
    case counters(CountersFact)
    case exit(ExitFact)
    /// A step of the scenario began.
    case step(StepFact)
    /// The scenario did or expected something.
    case act(ActFact)
    case note(NoteFact)
    case health(HealthFact)
    case check(Check)
    case suspicion(SuspicionFact)
    case lateness(LatenessFact)
    case measurement(Measurement)
    /// An attempt ended, with its verdict.
    case finished(Finished)
    /// The last line of a run that was not cut off.
    case end(RunEnd)
}

/// Which run of which scenario a line belongs to.
package struct Attempt: Codable, Hashable, Sendable, Comparable {
    package var scenario: String
    /// Counts from 1; above 1 only with `--repeat`.
    package var number: Int
    /// Which try again of this attempt, from 1; nil for the first try.
    package var again: Int?

    package init(scenario: String, number: Int, again: Int? = nil) {
        self.scenario = scenario
        self.number = number
        self.again = again
    }

    package static func < (left: Attempt, right: Attempt) -> Bool {
        (left.scenario, left.number, left.again ?? 0) < (right.scenario, right.number, right.again ?? 0)
    }
}

/// What ran, where, with which settings.
package struct RunHeader: Codable, Equatable, Sendable {
    /// `tcpwitness` and its version.
    package var tool: String
    package var kernel: Kernel
    /// `scaled` (sysctls shortened) or `default` (the kernel's own timers).
    package var lane: Lane
    /// What `--link` asked for.
    package var link: LinkChoice
    /// `host`, or how the guest was run.
    package var place: String
    /// Wall-clock start, ISO 8601 in UTC; absent inside a guest, whose clock is not the host's.
    package var startedAt: String?
    /// Prerequisites that were missing, each with its consequence.
    package var limits: [String]
    /// Which part of a divided run; nil for a whole one.
    package var shard: Shard?
    /// The number that decided in which order the scenarios ran; nil for the longest first.
    package var shuffle: UInt64?

    package init(
        tool: String, kernel: Kernel, lane: Lane, link: LinkChoice, place: String, startedAt: String?,
        limits: [String] = [], shard: Shard? = nil, shuffle: UInt64? = nil
    ) {
        self.tool = tool
        self.kernel = kernel
        self.lane = lane
        self.link = link
        self.place = place
        self.startedAt = startedAt
        self.limits = limits
        self.shard = shard
        self.shuffle = shuffle
    }
}

/// The kernel under test, as uname(2) names it.
package struct Kernel: Codable, Equatable, Sendable {
    package var release: String
    package var version: String
    package var machine: String

    package init(release: String, version: String, machine: String) {
        self.release = release
        self.version = version
        self.machine = machine
    }
}

/// Whose timers a run waits for.
package enum Lane: String, Codable, Sendable, CaseIterable {
    case scaled
    case `default`
}

/// Who emulates the link where a scenario does not insist.
package enum LinkChoice: String, Codable, Sendable, CaseIterable {
    case auto
    case netem
    case relay
}

/// A scenario's own words, so that a record explains itself.
package struct ScenarioDescription: Codable, Equatable, Sendable {
    /// Stable and unique, `topic.name`.
    package var id: String
    package var claim: String
    package var citations: [Citation]
    /// Where the scenario is written, `Closing.swift:31`.
    package var location: String
    /// What it does, a line a step.
    package var steps: [String]
    /// Its longest kernel timer in this lane, in seconds; 0 when it waits for none.
    package var nominalSeconds: Double
    /// What it leaves to chance, so that no two runs need to agree on it; nil for nothing.
    package var chance: Chance?
    /// What it starts from.
    package var setting: ScenarioSetting?

    package init(
        id: String, claim: String, citations: [Citation], location: String, steps: [String], nominalSeconds: Double,
        chance: Chance? = nil, setting: ScenarioSetting? = nil
    ) {
        self.id = id
        self.claim = claim
        self.citations = citations
        self.location = location
        self.steps = steps
        self.nominalSeconds = nominalSeconds
        self.chance = chance
        self.setting = setting
    }

    /// The part of the id before the first dot.
    package var topic: String { String(id.prefix { $0 != "." }) }
}

/// What a scenario leaves to chance.
package enum Chance: String, Codable, Sendable {
    /// The link loses segments at random: what is sent again, and what follows from that.
    case loss
}

package struct Started: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// Nanoseconds since the run began.
    package var at: Int64
    /// Why the attempt is tried again, with nothing beside it; nil for a first try.
    package var since: String?

    package init(attempt: Attempt, at: Int64, since: String? = nil) {
        self.attempt = attempt
        self.at = at
        self.since = since
    }
}

package struct Finished: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var verdict: Verdict
    /// Why it was skipped or could not be judged; nil when passed, the first failed expectation when failed.
    package var reason: String?
    /// Which of the known kernel variants were seen, in the scenario's order, separated by `; `.
    package var variant: String?
    /// `direct`, `netem` or `relay`.
    package var link: String
    /// Nanoseconds the attempt took.
    package var duration: Int64
    /// True when it is tried again with nothing beside it, because the harness itself was not up to it; else nil.
    package var isTriedAgain: Bool?

    package init(
        attempt: Attempt, verdict: Verdict, reason: String?, variant: String?, link: String, duration: Int64,
        isTriedAgain: Bool? = nil
    ) {
        self.isTriedAgain = isTriedAgain
        self.attempt = attempt
        self.verdict = verdict
        self.reason = reason
        self.variant = variant
        self.link = link
        self.duration = duration
    }
}

/// The outcome of an attempt.
package enum Verdict: String, Codable, Sendable, CaseIterable {
    case passed
    /// The kernel did otherwise.
    case failed
    /// The harness could not tell.
    case error
    /// A prerequisite is missing.
    case skipped
}

package struct RunEnd: Codable, Equatable, Sendable {
    /// Nanoseconds the run took.
    package var duration: Int64
    /// Why it ended before everything was done, if it did.
    package var interrupted: String?
    /// Nanoseconds of the host's clock that a run in virtual time took.
    package var realDuration: Int64?
    /// What the kernel of a guest that ended early had printed.
    package var console: ConsoleExcerpt?

    package init(
        duration: Int64, interrupted: String? = nil, realDuration: Int64? = nil, console: ConsoleExcerpt? = nil
    ) {
        self.duration = duration
        self.interrupted = interrupted
        self.realDuration = realDuration
        self.console = console
    }
}

/// The last lines of a guest's console.
package struct ConsoleExcerpt: Codable, Equatable, Sendable {
    package var lines: [String]
    /// Where the whole console was kept, if it could be.
    package var path: String?

    package init(lines: [String], path: String? = nil) {
        self.lines = lines
        self.path = path
    }

    /// The lines, and where the others are.
    package var told: [String] { lines + (path.map { ["all of it: \($0)"] } ?? []) }
}
