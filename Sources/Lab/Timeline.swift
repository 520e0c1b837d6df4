package import Linux
package import Record
internal import Synchronization

/// What was seen in one attempt so far; readable from outside while the scenario runs or hangs.
package final class Timeline: Sendable {
    package let attempt: Attempt
    package let start: Instant
    private let events = Mutex<[(at: Int64, event: Event)]>([])

    package init(attempt: Attempt) {
        self.attempt = attempt
        start = .now
    }

    /// Nanoseconds between the start and an instant.
    func relative(_ instant: Instant) -> Int64 { (instant - start).nanoseconds }

    func add(_ event: Event, at: Int64) { events.withLock { $0.append((at, event)) } }

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
