internal import Record

/// Chances for loss and jitter.
package struct LossGenerator {
    private var numbers: SplitMix64

    package init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// A number from 0 up to, not including, 1.
    package mutating func next() -> Double { Double(numbers.next() >> 11) / Double(1 << 53) }
}
