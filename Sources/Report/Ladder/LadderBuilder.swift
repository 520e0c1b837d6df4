internal import Record

/// Collects what happened, then puts it in order and numbers the rows.
struct LadderBuilder {
    /// Something that happened, before its row has a number.
    private struct Entry {
        var row: Ladder.Row
        var part: Part?
    }

    /// What besides its text the diagram needs of a row.
    private enum Part {
        case transition(TransitionFact)
        case look(RowFact)
        case sent(SegmentFact, number: Int)
        case arrived(number: Int)
    }

    private let addresses: AddressBook
    /// Hosts with more than one process must name it.
    private let crowded: Set<String>
    private var entries: [Entry] = []
    /// The places among the facts of what tells of each segment.
    private var segments: [[Int]] = []
    private var place = -1
    /// Held segments that wait for their release, by what they say.
    private var held: [String: [Int]] = [:]

    init(_ facts: [Event]) {
        addresses = AddressBook(facts)
        var processes: [String: Set<String>] = [:]
        for case .call(let fact) in facts { processes[fact.host, default: []].insert(fact.process) }
        crowded = Set(processes.filter { $0.value.count > 1 }.keys)
    }

    mutating func add(_ fact: Event) {
        place += 1
        switch fact {
        case .call(let fact): add(fact)
        case .transition(let fact):
            add(fact.at, fact.host, .state, "\(fact.name) \(fact.old) > \(fact.new)", .transition(fact))
        case .row(let fact): add(fact.at, fact.host, .look, "netlink: \(fact.words)", .look(fact))
        case .segment(let fact): add(fact)
        case .packet(let fact):
            let text =
                fact.tracepoint + (fact.state.map { " in \($0)" } ?? "") + (fact.reason.map { ", \($0)" } ?? "")
            add(fact.at, fact.host, .trace, "trace: \(text)")
        case .exit(let fact):
            // The laboratory ends its processes by SIGKILL: nothing that happened.
            if fact.status == "SIGKILL" { return }
            entries.append(
                Entry(
                    row: Ladder.Row(
                        at: fact.at, host: fact.host, kind: .exit,
                        text: "process \(fact.process) ended: \(fact.status)", isBad: fact.status.hasPrefix("SIG")),
                    part: nil))
        case .step(let fact): add(fact.at, nil, .note, fact.words.oneLine)
        case .note(let fact): add(fact.at, nil, .note, addresses.named(fact.text.oneLine))
        case .health(let fact): add(fact.at, nil, .note, "kernel: " + fact.summary.oneLine)
        case .suspicion(let fact): add(fact.at, nil, .note, "harness: \(fact.text.oneLine)")
        case .run, .plan, .started, .hosts, .act, .counters, .check, .lateness, .measurement, .finished, .end: break
        }
    }

    mutating func add(_ check: Check) {
        entries.append(
            Entry(
                row: Ladder.Row(
                    at: check.at, host: nil, kind: .check,
                    text: "expected: \(check.expected.oneLine); seen: \(check.seen.oneLine) (\(check.location))",
                    isBad: true), part: nil))
    }

    // MARK: Calls

    private mutating func add(_ call: CallFact) {
        let process = crowded.contains(call.host) ? "\(call.process): " : ""
        let text = process + call.shortWords(addresses)
        let isMinor = call.isMinor
        // A call that blocked gets a row for its beginning and one for its end.
        guard let took = call.took, took >= 1_000_000, call.call != "fork" else {
            let answer = call.took == nil ? " has not returned" : addresses.named(call.answer)
            entries.append(
                Entry(
                    row: Ladder.Row(
                        at: call.at, host: call.host, kind: .call, text: text + answer, isMinor: isMinor,
                        isBad: call.errno != nil || !call.signals.isEmpty), part: nil))
            return
        }
        entries.append(
            Entry(
                row: Ladder.Row(at: call.at, host: call.host, kind: .call, text: "\(text) ...", isMinor: isMinor),
                part: nil))
        entries.append(
            Entry(
                row: Ladder.Row(
                    at: call.at.plus(took), host: call.host, kind: .result,
                    text: "... \(process)\(call.call)\(addresses.named(call.answer)) after \(duration(took))",
                    isMinor: isMinor, isBad: call.errno != nil || !call.signals.isEmpty), part: nil))
    }

    private mutating func add(
        _ at: Int64, _ host: String?, _ kind: Ladder.Kind, _ text: String, _ part: Part? = nil
    ) {
        entries.append(Entry(row: Ladder.Row(at: at, host: host, kind: kind, text: text), part: part))
    }

    // MARK: Segments

