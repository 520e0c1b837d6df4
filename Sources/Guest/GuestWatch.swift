internal import FoundationEssentials
package import Linux

/// Says when a guest that still runs is done for.
///
/// Silence is measured by a clock that stands still while QEMU waits for a processor, so that a busy machine is not
/// taken for a guest that hangs; and what a slow machine may take grows with what was seen of it.
package struct GuestWatch {
    /// How a guest stands at a moment.
    package struct Reading: Equatable {
        package var now: Instant
        /// Nanoseconds that each thread has waited for a processor.
        package var waited: [Int32: Int64]
        /// Nanoseconds that all threads have had a processor.
        package var worked: Int64

        package init(now: Instant, waited: [Int32: Int64] = [:], worked: Int64 = 0) {
            self.now = now
            self.waited = waited
            self.worked = worked
        }
    }

    /// How long a guest may take for what.
    package struct Limits: Equatable, Sendable {
        /// The least that is allowed between two words of a guest that boots.
        package var booting = Duration.seconds(12)
        /// How many times the longest silence so far the next may last.
        package var growth: Int64 = 8
        /// Until its first result, whatever it says.
        package var boot = Duration.seconds(300)
        /// Whether it is the user who has set the time for booting, so that silence does not matter.
        package var isBootFixed = false
        /// The least that is allowed between two results.
        package var running = Duration.seconds(60)
        /// How many times the time that booting took there may be no result.
        package var timeout: Int64 = 25
        /// For a guest whose processor does nothing any more; nil where a guest may idle.
        package var halted: Duration? = .seconds(10)
        /// For a guest to say the rest after a panic.
        package var dying = Duration.seconds(1)

        package init() {}
    }

    private let limits: Limits
    private let start: Reading
    private var lastWord: Reading
    private var longest = Duration.zero
    private var bootTime: Duration?
    private var isDying = false

    package init(_ limits: Limits, start: Reading) {
        self.limits = limits
        self.start = start
        lastWord = start
    }

    /// Takes note of a word of the guest's.
    package mutating func heard(result: Bool, panic: Bool, at reading: Reading) {
        if bootTime == nil { longest = max(longest, time(from: lastWord, to: reading)) }
        if result, bootTime == nil { bootTime = time(from: start, to: reading) }
        isDying = isDying || panic
        lastWord = reading
    }

    /// Why nothing more is to be expected; nil as long as something may come.
    package func verdict(at reading: Reading) -> String? {
        let silence = time(from: lastWord, to: reading)
        if isDying { return silence > limits.dying ? "it did not end after its panic" : nil }
        let worked = reading.worked - lastWord.worked
        let isHalted = worked * 50 < silence.nanoseconds
        let words = "nothing for \(silence.wholeSeconds) s, its processor \(isHalted ? "halted" : "busy")"
        guard let bootTime else {
            let whole = time(from: start, to: reading)
            if whole > limits.boot { return "it sent no result within \(limits.boot.wholeSeconds) s" }
            if limits.isBootFixed || silence <= max(limits.booting, .nanoseconds(longest.nanoseconds * limits.growth)) {
                return nil
            }
            return "it never sent a result; \(words)"
        }
        if isHalted, let halted = limits.halted, silence > halted { return "no more results; \(words)" }
        let most = max(limits.running, .nanoseconds(bootTime.nanoseconds * limits.timeout))
        return silence > most ? "no more results; \(words)" : nil
    }

    /// The time in which the guest could have done something.
    private func time(from earlier: Reading, to later: Reading) -> Duration {
        let waits = later.waited.map { $0.value - earlier.waited[$0.key, default: 0] }
        return max(.zero, later.now - earlier.now - .nanoseconds(max(0, waits.max() ?? 0)))
    }
}

extension GuestWatch.Reading {
    /// How a process stands now.
    static func now(of pid: Int32) -> Self {
        var reading = Self(now: .now)
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        for thread in threads.compactMap({ Int32($0) }) {
            // Time with a processor, time waiting for one, and how often; not there without CONFIG_SCHED_INFO.
            let text = (try? Files.read("/proc/\(pid)/task/\(thread)/schedstat")) ?? ""
            let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
            guard numbers.count >= 2 else { continue }
            reading.worked += numbers[0]
            reading.waited[thread] = numbers[1]
        }
        return reading
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int64 { (nanoseconds + 500_000_000) / 1_000_000_000 }
}
