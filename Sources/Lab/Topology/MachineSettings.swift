internal import Acts
package import Linux
internal import Synchronization

/// What one attempt has changed of the whole machine, and how to undo it.
///
/// It can be undone by another thread: an attempt that hangs is given up with its changes, and must neither change
/// anything nor put anything back when it comes to itself, perhaps in the middle of another attempt.
package final class MachineSettings: Sendable {
    private struct State {
        /// What was there before, in the order of the changes.
        var before: [(sysctl: String, value: String)] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let machine: NetworkNamespace

    package init(of machine: NetworkNamespace) { self.machine = machine }

    /// Changes a setting. Throws the error of the failing call, or `ScenarioStop` where the attempt was given up.
    func set(_ sysctl: String, to value: String) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw ScenarioStop.harness("the attempt has been given up") }
            try onMachine {
                state.before.append((sysctl, try machine.sysctl(sysctl)))
                try machine.setSysctl(sysctl, to: value)
            }
        }
    }

    /// Undoes every change, the last one first.
    func restore() { state.withLock { restore(&$0) } }

    /// Undoes every change, and allows no more.
    package func close() {
        state.withLock { state in
            restore(&state)
            state.isClosed = true
        }
    }

    private func restore(_ state: inout State) {
        guard !state.before.isEmpty else { return }
        // What could be written once can be written again.
        try? onMachine {
            for (sysctl, value) in state.before.reversed() { try machine.setSysctl(sysctl, to: value) }
        }
        state.before = []
    }

    /// Brings the thread back to the namespace it is in now: from the machine's it would go to where that was opened.
    private func onMachine(_ body: () throws -> Void) throws {
        try NetworkNamespace(ofCallingThread: ()).inside(body)
    }
}
