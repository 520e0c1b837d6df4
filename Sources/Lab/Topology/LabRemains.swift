internal import Linux
internal import Netlink
internal import SockDiag
internal import Synchronization

/// What is left of a laboratory that nobody works in any more: namespaces, what was opened in them, its number.
///
/// It is used by one thread after the other, each of which hands it on whole.
final class LabRemains: @unchecked Sendable {
    /// What is needed of a host to end what is left on it.
    struct Place {
        let namespace: NetworkNamespace
        let diagnostics: SocketDiagnostics
        let route: RouteSocket
        let interface: Int32
    }

    private var hosts: [Place]
    private var sockets: [PacketSocket]
    private var namespaces: [NetworkNamespace]
    private var number: LabNumber?
    private let watched: [NamespaceLedger.Entry]
    private let ledger: NamespaceLedger?
    /// Whether the kernel was found to keep something of it already.
    private let isExcused: Bool
    /// See `OrphanDestruction`.
    private let destroysOrphans: Bool

    init(
        hosts: [Place], sockets: [PacketSocket], namespaces: [NetworkNamespace], number: LabNumber,
        destroysOrphans: Bool = true, watched: [NamespaceLedger.Entry] = [], by ledger: NamespaceLedger? = nil,
        isExcused: Bool = false
    ) {
        self.hosts = hosts
        self.sockets = sockets
        self.namespaces = namespaces
        self.number = number
        self.destroysOrphans = destroysOrphans
        self.watched = watched
        self.ledger = ledger
        self.isExcused = isExcused
    }

    /// Takes it all away, the number last.
    func clear() {
        let areEnded = hosts.map(end)
        hosts = []
        sockets = []
        namespaces = []
        number = nil
        // What could not be ended goes on for minutes, which is no leak.
        ledger?.close(watched, excused: isExcused || !areEnded.allSatisfy(\.self))
    }

    /// Ends connections that nobody has open: each keeps its namespace alive until it has given up, for minutes, and
    /// its events would come when another laboratory has the number. Returns whether nothing of them is left.
    private func end(_ host: Place) -> Bool {
        if !destroysOrphans { return outliveOrphans(of: host) }
        let states = SocketDiagnostics.connectionStates & ~TCPState.TIME_WAIT.mask
        if (try? Self.endAll(of: host.diagnostics, states)) != nil { return true }
        // A kernel that cannot destroy sockets still can take the link away.
        try? host.route.perform([.deleteLink(host.interface)])
        return false
    }

    /// Waits until the orphans have given up, which is at the next timeout of each. To destroy them here would be to keep
    /// them for ever. Minisocks go with their namespace.
    private func outliveOrphans(of host: Place) -> Bool {
        // With none at all the kernel would take it that 8 are meant.
        try? host.namespace.setSysctl("net.ipv4.tcp_orphan_retries", to: "1")
        let deadline = Instant.now + OrphanDestruction.longestTimeout
        var pause = Duration.milliseconds(10)
        while true {
            guard let rows = try? host.diagnostics.dumpAll(states: SocketDiagnostics.connectionStates, withInfo: false)
            else { return false }
            let orphans = rows.filter { !$0.isMinisock }
            if orphans.isEmpty { return true }
            // Without a timer there is nothing to wait for.
            guard Instant.now < deadline, orphans.contains(where: { $0.timer != .off }) else { return false }
            (.now + pause).sleepUntil()
            pause = min(pause * 2, .seconds(1))
        }
    }

    private static func endAll(of diagnostics: SocketDiagnostics, _ states: UInt32) throws {
        for row in try diagnostics.dumpAll(states: states, withInfo: false) { try endRow(row, diagnostics) }
    }
}

extension LabRemains {
    /// One that has ended by itself meanwhile is as good.
    private static func endRow(_ row: DiagRow, _ diagnostics: SocketDiagnostics) throws {
        do {
            try diagnostics.destroy(row)
        } catch {
            guard error.errno == .ENOENT else { throw error }
        }
    }
}

extension Host {
    /// What is left of it.
    var remains: LabRemains.Place {
        LabRemains.Place(namespace: namespace, diagnostics: diagnostics, route: route, interface: interface)
    }
}

extension Lab {
    /// Ends what processes still have open, and orphans by the resets that their peers send.
    ///
    /// When the processes have gone, all of it would be orphans, which not every kernel lets be destroyed.
    func resetOpenConnections() {
        for host in [a, b].compactMap(\.self) {
            for row in (try? host.rows()) ?? [] where row.inode != 0 { try? host.diagnostics.destroy(row) }
        }
        try? wire?.passOn()
    }
}

/// Clears laboratories away on threads of its own.
///
/// To close a packet socket takes the kernel a grace period of RCU (packet_release()), some hundredths of a second in
/// which nothing is done: whoever does so one by one waits for longer than the laboratory took to make. Here several wait
/// at once, and no attempt does.
final class Reaper: Sendable {
    static let shared = Reaper()

    private struct State {
        var waiting: [LabRemains] = []
        var threads = 0
    }

    private let state = Mutex(State())
    private static let mostThreads = 16
    /// Namespaces and descriptors are not endless: beyond this, who closes a laboratory clears it away himself.
    private static let mostWaiting = 256

    /// Takes what is left of a laboratory; returns at once where there are not too many already.
    func take(_ remains: LabRemains) {
        guard enqueue(remains) else { return remains.clear() }
        guard needsThread() else { return }
        do {
            try startThread { [self] in work() }
        } catch {
            work()
        }
    }

    /// Returns false where there are too many already.
    private func enqueue(_ remains: LabRemains) -> Bool {
        state.withLock { state in
            guard state.waiting.count < Self.mostWaiting else { return false }
            state.waiting.append(remains)
            return true
        }
    }

    private func needsThread() -> Bool {
        state.withLock { state in
            guard state.threads < Self.mostThreads else { return false }
            state.threads += 1
            return true
        }
    }

    /// Works until nothing is left to do, and ends.
    private func work() {
        while let next = next() { next.clear() }
    }

    private func next() -> LabRemains? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
