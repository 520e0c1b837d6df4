internal import Record

/// A ladder as the page's script reads it: lists in place of objects, for there are hundreds in a page.
///
/// `rows` has time in µs, host (0 A, 1 B, 2 none), kind, text, flags (1 minor, 2 bad), count; `arrows` from, label,
/// detail, the row it left, the row it arrived in or -1, fate, copies; `bars` host, name and spans of state, first row,
/// last row, whether sampled; `timers` host, socket, kind, row, due time in µs.
struct LadderCode: Encodable {
    enum CodingKeys: CodingKey { case rows, arrows, bars, timers }

    let ladder: Ladder

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encode(ladder.rows.map(Row.init), forKey: .rows)
        try box.encode(ladder.arrows.map(Arrow.init), forKey: .arrows)
        try box.encode(ladder.bars.map(Bar.init), forKey: .bars)
        try box.encode(ladder.timers.map(Timer.init), forKey: .timers)
    }

    private struct Row: Encodable {
        let row: Ladder.Row

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(row.at / 1000)
            try list.encode(host(row.host))
            try list.encode(row.kind.rawValue)
            try list.encode(row.text)
            try list.encode((row.isMinor ? 1 : 0) + (row.isBad ? 2 : 0))
            if row.count > 1 { try list.encode(row.count) }
        }
    }

    private struct Arrow: Encodable {
        let arrow: Ladder.Arrow

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(host(arrow.from))
            try list.encode(arrow.label)
            try list.encode(arrow.detail)
            try list.encode(arrow.sent)
            try list.encode(arrow.arrived ?? -1)
            try list.encode(arrow.fate.code)
            if arrow.copies != 1 { try list.encode(arrow.copies) }
        }
    }

    private struct Bar: Encodable {
        let bar: Ladder.Bar

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(host(bar.host))
            try list.encode(bar.name)
            try list.encode(bar.spans.map(Span.init))
        }
    }

    private struct Span: Encodable {
        let span: Ladder.Span

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(span.state)
            try list.encode(span.begin)
            try list.encode(span.end)
            if span.isSampled { try list.encode(1) }
        }
    }

    private struct Timer: Encodable {
        let timer: Ladder.Timer

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(host(timer.host))
            try list.encode(timer.socket)
            try list.encode(timer.kind)
            try list.encode(timer.row)
            try list.encode(timer.due / 1000)
        }
    }
}

private func host(_ name: String?) -> Int { name.map { $0 == "A" ? 0 : 1 } ?? 2 }

extension Fate {
    fileprivate var code: Int {
        switch self {
        case .passed: 0
        case .held: 1
        case .released: 2
        case .dropped: 3
        case .delayed: 4
        case .injected: 5
        }
    }
}
