/// Events of one run that cannot all be true.
package struct Contradiction: Error, Equatable, CustomStringConvertible {
    /// What contradicts what, in one line without a subject.
    package let description: String
    /// The scenario of which nothing can be believed any more; nil where that is the whole run.
    package let scenario: String?

    package init(_ description: String, scenario: String? = nil) {
        self.description = description
        self.scenario = scenario
    }
}

/// Holds the events of a run against each other, as they are read or come in.
package struct Consistency {
    /// What is known of an attempt that has begun and not finished.
    private struct Progress {
        var latest: Int64 = 0
        var hasHosts = false
        var broken = 0
    }

    private var hasHeader = false
    private var hasEnd = false
    private var planned: Set<String> = []
    private var running: [Attempt: Progress] = [:]
    private var finished: Set<Attempt> = []
    /// How much later than its attempt's end something may be: witnesses report late on a busy machine.
    private static let lateness: Int64 = 600_000_000_000

    package init() {}

    /// Takes the next event. Throws what it contradicts.
    package mutating func admit(_ event: Event) throws(Contradiction) {
        if case .run = event {
            guard !hasHeader else { throw Contradiction("a second header line") }
            hasHeader = true
            return
        }
        guard hasHeader else { throw Contradiction("the first line is no header") }
        guard !hasEnd else { throw Contradiction("something comes after the end") }
        switch event {
        case .run: break
        case .plan(let scenario):
            guard planned.insert(scenario.id).inserted else {
                throw Contradiction("\(scenario.id) is planned twice", scenario: scenario.id)
            }
            guard planned.count <= Bounds.scenarios else {
                throw Contradiction("more than \(Bounds.scenarios) scenarios are planned")
            }
        case .end: hasEnd = true
        default:
            if let attempt = event.attempt { try admit(event, attempt) }
        }
    }

    private mutating func admit(_ event: Event, _ attempt: Attempt) throws(Contradiction) {
        func contradiction(_ words: String) -> Contradiction {
            Contradiction("\(attempt.name) \(words)", scenario: attempt.scenario)
        }
        guard planned.contains(attempt.scenario) else { throw contradiction("was never planned") }
        if case .started = event {
            guard running[attempt] == nil, !finished.contains(attempt) else { throw contradiction("started twice") }
            running[attempt] = Progress()
            return
        }
        guard var progress = running.removeValue(forKey: attempt) else {
            if case .finished = event, finished.contains(attempt) { throw contradiction("finished twice") }
            throw contradiction(finished.contains(attempt) ? "goes on after it finished" : "never started")
        }
        switch event {
        case .finished(let end):
            guard end.verdict != .passed || progress.broken == 0 else {
                throw contradiction("passed although an expectation was not met")
            }
            guard progress.latest <= end.duration + Self.lateness else {
                throw contradiction("was seen to do something long after its end")
            }
            finished.insert(attempt)
            return
        case .hosts:
            guard !progress.hasHosts else { throw contradiction("says twice who its hosts are") }
            progress.hasHosts = true
        case .check(let check): progress.broken += check.isBroken ? 1 : 0
        default: break
        }
        progress.latest = max(progress.latest, event.latest)
        running[attempt] = progress
    }
}

extension Check {
    /// Whether it was judged, and the kernel did otherwise.
    package var isBroken: Bool { status == .broken }
    /// Whether it was judged at all.
    package var isJudged: Bool { status != .unjudged }
}

extension Attempt {
    /// The name of the attempt in reports.
    package var name: String { nameOfAll + (again.map { $0 == 1 ? " again" : " again \($0)" } ?? "") }

    /// The name of the whole attempt, however often it is tried.
    package var nameOfAll: String { number == 1 ? scenario : "\(scenario) #\(number)" }
}

extension Event {
    /// The last moment that it tells of, since its attempt began; 0 where it tells of none.
    fileprivate var latest: Int64 {
        switch self {
        case .hosts(let fact): fact.at
        case .call(let fact): fact.at + (fact.took ?? 0)
        case .transition(let fact): fact.at
        case .row(let fact): fact.at
        case .segment(let fact): fact.at
        case .packet(let fact): fact.at
        case .counters(let fact): fact.at
        case .exit(let fact): fact.at
        case .note(let fact): fact.at
        case .check(let fact): fact.at
        case .suspicion(let fact): fact.at
        case .step(let fact): fact.at
        case .act(let fact): fact.at
        case .health(let fact): fact.at
        case .lateness(let fact): fact.at
        case .run, .plan, .started, .measurement, .finished, .end: 0
        }
    }
}
