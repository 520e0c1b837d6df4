internal import Linux
internal import Synchronization

/// One of this machine's processors, which a guest in virtual time has for as long as it runs.
///
/// QEMU has a main thread and one that executes the guest. If the first found the guest's processor halted before the
/// second has counted its last instructions, it would move the clock too far by as many nanoseconds
/// (icount_start_warp_timer), which makes a run differ from the next. On one processor, and both before all others
/// (SCHED_FIFO, where that is allowed), the first only runs when the second waits. To put the second alone before the
/// others is not enough: the time that the kernel then sets aside for those (the fair server) comes at any instruction.
final class Processor {
    private let number: Int
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
