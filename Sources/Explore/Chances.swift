internal import Record

/// Seeded choices: the same seed chooses the same on every machine.
struct Chances {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// Those of one sequence of an exploration, whatever the ones before it have chosen.
    init(seed: UInt64, number: Int) {
        var mixed = SplitMix64(seed: seed ^ UInt64(number) << 32)
        numbers = SplitMix64(seed: mixed.next())
    }

    /// A number from 0 up to, not including, a bound above 0.
    mutating func below(_ bound: Int) -> Int { Int(numbers.next() % UInt64(bound)) }

    mutating func isLucky(percent: Int) -> Bool { below(100) < percent }

    /// One of several; there must be one.
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// The place of one of several, by their weights, of which one at least is above 0.
    mutating func place(by weights: [Double]) -> Int {
        let total = weights.reduce(0, +)
        var rest = Double(numbers.next() >> 11) / Double(1 << 53) * total
        for (place, weight) in weights.enumerated() where weight > 0 {
            rest -= weight
            if rest < 0 { return place }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
