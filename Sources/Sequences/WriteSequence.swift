internal import Acts
internal import Linux
internal import Record

extension TextSequence {
    /// The sequence as a file says it: aligned, with nothing left to chance, so that reading it gives the same.
    package var text: String {
        var lines: [[String]] = [["id", id.asValue], ["claim", claim]]
        lines += citations.map { ["cites", ([$0.source] + [$0.section].compactMap(\.self)).joined(separator: " ")] }
        lines += setting.lines
        for part in parts {
            switch part {
            case .act(let line): lines.append(line.act.written)
            case .step(let words, let acts):
                lines += [[], ["step", words]] + acts.map(\.act.written)
            }
        }
        let columns = Columns(lines.compactMap(\.first?.count))
        return lines.map { columns.line($0.first ?? "", $0.dropFirst().joined(separator: " ")) + "\n" }
            .joined().replacing("$", with: "$$")
    }
}

extension TextSequence.Setting {
    fileprivate var lines: [[String]] {
        var lines: [[String]] = []
        if link != .relay { lines.append(["link", link.words]) }
        if isAlone { lines.append(["alone"]) }
        if isOverIPv6 { lines.append(["ipv6"]) }
        if pace > .zero { lines.append(["pace", pace.written]) }
        if restsOnPaths { lines.append(["rests", "on paths"]) }
        lines += sysctls.sorted { $0.key < $1.key }.map { ["sysctl", "\($0.key) = \($0.value)"] }
        lines += scaledSysctls.sorted { $0.key < $1.key }.map { ["scaled", "sysctl \($0.key) = \($0.value)"] }
        if longestTimer > .zero { lines.append(["timer", longestTimer.written]) }
        if let scaledLongestTimer { lines.append(["scaled", "timer \(scaledLongestTimer.written)"]) }
        return lines
    }
}

extension String {
    /// A value of one word, in quotes where it is none.
    fileprivate var asValue: String { contains { $0 == " " || $0 == "\"" || $0 == "#" } || isEmpty ? quoted : self }
}

extension Act {
    /// The words of its line: what it is about, and what is said of it.
    package var written: [String] {
        switch self {
        case .socket(let name, let act): act.written(of: name)
        case .call(let name, let act): [name.asName, act.written]
        case .process(let name, .spawn(let host, let label)):
            ["process", name.asName, "on", host.rawValue] + (label.isEmpty ? [] : ["called", label.quoted])
        case .process(let name, let act): [name.asName, act.written]
        case .host(let host, let act): [host.rawValue, act.written]
        case .wire(.meets(let rule, let count, let after)): [rule.asName, "meets \(count)"] + after.words
        case .wire(.imitate(let imitation, let name)):
            [imitation.socket.asName, "forges", imitation.written, "as", name.asName]
        case .wire(let act): ["wire", act.written]
        case .attempt(let act): act.written
        }
    }
}

extension Duration? {
    var words: [String] { map { ["after", $0.written] } ?? [] }
}

extension AttemptAct {
    fileprivate var written: [String] {
        switch self {
        case .chapter(let text): ["chapter", text]
        case .note(let text): ["note", text]
        case .void(let text): ["void", text]
        case .variant(let text): ["variant", text]
        case .overIPv6(let on): ["over", on ? "IPv6" : "IPv4"]
        case .closeListeners: ["close", "listeners"]
        case .passTime(let time): ["wait", time.written]
        case .keepBusy(let time): ["busy", time.written]
        case .measure(let name, let value, let unit, let tolerance):
            ["measure", name.quoted, "\(value)", unit, "within", "\(tolerance)"]
        case .setMachine(let name, let value): ["machine", "\(name) = \(value)"]
        case .restoreMachine: ["machine", "restored"]
        case .retransmissionsAgree: ["retransmissions", "agree"]
        case .lasts(let what, let from, let to, let bounds):
            ["lasts", what.quoted, "from", from.asName, "to", to.asName, "within", bounds.written]
        case .vanish(let ends, let timer):
            ["vanish", ends.map { "\($0.socket.asName) since \($0.since.asName)" }.joined(separator: " and ")]
                + ["after", timer.written]
        case .momentBegins(let name): ["moment", name.asName, "begins"]
        case .momentEnds(let name): ["moment", name.asName, "ends"]
        }
    }
}
