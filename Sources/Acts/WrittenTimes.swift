internal import Linux

// How times stand in acts that are written as text, there and back.

extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ms", 1_000_000), ("us", 1000), ("ns", 1), ("s", 1_000_000_000), ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]

    /// Reads `200ms`, `1.5s` or `2h`.
    package init?(written text: String) {
        guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        let figures = text.dropLast(unit.name.count)
        let parts = figures.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
            parts.dropFirst().allSatisfy({ $0.count <= 6 }), let whole = Int64(parts[0])
        else { return nil }
        var (nanoseconds, isTooLong) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        if parts.count == 2, let fraction = Int64(parts[1]) {
            let scale = parts[1].reduce(Int64(1)) { scale, _ in scale * 10 }
            guard unit.nanoseconds * fraction % scale == 0 else { return nil }
            let (sum, overflow) = nanoseconds.addingReportingOverflow(unit.nanoseconds * fraction / scale)
            (nanoseconds, isTooLong) = (sum, isTooLong || overflow)
        }
        // A year is longer than any timer of TCP's.
        guard !isTooLong, nanoseconds <= 366 * 24 * 3_600_000_000_000 else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    /// In the largest unit in which it is a whole number.
    package var written: String {
        let nanoseconds = components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        if nanoseconds == 0 { return "0s" }
        let unit = Self.units.filter { nanoseconds % $0.nanoseconds == 0 }.max { $0.nanoseconds < $1.nanoseconds }!
        return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
}

extension ClosedRange<Duration> {
    package var written: String { "\(lowerBound.written)..\(upperBound.written)" }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
