package import Record

/// An attempt in words: what was claimed and where, what became of it.
package struct OutcomeText: Sendable {
    /// With its newlines.
    package let text: String

    package init(_ outcome: Outcome, header: RunHeader, colour: Bool) {
        let scenario = outcome.scenario
        let verdict = colour ? outcome.verdict.painted : outcome.verdict.word
        var lines = ["\(outcome.name)  \(verdict)  \(scenario.location)"]
        lines.append("  kernel    \(header.kernel.release), \(header.laneWords), \(header.place)")
        lines.append("  took      \(Report.duration(outcome.duration))")
        if let variant = outcome.variant { lines.append("  variant   \(variant)") }
        lines += outcome.againLines.map { "  again     \($0)" }
        if outcome.isBad {
            lines += outcome.explanation
        } else {
            lines.append("  claim     \(scenario.claim)")
            if let reason = outcome.reason { lines.append("  reason    \(reason.oneLine)") }
        }
        lines += scenario.standings.filter { $0.says != nil }.map { "  document  \($0.line)" }
        text = lines.map { $0 + "\n" }.joined()
    }
}

extension Verdict {
    /// Everything that reports colour with, as numbers of ECMA-48: none, bold, faint, and five colours.
    package static let colours = [0, 1, 2, 31, 32, 33, 35, 36]

    /// The word in the verdict's colour.
    var painted: String { painted(word) }

    /// A text in the verdict's colour.
    func painted(_ text: String) -> String {
        let code =
            switch self {
            case .passed: 32
            case .failed: 31
            case .error: 35
            case .skipped: 33
            }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
}
