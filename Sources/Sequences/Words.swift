internal import Acts
internal import Linux
internal import Packets

/// A word of a line, or a text in quotes.
struct Word: Equatable {
    var text: String
    var isQuoted = false
    /// Where it begins, counted from 1.
    var column: Int
}

/// What is wrong in a line.
struct LineError: Error {
    /// The line's number, once it is known.
    var line: Int?
    var column: Int
    var problem: String
}

/// The words of a line, taken one after the other.
struct Words {
    private(set) var rest: ArraySlice<Word>
    /// Where the line ends, for who misses a word there.
    let end: Int
    /// What follows a first word that has prose after it, as it stands there.
    private(set) var prose = ""
    /// What is for the reader, from its `#` on.
    private(set) var comment = ""

    /// The words after which a line is prose, with quotes and `#` like any others.
    private static let beforeProse: Set<String> = ["claim", "cites", "step", "chapter", "note", "void", "variant"]

    /// Splits a line at spaces.
    init(_ line: String) throws(LineError) {
        var words: [Word] = []
        let characters = Array(line)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == " " || character == "\t" {
                index += 1
                continue
            }
            if character == "#" {
                comment = String(characters[index...]).trimmed
                break
            }
            let column = index + 1
            if character == "\"" {
                words.append(Word(text: try Self.quoted(characters, &index), isQuoted: true, column: column))
                guard index == characters.count || characters[index] == " " || characters[index] == "\t" else {
                    throw LineError(column: index + 1, problem: "a space is missing after the text")
                }
            } else {
                let start = index
                while index < characters.count, characters[index] != " ", characters[index] != "\t" { index += 1 }
                words.append(Word(text: String(characters[start..<index]), column: column))
                if words.count == 1, Self.beforeProse.contains(words[0].text) {
                    prose = String(characters[index...]).trimmed
                    break
                }
            }
        }
        rest = words[...]
        end = characters.count + 1
    }

    /// Reads a text in quotes, with `\n`, `\t`, `\"`, `\\` and `\xNN` for what cannot stand there as it is.
    private static func quoted(_ characters: [Character], _ index: inout Int) throws(LineError) -> String {
        let start = index
        var text = ""
        index += 1
        while index < characters.count {
            let character = characters[index]
            index += 1
            switch character {
            case "\"": return text
            case "\\":
                guard index < characters.count else { break }
                let escaped = characters[index]
                index += 1
                switch escaped {
                case "n": text.append("\n")
                case "t": text.append("\t")
                case "r": text.append("\r")
                case "\"", "\\": text.append(escaped)
                case "x":
                    let digits = String(characters[index..<min(index + 2, characters.count)])
                    guard digits.count == 2, let value = UInt8(digits, radix: 16), value < 0x80 else {
                        throw LineError(column: index, problem: "\\x takes two digits, up to 7f")
                    }
                    text.unicodeScalars.append(Unicode.Scalar(value))
                    index += 2
                default: throw LineError(column: index - 1, problem: "\\\(escaped) is no escape")
                }
            default: text.append(character)
            }
        }
        throw LineError(column: start + 1, problem: "the text has no end: a quote is missing")
    }

    var isEmpty: Bool { rest.isEmpty }
    var next: Word? { rest.first }
    /// Where the next word begins, or the line ends.
    var column: Int { rest.first?.column ?? end }

    /// Takes the next word, whatever it is.
    mutating func take(_ what: String) throws(LineError) -> Word {
        guard let word = rest.popFirst() else { throw LineError(column: end, problem: "\(what) is missing") }
        return word
    }

    /// What follows the first word as prose.
    func prose(_ what: String) throws(LineError) -> String {
        guard !prose.isEmpty else { throw LineError(column: end, problem: "\(what) is missing") }
        return prose
    }

    /// Takes these words if they are next.
    mutating func accept(_ words: String...) -> Bool {
        let ahead = rest.prefix(words.count)
        guard ahead.count == words.count, zip(ahead, words).allSatisfy({ !$0.isQuoted && $0.text == $1 }) else {
            return false
        }
        rest = rest.dropFirst(words.count)
        return true
    }

    /// Takes this word, which must be next.
    mutating func expect(_ word: String) throws(LineError) {
        guard accept(word) else {
            throw LineError(
                column: column,
                problem: rest.first.map { "\"\($0.text)\" where \"\(word)\" belongs" }
                    ?? "\"\(word)\" is missing")
        }
    }

    /// Nothing may follow.
    func finish() throws(LineError) {
        if let word = rest.first { throw LineError(column: word.column, problem: "\"\(word.text)\" is too much here") }
    }

    /// Takes a word that stands for a value.
    mutating func value<Value>(_ what: String, _ parse: (String) -> Value?) throws(LineError) -> Value {
        let word = try take(what)
        guard let value = parse(word.text) else {
            throw LineError(column: word.column, problem: "\"\(word.text)\" is not \(what)")
        }
        return value
    }

    /// Takes a symbol as the kernel's source writes it.
    mutating func symbol<Value: Symbolic>(_ what: String, _: Value.Type = Value.self) throws(LineError) -> Value {
        try value(what) { Value.named($0) }
    }

    /// Takes a symbol if the next word is one.
    mutating func symbolIfAny<Value: Symbolic>(_: Value.Type) -> Value? {
        guard let word = rest.first, !word.isQuoted, !word.text.isEmpty, let value = Value.named(word.text) else {
            return nil
        }
        rest.removeFirst()
        return value
    }

    mutating func integer<Value: FixedWidthInteger>(_ what: String) throws(LineError) -> Value {
        try value(what) { Value($0) }
    }

    mutating func text(_ what: String) throws(LineError) -> String {
        let word = try take(what)
        guard word.isQuoted else { throw LineError(column: word.column, problem: "\(what) belongs in quotes") }
        return word.text
    }

    /// Takes a text if one is next.
    mutating func textIfAny() -> String? {
        guard let word = rest.first, word.isQuoted else { return nil }
        rest.removeFirst()
        return word.text
    }

    /// Takes a duration such as `200ms`.
    mutating func duration() throws(LineError) -> Duration {
        try value("a time such as 200ms or 2h") { Duration(written: $0) }
    }

    /// Takes `1s..2s`.
    mutating func durations() throws(LineError) -> ClosedRange<Duration> {
        try value("a range of times such as 1s..2s") { text in
            guard let dots = text.firstRange(of: ".."), let low = Duration(written: String(text[..<dots.lowerBound])),
                let high = Duration(written: String(text[dots.upperBound...])), low <= high
            else { return nil }
            return low...high
        }
    }

    /// Takes a segment pattern, which stands in quotes.
    mutating func pattern() throws(LineError) -> SegmentPattern {
        let column = column
        let text = try text("a segment such as \"<SYN/ACK\"")
        do {
            return try SegmentPattern(parsing: text)
        } catch {
            throw LineError(column: column, problem: "\(error)")
        }
    }

    /// Takes all patterns that are next.
    mutating func patterns() throws(LineError) -> [SegmentPattern] {
        var patterns: [SegmentPattern] = []
        while let word = rest.first, word.isQuoted { patterns.append(try pattern()) }
        return patterns
    }
}
