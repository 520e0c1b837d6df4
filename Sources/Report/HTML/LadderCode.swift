internal import FoundationEssentials
internal import Record

/// A ladder as the page's script reads it: lists in place of objects, for there are hundreds in a page.
///
/// Texts are numbers of the scenario's pool, since kernels mostly say the same. `rows` has time in µs, host (0 A, 1 B,
/// 2 none), kind, text, flags (1 minor, 2 bad), count; `arrows` from, label, the row it left, the row it arrived in or
/// -1, fate, copies, segment; `bars` host, name and spans of state, first row, last row, whether sampled; `timers` host,
/// socket, kind, row, due time in µs. A segment has source and destination port, flags, sequence, acknowledgement or
/// null, length, window, urgent pointer or null, options or null where the frame tells them, whether it is of IPv6, its
/// numbers in A's and in B's capture (0 where it is in none), and the beginning of its frame in base64 or null, and the
/// length of all of it.
struct LadderCode {
    let ladder: Ladder
    /// In which packet of which host's capture each segment is, by its place among the facts.
    let packets: [Int: [String: Int]]

    func value(_ pool: inout StringPool) -> ScriptValue {
        .object([
            ("rows", .list(ladder.rows.map { row($0, &pool) })),
            ("arrows", .list(ladder.arrows.map { arrow($0, &pool) })),
            ("bars", .list(ladder.bars.map { bar($0, &pool) })),
            ("timers", .list(ladder.timers.map { timer($0, &pool) })),
        ])
    }

    private func row(_ row: Ladder.Row, _ pool: inout StringPool) -> ScriptValue {
        let fields: [ScriptValue] = [
            .number(row.at / 1000), host(row.host), ScriptValue(row.kind.rawValue), pool.add(row.text),
            ScriptValue((row.isMinor ? 1 : 0) + (row.isBad ? 2 : 0)),
        ]
        return .list(row.count > 1 ? fields + [ScriptValue(row.count)] : fields)
    }

    private func arrow(_ arrow: Ladder.Arrow, _ pool: inout StringPool) -> ScriptValue {
        [
            host(arrow.from), pool.add(arrow.label), ScriptValue(arrow.sent), ScriptValue(arrow.arrived ?? -1),
            arrow.fate.code, ScriptValue(arrow.copies), segment(arrow, &pool),
        ]
    }

    private func segment(_ arrow: Ladder.Arrow, _ pool: inout StringPool) -> ScriptValue {
        let fact = arrow.segment
        func number(in host: String) -> ScriptValue {
            ScriptValue(arrow.facts.compactMap { packets[$0]?[host] }.first ?? 0)
        }
        return [
            ScriptValue(Int(fact.sourcePort)), ScriptValue(Int(fact.destinationPort)), pool.add(fact.flags),
            .number(Int64(Int32(bitPattern: fact.sequence))),
            fact.acknowledgement.map { .number(Int64(Int32(bitPattern: $0))) } ?? .null,
            ScriptValue(fact.length), ScriptValue(fact.window), fact.urgent.map { ScriptValue($0) } ?? .null,
            // A frame has them in full.
            fact.frame == nil ? pool.add(fact.options.joined(separator: ", ")) : .null,
            ScriptValue(fact.ipv6 ?? false), number(in: "A"), number(in: "B"),
            fact.frame.map { .text($0.beginning) } ?? .null, ScriptValue(fact.frame?.bytes.count ?? 0),
        ]
    }

    private func bar(_ bar: Ladder.Bar, _ pool: inout StringPool) -> ScriptValue {
        let spans = bar.spans.map { span -> ScriptValue in
            let fields = [pool.add(span.state), ScriptValue(span.begin), ScriptValue(span.end)]
            return .list(span.isSampled ? fields + [1] : fields)
        }
        return [host(bar.host), pool.add(bar.name), .list(spans)]
    }

    private func timer(_ timer: Ladder.Timer, _ pool: inout StringPool) -> ScriptValue {
        [
            host(timer.host), pool.add(timer.socket), pool.add(timer.kind), ScriptValue(timer.row),
            .number(timer.due / 1000),
        ]
    }
}

private func host(_ name: String?) -> ScriptValue { name.map { $0 == "A" ? 0 : 1 } ?? 2 }

extension Fate {
    fileprivate var code: ScriptValue {
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

extension FrameBytes {
    /// What the page shows of it: all headers, and of the payload what gives an idea.
    private static let shown = 160

    fileprivate var beginning: String { Data(bytes.prefix(Self.shown)).base64EncodedString() }
}
