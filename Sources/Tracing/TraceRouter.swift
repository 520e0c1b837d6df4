package import Linux
internal import SockDiag

/// Decides which laboratory an event belongs to.
package struct TraceRouter {
    /// Maps an address to the laboratory that owns it.
    package var laboratory: @Sendable (IPAddress) -> Int? = { _ in nil }
    /// Whose each living socket is.
    private var sockets: [UInt64: Owner] = [:]
    /// How often each laboratory's number has been given out.
    private var generations: [Int: Int] = [:]
    /// Children cloned from a wildcard listener, whose first event does not yet carry their addresses.
    private var parked: [UInt64: TraceEvent] = [:]
    private var swept = Instant(nanoseconds: 0)
    /// Children that never got an address of ours: strangers', nearly always.
    package private(set) var expired = 0

    private struct Owner: Equatable {
        var laboratory: Int
        var generation: Int
    }

    /// A child has its addresses within microseconds.
    private static let longestParking = Duration.seconds(1)
    private static let mostParked = 4096

    package init() {}

    /// Gives a number to a new laboratory; sockets that the one before it has left behind are not the new one's.
    package mutating func begin(laboratory number: Int) { generations[number, default: 0] += 1 }

    /// The laboratory's events that this one completes: itself, and one that had waited for it.
    ///
    /// - Parameter processes: the laboratory that each worker process serves.
    package mutating func route(_ event: TraceEvent, processes: [Int32: Int]) -> [(laboratory: Int, event: TraceEvent)]
    {
        sweep(event.time)
        guard let owner = owner(of: event, processes) else { return [] }
        let isCurrent = owner.generation == generations[owner.laboratory] ?? 0
        guard case .transition(let old, let new) = event.kind else {
            return isCurrent ? [(owner.laboratory, event)] : []
        }
        sockets[event.socket] = new == .CLOSE ? nil : owner
        // What waited under the address of a socket that only begins was another's, of which no more was to be seen.
        let waiting = parked.removeValue(forKey: event.socket).flatMap { Self.isBirth(old, new) ? nil : $0 }
        guard isCurrent else { return [] }
        return ([waiting].compactMap(\.self) + [event]).map { (owner.laboratory, $0) }
    }

    private mutating func owner(of event: TraceEvent, _ processes: [Int32: Int]) -> Owner? {
        func current(_ number: Int) -> Owner { Owner(laboratory: number, generation: generations[number] ?? 0) }
        let address = laboratory(event.local.ip) ?? laboratory(event.remote.ip)
        guard case .transition(let old, let new) = event.kind else {
            // A socket of an earlier laboratory may have the address that is now another's.
            if let known = sockets[event.socket], address ?? known.laboratory == known.laboratory { return known }
            return address.map(current)
        }
        let isBorn = Self.isBirth(old, new)
        if let address {
            if !isBorn, let known = sockets[event.socket], known.laboratory == address { return known }
            return current(address)
        }
        if old == .LISTEN && new == .SYN_RECV {
            // inet_csk_clone_lock() reports the clone before it has addresses; the socket's address in memory may
            // be one that another laboratory's socket had before.
            sockets[event.socket] = nil
            park(event)
            return nil
        }
        // connect(2) and listen(2): the process is the caller.
        if old == .CLOSE, let id = processes[event.pid] { return current(id) }
        return sockets[event.socket]
    }

    /// Whether a transition is a socket's first.
    private static func isBirth(_ old: TCPState, _ new: TCPState) -> Bool {
        old == .CLOSE || (old == .LISTEN && new == .SYN_RECV)
    }

    private mutating func park(_ event: TraceEvent) {
        if parked.count >= Self.mostParked, let oldest = parked.min(by: { $0.value.time < $1.value.time }) {
            parked[oldest.key] = nil
            expired += 1
        }
        parked[event.socket] = event
    }

    /// Strangers' children would otherwise stay for ever.
    private mutating func sweep(_ now: Instant) {
        guard !parked.isEmpty, now - swept > Self.longestParking else { return }
        swept = now
        let count = parked.count
        parked = parked.filter { now - $0.value.time <= Self.longestParking }
        expired += count - parked.count
    }

    /// How many children wait for their addresses.
    var parkedCount: Int { parked.count }
}
