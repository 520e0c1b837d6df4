package import Linux
internal import Netlink
package import Record
internal import Synchronization

/// The network namespaces of a run, and which of them the kernel does not let go.
///
/// Each gets an identifier in the laboratory's own namespace, as `ip netns set` gives it (RTM_NEWNSID). The kernel takes
/// that away when the last reference to the namespace is dropped, so an identifier that stays is a reference that does:
/// of a socket, a timer or a device that nobody can see any more.
package final class NamespaceLedger: Sendable {
    /// A namespace that is to die with its laboratory.
    package struct Entry: Hashable, Sendable {
        package let attempt: Attempt
        /// `host A`, `the wire`.
        package let owner: String
        fileprivate let number: Int32
    }

    private struct State: ~Copyable {
        let route: RouteSocket
        var next: Int32 = 1_000_000
        /// Those whose laboratories are still there.
        var open: Set<Int32> = []
        /// Those of which everything that we know of has been closed, and when.
        var closed: [Int32: (entry: Entry, since: Instant)] = [:]
        var failure: String?
        var hasToldLeaks = false
        /// Whether there are any of which it is known why they may stay.
        var hasExcused = false
    }

    private let state: Mutex<State>
    /// How many namespaces may be closed and not yet gone before it is looked which are, so that the list stays short.
    private static let most = 512

    /// Identifiers belong to the calling thread's namespace. Throws the error of the failing call.
    package init() throws(SystemError) { state = Mutex(State(route: try RouteSocket())) }

    /// Begins to watch a namespace; nil where the kernel does not permit that.
    package func register(_ namespace: NetworkNamespace, of attempt: Attempt, _ owner: String) -> Entry? {
        state.withLock { state in
            let number = state.next
            state.next += 1
            guard (try? state.route.perform([.identify(namespace, as: number)])) != nil else { return nil }
            state.open.insert(number)
            return Entry(attempt: attempt, owner: owner, number: number)
        }
    }

    /// Everything in these namespaces has been closed, and they are to go.
    ///
    /// - Parameter excused: whether it is known why they may stay.
    package func close(_ entries: [Entry], excused: Bool = false) {
        state.withLock { state in
            for entry in entries {
                state.open.remove(entry.number)
                if excused { state.hasExcused = true } else { state.closed[entry.number] = (entry, .now) }
            }
            if state.closed.count > Self.most { forgetDead(&state) }
        }
    }

    /// Whether nothing may be left for a reason that is known: a laboratory that was given up, an orphan that waits on.
    package var expectsNothing: Bool { state.withLock { $0.open.isEmpty && !$0.hasExcused } }

    /// Whether an attempt has been found to leak something, so that what is left of it is no news.
    package var hasToldLeaks: Bool { state.withLock { $0.hasToldLeaks } }

    func noteToldLeak() { state.withLock { $0.hasToldLeaks = true } }

    /// The namespaces that are still there although nothing holds them that we know of; waits for those that go.
    ///
    /// - Parameter timeout: how long none may have gone before the rest counts as leaked.
    package func remainder(timeout: Duration) -> (leaked: [Entry], failure: String?) {
        var last = Int.max
        var deadline = Instant.now + timeout
        var pause = Duration.milliseconds(1)
        while true {
            let count = state.withLock { state in
                forgetDead(&state)
                // A laboratory that was given up may never end; what is in it is no leak.
                return state.closed.count + state.open.count
            }
            if count < last { (last, deadline) = (count, .now + timeout) }
            if count == 0 || Instant.now >= deadline { break }
            (.now + pause).sleepUntil()
            pause = min(pause * 2, .milliseconds(100))
        }
        return state.withLock { state in
            (state.closed.values.map(\.entry).sorted { $0.number < $1.number }, state.failure)
        }
    }

    private func forgetDead(_ state: inout State) {
        do {
            let alive = Set(try state.route.namespaceIdentifiers())
            state.closed = state.closed.filter { alive.contains($0.key) }
        } catch {
            // Who cannot ask cannot accuse.
            state.failure = state.failure ?? "\(error)"
            state.closed = [:]
        }
    }
}
