extension String {
    /// Its lines broken between words where they are too long, and continued below where their text began.
    ///
    /// The text of a line begins after the last gap of two spaces or more in its first half, which is where columns and
    /// labelled fields have theirs. A word that fits into no line is left to the terminal.
    package func folded(to width: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.columns <= width ? String(line) : fold(line, width)
        }.joined(separator: "\n")
    }
}

private func fold(_ line: Substring, _ width: Int) -> String {
    let pieces = pieces(of: line)
    var indent = pieces.first.map { $0.first == " " ? $0.count + 2 : 2 } ?? 2
    var column = 0
    for (number, piece) in pieces.enumerated() {
        column += piece.columns
        if number > 0, piece.hasPrefix("  "), column <= width / 2 { indent = column }
    }
    var folded = ""
    var gap = ""
    column = 0
    for piece in pieces {
        if piece.first == " " {
            gap = String(piece)
        } else if column > indent, column + gap.count + piece.columns > width {
            folded += "\n" + String(repeating: " ", count: indent) + piece
            (gap, column) = ("", indent + piece.columns)
        } else {
            folded += gap + piece
            column += gap.count + piece.columns
            gap = ""
        }
    }
    return folded
}

/// Words and the gaps between them, in turn.
private func pieces(of line: Substring) -> [Substring] {
    var pieces: [Substring] = []
    var rest = line
    while let first = rest.first {
        let end = rest.firstIndex { ($0 == " ") != (first == " ") } ?? rest.endIndex
        pieces.append(rest[..<end])
        rest = rest[end...]
    }
    return pieces
}

extension Substring {
    /// How many columns a terminal gives it: none to colours, two to a Chinese character.
    fileprivate var columns: Int {
        var isColour = false
        return unicodeScalars.reduce(0) { sum, scalar in
            if isColour || scalar == "\u{1b}" {
                isColour = scalar != "m"
                return sum
            }
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60:
                return sum + 2
            default: return sum + 1
            }
        }
    }
}
