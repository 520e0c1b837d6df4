internal import Foundation
internal import Linux
internal import Synchronization

/// One of this machine's processors, which a guest in virtual time has for as long as it runs.
///
/// QEMU has a main thread and one that executes the guest. If the first found the guest's processor halted before the
/// second has counted its last instructions, it would move the clock too far by as many nanoseconds
/// (icount_start_warp_timer), which makes a run differ from the next. On one processor, and with the second before all
/// others (SCHED_FIFO, where that is allowed), it does not come to run before then.
final class Processor {
    private let number: Int
    private var isInOrder = false
    /// How many guests use each processor.
    private static let users = Mutex<[Int: Int]>([:])

    /// The processor with the fewest guests of those that this process may run on.
    init() {
        let allowed = Scheduling.processors
        number = Self.users.withLock { users in
            let least = allowed.min { (users[$0, default: 0], $0) < (users[$1, default: 0], $1) } ?? 0
            users[least, default: 0] += 1
            return least
        }
    }

    deinit {
        Self.users.withLock { $0[number, default: 1] -= 1 }
    }

    /// Leaves the priority that QEMU has inherited to the thread that executes the guest, once there is one.
    ///
    /// The others wait for their turn like anybody: the kernel's own threads on this processor need theirs too.
    func putFirst(theGuestOf pid: Int32) {
        guard !isInOrder else { return }
        let threads = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []).compactMap {
            Int32($0)
        }
        func executes(_ thread: Int32) -> Bool {
            (try? Files.read("/proc/\(pid)/task/\(thread)/comm"))?.hasSuffix("/TCG\n") ?? false
        }
        guard threads.contains(where: executes) else { return }
        for thread in threads where !executes(thread) { Scheduling.setRealTime(priority: 0, thread: thread) }
        isInOrder = true
    }

    /// Runs something whose child processes inherit the processor, and a priority if this process may give it.
    func lending<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = Scheduling.processors
        Scheduling.run(on: [number])
        Scheduling.setRealTime(priority: 1)
        defer {
            Scheduling.setRealTime(priority: 0)
            Scheduling.run(on: before)
        }
        return try body()
    }
}
