#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What the values of a record may be.
///
/// Whoever reads a record may add its times, repeat its copies and fill its lengths without fear: every number and
/// every name has passed here, in one of the two places that a new kind of line needs, see `Event.fault`.
package enum Bounds {
    /// Times and durations in nanoseconds: a year, of which hundreds can be added.
    package static let times: ClosedRange<Int64> = 0...31_536_000_000_000_000
    /// Timers in seconds: the same year.
    static let seconds = 0.0...31_536_000
    /// Attempts at one scenario.
    package static let attempts = 1...1_000_000
    /// Scenarios of one run.
    static let scenarios = 10_000
    /// Bytes of a segment; the largest packet that segmentation offload makes has half of it.
    static let lengths = 0...(1 << 20)
    static let copies = 0...1000
    /// What the kernel counts in 32 bits.
    static let counts = 0...Int(UInt32.max)
    /// Counters and what calls return.
    static let amounts: ClosedRange<Int64> = -(1 << 62)...(1 << 62)
    /// Bytes of the options of a segment, and of one of them.
    static let optionBytes = 40
    static let shards = 1...10_000
    /// Bytes of a name, and of any other text.
    static let name = 256
    static let text = 4 << 20
    /// Entries of a list.
    static let list = 1000
    /// When a run can have begun, in seconds of the era: up to the year 2200.
    static let starts = 0.0...7_258_118_400
}

extension Int64 {
    /// The sum, or the nearest number there is.
    ///
    /// Within bounds nothing comes near that; reports use it all the same, so that none of them rests on the reader.
    package func plus(_ other: Int64) -> Int64 {
        let (sum, isTooFar) = addingReportingOverflow(other)
        return isTooFar ? (other < 0 ? .min : .max) : sum
    }

    package func minus(_ other: Int64) -> Int64 {
        let (difference, isTooFar) = subtractingReportingOverflow(other)
        return isTooFar ? (other < 0 ? .max : .min) : difference
    }

    package func times(_ other: Int64) -> Int64 {
        let (product, isTooFar) = multipliedReportingOverflow(by: other)
        return isTooFar ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Seconds in nanoseconds; what is no time at all is 0.
    package init(nanosecondsOf seconds: Double) {
        self = seconds.isNaN ? 0 : Int64(exactly: (seconds * 1e9).rounded()) ?? (seconds < 0 ? .min : .max)
    }
}

/// Looks at values one after the other, and keeps the first that is out of its bounds.
struct Inspection {
    private(set) var fault: String?

    mutating func number<Number: Comparable>(_ name: String, _ value: Number?, _ range: ClosedRange<Number>) {
        guard fault == nil, let value, !range.contains(value) else { return }
        fault = "\(name) \(value) is not within \(range.lowerBound)...\(range.upperBound)"
    }

    mutating func time(_ name: String, _ value: Int64?) { number(name, value, Bounds.times) }

    /// What is printed in columns, or becomes part of a file's name.
    mutating func name(_ name: String, _ value: String?) {
        length(name, value, Bounds.name)
        require(value.map { !$0.utf8.contains(UInt8(ascii: "\n")) } ?? true, "\(name) has more than one line")
    }

    mutating func text(_ name: String, _ value: String?) { length(name, value, Bounds.text) }

    mutating func texts(_ name: String, _ values: [String], length: Int = Bounds.text, count: Int = Bounds.list) {
        number("the number of \(name)", values.count, 0...count)
        for value in values where fault == nil { self.length(name, value, length) }
    }

    private mutating func length(_ name: String, _ value: String?, _ bytes: Int) {
        guard fault == nil, let value, value.utf8.count > bytes else { return }
        fault = "\(name) has \(value.utf8.count) bytes, more than \(bytes)"
    }

    mutating func require(_ holds: Bool, _ complaint: @autoclosure () -> String) {
        if fault == nil, !holds { fault = complaint() }
    }

    mutating func host(_ name: String) { require(name == "A" || name == "B", "there is no host '\(short(name))'") }

    mutating func attempt(_ attempt: Attempt) {
        id(attempt.scenario)
        number("attempt", attempt.number, Bounds.attempts)
    }

    /// Ids name files and anchors, and are told apart by what they are made of.
    mutating func id(_ id: String) {
        name("the id", id)
        let isWhole =
            !id.isEmpty
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        require(isWhole && id.first != ".", "'\(short(id))' is no id of a scenario")
    }

    mutating func address(_ text: String) {
        let isWhole =
            !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: ":") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
                    || $0 == UInt8(ascii: ".")
            }
        require(isWhole, "'\(short(text))' is no address")
    }

    mutating func start(_ text: String?) {
        guard let text else { return }
        let date = try? Date(text, strategy: .iso8601)
        require(
            date.map { Bounds.starts.contains($0.timeIntervalSince1970) } ?? false,
            "the run cannot have begun at '\(short(text))'")
    }

    /// Flags as tcpdump's letters, `none` where no bit is set.
    mutating func flags(_ letters: String) {
        require(
            letters == "none"
                || (!letters.isEmpty && letters.utf8.count <= 8 && letters.allSatisfy("FSRP.UEW".contains)),
            "there are no flags '\(short(letters))'")
    }

    /// Options in words; what is none of those that are known may say anything, but must fit into a segment.
    mutating func options(_ options: [String]) {
        texts("options", options, length: Bounds.name, count: Bounds.optionBytes)
        for option in options where fault == nil {
            let words = option.split(separator: " ")
            switch words.first {
            case "mss": argument(option, words, 1, upTo: Int64(UInt16.max))
            case "wscale": argument(option, words, 1, upTo: Int64(UInt8.max))
            case "ts":
                argument(option, words, 1, upTo: Int64(UInt32.max))
                argument(option, words, 3, upTo: Int64(UInt32.max))
            case "sack":
                require(option.count { $0 == ":" } <= 4, "'\(short(option))' does not fit into a segment")
            case "option":
                argument(option, words, 1, upTo: Int64(UInt8.max))
                let bytes = words.count > 2 ? Int(words[2].dropFirst()) : 0
                require(
                    bytes.map { 0...Bounds.optionBytes ~= $0 } ?? false,
                    "'\(short(option))' does not fit into a segment")
            default: break
            }
        }
    }

    private mutating func argument(_ option: String, _ words: [Substring], _ place: Int, upTo most: Int64) {
        let value = place < words.count ? Int64(words[place]) : nil
        require(value.map { 0...most ~= $0 } ?? false, "'\(short(option))' is no option of TCP")
    }
}

private func short(_ text: String) -> String { text.count > 40 ? "\(text.prefix(40))..." : text }
