internal import FoundationEssentials
internal import Record

/// A ladder as the page's script reads it: lists in place of objects, for there are thousands in a page.
///
/// Texts are numbers of the scenario's pool, since kernels mostly say the same. `rows` has µs since the row before, host
/// (0 A, 1 B, 2 none), kind, text, flags (1 minor, 2 bad), count; `arrows` from, label, the row it left, how many rows later
/// it arrived or null, fate, copies, segment; `bars` host, name and spans of state, first row, last row, whether sampled;
/// `timers` host, socket, kind, row, due time in µs. A segment has both ports, flags, sequence, acknowledgement or null,
/// length, window, its numbers in A's and in B's capture (0 where it is in none), the frame, whether it is of IPv6, urgent
/// pointer or null, options or null where the frame tells them. A frame is how many bytes it begins with as the one before
/// it from the same host did, the following ones in base64 or null where there are none, and its length where that is not
/// all of it. What a list ends with is left out where it is 0 or null.
struct LadderCode {
    let ladder: Ladder
    /// In which packet of which host's capture each segment is, by its place among the facts.
    let packets: [Int: [String: Int]]

    func value(_ pool: inout StringPool) -> ScriptValue {
        var last: Int64 = 0
        let rows = ladder.rows.map { row -> ScriptValue in
            let at = row.at / 1000
            defer { last = at }
            return self.row(row, after: at - last, &pool)
        }
        var frames: [String: [UInt8]] = [:]
        let arrows = ladder.arrows.map { arrow($0, &pool, &frames) }
        return .object([
            ("rows", .list(rows)), ("arrows", .list(arrows)), ("bars", .list(ladder.bars.map { bar($0, &pool) })),
            ("timers", .list(ladder.timers.map { timer($0, &pool) })),
        ])
    }

    private func row(_ row: Ladder.Row, after time: Int64, _ pool: inout StringPool) -> ScriptValue {
        .list(
            [
                .number(time), host(row.host), ScriptValue(row.kind.rawValue), pool.add(row.text),
                ScriptValue((row.isMinor ? 1 : 0) + (row.isBad ? 2 : 0)), ScriptValue(row.count > 1 ? row.count : 0),
            ].withoutEmptyEnd)
    }

    private func arrow(
        _ arrow: Ladder.Arrow, _ pool: inout StringPool, _ frames: inout [String: [UInt8]]
    ) -> ScriptValue {
        [
            host(arrow.from), pool.add(arrow.label), ScriptValue(arrow.sent),
            arrow.arrived.map { ScriptValue($0 - arrow.sent) } ?? .null, arrow.fate.code, ScriptValue(arrow.copies),
            segment(arrow, &pool, &frames[arrow.from, default: []]),
        ]
    }

    private func segment(_ arrow: Ladder.Arrow, _ pool: inout StringPool, _ last: inout [UInt8]) -> ScriptValue {
        let fact = arrow.segment
        func number(in host: String) -> ScriptValue {
            ScriptValue(arrow.facts.compactMap { packets[$0]?[host] }.first ?? 0)
        }
        return .list(
            ([
                pool.add("\(fact.sourcePort) \(fact.destinationPort)"), pool.add(fact.flags),
                .number(Int64(Int32(bitPattern: fact.sequence))),
                fact.acknowledgement.map { .number(Int64(Int32(bitPattern: $0))) } ?? .null,
                ScriptValue(fact.length), ScriptValue(fact.window), number(in: "A"), number(in: "B"),
            ] + frame(fact.frame, &last) + [
                ScriptValue(fact.ipv6 ?? false), fact.urgent.map { ScriptValue($0) } ?? .null,
                // A frame has them in full.
                fact.frame == nil ? pool.add(fact.options.joined(separator: ", ")) : .null,
            ]).withoutEmptyEnd)
    }

    /// Of a frame the page shows all headers, and of the payload what gives an idea.
    private static let shown = 160

    private func frame(_ frame: FrameBytes?, _ last: inout [UInt8]) -> [ScriptValue] {
        guard let bytes = frame?.bytes else { return [0, .null, 0] }
        let shown = Array(bytes.prefix(Self.shown))
        let shared = zip(shown, last).prefix { $0 == $1 }.count
        last = shown
        let rest = Data(shown.dropFirst(shared)).base64EncodedString()
        return [
            ScriptValue(shared), .text(String(rest.prefix { $0 != "=" })),
            ScriptValue(bytes.count > shown.count ? bytes.count : 0),
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

extension [ScriptValue] {
    fileprivate var withoutEmptyEnd: [ScriptValue] {
        Array(self[..<((lastIndex { !$0.isEmpty } ?? -1) + 1)])
    }
}
