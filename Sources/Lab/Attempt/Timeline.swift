internal import Acts
package import Judge
package import Linux
package import Record
internal import Synchronization

/// What was seen in one attempt so far, and what it is judged by; readable from outside while the scenario runs or hangs.
package final class Timeline: Sendable {
    package let attempt: Attempt
    package let start: Instant
    private let events = Mutex<[(at: Int64, event: Event)]>([])
    private let gathered = Mutex(Evidence())

    package init(attempt: Attempt) {
        self.attempt = attempt
        start = .now
    }

    /// Nanoseconds between the start and an instant.
    package func relative(_ instant: Instant) -> Int64 { (instant - start).nanoseconds }

    func add(_ event: Event, at: Int64) { events.withLock { $0.append((at, event)) } }

    // MARK: Evidence

    /// Everything the attempt is judged by.
    package var evidence: Evidence { gathered.withLock { $0 } }

    /// Keeps an expectation with its status, for the judge and for the record.
    ///
    /// - Parameters:
    ///   - at: when it was judged; now, unless said.
    ///   - wire: what the wire had carried, where it is broken.
    ///   - revised: whether it takes the place of the same one that was met before.
    package func add(_ finding: Finding, at: Int64? = nil, wire: String? = nil, revised: Bool = false) {
        let at = at ?? relative(.now)
        let (expectation, status) = (finding.expectation, finding.status)
        gathered.withLock {
            if revised { $0.revise(expectation, to: status) } else { $0.add(finding) }
        }
        let check = finding.check(of: attempt, at: at, wire: wire)
        events.withLock { events in
            if revised, let place = events.lastIndex(where: { $0.event.isSame(as: check) }) { events.remove(at: place) }
            events.append((at, .check(check)))
        }
    }

    /// Keeps what the harness holds against itself, for the judge and for the record.
    package func add(_ suspicion: Suspicion) {
        gathered.withLock { $0.add(suspicion) }
        let fact = SuspicionFact(
            attempt: attempt, at: suspicion.noticed, began: suspicion.began, kind: suspicion.kind,
            text: suspicion.words)
        add(.suspicion(fact), at: suspicion.noticed)
    }

    /// Writes what has become known of the kernel's sockets into the transitions, by their numbers.
    ///
    /// A child's first transition may come before its addresses, and so before its host is known.
    func complete(_ known: [Int: (host: HostName?, label: String?)]) {
        events.withLock { events in
            for place in events.indices {
                guard case .transition(var fact) = events[place].event else { continue }
                guard let (host, label) = known[fact.kernelSocket] else { continue }
                fact.socket = label
                if let host { fact.host = host.rawValue }
                events[place].event = .transition(fact)
            }
        }
    }

    /// Everything so far in order of time; events of the same instant stay in the order they were added.
    package var ordered: [Event] {
        events.withLock { events in
            events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element.event)
        }
    }
}

extension Event {
    /// Whether it is a check of the same expectation, which was met.
    fileprivate func isSame(as check: Check) -> Bool {
        guard case .check(let own) = self else { return false }
        return own.expected == check.expected && own.location == check.location && own.status == .met
    }
}
