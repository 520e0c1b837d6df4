internal import CLinux

/// Where and how the calling thread is scheduled, which its children inherit.
///
/// What is refused changes nothing, for it makes a difference of speed and repeatability only.
package enum Scheduling {
    /// Room for the numbers of 8192 processors, the most that Linux can be built for.
    private static let size = 1024

    /// The numbers of the processors that the thread may run on.
    package static var processors: [Int] {
        var bits = [UInt8](repeating: 0, count: size)
        guard clx_get_affinity(&bits, bits.count) == 0 else { return [] }
        return (0..<size * 8).filter { bits[$0 / 8] & 1 << ($0 % 8) != 0 }
    }

    /// Keeps the thread on some processors.
    package static func run(on processors: [Int]) {
        var bits = [UInt8](repeating: 0, count: size)
        for number in processors { bits[number / 8] |= 1 << (number % 8) }
        _ = clx_set_affinity(bits, bits.count)
    }

    /// Whether the thread may put itself before all ordinary ones.
    package static var canSetRealTime: Bool {
        defer { setRealTime(priority: 0) }
        return clx_set_real_time(1) == 0
    }

    /// Puts the thread before all ordinary ones (SCHED_FIFO), which takes CAP_SYS_NICE; 0 takes that back.
    package static func setRealTime(priority: Int32) { _ = clx_set_real_time(priority) }
}
