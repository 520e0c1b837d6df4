/// A place in an attempt at the one scenario of a run: before an act of it.
package struct StopPoint: Equatable, Sendable {
    /// The attempt's number, and which try of it; see `Attempt`.
    package var attempt: Int
    package var again: Int
    /// Which of its acts, from 1.
    package var act: Int

    package init(attempt: Int, again: Int, act: Int) {
        self.attempt = attempt
        self.again = again
        self.act = act
    }

    private static let width: UInt64 = 21

    /// As a number other than 0. What is too far away for one gets another's, which costs a stop too early.
    package var word: UInt64 {
        UInt64(truncatingIfNeeded: attempt) << (2 * Self.width) | UInt64(truncatingIfNeeded: again) << Self.width
            | UInt64(truncatingIfNeeded: act)
    }
}
