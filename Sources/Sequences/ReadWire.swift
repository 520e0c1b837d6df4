internal import Acts
internal import Linux
internal import Packets

// Lines about the wire.
extension SequenceReader {
    mutating func wireAct(_ words: inout Words) throws(LineError) -> WireAct {
        if let act = try rule(&words) { return act }
        if words.accept("release") {
            var rules = [try known(&words, .rule)]
            while !words.isEmpty, words.next?.text != "reversed" { rules.append(try known(&words, .rule)) }
            return .release(rules, reversed: words.accept("reversed"))
        }
        if words.accept("lift") { return .lift(try known(&words, .rule)) }
        if words.accept("never", "carries") {
            let pattern = try words.pattern()
            return .carriesCount(0, pattern, since: try sinceChapterUnlessSaid(&words))
        }
        if words.accept("carries") { return try carries(&words) }
        if words.accept("has", "carried") {
            let pattern = try words.pattern()
            return .hasCarried(pattern, as: try asIfAny(&words, .segment, pattern.description))
        }
        if words.accept("quiet") { return .staysQuiet(try words.duration()) }
        if words.accept("backs", "off") {
            let pattern = try words.pattern()
            try words.expect("after")
            let first = try mark(&words)
            try words.expect("timeout")
            let timeout = try words.duration()
            try words.expect("times")
            return .backsOff(pattern, after: first, timeout: timeout, times: try words.integer("a number"))
        }
        if words.accept("forge") {
            let forged = try forged(&words)
            return .forge(forged, as: try asIfAny(&words, .segment, "forged"))
        }
        if words.accept("repeat") { return try repetition(&words) }
        if words.accept("here", "as") { return .here(as: try new(&words, .place)) }
        if words.accept("unreachable") {
            let reason = try words.value("host, port, mtu=1280 or the like") { Unreachable(written: $0) }
            try words.expect("about")
            let segment = try mark(&words)
            return .complains(
                reason, about: segment, from: words.accept("from") ? try words.take("an address").text : nil)
        }
        if words.accept("tolerates") {
            let patterns = try words.patterns()
            guard !patterns.isEmpty else { throw LineError(column: words.column, problem: "a pattern is missing") }
            return .tolerates(patterns)
        }
        let word = try words.take("what the wire does or carries")
        throw LineError(
            column: word.column,
            problem: "\"\(word.text)\" is nothing that the wire does" + Verbs.hint(word.text, Verbs.wire))
    }

    /// Of a rule: `meets 2`.
    mutating func ruleAct(_ words: inout Words, _ name: String) throws(LineError) -> WireAct {
        try words.expect("meets")
        let count: Int = try words.integer("a number")
        guard (0...100_000).contains(count) else {
            throw LineError(column: words.column, problem: "no rule meets so many segments")
        }
        return .meets(name, count, after: try words.afterIfAny())
    }

    private mutating func rule(_ words: inout Words) throws(LineError) -> WireAct? {
        let kind: RuleKind
        if words.accept("hold") {
            kind = .hold
        } else if words.accept("drop") {
            kind = .drop
        } else if words.accept("allow") {
            kind = .allow
        } else if words.accept("duplicate") {
            kind = .duplicate
        } else if words.accept("delay") {
            kind = .delay(try words.duration())
        } else if words.accept("freeze") {
            return .rule(.hold, [], first: nil, ends: [], as: try asIfAny(&words, .rule, "rule"))
        } else if words.accept("cut") {
            return .rule(.drop, [], first: nil, ends: [], as: try asIfAny(&words, .rule, "rule"))
        } else {
            return nil
        }
        let patterns = try words.patterns()
        guard !patterns.isEmpty else {
            throw LineError(column: words.column, problem: "which segments? a pattern such as \"SYN>\" is missing")
        }
        let first = try words.firstIfAny()
        var ends: [Endpoint] = []
        while words.accept("of") { ends.append(try words.endpoint()) }
        return .rule(kind, patterns, first: first, ends: ends, as: try asIfAny(&words, .rule, "rule"))
    }

