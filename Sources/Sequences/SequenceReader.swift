internal import Acts
internal import Record

extension TextSequence {
    /// The most lines that a sequence may have once its loops are written out.
    package static let mostLines = 10_000

    /// Reads a sequence.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name for messages; without a line `id` its last part without `.tcp` is the id.
    /// - Throws: `SequenceError` with the place of what is wrong.
    package init(reading text: String, file: String) throws(SequenceError) {
        var reader = SequenceReader(file: file)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.last == "\r" ? String(line.dropLast()) : String(line)
        }
        try reader.read(lines)
        self = reader.sequence
    }
}

/// What a name in a sequence stands for.
enum Thing: String {
    case socket, process, call, rule, segment, moment, place
}

/// Reads the lines of one sequence.
struct SequenceReader {
    /// Words that cannot be names, since lines begin with them.
    static let reserved: Set<String> = [
        "id", "claim", "cites", "link", "sysctl", "scaled", "timer", "alone", "rests", "ipv6", "step", "chapter",
        "over",
        "close", "wait", "busy", "note", "void", "variant", "measure", "machine", "retransmissions", "lasts", "vanish",
        "moment", "connect", "process", "wire", "A", "B", "for", "end", "peer",
    ]

    let file: String
    var sequence: TextSequence
    /// What names stand for, of those that lines before have made known.
    var things: [String: Thing] = [:]
    private var step: (words: String, lines: [TextSequence.Line])?
    private var hasBegun = false
    private var lineCount = 0

    init(file: String) {
        self.file = file
        let name = file.split(separator: "/").last.map(String.init) ?? file
        sequence = TextSequence(id: name.hasSuffix(".tcp") ? String(name.dropLast(4)) : name, claim: "")
    }

    mutating func read(_ lines: [String]) throws(SequenceError) {
        try read(lines[...], [:])
        endStep()
        let isAnId = { (text: String) in
            !text.isEmpty && text.utf8.count <= 100
                && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
                && text.first != "." && text.first != "-"
        }
        guard isAnId(sequence.id) else {
            throw SequenceError(
                file: file, line: 1, column: 1,
                problem:
                    "\"\(sequence.id)\" is no id: letters, digits, '-', '_' and '.' make one (a line 'id' may give it)")
        }
        guard hasBegun else {
            throw SequenceError(file: file, line: lines.count, column: 1, problem: "it does nothing")
        }
        if sequence.claim.isEmpty { sequence.claim = "What \(sequence.id) records." }
    }

    /// Reads lines, of which the first has this number, with these words for `$NAME`.
    private mutating func read(_ lines: ArraySlice<String>, _ values: [String: String]) throws(SequenceError) {
        var index = lines.startIndex
        while index < lines.endIndex {
            let number = index + 1
            do throws(LineError) {
                let line = try Self.filled(lines[index], values)
                var words = try Words(line)
                if words.accept("for") {
                    let end = try Self.end(of: index, in: lines)
                    let loop = try words.loop()
                    for value in loop.values {
                        try nested(lines[(index + 1)..<end], values.merging([loop.name: value]) { $1 })
                    }
                    index = end + 1
                    continue
                }
                if words.accept("over", "both") {
                    try words.finish()
                    let end = try Self.end(of: index, in: lines)
                    try overBoth(lines[(index + 1)..<end], values, number)
                    index = end + 1
                    continue
                }
                try read(&words, line, number)
            } catch {
                if let nested = pending {
                    pending = nil
                    throw nested
                }
                throw SequenceError(file: file, line: number, column: error.column, problem: error.problem)
            }
            index += 1
        }
    }

    /// An error of a line inside of a loop, which has a place of its own.
    private var pending: SequenceError?

    private mutating func nested(_ lines: ArraySlice<String>, _ values: [String: String]) throws(LineError) {
        do {
            try read(lines, values)
        } catch {
            pending = error
            throw LineError(column: error.column, problem: error.problem)
        }
    }

