internal import Acts
internal import Linux
internal import Synchronization

/// A laboratory's number in its run, from which its addresses come; nobody else has it as long as this is kept.
final class LabNumber: Sendable {
    let value: Int
    private let pool: Pool

    /// Takes the number that has been free for the longest. Throws where there are too many laboratories at once.
    init(from pool: Pool = .shared) throws {
        guard let value = pool.take() else {
            throw ScenarioStop.harness("\(Addressing.capacity) laboratories exist already")
        }
        self.value = value
        self.pool = pool
    }

    deinit { pool.giveBack(value) }

    /// The numbers that nobody has.
    final class Pool: Sendable {
        static let shared = Pool(count: Addressing.capacity)

        private struct State {
            /// Never given out so far: from here on.
            var fresh = 0
            /// Given back, in this order, and `first` of them given out again.
            var free: [Int] = []
            var first = 0
        }

        private let state = Mutex(State())
        private let count: Int

        init(count: Int) { self.count = count }

        fileprivate func take() -> Int? {
            state.withLock { state in
                if state.fresh < count {
                    state.fresh += 1
                    return state.fresh - 1
                }
                guard state.first < state.free.count else { return nil }
                let number = state.free[state.first]
                state.first += 1
                if state.first == count {
                    state.free.removeFirst(state.first)
                    state.first = 0
                }
                return number
            }
        }

        fileprivate func giveBack(_ number: Int) { state.withLock { $0.free.append(number) } }
    }
}
