package import Acts
package import Linux
package import SockDiag
internal import Record
package import Tracing
internal import Worker

/// What the state tracepoint says of every socket of the laboratory, each tied to the scenario's socket.
///
/// A life begins where a socket leaves CLOSE by connect(2) or listen(2), or is cloned from a listener, and ends where
/// it is in CLOSE again; a socket that connects twice has two lives.
package struct PathLedger {
    /// One life of one kernel socket.
    package struct SocketLifetime {
        package let kernelSocket: UInt64
        let number: Int
        /// In order of time; self-transitions (tcp_close_state) are left out.
        package internal(set) var transitions: [(time: Instant, old: TCPState, new: TCPState)]
        /// The process in whose call it began, as tracepoints number it.
        let pid: Int32
        var host: HostName?
        var local: SocketAddress
        var remote: SocketAddress

        /// `CLOSE>SYN_SENT>ESTABLISHED`.
        package var path: [TCPState] {
            transitions.first.map { [$0.old] + transitions.map(\.new) } ?? []
        }

        /// When it left an expected path; nil where it did not, or only stopped short of its end.
        func departure(from expected: [TCPState]) -> Instant? {
            guard let first = transitions.first else { return nil }
            guard first.old == expected.first else { return first.time }
            return transitions.enumerated().first { place, step in
                place + 1 >= expected.count || expected[place + 1] != step.new
            }?.element.time
        }
    }

    /// An event of the tcp group.
    package struct Packet {
        package let time: Instant
        package let host: HostName?
        package let tracepoint: Tracepoint
        package let state: TCPState?
        package let reason: String?
        package let local: SocketAddress
        package let remote: SocketAddress
    }

    package private(set) var lives: [SocketLifetime] = []
    package private(set) var packets: [Packet] = []
    /// Which process made itself known when, see `Lab.introduce`.
    private(set) var introductions: [(time: Instant, pid: Int32)] = []
    private var current: [UInt64: Int] = [:]

    /// No scenario uses this port; a worker that listens on it tells the tracepoint who it is.
    static let introductionPort: UInt16 = 1
    private let timeline: Timeline

    init(timeline: Timeline) { self.timeline = timeline }

    mutating func add(_ event: TraceEvent, processes: [WorkerProcess], hosts: [Host]) {
        let byAddress = hosts.first { $0.owns(event.local.ip) } ?? hosts.first { $0.owns(event.remote.ip) }?.peer
        let at = timeline.relative(event.time)
        guard at >= 0 else { return }
        switch event.kind {
        case .packet(let tracepoint, let state, let reason):
            // A listener on all addresses says nothing of where it is.
            let host = byAddress?.name ?? current[event.socket].flatMap { lives[$0].host }
            packets.append(
                Packet(
                    time: event.time, host: host, tracepoint: tracepoint, state: state, reason: reason,
                    local: event.local, remote: event.remote))
            timeline.add(
                .packet(
                    TracedPacketFact(
                        attempt: timeline.attempt, at: at, host: host?.rawValue ?? "A",
                        tracepoint: tracepoint.event, state: state?.description, reason: reason,
                        local: event.local.description, remote: event.remote.description)), at: at)
        case .transition(.CLOSE, .LISTEN) where event.local.port == Self.introductionPort:
            introductions.append((event.time, event.pid))
        case .transition where event.local.port == Self.introductionPort: break
        case .transition(let old, let new):
            let place = life(for: event, old: old, new: new)
            let byProcess = processes.first { $0.tracePid == lives[place].pid }?.host
            lives[place].host = lives[place].host ?? byAddress?.name ?? (old == .CLOSE ? byProcess?.name : nil)
            if event.local.port != 0 { lives[place].local = event.local }
            if event.remote.port != 0 { lives[place].remote = event.remote }
            guard old != new else { return }
            // Events of different CPUs may be handed over out of order.
            let spot = lives[place].transitions.lastIndex { $0.time <= event.time }.map { $0 + 1 } ?? 0
            lives[place].transitions.insert((event.time, old, new), at: spot)
            timeline.add(
                .transition(
                    TransitionFact(
                        attempt: timeline.attempt, at: at, host: lives[place].host?.rawValue ?? "A", socket: nil,
                        kernelSocket: lives[place].number, old: old.description, new: new.description,
                        local: event.local.description, remote: event.remote.description)), at: at)
        }
    }

    private mutating func life(for event: TraceEvent, old: TCPState, new: TCPState) -> Int {
        let begins = (old == .CLOSE && new != .CLOSE) || (old == .LISTEN && new == .SYN_RECV)
        if !begins, let place = current[event.socket] { return place }
        lives.append(
            SocketLifetime(
                kernelSocket: event.socket, number: lives.count + 1, transitions: [], pid: event.pid, host: nil,
                local: event.local, remote: event.remote))
        current[event.socket] = lives.count - 1
        return lives.count - 1
    }

    /// The lives of a scenario's socket, in order.
    ///
    /// Active sockets and listeners are known by the call during which they left CLOSE, accepted ones by both
    /// addresses: of the connections that had them in turn, the last that began before it was accepted.
    package func lives(of socket: Socket, processes: [WorkerProcess]) -> [SocketLifetime] {
        let calls = processes.flatMap(\.calls).filter { call in
            guard call.socket?.identity.cookie == socket.identity.cookie else { return false }
            if case Request.connect = call.request { return true }
            if case Request.listen = call.request { return true }
            return false
        }
        guard calls.isEmpty else {
            return lives.filter { life in
                guard let first = life.transitions.first, first.old == .CLOSE else { return false }
                return calls.contains { $0.process.tracePid == life.pid && $0.interval.contains(first.time) }
            }
        }
        guard let local = socket.local, let remote = socket.remote else { return [] }
        let accepted = lives.last { life in
            guard let first = life.transitions.first, first.old != .CLOSE, first.time < socket.known else {
                return false
            }
            return life.host == socket.host.name && life.local == unmapped(local) && life.remote == unmapped(remote)
        }
        return accepted.map { [$0] } ?? []
    }

    private func unmapped(_ address: SocketAddress) -> SocketAddress {
        SocketAddress(address.ip.unmapped, address.port)
    }

    /// A transition that does not start where the one before it ended: events were lost.
    var discontinuity: String? {
        for life in lives {
            for (one, next) in zip(life.transitions, life.transitions.dropFirst()) where one.new != next.old {
                return "trace events are missing: \(one.old)>\(one.new) is followed by \(next.old)>\(next.new)"
            }
        }
        return nil
    }
}
