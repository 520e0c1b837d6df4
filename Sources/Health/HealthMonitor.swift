package import Linux
package import Record
internal import Synchronization

/// Listens to the kernel while attempts run, and says whose doing a complaint is.
///
/// The log is read whenever an attempt begins or ends, so that what is read was logged while exactly those ran that are
/// known to run.
package final class HealthMonitor: Sendable {
    /// A complaint with what is known of its cause.
    package struct Finding: Equatable, Sendable {
        package let complaint: Complaint
        /// The attempts that ran.
        package let running: [Attempt]
        package let isOurs: Bool
    }

    /// What is left to tell when everything has ended.
    package struct Remainder: Sendable {
        /// What nobody's doing can be told of.
        package var findings: [Finding]
        /// What the kernel's taint says beside its log.
        package var taints: [String]
        /// Why it could not be listened to all the time.
        package var failure: String?

        package init(findings: [Finding], taints: [String], failure: String?) {
            self.findings = findings
            self.taints = taints
            self.failure = failure
        }
    }

    private struct Running {
        var attempt: Attempt
        /// What the threads and processes of an attempt are called by the kernel.
        var threadName: String
        var processes: Set<Int32> = []
        var findings: [Finding] = []
    }

    private struct State: ~Copyable {
        var log: KernelLog
        var reader = ComplaintReader()
        var running: [Attempt: Running] = [:]
        /// Complaints of which nobody can tell whose doing they are.
        var unclaimed: [Finding] = []
        var begun = 0
        var claimed = 0
        var taint: Taint
        var failure: String?
    }

    private let state: Mutex<State>
    /// Whether the kernel runs nothing but us: then whatever it complains of is ours.
    private let isAlone: Bool

    /// Begins to listen. Throws the error of the failing call.
    ///
    /// - Parameter isAlone: whether this kernel runs nothing else, as in a guest.
    package init(isAlone: Bool) throws(SystemError) {
        self.isAlone = isAlone
        let log = try KernelLog(fromBoot: isAlone)
        // A guest is born without a taint of these kinds; what it has comes from its boot.
        let taint = isAlone ? Taint(bits: 0) : try Taint()
        state = Mutex(State(log: log, taint: taint))
    }

    /// An attempt begins on the thread of this name.
    package func begin(_ attempt: Attempt, threadName: String) {
        state.withLock { state in
            drain(&state)
            state.begun += 1
            state.running[attempt] = Running(attempt: attempt, threadName: threadName)
        }
    }

    /// A process of an attempt, by its number in the first pid namespace.
    package func add(process: Int32, of attempt: Attempt) {
        state.withLock { _ = $0.running[attempt]?.processes.insert(process) }
    }

    /// What the kernel has complained of that this attempt caused.
    package func findings(of attempt: Attempt) -> [Finding] {
        state.withLock { state in
            drain(&state)
            return state.running[attempt]?.findings ?? []
        }
    }

    /// An attempt has ended, and so has everything of it.
    package func end(_ attempt: Attempt) {
        state.withLock { state in
            drain(&state)
            state.running[attempt] = nil
        }
    }

    /// What is left to tell, once everything has ended.
    package func remainder() -> Remainder {
        state.withLock { state in
            drain(&state)
            if let complaint = state.reader.end() { settle(complaint, &state) }
            let told = state.unclaimed.contains(where: \.isOurs) || state.claimed > 0
            let taints = (try? Taint()).map { $0.complaints(since: state.taint) } ?? []
            let lost =
                state.log.losses > 0 ? "\(state.log.losses) parts of the kernel's log were overwritten unread" : nil
            // A taint that the log explains needs no line of its own; on a busy machine it may be anybody's.
            return Remainder(
                findings: state.unclaimed, taints: told || !isAlone ? [] : taints, failure: state.failure ?? lost)
        }
    }

    private func drain(_ state: inout State) {
        do {
            for record in try state.log.read() {
                if let complaint = state.reader.add(record) { settle(complaint, &state) }
            }
            // A report is printed in one go: what is still open is whole.
            if let complaint = state.reader.end() { settle(complaint, &state) }
        } catch {
            state.failure = state.failure ?? "\(error)"
        }
    }

    private func settle(_ complaint: Complaint, _ state: inout State) {
        let owner = owner(of: complaint, state)
        let running = state.running.keys.sorted()
        let isOurs = isAlone || owner != nil || complaint.concernsNetworking && !running.isEmpty
        let finding = Finding(complaint: complaint, running: running, isOurs: isOurs)
        guard let owner else { return state.unclaimed.append(finding) }
        state.claimed += 1
        state.running[owner]?.findings.append(finding)
    }

    private func owner(of complaint: Complaint, _ state: borrowing State) -> Attempt? {
        if let task = complaint.task {
            let owner = state.running.values.first { running in
                if running.threadName == task.name { return true }
                return task.pid.map { running.processes.contains($0) } ?? false
            }
            if let owner { return owner.attempt }
        }
        // The first attempt of all, alone: nothing of another can be left.
        guard state.begun == 1, let only = state.running.keys.first else { return nil }
        return isAlone || complaint.concernsNetworking ? only : nil
    }
}
