/// What an end did, in order, prepared for being laid beside what it did elsewhere.
package enum Sequence {
    /// One thing that it did, as it is compared.
    package enum Item: Codable, Hashable, Sendable {
        /// A segment: its flags, its numbers in words, and those of its options that are compared.
        case segment(flags: String, numbers: String, options: [String])
        /// The states that a socket passed.
        case path(states: [String])
        /// What a tracepoint reported, in words that have no reason; the reason is a reset's.
        case packet(tracepoint: String, words: String, reason: String?)
        /// A call, in words.
        case call(words: String)

        package var words: String {
            switch self {
            case .segment(let flags, let numbers, let options):
                "\(flags) \(numbers)" + (options.isEmpty ? "" : " <\(options.joined(separator: ","))>")
            case .path(let states): states.joined(separator: " > ")
            case .packet(TracedReset.tracepoint, let words, let reason):
                "\(words), \(reason ?? TracedReset.noReason)"
            case .packet(_, let words, _), .call(let words): words
            }
        }
    }

    /// Equal neighbours, so that seven SYNs read as such.
    package struct Run: Codable, Hashable, Sendable {
        package let item: Item
        package let count: Int

        var words: String { count == 1 ? item.words : "\(item.words) ×\(count)" }
    }

    /// The parts of two sequences that differ: what both begin and end with is left out. Nil when they are the same.
    static func difference(_ before: [Item], _ after: [Item]) -> (before: [Run], after: [Run])? {
        guard before != after else { return nil }
        let (old, new) = (counted(before), counted(after))
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        return (Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
    }

    /// Without the second of two equal neighbours.
    static func collapsed(_ items: [Item]) -> [Item] {
        var result: [Item] = []
        for item in items where item != result.last { result.append(item) }
        return result
    }

    private static func counted(_ items: [Item]) -> [Run] {
        items.reduce(into: []) { runs, item in
            let count = runs.last?.item == item ? (runs.popLast()?.count ?? 0) : 0
            runs.append(Run(item: item, count: count + 1))
        }
    }

    /// How many items are told; the middle of more is only counted.
    private static let longest = 12

    /// Nil where there is nothing.
    static func words(_ runs: [Run]) -> String? {
        guard !runs.isEmpty else { return nil }
        let items = runs.map(\.words)
        guard items.count > longest else { return items.joined(separator: "; ") }
        let half = longest / 2
        let told = items.prefix(half) + ["... \(items.count - 2 * half) more ..."] + items.suffix(half)
        return told.joined(separator: "; ")
    }
}
