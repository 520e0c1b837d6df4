internal import Acts
internal import Linux
internal import SockDiag

// What a line says, by what it begins with.
extension SequenceReader {
    mutating func acts(_ words: inout Words, _ first: Word) throws(LineError) -> [Act] {
        if first.isQuoted { return try named(&words) }
        switch first.text {
        case "chapter", "note", "void", "variant":
            _ = words.accept(first.text)
            return [.attempt(Self.said(first.text, try words.prose("its words")))]
        case "peer":
            _ = words.accept("peer")
            try words.expect("of")
            return [.socket(try known(&words, .socket), try peer(&words))]
        case "connect":
            _ = words.accept("connect")
            return try connect(&words)
        case "process":
            _ = words.accept("process")
            let name = try new(&words, .process)
            try words.expect("on")
            let host = try words.host()
            return [.process(name, .spawn(on: host, label: words.accept("called") ? try words.text("a label") : ""))]
        case "A", "B": return try hostLine(&words, try words.host())
        case "wire":
            _ = words.accept("wire")
            return [.wire(try wireAct(&words))]
        case "over", "close", "wait", "busy", "measure", "machine", "retransmissions", "lasts", "vanish", "moment":
            return [.attempt(try attemptAct(&words))]
        case let word where Self.headers.contains(word):
            throw LineError(column: first.column, problem: "\"\(first.text)\" belongs before the first act")
        case "end": throw LineError(column: first.column, problem: "\"end\" ends nothing here")
        default: return try named(&words)
        }
    }

    private static func said(_ word: String, _ text: String) -> AttemptAct {
        switch word {
        case "chapter": .chapter(text)
        case "note": .note(text)
        case "void": .void(text)
        default: .variant(text)
        }
    }

    // MARK: Names

    /// Takes a name that is made known here.
    mutating func new(_ words: inout Words, _ thing: Thing) throws(LineError) -> String {
        let word = try words.take("a name")
        guard word.isQuoted || !Self.reserved.contains(word.text) else {
            throw LineError(column: word.column, problem: "\"\(word.text)\" begins lines of its own; take another name")
        }
        if let other = things[word.text], other != thing {
            throw LineError(column: word.column, problem: "\"\(word.text)\" is already a \(other.rawValue)")
        }
        things[word.text] = thing
        return word.text
    }

    /// Takes a name that lines before have made known.
    func known(_ words: inout Words, _ thing: Thing) throws(LineError) -> String {
        let word = try words.take("a \(thing.rawValue)")
        guard things[word.text] == thing else {
            let others = things.filter { $0.value == thing }.map(\.key).sorted()
            throw LineError(
                column: word.column,
                problem: "no \(thing.rawValue) is called \"\(word.text)\"" + Verbs.hint(word.text, others))
        }
        return word.text
    }

    /// Takes the name of a moment, or of a segment, which has one.
    func mark(_ words: inout Words) throws(LineError) -> String {
        let word = try words.take("a moment or a segment")
        // The segments that a rule has met have its name and a number.
        let isMet = word.text.firstRange(of: " #").map { things[String(word.text[..<$0.lowerBound])] == .rule } ?? false
        guard isMet || things[word.text] == .moment || things[word.text] == .segment else {
            throw LineError(column: word.column, problem: "no moment or segment is called \"\(word.text)\"")
        }
        return word.text
    }

    /// `as NAME`, which may be left out.
    mutating func asIfAny(_ words: inout Words, _ thing: Thing, _ otherwise: String) throws(LineError) -> String {
        words.accept("as") ? try new(&words, thing) : spare(otherwise, thing)
    }

    /// A name for what the line does not name; a segment's may be that of an earlier one, and then stands for the later.
    mutating func spare(_ label: String, _ thing: Thing) -> String {
        var name = label
        var number = 1
        while let other = things[name], (thing, other) != (.segment, .segment) {
            number += 1
            name = "\(label) \(number)"
        }
        things[name] = thing
        return name
    }

    /// A line that begins with a name.
    private mutating func named(_ words: inout Words) throws(LineError) -> [Act] {
        let word = try words.take("a line")
        switch things[word.text] {
        case .socket: return try socketActs(&words, word.text)
        case .process: return [.process(word.text, try processAct(&words))]
        case .call: return [.call(word.text, try callAct(&words))]
        case .rule: return [.wire(try ruleAct(&words, word.text))]
        case .segment, .moment, .place:
            throw LineError(
                column: word.column, problem: "a \(things[word.text]?.rawValue ?? "name") does nothing by itself")
        case nil:
            let known = things.keys.sorted() + Self.reserved.sorted()
            throw LineError(
                column: word.column,
                problem: "nothing is called \"\(word.text)\", and no line begins so" + Verbs.hint(word.text, known))
        }
    }

    // MARK: The attempt as a whole

    private mutating func attemptAct(_ words: inout Words) throws(LineError) -> AttemptAct {
        if words.accept("over") {
            return .overIPv6(try words.value("IPv4, IPv6 or both") { ["IPv4": false, "IPv6": true][$0] })
        }
        if words.accept("close") {
            try words.expect("listeners")
            return .closeListeners
        }
        if words.accept("wait") { return .passTime(try words.duration()) }
        if words.accept("busy") { return .keepBusy(try words.duration()) }
        if words.accept("measure") {
            let name = try words.text("what is measured")
            let value = try words.value("a number") { Double($0).flatMap { $0.isFinite ? $0 : nil } }
            let unit = try words.take("a unit").text
            try words.expect("within")
            return .measure(
                name, value, unit: unit,
                tolerance: try words.value("a number") { Double($0).flatMap { $0.isFinite ? $0 : nil } })
        }
        if words.accept("machine") {
            if words.accept("restored") { return .restoreMachine }
            let (name, value) = try words.sysctl()
            return .setMachine(name, to: value)
        }
        if words.accept("retransmissions") {
            try words.expect("agree")
            return .retransmissionsAgree
        }
        if words.accept("lasts") {
            let what = try words.text("what lasts")
            try words.expect("from")
            let from = try mark(&words)
            try words.expect("to")
            let to = try mark(&words)
            try words.expect("within")
            return .lasts(what, from: from, to: to, within: try words.durations())
        }
        if words.accept("vanish") {
            var ends: [Vanishing] = []
            repeat {
                let socket = try known(&words, .socket)
                try words.expect("since")
                ends.append(Vanishing(socket: socket, since: try mark(&words)))
            } while words.accept("and")
            try words.expect("after")
            return .vanish(ends, after: try words.duration())
        }
        try words.expect("moment")
        let name = try new(&words, .moment)
        if words.accept("ends") { return .momentEnds(name) }
        try words.expect("begins")
        return .momentBegins(name)
    }
}
