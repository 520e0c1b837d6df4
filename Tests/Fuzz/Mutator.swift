/// Numbers that look random and follow from a seed alone (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ limit: Int) -> Int { limit > 0 ? Int(next() % UInt64(limit)) : 0 }
}

/// Makes inputs that were never meant of some that were.
struct Mutator {
    private(set) var chance: Chance

    init(seed: UInt64) { chance = Chance(seed) }

    /// One of the corpus, changed in a few places.
    mutating func mutant(of corpus: [[UInt8]], isText: Bool) -> [UInt8] {
        var bytes = corpus[chance.below(corpus.count)]
        // Many small changes pass what one large change would fail at.
        for _ in 0...chance.below(4) {
            bytes = isText && chance.below(4) > 0 ? changedText(bytes, corpus) : changedBytes(bytes, corpus)
        }
        return bytes
    }

    // MARK: Bytes

    private mutating func changedBytes(_ old: [UInt8], _ corpus: [[UInt8]]) -> [UInt8] {
        var bytes = old
        guard !bytes.isEmpty else { return [UInt8(truncatingIfNeeded: chance.next())] }
        let place = chance.below(bytes.count)
        switch chance.below(8) {
        case 0: bytes[place] ^= 1 << UInt8(chance.below(8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + chance.below(16)))
        case 3: bytes = Array(bytes[..<place])
        case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + chance.below(64))], at: place)
        case 5:
            // The begin of one and the end of another.
            let other = corpus[chance.below(corpus.count)]
            bytes = Array(bytes[..<place]) + other.suffix(chance.below(other.count + 1))
        default:
            // A number of two, four or eight bytes that is an extreme.
            let width = [2, 4, 8][chance.below(3)]
            let number = Self.extremes[chance.below(Self.extremes.count)]
            for offset in 0..<width where place + offset < bytes.count {
                bytes[place + offset] = UInt8(truncatingIfNeeded: number >> Int64(8 * offset))
            }
        }
        return bytes
    }

    private static let extremes: [Int64] = [
        0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 17, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 1 << 20, 1 << 30,
        (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 40, 1 << 53, 1 << 62, .max, .min, .min + 1, .max - 1,
    ]

    // MARK: Texts of lines

    private mutating func changedText(_ old: [UInt8], _ corpus: [[UInt8]]) -> [UInt8] {
        var lines = old.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        let place = chance.below(lines.count)
        switch chance.below(10) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[place], at: chance.below(lines.count + 1))
        case 2: lines.swapAt(place, chance.below(lines.count))
        case 3:
            let others = corpus[chance.below(corpus.count)].split(separator: UInt8(ascii: "\n"))
            if !others.isEmpty { lines.insert(Array(others[chance.below(others.count)]), at: place) }
        case 4: lines[place] = swappedFields(lines[place])
        case 5: lines[place] = withText(lines[place])
        default: lines[place] = withNumber(lines[place])
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    /// One of the numbers as an extreme.
    private mutating func withNumber(_ line: [UInt8]) -> [UInt8] {
        var numbers: [Range<Int>] = []
        for (place, byte) in line.enumerated() where UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
            if numbers.last?.upperBound == place {
                numbers[numbers.count - 1] = numbers[numbers.count - 1].lowerBound..<place + 1
            } else {
                numbers.append(place..<place + 1)
            }
        }
        guard !numbers.isEmpty else { return line }
        let texts = ["1e308", "1e999", "-1e308", "0.5", "-0", "18446744073709551616", "null", "\"7\"", ""]
        let number =
            chance.below(5) == 0
            ? texts[chance.below(texts.count)]
            : String(Self.extremes[chance.below(Self.extremes.count)])
        var changed = line
        changed.replaceSubrange(numbers[chance.below(numbers.count)], with: Array(number.utf8))
        return changed
    }

    /// One of the quoted texts as another.
    private mutating func withText(_ line: [UInt8]) -> [UInt8] {
        let quotes = line.indices.filter { line[$0] == UInt8(ascii: "\"") }
        guard quotes.count > 1 else { return line }
        let texts = [
            "", "..", "/etc/passwd", "\\u001b[2J", "\\u0000", "\\n", "\u{9b}31m", "A", "B", "C", "a", "::", "0.0.0.0",
            "sack 1:2,3:4,5:6,7:8,9:10", "option 254 (-9 bytes)", "FSRP.UEW", "×", "\\ud800",
            String(repeating: "w", count: 300),
            "passed", "failed", "held", "released", "delayed", "injected", "TIME_WAIT (minisock)",
            "9999-01-01T00:00:00Z",
        ]
        let place = chance.below(quotes.count - 1)
        var changed = line
        changed.replaceSubrange(
            quotes[place] + 1..<quotes[place + 1], with: Array(texts[chance.below(texts.count)].utf8))
        return changed
    }

    /// Two of the parts between commas in each other's place.
    private mutating func swappedFields(_ line: [UInt8]) -> [UInt8] {
        var parts = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        parts.swapAt(chance.below(parts.count), chance.below(parts.count))
        return Array(parts.joined(separator: [UInt8(ascii: ",")]))
    }
}
