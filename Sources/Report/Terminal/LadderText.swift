internal import Record

/// A ladder drawn with characters, for a terminal: A on the left, B on the right, the wire between.
package struct LadderText: Sendable {
    private struct Glyphs {
        let line, right, left, held, lost, forged, rail, rule, fold, more: String

        static let unicode = Glyphs(
            line: "─", right: "▶", left: "◀", held: "■", lost: "✗", forged: "◆", rail: "│", rule: "─", fold: "⋮",
            more: "…")
        static let ascii = Glyphs(
            line: "-", right: ">", left: "<", held: "#", lost: "X", forged: "*", rail: "|", rule: "-", fold: ":",
            more: "~")
    }

    /// In fewer characters a line no diagram can be read.
    package static let narrowest = 60
    private let width: Int
    private let glyphs: Glyphs
    private let colour: Bool
    private let showsMinor: Bool
    private static let timeWidth = 11
    /// A wait of this many nanoseconds is told in a line of its own.
    private static let longWait: Int64 = 100_000_000

    /// - Parameters:
    ///   - width: how many characters fit into a line.
    ///   - unicode: whether lines and arrows may be drawn with more than ASCII.
    ///   - showsMinor: whether calls that only prepare are shown too.
    package init(width: Int, unicode: Bool, colour: Bool, showsMinor: Bool = false) {
        self.width = max(Self.narrowest, min(width, 1000))
        glyphs = unicode ? .unicode : .ascii
        self.colour = colour
        self.showsMinor = showsMinor
    }

    /// The whole diagram, with its newlines.
    package func render(_ ladder: Ladder) -> String {
        let longest = ladder.arrows.map(\.label.count).max() ?? 0
        let wire = min(max(24, longest + 10), (width - Self.timeWidth) * 2 / 5)
        let side = (width - Self.timeWidth - wire) / 2
        let columns = Columns(side: side, wire: wire)
        var lines = [header(columns)]
        var last: Int64?
        for (number, row) in ladder.rows.enumerated() where showsMinor || !row.isMinor {
            if let before = last, row.at.minus(before) >= Self.longWait {
                lines.append(fold(row.at.minus(before), columns))
            }
            last = row.at
            lines += told(row, number, ladder, columns)
        }
        return lines.map { trimmed($0) + "\n" }.joined()
    }

    private struct Columns {
        let side, wire: Int
    }

    private func header(_ columns: Columns) -> String {
        String(repeating: " ", count: Self.timeWidth) + "A".aligned(to: columns.side - 1) + " "
            + String(repeating: " ", count: columns.wire) + " B"
    }

    private func told(_ row: Ladder.Row, _ number: Int, _ ladder: Ladder, _ columns: Columns) -> [String] {
        let time = seconds(row.at, decimals: 6).aligned(to: Self.timeWidth - 1) + " "
        switch row.kind {
        case .note:
            let room = width - Self.timeWidth - 8
            return [
                painted(time + " \(repeated(glyphs.rule, 3)) \(cut(row.text, room)) \(repeated(glyphs.rule, 3))", 1)
            ]
        case .check:
            return wrapped(row.text, width - Self.timeWidth).enumerated().map {
                painted(($0.offset == 0 ? time : String(repeating: " ", count: Self.timeWidth)) + $0.element, 31)
            }
        case .segment, .arrival:
            return ladder.arrows.filter { $0.sent == number || $0.arrived == number }.map { arrow in
                time + String(repeating: " ", count: columns.side) + rail(arrowText(arrow, number, columns.wire - 2))
            }
        case .call, .result, .state, .trace, .look, .exit:
            return sideText(row, time, columns)
        }
    }

    private func sideText(_ row: Ladder.Row, _ time: String, _ columns: Columns) -> [String] {
        let text = row.text + (row.count > 1 ? " (\(row.count) times)" : "")
        let blank = String(repeating: " ", count: columns.wire - 2)
        return wrapped(text, columns.side - 1).enumerated().map { index, part in
            let start = index == 0 ? time : String(repeating: " ", count: Self.timeWidth)
            if row.host == "B" {
                return start + String(repeating: " ", count: columns.side) + rail(blank) + " " + painted(part, row)
            }
            let filled = String(repeating: " ", count: max(0, columns.side - part.count))
            return start + painted(part, row) + filled + rail(blank)
        }
    }

    private func rail(_ inner: String) -> String { glyphs.rail + inner + glyphs.rail }

    private func fold(_ wait: Int64, _ columns: Columns) -> String {
        let text = "\(glyphs.fold) \(duration(wait))".aligned(to: Self.timeWidth - 1) + " "
        let middle = String(repeating: " ", count: columns.wire - 2)
        return painted(
            text + String(repeating: " ", count: columns.side) + glyphs.fold + middle + glyphs.fold, 2)
    }

    // MARK: Arrows

    private func arrowText(_ arrow: Ladder.Arrow, _ row: Int, _ inner: Int) -> String {
        let isEnd = arrow.sent != row
        let reaches = arrow.arrived == row
        // What does not come from its host, or does not reach the other, keeps its distance.
        let gap = repeated(" ", min(3, inner / 8))
        let start = isEnd ? gap + (arrow.fate == .released ? glyphs.held : "") : ""
        let forged = arrow.fate == .injected ? gap + glyphs.forged : ""
        let stop =
            switch arrow.fate {
            case .dropped: glyphs.lost
            case .held, .released: glyphs.held
            case .passed, .delayed, .injected: glyphs.line
            }
        let tip = reaches ? (arrow.from == "A" ? glyphs.right : glyphs.left) : stop + gap
        let behind = start + forged
        let copies = arrow.copies > 1 ? " x\(arrow.copies)" : ""
        let room = inner - behind.count - tip.count
        let label = " " + cut(arrow.label + copies, max(1, room - 4)) + " "
        let dashes = max(0, room - label.count)
        let shaft = repeated(glyphs.line, dashes / 2)
        let rest = repeated(glyphs.line, dashes - dashes / 2)
        let text =
            arrow.from == "A"
            ? behind + shaft + label + rest + tip : mirrored(tip) + rest + label + shaft + mirrored(behind)
        return painted(text, arrow)
    }

    private func mirrored(_ text: String) -> String { String(text.reversed()) }

    // MARK: Text

    private func wrapped(_ text: String, _ room: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            // Characters are counted once: a word may be longer than any screen.
            var word = Array(word)[...]
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(line)
                line = "  "
            }
            // A word that fits into no line is broken.
            while line.count + word.count > room, word.count > room - 2 {
                let part = word.prefix(max(1, room - line.count))
                lines.append(line + String(part))
                word = word.dropFirst(part.count)
                line = "  "
            }
            line += line.isEmpty || line == "  " ? String(word) : " " + String(word)
        }
        return lines + [line]
    }

    private func cut(_ text: String, _ room: Int) -> String {
        text.count <= room ? text : String(text.prefix(max(0, room - 1))) + glyphs.more
    }

    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: max(0, count)) }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    private func painted(_ text: String, _ row: Ladder.Row) -> String {
        if row.isBad { return painted(text, 31) }
        return switch row.kind {
        case .state: painted(text, 36)
        case .trace, .look: painted(text, 2)
        default: text
        }
    }

    private func painted(_ text: String, _ arrow: Ladder.Arrow) -> String {
        switch arrow.fate {
        case .held, .released, .delayed: painted(text, 33)
        case .dropped: painted(text, 31)
        case .injected: painted(text, 35)
        case .passed: text
        }
    }

    private func painted(_ text: String, _ code: Int) -> String {
        colour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}

/// A time as people say it: `350 ms`, `3.02 s`, `2 h 11 min`.
package func duration(_ nanoseconds: Int64) -> String {
    let milliseconds = nanoseconds.plus(500_000) / 1_000_000
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    let whole = nanoseconds.plus(500_000_000) / 1_000_000_000
    if whole < 100 { return "\(seconds(nanoseconds, decimals: 2)) s" }
    let parts = [(whole / 86400, "d"), (whole % 86400 / 3600, "h"), (whole % 3600 / 60, "min"), (whole % 60, "s")]
    let told = parts.drop { $0.0 == 0 }.prefix(2)
    return told.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
}
