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
        let lines = Self.lines(of: text)
        try reader.read(lines)
        self = reader.sequence
    }

    /// The lines of a text, whether it was written here or where lines end in CR and LF.
    static func lines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    }
}

/// What a name in a sequence stands for.
enum Thing: String {
    case socket, process, call, rule, segment, moment, place
}

/// Reads the lines of one sequence.
struct SequenceReader {
    /// Words that cannot be names, since lines begin with them.
    static let reserved: Set<String> = headers.union([
        "step", "chapter", "over", "close", "wait", "busy", "note", "void", "variant", "measure", "machine",
        "retransmissions", "lasts", "vanish", "moment", "connect", "process", "wire", "A", "B", "for", "end", "peer",
    ])
    /// How many loops may lie in each other; nobody writes more.
    private static let deepest = 16

    let file: String
    var sequence: TextSequence
    /// What names stand for, of those that lines before have made known.
    var things: [String: Thing] = [:]
    private var assembly = TextSequence.Assembly()
    private var hasBegun = false
    private var lineCount = 0
    private var depth = 0

    init(file: String) {
        self.file = file
        let name = file.split(separator: "/").last.map(String.init) ?? file
        sequence = TextSequence(id: name.hasSuffix(".tcp") ? String(name.dropLast(4)) : name, claim: "")
    }

    mutating func read(_ lines: [String]) throws(SequenceError) {
        do throws(LineError) {
            try read(lines[...], [:])
        } catch {
            throw SequenceError(file: file, line: error.line ?? 1, column: error.column, problem: error.problem)
        }
        assembly.endStep()
        sequence.parts = assembly.parts
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

    /// Reads lines, with these words for `$NAME`.
    private mutating func read(_ lines: ArraySlice<String>, _ values: [String: String]) throws(LineError) {
        depth += 1
        defer { depth -= 1 }
        var index = lines.startIndex
        while index < lines.endIndex {
            let number = index + 1
            do throws(LineError) {
                var words = try Words(try Self.filled(lines[index], values))
                if words.accept("for") {
                    let body = try body(of: index, in: lines)
                    let loop = try words.loop()
                    for value in loop.values {
                        try countLine()
                        try read(body, values.merging([loop.name: value]) { $1 })
                    }
                    index = body.endIndex
                } else if words.accept("over", "both") {
                    try words.finish()
                    let body = try body(of: index, in: lines)
                    try overBoth(body, values, number)
                    index = body.endIndex
                } else {
                    try read(&words, number)
                }
            } catch {
                throw LineError(line: error.line ?? number, column: error.column, problem: error.problem)
            }
            index += 1
        }
    }

    /// The body over IPv4 and over IPv6, each as a chapter.
    private mutating func overBoth(
        _ lines: ArraySlice<String>, _ values: [String: String], _ number: Int
    ) throws(LineError) {
        for isV6 in [false, true] {
            try countLine()
            try add(.attempt(.chapter(isV6 ? "over IPv6" : "over IPv4")), number)
            try add(.attempt(.overIPv6(isV6)), number)
            // Names are made anew in each.
            let before = things
            try read(lines, values.merging(["family": isV6 ? "IPv6" : "IPv4"]) { $1 })
            things = before
            assembly.endStep()
            try add(.attempt(.closeListeners), number)
        }
        try add(.attempt(.overIPv6(false)), number)
    }

    /// What lies between a line that begins a loop and the one that ends it.
    private func body(of start: Int, in lines: ArraySlice<String>) throws(LineError) -> ArraySlice<String> {
        guard depth <= Self.deepest else {
            throw LineError(column: 1, problem: "more than \(Self.deepest) loops lie in each other")
        }
        var open = 0
        for index in start..<lines.endIndex {
            guard var words = try? Words(lines[index]) else { continue }
            if words.accept("for") || words.accept("over", "both") {
                open += 1
            } else if words.accept("end") {
                open -= 1
            }
            if open == 0 { return lines[(start + 1)..<index] }
        }
        throw LineError(column: 1, problem: "this has no \"end\"")
    }

    /// Counts what loops are written out to.
    private mutating func countLine() throws(LineError) {
        lineCount += 1
        guard lineCount <= TextSequence.mostLines else {
            throw LineError(
                column: 1, problem: "with its loops written out it has more than \(TextSequence.mostLines) lines")
        }
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

    private mutating func read(_ words: inout Words, _ number: Int) throws(LineError) {
        guard let first = words.next else { return }
        try countLine()
        if words.accept("step") {
            hasBegun = true
            assembly.beginStep(try words.prose("what the step is"))
        } else if !hasBegun, !first.isQuoted, Self.headers.contains(first.text) {
            try readHeader(&words)
        } else {
            for act in try acts(&words, first) { try add(act, number) }
        }
        try words.finish()
    }

    private mutating func add(_ act: Act, _ number: Int) throws(LineError) {
        hasBegun = true
        assembly.add(TextSequence.Line(act, number))
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
