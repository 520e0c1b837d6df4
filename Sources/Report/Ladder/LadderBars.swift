internal import Record

/// The states of the sockets as bars, from what the tracepoint and netlink saw of them.
struct LadderBars {
    private struct Lifetime {
        var bar: Ladder.Bar
        var local: String
        var remote: String
        var isClosed = false
    }

    private struct Look {
        var fact: RowFact
        var row: Int
        /// Minisocks are shown as `TIME_WAIT (minisock)`.
        var isMini: Bool { fact.state.hasSuffix(")") }
        var state: String { String(fact.state.prefix { $0 != " " }) }
    }

    /// By the kernel's socket, in the order they were first seen.
    private var wholes: [(socket: Int, whole: Lifetime)] = []
    private var looks: [Look] = []

    mutating func add(_ fact: TransitionFact, row: Int) {
        let place = wholes.firstIndex { $0.socket == fact.kernelSocket }
        var whole =
            place.map { wholes[$0].whole }
            ?? Lifetime(
                bar: Ladder.Bar(host: fact.host, name: fact.name, spans: []), local: fact.local, remote: fact.remote)
        whole.local = fact.local
        whole.remote = fact.remote
        if !whole.bar.spans.isEmpty, !whole.isClosed { whole.bar.spans[whole.bar.spans.count - 1].end = row }
        whole.isClosed = fact.new == "CLOSE"
        if !whole.isClosed {
            whole.bar.spans.append(Ladder.Span(state: fact.new, begin: row, end: row, isSampled: false))
        }
        if let place {
            wholes[place].whole = whole
        } else {
            wholes.append((fact.kernelSocket, whole))
        }
    }

    mutating func add(_ fact: RowFact, row: Int) { looks.append(Look(fact: fact, row: row)) }

    /// The bars, open ends drawn to the last of so many rows.
    func bars(rows: Int) -> [Ladder.Bar] {
        var minis = looks.filter(\.isMini)
        var bars = wholes.map { _, whole in
            var bar = whole.bar
            if !whole.isClosed, !bar.spans.isEmpty { bar.spans[bar.spans.count - 1].end = rows }
            // A socket that has closed lives on as a minisock, and one that was accepted began as a request.
            let own = minis.filter {
                $0.fact.host == bar.host && $0.fact.local == whole.local && $0.fact.remote == whole.remote
            }
            minis.removeAll { mini in own.contains { $0.row == mini.row } }
            let first = bar.spans.first?.begin ?? rows
            let before = own.filter { $0.row < first }
            let last = bar.spans.last?.end ?? 0
            let after = own.filter { $0.row >= last }
            if whole.isClosed { bar.spans += Self.spans(of: after, from: last) }
            bar.spans = Self.spans(of: before, to: first) + bar.spans
            return bar
        }
        bars += sampled(minis + looks.filter { !$0.isMini }, besides: bars)
        return bars.filter { !$0.spans.isEmpty }
    }

    /// Sockets that no tracepoint told of.
    private func sampled(_ looks: [Look], besides bars: [Ladder.Bar]) -> [Ladder.Bar] {
        var groups: [(key: String, looks: [Look])] = []
        for look in looks.sorted(by: { $0.row < $1.row }) {
            let name = look.fact.socket ?? look.fact.local
            if bars.contains(where: { $0.host == look.fact.host && $0.name == name }) { continue }
            let key = "\(look.fact.host) \(name)"
            if let place = groups.firstIndex(where: { $0.key == key }) {
                groups[place].looks.append(look)
            } else {
                groups.append((key, [look]))
            }
        }
        return groups.map { group in
            let first = group.looks[0].fact
            return Ladder.Bar(
                host: first.host, name: first.socket ?? first.local, spans: Self.spans(of: group.looks))
        }
    }

    /// One span for each state in a row of looks; the first may have begun before, the last gone on after.
    private static func spans(of looks: [Look], from begin: Int? = nil, to end: Int? = nil) -> [Ladder.Span] {
        var spans: [Ladder.Span] = []
        for look in looks {
            if let last = spans.last, last.state == look.state {
                spans[spans.count - 1].end = look.row + 1
            } else {
                if !spans.isEmpty { spans[spans.count - 1].end = look.row }
                spans.append(Ladder.Span(state: look.state, begin: look.row, end: look.row + 1, isSampled: true))
            }
        }
        if let begin, !spans.isEmpty { spans[0].begin = begin }
        if let end, !spans.isEmpty { spans[spans.count - 1].end = end }
        return spans
    }
}
