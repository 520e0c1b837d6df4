internal import Glibc

/// Signals that arrived while a handler was installed, counted without allocation as a handler must.
enum HandledSignals {
    private static let limit = 65
    private nonisolated(unsafe) static let counts: UnsafeMutablePointer<Int32> = {
        let counts = UnsafeMutablePointer<Int32>.allocate(capacity: limit)
        counts.initialize(repeating: 0, count: limit)
        return counts
    }()

    /// Installs a disposition; returns 0, or -1 with errno set.
    static func set(_ number: Int32, _ disposition: SignalDisposition) -> Int64 {
        guard number > 0, number < limit else {
            errno = EINVAL
            return -1
        }
        // Touch the counters before any handler may run, so that it never initializes them.
        counts[Int(number)] = 0
        var action = sigaction()
        switch disposition {
        case .standard: action.__sigaction_handler.sa_handler = SIG_DFL
        case .ignored: action.__sigaction_handler.sa_handler = SIG_IGN
        case .handled: action.__sigaction_handler.sa_handler = { HandledSignals.counts[Int($0)] += 1 }
        }
        return Int64(sigaction(number, &action, nil))
    }

    /// The signals counted since the last call, and forgets them.
    static func take() -> [Int32] {
        var taken: [Int32] = []
        for number in 1..<limit where counts[number] > 0 {
            taken += Array(repeating: Int32(number), count: Int(counts[number]))
            counts[number] = 0
        }
        return taken
    }
}
