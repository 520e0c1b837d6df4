/// Which segments a scenario means, in a language as short as a line of tcpdump.
///
/// A name with an arrow, then details, all separated by spaces:
///
///     SYN>                       a SYN from A to B
///     <SYN/ACK seq=0 ack=1       a SYN/ACK from B to A with these relative numbers
///     DATA> len=3 count=2        twice in a row, three bytes of payload
///     <ACK ack=4 sack=1:4 dsack  an acknowledgement that reports a duplicate
///
/// Names: those of `SegmentKind`, and `ANY`. Details: `seq=`, `ack=` and `sack=left:right,…` (relative numbers), `len=`
/// (bytes of payload), `win=` (the header field, not scaled), `dsack` (RFC 2883), and `count=` (how many such segments
/// in a row; 1 unless said).
package struct SegmentPattern: Hashable, Sendable, CustomStringConvertible {
    /// Whether host A sends it.
    package let fromA: Bool
    /// Nil stands for `ANY`.
    package let kind: SegmentKind?
    /// How many segments in a row the pattern stands for.
    package let count: Int
    fileprivate let details: [Detail]
    /// What is wrong with the text it was made from; such a pattern matches nothing, and nobody may rely on that.
    package let problem: SegmentPatternError?

    /// Whether the segment is one that the pattern means; `count` plays no part.
    package func matches(_ view: SegmentView) -> Bool {
        problem == nil && view.fromA == fromA && (kind == nil || view.kind == kind)
            && details.allSatisfy { $0.matches(view) }
    }

    /// The pattern in its own language.
    package var description: String {
        if let problem { return problem.text }
        let name = kind?.rawValue ?? "ANY"
        var words = [fromA ? name + ">" : "<" + name] + details.map(\.description)
        if count > 1 { words.append("count=\(count)") }
        return words.joined(separator: " ")
    }
}

/// What is wrong with the text of a segment pattern.
package struct SegmentPatternError: Error, Hashable, CustomStringConvertible {
    /// The whole pattern.
    package let text: String
    /// What is wrong, in words.
    package let problem: String

    /// Both together.
    package var description: String { "segment pattern \"\(text)\": \(problem)" }
}

// MARK: Details

extension SegmentPattern {
    fileprivate enum Detail: Hashable, Sendable, CustomStringConvertible {
        case seq(UInt32)
        case ack(UInt32)
        case len(Int)
        case win(UInt16)
        case sack([SACKBlock])
        case dsack

        var name: String {
            switch self {
            case .seq: "seq"
            case .ack: "ack"
            case .len: "len"
            case .win: "win"
            case .sack: "sack"
            case .dsack: "dsack"
            }
        }

        var description: String {
            switch self {
            case .seq(let number), .ack(let number): "\(name)=\(relativeNumber(number))"
            case .len(let bytes): "len=\(bytes)"
            case .win(let window): "win=\(window)"
            case .sack(let blocks): "sack=" + blocks.map(\.description).joined(separator: ",")
            case .dsack: "dsack"
            }
        }

        func matches(_ view: SegmentView) -> Bool {
            switch self {
            case .seq(let number): view.sequence == number
            case .ack(let number): view.acknowledgement == number
            case .len(let bytes): view.length == bytes
            case .win(let window): view.window == window
            case .sack(let blocks): view.sackBlocks == blocks
            case .dsack: view.reportsDuplicate
            }
        }

        /// What the segment has in place of this detail.
        func actual(in view: SegmentView) -> String {
            switch self {
            case .seq: "seq is \(relativeNumber(view.sequence))"
            case .ack: view.acknowledgement.map { "ack is \(relativeNumber($0))" } ?? "it acknowledges nothing"
            case .len: "len is \(view.length)"
            case .win: "win is \(view.window)"
            case .sack where view.sackBlocks.isEmpty: "it has no SACK block"
            case .sack: "sack is " + view.sackBlocks.map(\.description).joined(separator: ",")
            case .dsack: "it reports no duplicate"
            }
        }
    }
}

// MARK: Reading the language

extension SegmentPattern: ExpressibleByStringInterpolation {
    /// Reads the pattern of a scenario's source, where a mistake is the programmer's: whoever uses the pattern is told,
    /// and one bad word ends no program.
    package init(stringLiteral text: String) {
        do {
            try self.init(parsing: text)
        } catch {
            self.init(unusable: error)
        }
    }

    private init(unusable problem: SegmentPatternError) {
        fromA = true
        kind = nil
        count = 1
        details = []
        self.problem = problem
    }

