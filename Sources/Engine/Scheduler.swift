package import Acts
internal import Judge
package import Lab
package import Linux
package import Record
internal import Synchronization

/// Runs attempts side by side, the longest first, and hands out their events as each one ends.
///
/// Scenarios that wait for kernel timers sleep nearly all the time and all run at once, once they are asleep; until then
/// they share a number of places with the others, or hundreds of beginnings would make each other late. One that must be
/// alone runs after all of them, and nothing beside it. A hung attempt is given up at its deadline, with everything seen
/// so far. An attempt that the machine was too slow for is tried again alone; one that failed never is.
package final class Scheduler: Sendable {
    /// What to run and how.
    package struct Plan: Sendable {
        package var scenarios: [Scenario]
        package var repetitions: Int
        /// Upper bound on attempts at the same time; nil leaves it to the scheduler.
        package var jobs: Int?
        /// Whether scenarios with an impaired link are also run, as further attempts, with the relay as their link, and
        /// must come to the same.
        package var bothLinks: Bool
        /// Runs in an order that only this number decides; nil for the longest first.
        package var shuffle: UInt64?

        package init(
            scenarios: [Scenario], repetitions: Int = 1, jobs: Int? = nil, bothLinks: Bool = false,
            shuffle: UInt64? = nil
        ) {
            self.shuffle = shuffle
            self.scenarios = scenarios
            self.repetitions = repetitions
            self.jobs = jobs
            self.bothLinks = bothLinks
        }

        /// How often an attempt is tried again, at most, that the harness itself was not up to.
        package var tries = 2

        /// How many attempts there are at a scenario, numbered from 1.
        package func count(of scenario: Scenario) -> Int {
            scenario.attempts(repetitions: repetitions, bothLinks: bothLinks)
        }

        /// Every attempt, those over the relay numbered on.
        private var attempts: [Planned] {
            scenarios.flatMap { scenario in
                (1...count(of: scenario)).map {
                    Planned(
                        scenario: scenario, attempt: Attempt(scenario: scenario.id, number: $0),
                        overRelay: $0 > max(1, repetitions), isAlone: scenario.alone)
                }
            }
        }

        /// Every attempt, in the order in which they begin: those that must be alone last.
        func inOrder(_ lane: Lane) -> [Planned] {
            let attempts = attempts
            let keys = keys(attempts.map { $0.scenario.longestTimer(lane) })
            // Stable for equal lengths: sorted(by:) keeps no order, so the place decides.
            return attempts.enumerated().sorted { one, other in
                (one.element.scenario.alone ? 1 : 0, keys[one.offset], one.offset)
                    < (other.element.scenario.alone ? 1 : 0, keys[other.offset], other.offset)
            }.map(\.element)
        }

        /// What attempts are ordered by, the least first.
        private func keys(_ longestTimers: [Double]) -> [Double] {
            guard let shuffle else { return longestTimers.map { -$0 } }
            var chances = LossGenerator(seed: shuffle)
            return longestTimers.map { _ in chances.next() }
        }
    }

    /// An attempt that is to be made.
    struct Planned {
        let scenario: Scenario
        var attempt: Attempt
        let overRelay: Bool
        var isAlone: Bool
        /// Why it is tried again.
        var since: String?
    }

    private struct Running {
        let planned: Planned
        let timeline: Timeline
        let deadline: Instant
        var isAsleep = false
        let machineSettings: MachineSettings?
    }

    private struct Done {
        let planned: Planned
        let timeline: Timeline
        let result: (finished: Finished, mayPassAlone: Bool)
    }

    private struct State {
        var running: [Attempt: Running] = [:]
        var done: [Done] = []
        /// Nil where there is but one link.
        var agreement: LinkAgreement?
    }

    private let configuration: LabConfiguration
    private let grace: Duration
    private let emit: @Sendable ([Event]) -> Void
    private let state = Mutex(State())
    private let wakeup: EventCounter
    /// Attempts that sleep on kernel timers at the same time, at most: descriptors are finite.
    private static let sleepers = 400
    /// A scenario that waits at least this long for a timer counts as sleeping.
    private static let sleepThreshold = 0.5

    /// - Parameters:
    ///   - grace: what an attempt may take besides timers and timeout before it counts as hung.
    ///   - emit: gets the events of one attempt at a time, in order; called on one thread.
    package init(
        configuration: LabConfiguration, grace: Duration = Scenario.usualGrace,
        emit: @escaping @Sendable ([Event]) -> Void
    ) throws(SystemError) {
        self.configuration = configuration
        self.grace = grace
        self.emit = emit
        wakeup = try EventCounter()
    }

    /// Runs the whole plan; returns early, leaving attempts behind, when `control` is closed at its other end.
    package func run(_ plan: Plan, control: Int32? = nil) throws(SystemError) {
        let start = Instant.now
        let lane = configuration.lane
        state.withLock {
            $0.agreement = plan.bothLinks ? LinkAgreement(repetitions: max(1, plan.repetitions)) : nil
        }
        var waiting = plan.inOrder(lane)
        // A machine that is too slow for much of the run is too slow for its tries again too.
        var triesLeft = plan.tries == 0 ? 0 : max(16, waiting.count / 4)
        let places = plan.jobs ?? 4 * Processors.online
        while true {
            for again in report(triesLeft: triesLeft, of: plan.tries) {
                waiting.append(again)
                triesLeft -= 1
            }
            // What ends between the report and this look is still to be reported.
            let (busy, asleep, isReported, isReserved) = state.withLock { state in
                (
                    state.running.values.count { !$0.isAsleep }, state.running.values.count { $0.isAsleep },
                    state.done.isEmpty, state.running.values.contains { $0.planned.isAlone }
                )
            }
            if waiting.isEmpty && busy + asleep == 0 && isReported { return }
            let next = waiting.firstIndex { planned in
                if isReserved || planned.isAlone { return busy + asleep == 0 }
                guard plan.jobs == nil else { return busy + asleep < places }
                return busy < places && asleep < Self.sleepers
            }
            if let next {
                try begin(waiting.remove(at: next), since: start)
            } else if waitForNews(control) {
                return
            }
        }
    }

    private func sleeps(_ scenario: Scenario) -> Bool {
        scenario.longestTimer(configuration.lane) >= Self.sleepThreshold
    }

    private func begin(_ planned: Planned, since start: Instant) throws(SystemError) {
        let (scenario, attempt) = (planned.scenario, planned.attempt)
        var configuration = configuration
        if planned.overRelay { configuration.link = .relay }
        let machineSettings = configuration.machine.map { MachineSettings(of: $0) }
        configuration.machineSettings = machineSettings
        let timeline = Timeline(attempt: attempt)
        let allowance = Scenario.allowance(
            longestTimer: scenario.longestTimer(configuration.lane), timeout: configuration.timeout,
            grace: grace)
        state.withLock {
            $0.running[attempt] = Running(
                planned: planned, timeline: timeline, deadline: .now + allowance, machineSettings: machineSettings)
        }
        if sleeps(scenario) {
            configuration.whenAsleep = { [self] in
                state.withLock { $0.running[attempt]?.isAsleep = true }
                wakeup.raise()
            }
        }
        emit([
            .started(
                Started(attempt: attempt, at: (timeline.start - start).nanoseconds, since: planned.since))
        ])
        try startThread { [self, configuration] in
            let result = runJudged(scenario, configuration: configuration, timeline: timeline)
            // An attempt that was given up meanwhile has already been reported.
            state.withLock {
                guard $0.running.removeValue(forKey: attempt) != nil else { return }
                $0.done.append(Done(planned: planned, timeline: timeline, result: result))
            }
            wakeup.raise()
        }
    }

    /// Emits what has ended, and gives up what is past its deadline; returns what is to be tried again.
    private func report(triesLeft: Int, of tries: Int) -> [Planned] {
        let now = Instant.now
        let (done, abandoned) = state.withLock { state -> ([Done], [MachineSettings]) in
            var abandoned: [MachineSettings] = []
            for (attempt, running) in state.running where running.deadline < now {
                state.running[attempt] = nil
                if let settings = running.machineSettings { abandoned.append(settings) }
                let allowed = Int((running.deadline - running.timeline.start).seconds)
                let finished = running.timeline.finished(.givenUp("did not finish within \(allowed) s"))
                state.done.append(Done(planned: running.planned, timeline: running.timeline, result: finished))
            }
            let done = state.done
            state.done = []
            return (done, abandoned)
        }
        // What comes next must not find what these have changed, nor must they put anything back in its middle.
        for settings in abandoned { settings.close() }
        var again: [Planned] = []
        for one in done {
            let events = one.timeline.ordered
            var finished = one.result.finished
            let count = (one.planned.attempt.again ?? 0) + 1
            if one.result.mayPassAlone && count <= tries && again.count < triesLeft {
                var next = one.planned
                next.attempt.again = count
                next.isAlone = true
                next.since = finished.reason
                again.append(next)
                finished.isTriedAgain = true
            } else {
                finished = state.withLock { $0.agreement?.judged(finished, events) ?? finished }
            }
            emit(events + [.finished(finished)])
        }
        return again
    }

    /// Waits until an attempt ends or a deadline passes; returns whether the run is to be cut off.
    private func waitForNews(_ control: Int32?) -> Bool {
        let deadline = state.withLock { $0.running.values.map(\.deadline).min() }
        let timeout = deadline.map { max(.zero, $0 - .now) + .milliseconds(1) }
        let ready = Polling.readable([wakeup.descriptor] + (control.map { [$0] } ?? []), timeout: timeout)
        if ready[0] { wakeup.take() }
        return ready.count > 1 && ready[1]
    }
}
