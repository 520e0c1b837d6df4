/// What a lab is asked to do, and with it everything that its stream may tell of.
package struct Assignment: Sendable {
    /// As the header must have it, the kernel and the time aside.
    package let header: RunHeader
    /// How many attempts, by scenario.
    package let attempts: [String: Int]

    /// How many attempts there may be at a scenario; the kernel's complaints come without being asked for.
    fileprivate func most(of scenario: String) -> Int {
        attempts[scenario] ?? (scenario == ScenarioDescription.kernelHealth.id ? 1 : 0)
    }

    package init(_ header: RunHeader, attempts: [String: Int]) {
        self.header = header
        self.attempts = attempts
    }
}

/// Holds the stream of a lab against what the lab was asked.
///
/// A guest's kernel is under test and may do anything to the lab that runs on it, so nothing is believed that does not
/// fit: a stream that tells of something else than was asked contradicts it, and an attempt whose lab says that it
/// passed, without one expectation that was judged, is an error.
package struct StreamGuard {
    private let assignment: Assignment
    private var consistency = Consistency()
    private var judged: [Attempt: (count: Int, broken: Int)] = [:]
    private var finished: Set<Attempt> = []

    package init(_ assignment: Assignment) { self.assignment = assignment }

    /// The event as it may be believed. Throws what it contradicts.
    package mutating func admit(_ event: Event) throws(Contradiction) -> Event {
        var event = event
        switch event {
        case .run(let header): try admit(header)
        case .plan(let scenario):
            guard assignment.most(of: scenario.id) > 0 else {
                throw Contradiction("it plans \(scenario.id), which nobody asked for")
            }
        case .end: try requireEverything()
        case .check(let check):
            judged[check.attempt, default: (0, 0)].count += check.isJudged ? 1 : 0
            judged[check.attempt, default: (0, 0)].broken += check.isBroken ? 1 : 0
        case .finished(var end):
            if end.verdict == .passed {
                let (count, broken) = judged[end.attempt] ?? (0, 0)
                if count == 0 { end.doubt("none of its expectations was judged") }
                if assignment.attempts[end.attempt.scenario] == nil { end.doubt("nobody asked for it") }
                if broken > 0 { end.doubt("an expectation was not met") }
                event = .finished(end)
            }
            judged[end.attempt] = nil
        default: break
        }
        if let attempt = event.attempt,
            attempt.number < 1
                || attempt.number > assignment.most(of: attempt.scenario)
        {
            throw Contradiction("it tells of \(attempt.name), which nobody asked for", scenario: attempt.scenario)
        }
        try consistency.admit(event)
        if case .finished(let end) = event { finished.insert(end.attempt) }
        return event
    }

    private func admit(_ header: RunHeader) throws(Contradiction) {
        let asked = assignment.header
        for (name, its, wanted) in [
            ("the lab", header.tool, asked.tool), ("the lane", header.lane.rawValue, asked.lane.rawValue),
            ("the link", header.link.rawValue, asked.link.rawValue), ("the place", header.place, asked.place),
        ] where its != wanted {
            throw Contradiction("\(name) is \(its), not \(wanted)")
        }
    }

    /// What was asked must have ended, or silence would look like success.
    private func requireEverything() throws(Contradiction) {
        for (scenario, count) in assignment.attempts.sorted(by: { $0.key < $1.key }) {
            for number in 1...max(1, count) {
                let attempt = Attempt(scenario: scenario, number: number)
                guard finished.contains(attempt) else {
                    throw Contradiction("it ends without \(attempt.name)", scenario: scenario)
                }
            }
        }
    }
}

extension Finished {
    /// Makes an error of a pass that cannot be one.
    fileprivate mutating func doubt(_ cause: String) {
        verdict = .error
        reason = "the lab says that it passed, but \(cause)"
    }

    /// The same without a verdict that anybody may believe.
    package func voided(_ cause: String) -> Finished {
        var finished = self
        finished.verdict = .error
        finished.reason = "the lab's stream contradicts itself or its orders: \(cause)"
        return finished
    }
}
