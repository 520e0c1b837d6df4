/// Why something failed or was skipped, as two runs of one kernel may share it.
enum Reason {
    /// Whether two runs give the same reason: the same words and whole numbers, and times that are alike.
    ///
    /// How many, which state, which number is the kernel's doing. A time may differ by as much as a timer may be late,
    /// and ports from 32768 on are the kernel's choice.
    static func agree(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return one == other }
        let (mine, its) = (pieces(one), pieces(other))
        return mine.count == its.count && zip(mine, its).allSatisfy(isAlike)
    }

    /// Whether it is that the kernel lacks something which whoever builds it may leave out.
    static func tellsOfFeature(_ reason: String?) -> Bool {
        guard let reason else { return false }
        return reason.hasPrefix("the kernel has no ") || reason.hasPrefix("needs the tracepoint ")
    }

    private enum Piece: Equatable {
        case text(Substring)
        /// Digits with at most one point among them.
        case number(Substring)
    }

    private static func isAlike(_ one: Piece, _ other: Piece) -> Bool {
        guard case .number(let mine) = one, case .number(let its) = other, mine != its else { return one == other }
        guard let value = Double(mine), let another = Double(its) else { return false }
        if mine.contains(".") || its.contains(".") {
            return (value - another).magnitude <= max(latest, max(value, another) * slack)
        }
        return ephemeral.contains(value) && ephemeral.contains(another)
    }

    /// The timer wheel's: an eighth of what a timer is set to.
    private static let slack = 0.125
    /// In seconds, how late a busy machine sees what the kernel did.
    private static let latest = 0.15
    private static let ephemeral = 32768.0...65535

    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let first = rest.first {
            let isDigit = first.isASCII && first.isNumber
            let piece = rest.prefix { character in
                isDigit
                    ? character == "." || (character.isASCII && character.isNumber)
                    : !(character.isASCII && character.isNumber)
            }
            rest = rest[piece.endIndex...]
            // An address or a version has more points; the end of a sentence has one too many.
            let isNumber = isDigit && piece.count { $0 == "." } <= 1 && piece.last != "."
            pieces.append(isNumber ? .number(piece) : .text(piece))
        }
        return pieces
    }
}
