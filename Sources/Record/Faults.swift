extension Event {
    /// What is wrong with the values of a line, each looked at by itself; nil when they are what a lab can have seen.
    ///
    /// Every kind says here what bounds its values have, so a new kind has its line here and a new field its own.
    /// What lines have to do with each other is the business of `Consistency`.
    package var fault: String? {
        var look = Inspection()
        if let attempt { look.attempt(attempt) }
        switch self {
        case .run(let header): header.inspect(&look)
        case .plan(let scenario): scenario.inspect(&look)
        case .started(let started): look.time("at", started.at)
        case .hosts(let fact):
            look.time("at", fact.at)
            look.texts("addresses", fact.a + fact.b, length: Bounds.name, count: 8)
            for address in fact.a + fact.b { look.address(address) }
        case .call(let fact): fact.inspect(&look)
        case .transition(let fact):
            look.place(fact.at, fact.host)
            look.number("kernelSocket", fact.kernelSocket, Bounds.counts)
            look.names(fact.socket, fact.old, fact.new, fact.local, fact.remote)
        case .row(let fact): fact.inspect(&look)
        case .segment(let fact): fact.inspect(&look)
        case .packet(let fact):
            look.place(fact.at, fact.host)
            look.names(fact.tracepoint, fact.state, fact.reason, fact.local, fact.remote)
        case .counters(let fact):
            look.place(fact.at, fact.host)
            for (name, delta) in fact.deltas {
                look.name("a counter", name)
                look.number("a counter's delta", delta, Bounds.amounts)
            }
        case .exit(let fact):
            look.place(fact.at, fact.host)
            look.names(fact.process, fact.status)
        case .note(let fact):
            look.time("at", fact.at)
            look.time("voidsSince", fact.voidsSince)
            look.text("text", fact.text)
        case .check(let check):
            look.time("at", check.at)
            look.texts("the words of a check", [check.expected, check.seen, check.wire ?? ""])
            look.texts("witnesses", check.witnesses, length: Bounds.name)
            look.name("location", check.location)
        case .step(let fact):
            look.time("at", fact.at)
            look.number("number", fact.number, Bounds.counts)
            look.text("words", fact.words)
        case .act(let fact):
            look.time("at", fact.at)
            look.name("location", fact.location)
        case .health(let fact):
            look.time("at", fact.at)
            look.text("summary", fact.summary)
            look.texts("lines", fact.lines, count: 10_000)
            look.texts("attempts", fact.whileRunning, length: Bounds.name, count: 10_000)
        case .suspicion(let fact):
            look.time("at", fact.at)
            look.number("began", fact.began, Bounds.amounts)
            look.text("text", fact.text)
        case .lateness(let fact):
            look.time("at", fact.at)
            look.time("relay", fact.relay)
            look.time("look", fact.look)
            look.time("call", fact.call)
        case .measurement(let one):
            look.names(one.name, one.unit)
            look.require(one.value.isFinite, "value \(one.value) is no measurement")
            switch one.comparison {
            case .exact: break
            case .within(let tolerance):
                look.require(tolerance.isFinite && tolerance >= 0, "tolerance \(tolerance) is none")
            case .never(let reason): look.text("the reason why it is not compared", reason)
            }
        case .finished(let finished):
            look.time("duration", finished.duration)
            look.text("reason", finished.reason)
            look.texts("variant", [finished.variant ?? ""], length: 1 << 14)
            look.name("link", finished.link)
        case .end(let end):
            look.time("duration", end.duration)
            look.time("realDuration", end.realDuration)
            look.text("interrupted", end.interrupted)
        }
        return look.fault
    }
}

extension Inspection {
    fileprivate mutating func place(_ at: Int64, _ host: String) {
        time("at", at)
        self.host(host)
    }

    fileprivate mutating func names(_ values: String?...) {
        for value in values { name("a name", value) }
    }
}

extension RunHeader {
    fileprivate func inspect(_ look: inout Inspection) {
        look.name("tool", tool)
        look.name("release", kernel.release)
        look.name("version", kernel.version)
        look.name("machine", kernel.machine)
        look.text("place", place)
        look.start(startedAt)
        look.texts("limits", limits)
        guard let shard else { return }
        look.number("the number of shards", shard.count, Bounds.shards)
        look.require(1...max(1, shard.count) ~= shard.index, "there is no shard \(shard.words)")
    }
}

extension ScenarioDescription {
    fileprivate func inspect(_ look: inout Inspection) {
        look.id(id)
        look.text("claim", claim)
        look.texts(
            "citations",
            citations.flatMap {
                [$0.source, $0.section ?? "", $0.text ?? "", $0.part ?? ""] + ($0.standings ?? [:]).keys
            })
        look.name("location", location)
        look.texts("steps", steps)
        look.require(Bounds.seconds.contains(nominalSeconds), "nominalSeconds \(nominalSeconds) is no timer")
    }
}

extension CallFact {
    fileprivate func inspect(_ look: inout Inspection) {
        look.time("at", at)
        look.host(host)
        look.time("took", took)
        look.name("process", process)
        look.name("socket", socket)
        look.name("call", call)
        look.text("arguments", arguments)
        look.number("result", result, Bounds.amounts)
        look.name("errno", errno)
        look.text("output", output)
        look.texts("signals", signals, length: Bounds.name)
    }
}

extension RowFact {
    fileprivate func inspect(_ look: inout Inspection) {
        look.time("at", at)
        look.host(host)
        for value in [socket, state, timer, local, remote] { look.name("a name", value) }
        look.number("expires", expires, Bounds.counts)
        look.number("retransmits", retransmits, Bounds.counts)
        look.number("receiveQueue", receiveQueue, Bounds.counts)
        look.number("sendQueue", sendQueue, Bounds.counts)
    }
}

extension SegmentFact {
    fileprivate func inspect(_ look: inout Inspection) {
        look.time("at", at)
        look.host(from)
        look.flags(flags)
        look.number("length", length, Bounds.lengths)
        look.number("window", window, Bounds.counts)
        look.options(options)
        look.time("due", due)
        look.number("copies", copies, Bounds.copies)
        look.number("urgent", urgent, 0...Int(UInt16.max))
    }
}
