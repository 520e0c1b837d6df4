internal import Glibc
internal import Linux
internal import Netlink
internal import SockDiag
internal import Synchronization

/// What is left of a laboratory that nobody works in any more: namespaces, what was opened in them, its number.
///
/// It is used by one thread after the other, each of which hands it on whole.
final class LabRemains: @unchecked Sendable {
    private var hosts: [(diagnostics: SocketDiagnostics, route: RouteSocket, interface: Int32)]
    private var sockets: [PacketSocket]
    private var namespaces: [NetworkNamespace]
    private var number: LabNumber?
    private let watched: [NamespaceLedger.Entry]
    private let ledger: NamespaceLedger?
    /// Whether the kernel was found to keep something of it already.
    private let isExcused: Bool

    init(
        hosts: [(diagnostics: SocketDiagnostics, route: RouteSocket, interface: Int32)], sockets: [PacketSocket],
        namespaces: [NetworkNamespace], number: LabNumber, watched: [NamespaceLedger.Entry] = [],
        by ledger: NamespaceLedger? = nil, isExcused: Bool = false
    ) {
        self.hosts = hosts
        self.sockets = sockets
        self.namespaces = namespaces
        self.number = number
        self.watched = watched
        self.ledger = ledger
        self.isExcused = isExcused
    }

    /// Takes it all away, the number last.
    func clear() {
        let areEnded = hosts.map { Self.end($0.diagnostics, $0.route, $0.interface) }
        hosts = []
        sockets = []
        namespaces = []
        number = nil
        // What could not be ended goes on for minutes, which is no leak.
        ledger?.close(watched, excused: isExcused || !areEnded.allSatisfy(\.self))
    }

    /// Ends connections that nobody has open: each keeps its namespace alive until it has given up, for minutes, and
    /// its events would come when another laboratory has the number. Returns whether that can be done here.
    private static func end(_ diagnostics: SocketDiagnostics, _ route: RouteSocket, _ interface: Int32) -> Bool {
        let states = SocketDiagnostics.connectionStates & ~TCPState.TIME_WAIT.mask
        if (try? endAll(of: diagnostics, states)) != nil { return true }
        // A kernel that cannot destroy sockets still can take the link away.
        try? route.perform([.deleteLink(interface)])
        return false
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
