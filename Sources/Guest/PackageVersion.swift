/// A package's version in Debian's order, in which `~` comes before everything, even the end.
struct PackageVersion: Comparable, Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    /// The kernel's own part of it: `6.12.118` of `6.12.118-1~deb12u1`, `7.3-rc7` of `7.3~rc7-1~exp1`.
    var upstream: String {
        let whole = text.drop { $0 != ":" }.isEmpty ? text[...] : text.drop { $0 != ":" }.dropFirst()
        let end = whole.lastIndex(of: "-") ?? whole.endIndex
        return whole[..<end].split(separator: "~", omittingEmptySubsequences: false).joined(separator: "-")
    }

    static func < (left: Self, right: Self) -> Bool { compare(parts(left.text), parts(right.text)) < 0 }

    /// Epoch, version and revision.
    private static func parts(_ text: String) -> [[UInt8]] {
        let colon = text.firstIndex(of: ":")
        let rest = colon.map { text[text.index(after: $0)...] } ?? text[...]
        let dash = rest.lastIndex(of: "-")
        return [
            Array((colon.map { String(text[..<$0]) } ?? "0").utf8), Array(rest[..<(dash ?? rest.endIndex)].utf8),
            Array((dash.map { String(rest[rest.index(after: $0)...]) } ?? "").utf8),
        ]
    }

    private static func compare(_ left: [[UInt8]], _ right: [[UInt8]]) -> Int {
        zip(left, right).lazy.map { compare($0, $1) }.first { $0 != 0 } ?? 0
    }

    /// Letters by letters and numbers by numbers, in turn (deb-version(7)).
    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var left = left[...]
        var right = right[...]
        while !left.isEmpty || !right.isEmpty {
            while !isDigit(left.first) && !left.isEmpty || !isDigit(right.first) && !right.isEmpty {
                let difference = order(left.first) - order(right.first)
                if difference != 0 { return difference }
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let one = number(&left)
            let other = number(&right)
            if one.count != other.count { return one.count - other.count }
            for (a, b) in zip(one, other) where a != b { return Int(a) - Int(b) }
        }
        return 0
    }

    /// The digits that it begins with, without zeros in front.
    private static func number(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = text.prefix { isDigit($0) }
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }

    private static func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }

    private static func order(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a ? Int(byte) : Int(byte) + 256
    }
}