    /// Reads a pattern that comes from elsewhere.
    package init(parsing text: String) throws(SegmentPatternError) {
        var parser = Parser(text: text)
        let words = text.split(separator: " ")
        guard let head = words.first else { throw parser.error("it is empty") }
        (fromA, kind) = try parser.head(head)
        for word in words.dropFirst() { try parser.detail(word) }
        details = parser.details
        count = parser.count ?? 1
        problem = nil
    }

    private struct Parser {
        let text: String
        var details: [Detail] = []
        var count: Int?

        func error(_ problem: String) -> SegmentPatternError { SegmentPatternError(text: text, problem: problem) }

        func head(_ word: Substring) throws(SegmentPatternError) -> (fromA: Bool, kind: SegmentKind?) {
            guard word.hasPrefix("<") != word.hasSuffix(">") else {
                throw error("say the direction with one arrow: NAME> from A to B, <NAME from B to A")
            }
            let fromA = word.hasSuffix(">")
            let name = fromA ? word.dropLast() : word.dropFirst()
            if name == "ANY" { return (fromA, nil) }
            guard let kind = SegmentKind(rawValue: String(name)) else {
                let names = SegmentKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw error("no segment is called \"\(name)\" (\(names), ANY)")
            }
            return (fromA, kind)
        }

        mutating func detail(_ word: Substring) throws(SegmentPatternError) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts[0]
            guard parts.count == 2 else {
                guard key == "dsack" else { throw unknown(word) }
                return try add(.dsack)
            }
            let value = parts[1]
            switch key {
            case "seq": try add(.seq(try relative(value)))
            case "ack": try add(.ack(try relative(value)))
            case "len": try add(.len(try number(value, upTo: Int(UInt16.max))))
            case "win": try add(.win(UInt16(try number(value, upTo: Int(UInt16.max)))))
            case "sack": try add(.sack(try blocks(value)))
            case "count":
                guard count == nil else { throw error("\"count\" stands there twice") }
                count = try number(value, from: 1, upTo: Int(UInt16.max))
            default: throw unknown(word)
            }
        }

        private func unknown(_ word: Substring) -> SegmentPatternError {
            error("\"\(word)\" is no detail (seq=, ack=, len=, win=, sack=, dsack, count=)")
        }

        private mutating func add(_ detail: Detail) throws(SegmentPatternError) {
            guard !details.contains(where: { $0.name == detail.name }) else {
                throw error("\"\(detail.name)\" stands there twice")
            }
            details.append(detail)
        }

        private func number(_ word: Substring, from low: Int = 0, upTo high: Int) throws(SegmentPatternError) -> Int {
            guard let number = Int(word), number >= low, number <= high else {
                throw error("\"\(word)\" is no number from \(low) to \(high)")
            }
            return number
        }

        /// Numbers before the origin may be written negative.
        private func relative(_ word: Substring) throws(SegmentPatternError) -> UInt32 {
            UInt32(truncatingIfNeeded: try number(word, from: Int(Int32.min), upTo: Int(UInt32.max)))
        }

        private func blocks(_ word: Substring) throws(SegmentPatternError) -> [SACKBlock] {
            var blocks: [SACKBlock] = []
            for block in word.split(separator: ",", omittingEmptySubsequences: false) {
                let edges = block.split(separator: ":", omittingEmptySubsequences: false)
                guard edges.count == 2 else { throw error("\"\(block)\" is no SACK block (left:right)") }
                blocks.append(SACKBlock(try relative(edges[0]), try relative(edges[1])))
            }
            return blocks
        }
    }
}

// MARK: Comparing exchanges

extension SegmentPattern {
    /// Where the segments seen first differ from those expected, one for one; nil when they agree to the end.
    package static func firstDifference(expected: [SegmentPattern], seen: [SegmentView]) -> String? {
        let expected = expected.flatMap { Array(repeating: $0, count: $0.count) }
        for (index, (pattern, view)) in zip(expected, seen).enumerated() where !pattern.matches(view) {
            return "segment \(index + 1): expected \(pattern), saw \(view)" + pattern.reason(against: view)
        }
        if seen.count < expected.count {
            return "segment \(seen.count + 1): expected \(expected[seen.count]), saw nothing more"
        }
        if seen.count > expected.count {
            return "segment \(expected.count + 1): expected nothing more, saw \(seen[expected.count])"
        }
        return nil
    }

    /// Which detail is to blame, where the name alone does not show it.
    private func reason(against view: SegmentView) -> String {
        guard view.fromA == fromA, kind == nil || view.kind == kind else { return "" }
        guard let detail = details.first(where: { !$0.matches(view) }) else { return "" }
        return " (\(detail.actual(in: view)))"
    }
}
