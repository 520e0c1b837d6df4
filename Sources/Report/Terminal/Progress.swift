package import Record

/// How far a run is, for a line that is overwritten by the next.
package struct Progress: Sendable {
    private struct Running {
        /// When we heard of it.
        var heard: Int64
        var nominal: Int64
    }

    private var nominal: [String: Int64] = [:]
    private var running: [Attempt: Running] = [:]
    /// Of each scenario that has begun, how many of its attempts are over.
    private var finished: [String: Int] = [:]
    private var bad: Set<String> = []
    private var isVirtual = false
    /// How far the run's own clock is, as far as its events tell.
    private var clock: Int64 = 0
    private var starts: [Attempt: Int64] = [:]

    package init() {}

    /// Takes an event in.
    ///
    /// - Parameter now: nanoseconds since the run began, by the clock of whoever watches.
    package mutating func add(_ event: Event, now: Int64) {
        switch event {
        case .run(let header): isVirtual = header.place.contains("virtual")
        case .plan(let scenario): nominal[scenario.id] = Int64(nanosecondsOf: scenario.nominalSeconds)
        case .started(let started):
            running[started.attempt] = Running(heard: now, nominal: nominal[started.attempt.scenario] ?? 0)
            starts[started.attempt] = started.at
            clock = max(clock, started.at)
        case .finished(let end):
            running[end.attempt] = nil
            if end.isTriedAgain == true { break }
            finished[end.attempt.scenario, default: 0] += 1
            if end.verdict == .failed || end.verdict == .error { bad.insert(end.attempt.scenario) }
            clock = max(clock, (starts.removeValue(forKey: end.attempt) ?? 0).plus(end.duration))
        default: break
        }
    }

    /// `12 of 145 scenarios done, 3 running, 1 not passed, about 0:41 left (timewait.sixty-seconds)`; with how many
    /// attempts these took, where that is another number.
    package func words(now: Int64) -> String {
        var words = "\(scenarios.done) of \(scenarios.all) scenarios done"
        let attempts = finished.values.reduce(0, +)
        if attempts > finished.count { words += " (\(attempts) attempts)" }
        if !running.isEmpty { words += ", \(running.count) running" }
        if !bad.isEmpty { words += ", \(bad.count) not passed" }
        if isVirtual {
            // The guest skips what it idles away, so only its own clock says something.
            return words + ", virtual time \(Self.clock(clock)), real time \(Self.clock(now))"
        }
        if let (attempt, left) = longest(now: now), left >= 1_000_000_000 {
            words += ", about \(Self.clock(left)) left (\(attempt.name))"
        }
        return words
    }

    /// Counts alone, where several runs share the line.
    package var short: String {
        "\(scenarios.done)/\(scenarios.all)" + (bad.isEmpty ? "" : ", \(bad.count) not passed")
    }

    /// A scenario is done as long as no attempt at it runs, though another may follow.
    private var scenarios: (done: Int, all: Int) {
        let busy = Set(running.keys.map(\.scenario))
        let done = finished.keys.count { !busy.contains($0) }
        return (done, max(nominal.count, done + busy.count))
    }

    /// The attempt whose kernel timer runs longest, and for how long still.
    private func longest(now: Int64) -> (Attempt, Int64)? {
        running.map { ($0.key, $0.value.heard.plus($0.value.nominal).minus(now)) }.max { ($0.1, $1.0) < ($1.1, $0.0) }
    }

    /// `0:41`, `2:12:08`.
    private static func clock(_ nanoseconds: Int64) -> String {
        let whole = max(0, nanoseconds) / 1_000_000_000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(whole % 60))"
        return whole < 3600 ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(two(whole / 60 % 60)):\(rest)"
    }
}
