/// What an end did, in order, prepared for being laid beside what it did elsewhere.
enum Sequence {
    /// The parts of two sequences that differ, in words: what both begin and end with is left out.
    ///
    /// Nil when they are the same. Equal neighbours become one with a count, so that seven SYNs read as such.
    static func difference(_ before: [String], _ after: [String]) -> (before: String?, after: String?)? {
        guard before != after else { return nil }
        let (old, new) = (counted(before), counted(after))
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        return (words(old[start..<(old.count - end)]), words(new[start..<(new.count - end)]))
    }

    /// Without the second of two equal neighbours.
    static func collapsed(_ items: [String]) -> [String] {
        var result: [String] = []
        for item in items where item != result.last { result.append(item) }
        return result
    }

    private static func counted(_ items: [String]) -> [String] {
        var runs: [(item: String, count: Int)] = []
        for item in items {
            if runs.last?.item == item {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((item, 1))
            }
        }
        return runs.map { $0.count == 1 ? $0.item : "\($0.item) ×\($0.count)" }
    }

    /// How many items are told; the middle of more is only counted.
    private static let longest = 12

    private static func words(_ items: ArraySlice<String>) -> String? {
        guard !items.isEmpty else { return nil }
        guard items.count > longest else { return items.joined(separator: "; ") }
        let half = longest / 2
        let told = items.prefix(half) + ["... \(items.count - 2 * half) more ..."] + items.suffix(half)
        return told.joined(separator: "; ")
    }
}