    /// The body over IPv4 and over IPv6, each as a chapter.
    private mutating func overBoth(
        _ lines: ArraySlice<String>, _ values: [String: String], _ number: Int
    ) throws(LineError) {
        for isV6 in [false, true] {
            endStep()
            try add(.attempt(.chapter(isV6 ? "over IPv6" : "over IPv4")), number)
            try add(.attempt(.overIPv6(isV6)), number)
            // Names are made anew in each.
            let before = things
            try nested(lines, values.merging(["family": isV6 ? "IPv6" : "IPv4"]) { $1 })
            things = before
            endStep()
            try add(.attempt(.closeListeners), number)
        }
        try add(.attempt(.overIPv6(false)), number)
    }

    /// The line that ends the loop which begins at a line.
    private static func end(of start: Int, in lines: ArraySlice<String>) throws(LineError) -> Int {
        var depth = 0
        for index in start..<lines.endIndex {
            guard var words = try? Words(lines[index]) else { continue }
            if words.accept("for") || words.accept("over", "both") {
                depth += 1
            } else if words.accept("end") {
                depth -= 1
            }
            if depth == 0 { return index }
        }
        throw LineError(column: 1, problem: "this has no \"end\"")
    }

    /// A line with values for what it has as `$NAME`.
    private static func filled(_ line: String, _ values: [String: String]) throws(LineError) -> String {
        guard line.contains("$") else { return line }
        var text = ""
        var rest = line[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                text += "$"
                rest = rest.dropFirst()
                continue
            }
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            guard let value = values[String(name)] else {
                throw LineError(
                    column: line.distance(from: line.startIndex, to: dollar) + 1,
                    problem: "nothing is called $\(name) here; $$ is a dollar")
            }
            text += value
            rest = rest[name.endIndex...]
        }
        return text + rest
    }

    // MARK: One line

    private mutating func read(_ words: inout Words, _ line: String, _ number: Int) throws(LineError) {
        guard let first = words.next else { return }
        lineCount += 1
        guard lineCount <= TextSequence.mostLines else {
            throw LineError(
                column: 1, problem: "with its loops written out it has more than \(TextSequence.mostLines) lines")
        }
        if words.accept("step") {
            endStep()
            hasBegun = true
            step = (try Self.remainder(of: line, after: first, "what the step is"), [])
            return
        }
        if !hasBegun, try readHeader(&words, line, first) { return }
        for act in try acts(&words, line, first) { try add(act, number) }
        try words.finish()
    }

    private mutating func add(_ act: Act, _ number: Int) throws(LineError) {
        hasBegun = true
        // A chapter is a heading of its own, and so lies between steps.
        if case .attempt(.chapter) = act { endStep() }
        let line = TextSequence.Line(act, number)
        if step == nil { sequence.parts.append(.act(line)) } else { step?.lines.append(line) }
    }

    private mutating func endStep() {
        if let step { sequence.parts.append(.step(step.words, step.lines)) }
        step = nil
    }

    /// What stands after the first word, as it stands there.
    static func remainder(of line: String, after word: Word, _ what: String) throws(LineError) -> String {
        let start = line.index(line.startIndex, offsetBy: word.column - 1 + word.text.count)
        var trimmed = line[start...]
        while trimmed.first == " " || trimmed.first == "\t" { trimmed.removeFirst() }
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        guard !trimmed.isEmpty else { throw LineError(column: line.count + 1, problem: "\(what) is missing") }
        return String(trimmed)
    }
}

extension Words {
    /// `NAME in VALUE...` of a line that begins with `for`.
    fileprivate mutating func loop() throws(LineError) -> (name: String, values: [String]) {
        let name = try value("a name of letters") { (text: String) -> String? in
            text.allSatisfy { $0.isLetter || $0 == "_" } ? text : nil
        }
        try expect("in")
        var values: [String] = []
        while !isEmpty { values.append(try take("a value").text) }
        guard !values.isEmpty else { throw LineError(column: end, problem: "there is nothing to go through") }
        return (name, values)
    }
}
