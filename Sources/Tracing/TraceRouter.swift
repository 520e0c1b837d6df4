package import Linux
internal import Netlink

/// Decides which laboratory an event belongs to.
package struct TraceRouter {
    /// Maps an address to the laboratory that owns it.
    package var laboratory: @Sendable (IPAddress) -> Int? = { _ in nil }
    private var sockets: [UInt64: Int] = [:]
    /// Children cloned from a wildcard listener, whose first event does not yet carry their addresses.
    private var parked: [UInt64: TraceEvent] = [:]

    package init() {}

    /// The laboratory's events that this one completes: itself, and one that had waited for it.
    ///
    /// - Parameter processes: the laboratory that each worker process serves.
    package mutating func route(_ event: TraceEvent, processes: [Int32: Int]) -> [(laboratory: Int, event: TraceEvent)]
    {
        guard let id = owner(of: event, processes) else { return [] }
        guard case .transition(_, let new) = event.kind else { return [(id, event)] }
        defer { sockets[event.socket] = new == .CLOSE ? nil : id }
        if let waiting = parked.removeValue(forKey: event.socket) { return [(id, waiting), (id, event)] }
        return [(id, event)]
    }

    private mutating func owner(of event: TraceEvent, _ processes: [Int32: Int]) -> Int? {
        if let id = laboratory(event.local.ip) ?? laboratory(event.remote.ip) { return id }
        guard case .transition(let old, let new) = event.kind else { return sockets[event.socket] }
        if old == .LISTEN && new == .SYN_RECV {
            // inet_csk_clone_lock() reports the clone before it has addresses; the socket's address in memory may
            // be one that another laboratory's socket had before.
            parked[event.socket] = event
            return nil
        }
        // connect(2) and listen(2): the process is the caller.
        if old == .CLOSE, let id = processes[event.pid] { return id }
        return sockets[event.socket]
    }
}
