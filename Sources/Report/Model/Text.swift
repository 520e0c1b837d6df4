internal import Record

/// Nanoseconds as seconds with a fixed number of decimals, the same in every locale.
func seconds(_ nanoseconds: Int64, decimals: Int) -> String {
    var unit: Int64 = 1_000_000_000
    for _ in 0..<decimals { unit /= 10 }
    let rounded = (nanoseconds.magnitude + UInt64(unit / 2)) / UInt64(unit)
    var digits = String(rounded)
    while digits.count <= decimals { digits = "0" + digits }
    let sign = nanoseconds < 0 && rounded > 0 ? "-" : ""
    return decimals == 0 ? sign + digits : "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
}

extension String {
    /// Filled with spaces at the end up to a width.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// Filled with spaces at the front up to a width.
    func aligned(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// Its begin, if all of it does not fit.
    func cut(to width: Int) -> String { count <= width ? self : width < 2 ? "" : prefix(width - 1) + "…" }

    /// Without spaces at its end.
    var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }

    /// Its lines as one.
    var oneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

extension Verdict {
    /// As people read it: what asks for attention is in capitals.
    var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "FAILED"
        case .error: "ERROR"
        case .skipped: "skipped"
        }
    }
}

extension Citation {
    var words: String { section.map { "\(source), \($0)" } ?? source }

    /// With the title of a document that is else named by its number alone.
    func words(titles: [String: String]) -> String {
        titles[source].map { "document \(words) (\($0))" } ?? words
    }
}

extension HealthFact {
    /// The kernel's lines, and when they came where that is all that is known.
    var text: String {
        let when = whileRunning.isEmpty ? [] : ["while these attempts ran: " + whileRunning.joined(separator: ", ")]
        return ((lines.isEmpty ? [summary] : lines) + when).joined(separator: "\n")
    }
}

extension Outcome {
    /// What the kernel said, each complaint once.
    var kernelTexts: [String] {
        var summaries: [String] = []
        for fact in health where !summaries.contains(fact.summary) { summaries.append(fact.summary) }
        return summaries.compactMap { summary in
            let same = health.filter { $0.summary == summary }
            guard let first = same.first else { return nil }
            return first.text + (same.count > 1 ? "\nand \(same.count - 1) more of the same" : "")
        }
    }

    /// The heading of the explanation; the place is that of the first failed expectation.
    func heading(verdict: String) -> String { "\(name)  \(verdict)  \(location)" }

    /// Claim, and for every failed expectation what was expected, seen and on the wire.
    var explanation: [String] {
        let source = scenario.citations.first.map { "   (\($0.words))" } ?? ""
        var lines = field("claim", scenario.claim + source)
        if verdict == .error, let reason { lines += field("error", reason) }
        for (index, check) in failedChecks.enumerated() {
            if index > 0 { lines.append("") }
            lines += field("expected", check.expected) + field("seen", check.seen)
            if let wire = check.wire { lines += field("wire", wire) }
            if check.location != location { lines += field("at", check.location) }
        }
        if verdict == .failed, failedChecks.isEmpty, let reason { lines += field("reason", reason) }
        for text in kernelTexts { lines += field("kernel", text) }
        return lines
    }

    private var location: String { failedChecks.first?.location ?? scenario.location }

    private func field(_ name: String, _ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map {
            "  " + ($0.offset == 0 ? name : "").padded(to: 10) + $0.element
        }
    }
}