    private mutating func add(_ fact: SegmentFact) {
        let key = "\(fact.from) \(fact.sourcePort) \(fact.destinationPort) \(fact.label) \(fact.options)"
        if fact.fate == .released, let number = held[key]?.first {
            held[key]?.removeFirst()
            segments[number].append(place)
            return add(fact.at, fact.from.peer, .arrival, "", .arrived(number: number))
        }
        let number = segments.count
        segments.append([place])
        add(fact.at, fact.from, .segment, "", .sent(fact, number: number))
        if fact.fate == .held { held[key, default: []].append(number) }
        if fact.fate == .delayed, let due = fact.due {
            add(due, fact.from.peer, .arrival, "", .arrived(number: number))
        }
    }

    // MARK: The whole

    func ladder() -> Ladder {
        let ordered = entries.enumerated().sorted { ($0.element.row.at, $0.offset) < ($1.element.row.at, $1.offset) }
            .map(\.element)
        var ladder = Ladder(rows: [], arrows: [], bars: [], timers: [])
        var bars = LadderBars()
        var arrows: [Int: Ladder.Arrow] = [:]
        for entry in ordered {
            if entry.part == nil, let last = ladder.rows.last, last.isSame(as: entry.row) {
                ladder.rows[ladder.rows.count - 1].count += 1
                continue
            }
            if ladder.rows.count == Ladder.longest {
                ladder.rows.append(
                    Ladder.Row(at: entry.row.at, host: nil, kind: .note, text: "the rest is in the record"))
                break
            }
            let row = ladder.rows.count
            switch entry.part {
            case .transition(let fact): bars.add(fact, row: row)
            case .look(let fact):
                bars.add(fact, row: row)
                if let timer = Ladder.Timer(fact, row: row) { ladder.timers.append(timer) }
            case .sent(let fact, let number):
                let goesOn = [.passed, .injected, .released].contains(fact.fate)
                arrows[number] = Ladder.Arrow(
                    from: fact.from, label: fact.label, segment: fact, facts: segments[number], sent: row,
                    arrived: goesOn ? row : nil, fate: fact.fate, copies: fact.copies ?? 1)
            case .arrived(let number):
                arrows[number]?.arrived = row
                if arrows[number]?.fate == .held { arrows[number]?.fate = .released }
            case nil: break
            }
            ladder.rows.append(entry.row)
        }
        ladder.arrows = arrows.sorted { $0.key < $1.key }.map(\.value)
        ladder.bars = bars.bars(rows: ladder.rows.count)
        return ladder
    }
}

extension Ladder.Row {
    fileprivate func isSame(as other: Self) -> Bool {
        kind == other.kind && host == other.host && text == other.text && kind == .call
    }
}

extension Ladder.Timer {
    fileprivate init?(_ fact: RowFact, row: Int) {
        guard fact.timer != "off" else { return nil }
        self.init(
            host: fact.host, socket: fact.socket ?? fact.local, kind: fact.timer, row: row,
            due: fact.at.plus(Int64(fact.expires).times(1_000_000)))
    }
}

extension TransitionFact {
    var name: String { socket ?? "socket \(kernelSocket)" }
}

extension RowFact {
    /// `client FIN_WAIT1, orphan, retransmit timer 200 ms, send queue 1`.
    var words: String {
        var words = ["\(socket ?? local) \(state)"]
        let isMini = state.hasSuffix(")")
        if !owned && !isMini { words.append("orphan") }
        if timer != "off" { words.append("\(timer) timer \(expires) ms") }
        if retransmits > 0 { words.append("retransmits \(retransmits)") }
        if receiveQueue > 0 { words.append("receive queue \(receiveQueue)") }
        if sendQueue > 0 { words.append("send queue \(sendQueue)") }
        return words.joined(separator: ", ")
    }
}

extension CallFact {
    /// Without an answer, the socket by its name and the hosts by theirs: `connect(client, B:5000)`.
    fileprivate func shortWords(_ addresses: AddressBook) -> String {
        var words = arguments
        let digits = words.prefix { $0.isNumber }
        if let socket, !digits.isEmpty, [nil, ","].contains(words.dropFirst(digits.count).first) {
            words = socket + words.dropFirst(digits.count)
        }
        return "\(call)(\(addresses.named(words)))"
    }

    /// ` = -1 EPIPE, SIGPIPE`.
    fileprivate var answer: String {
        var text = result.map { " = \($0)" } ?? ""
        if let errno { text += " \(errno)" }
        if let output { text += ", \(output.oneLine)" }
        if !signals.isEmpty { text += ", \(signals.joined(separator: " "))" }
        return text
    }

    /// Whether it only prepares or identifies a socket, and did.
    fileprivate var isMinor: Bool {
        guard errno == nil, signals.isEmpty, result != nil else { return false }
        return ["socket", "getsockname", "getpeername"].contains(call)
            || call == "setsockopt" && arguments.contains("SO_REUSEADDR")
    }
}

extension String {
    /// The other host.
    var peer: String { self == "A" ? "B" : "A" }
}