    private mutating func carries(_ words: inout Words) throws(LineError) -> WireAct {
        if words.accept("nothing", "but") {
            let patterns = try words.patterns()
            return .carriesNothingBut(patterns, since: try since(&words))
        }
        if words.accept("nothing") { return .carriesNothing(since: try since(&words)) }
        if words.accept("no", "reset") { return .carriesNoReset(since: try sinceChapterUnlessSaid(&words)) }
        if words.accept("only") {
            let patterns = try words.patterns()
            return .carriesOnly(patterns, inAnyOrder: words.accept("in", "any", "order"), since: try since(&words))
        }
        if words.accept("at", "least") {
            let count: Int = try words.integer("a number")
            try words.expect("of")
            let pattern = try words.pattern()
            let timer = try words.afterIfAny()
            return .carriesAtLeast(count, pattern, after: timer, since: try since(&words))
        }
        if let word = words.next, !word.isQuoted {
            let count: Int = try words.integer("a number, a pattern, only, nothing, no reset or at least")
            try words.expect("of")
            let pattern = try words.pattern()
            return .carriesCount(count, pattern, since: try since(&words))
        }
        let first = try words.pattern()
        if words.accept("again", "after") {
            let earlier = try mark(&words)
            try words.expect("timer")
            let timer = try words.duration()
            return .carriesAgain(
                first, after: earlier, timer: timer, as: try asIfAny(&words, .segment, first.description))
        }
        var patterns = [first]
        var names = [try asIfAny(&words, .segment, first.description)]
        while words.next?.isQuoted == true {
            let pattern = try words.pattern()
            patterns.append(pattern)
            names.append(try asIfAny(&words, .segment, pattern.description))
        }
        let timer = try words.afterIfAny()
        return .carries(patterns, after: timer, since: try since(&words), as: names)
    }

    /// `since the chapter`, `since the attempt` or `since PLACE`; since the step where nothing is said.
    private func since(_ words: inout Words) throws(LineError) -> Since {
        if words.accept("since", "the", "chapter") { return .chapterBegan }
        if words.accept("since", "the", "attempt") { return .attemptBegan }
        return words.accept("since") ? .place(try known(&words, .place)) : .stepBegan
    }

    /// What never comes is meant of the whole chapter.
    private func sinceChapterUnlessSaid(_ words: inout Words) throws(LineError) -> Since {
        if words.accept("since", "the", "step") { return .stepBegan }
        let since = try since(&words)
        return since == .stepBegan ? .chapterBegan : since
    }

    /// A segment that was seen, again or changed.
    private mutating func repetition(_ words: inout Words) throws(LineError) -> WireAct {
        let name = try mark(&words)
        var changes = Changes(flags: nil, sequence: nil, timestamp: nil, payload: nil)
        while !words.isEmpty, words.next?.text != "as" || words.next?.isQuoted == true {
            if words.accept("flags") {
                changes.flags = try words.symbol("flags such as SYN or FIN|ACK")
            } else if words.accept("seq") {
                changes.sequence = try words.number()
            } else if words.accept("timestamp", "of") {
                let segment = try mark(&words)
                changes.timestamp = Timestamp(
                    of: segment, plus: words.accept("plus") ? try words.integer("a number") : 0)
            } else {
                changes.payload = try words.text("the payload")
            }
        }
        return .repeats(name, changes, as: try asIfAny(&words, .segment, "forged"))
    }

    private func forged(_ words: inout Words) throws(LineError) -> Forged {
        let flags: TCPFlags = try words.symbol("flags such as SYN or FIN|ACK")
        try words.expect("from")
        let source = try words.endpoint()
        try words.expect("to")
        let destination = try words.endpoint()
        try words.expect("seq")
        let sequence = try words.number()
        let acknowledgement = words.accept("ack") ? try words.number() : nil
        let mss: UInt16? = words.accept("mss") ? try words.integer("a number") : nil
        return Forged(
            source: source, destination: destination, flags: flags, sequence: sequence,
            acknowledgement: acknowledgement, mss: mss, payload: words.textIfAny() ?? "")
    }
}
