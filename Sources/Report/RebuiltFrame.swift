internal import Record

/// An Ethernet frame put together again from what the record says of a segment.
///
/// The numbers count from the initial sequence numbers, the payload is filled with letters, and fields that the record
/// does not have are ordinary; checksums are right.
struct RebuiltFrame {
    let bytes: [UInt8]

    /// - Parameter addresses: source and destination, of one family.
    init(_ fact: SegmentFact, source: String, destination: String) {
        let from = Self.address(source)
        let to = Self.address(destination)
        let segment = Self.segment(fact, from, to)
        let isA = fact.from == "A"
        let macs: [[UInt8]] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]]
        var bytes = isA ? macs[1] + macs[0] : macs[0] + macs[1]
        if from.count == 4 {
            bytes += [0x08, 0x00]
            var header: [UInt8] = [0x45, 0] + big16(20 + segment.count) + [0, 0, 0x40, 0, 64, 6, 0, 0] + from + to
            header.replaceSubrange(10..<12, with: big16(Self.checksum(header)))
            bytes += header
        } else {
            bytes += [0x86, 0xdd, 0x60, 0, 0, 0] + big16(segment.count) + [6, 64] + from + to
        }
        self.bytes = bytes + segment
    }

    private static func segment(_ fact: SegmentFact, _ from: [UInt8], _ to: [UInt8]) -> [UInt8] {
        let options = options(fact.options)
        var bytes = big16(Int(fact.sourcePort)) + big16(Int(fact.destinationPort))
        bytes += big32(fact.sequence) + big32(fact.acknowledgement ?? 0)
        bytes += [UInt8((20 + options.count) / 4) << 4, flags(fact.flags)]
        bytes += big16(fact.window) + [0, 0] + big16(fact.urgent ?? 0) + options
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        bytes += (0..<max(0, min(fact.length, longest))).map { letters[(Int(fact.sequence) + $0) % letters.count] }
        let pseudo =
            from + to + (from.count == 4 ? [0, 6] + big16(bytes.count) : big32(UInt32(bytes.count)) + [0, 0, 0, 6])
        bytes.replaceSubrange(16..<18, with: big16(checksum(pseudo + bytes)))
        return bytes
    }

    /// The payload of the longest packet that IP has room for; what a host hands on in one piece may be longer.
    private static let longest = 65_535 - 60 - 40

    private static func flags(_ letters: String) -> UInt8 {
        let bits: [Character: UInt8] = [
            "F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, ".": 0x10, "U": 0x20, "E": 0x40, "W": 0x80,
        ]
        return letters.reduce(0) { $0 | (bits[$1] ?? 0) }
    }

    /// The options of their words, as far as they fit; what the words do not tell becomes zeros.
    private static func options(_ words: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words {
            let option = option(word)
            guard bytes.count + option.count <= 40 else { continue }
            bytes += option
        }
        while bytes.count % 4 != 0 { bytes.append(1) }
        return bytes
    }

    private static func option(_ text: String) -> [UInt8] {
        let words = text.split(separator: " ")
        func number(_ place: Int) -> UInt32 { place < words.count ? UInt32(words[place]) ?? 0 : 0 }
        switch words.first {
        case "mss": return [2, 4] + big16(Int(number(1)))
        case "wscale": return [3, 3, UInt8(truncatingIfNeeded: number(1))]
        case "sackOK": return [4, 2]
        case "ts": return [8, 10] + big32(number(1)) + big32(number(3))
        case "nop": return [1]
        case "sack":
            let edges = words.dropFirst().joined().split { $0 == ":" || $0 == "," }.compactMap { Int64($0) }
            let blocks = edges.prefix(min(8, edges.count / 2 * 2)).flatMap { big32(UInt32(truncatingIfNeeded: $0)) }
            return [5, UInt8(2 + blocks.count)] + blocks
        case "option":
            // `option 254 (4 bytes)`
            let count = max(0, min(38, words.count > 2 ? Int(words[2].dropFirst()) ?? 0 : 0))
            return [UInt8(truncatingIfNeeded: number(1)), UInt8(2 + count)] + Array(repeating: 0, count: count)
        default: return []
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            sum += Int(bytes[place]) << 8 | (place + 1 < bytes.count ? Int(bytes[place + 1]) : 0)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return ~sum & 0xffff
    }

    /// The bytes of an address in words; an address of documentation (RFC 5737) for what is none.
    private static func address(_ text: String) -> [UInt8] {
        if text.contains(":") { return address6(text) }
        let parts = text.split(separator: ".").compactMap { UInt8($0) }
        return parts.count == 4 ? parts : [192, 0, 2, 1]
    }

    private static func address6(_ text: String) -> [UInt8] {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false).map { half in
            half.split(separator: ":").compactMap { UInt16($0, radix: 16) }.flatMap { big16(Int($0)) }
        }
        let head = halves.first ?? []
        let tail = halves.count > 1 ? halves[1] : []
        return Array((head + Array(repeating: 0, count: max(0, 16 - head.count - tail.count)) + tail).prefix(16))
    }
}

private func big16(_ number: Int) -> [UInt8] {
    let number = UInt16(truncatingIfNeeded: number)
    return [UInt8(number >> 8), UInt8(number & 0xff)]
}

private func big32(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * UInt32($0)) & 0xff) } }
