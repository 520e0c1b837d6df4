extension ChangeGroup.Item {
    /// The most telling difference in a line, and how many there are besides.
    package var headline: String { headline(within: nil) }

    /// The same, cut where it is too long.
    func headline(within width: Int?) -> String {
        guard let first = differences.first else { return "" }
        let more = differences.count > 1 ? " (+\(differences.count - 1))" : ""
        guard let width, first.headline.count + more.count > width else { return first.headline + more }
        return first.headline.prefix(max(1, width - more.count - 1)) + "…" + more
    }
}

extension Difference {
    /// It as one line: of a long value only what the other has not.
    var headline: String {
        switch aspect {
        case .presence, .verdict, .variant: return "\(beforeWords) -> \(afterWords)"
        case .path: return "\(subject): " + changes(of: " > ", by: 1)
        case .call, .packet: return "\(subject): " + changes(of: "; ")
        case .segment:
            // Which connection is for those who want to know all.
            let sender = subject.split(separator: " ").prefix(3).last ?? ""
            return "\(sender) sends " + changes(of: "; ")
        case .counter, .measurement: return "\(subject): \(beforeWords) -> \(afterWords)"
        }
    }

    /// What was and what is, of lists without the items that both have.
    private func changes(of separator: String) -> String {
        guard let before, let after else { return "\(beforeWords) -> \(afterWords)" }
        let (old, new) = (before.components(separator), after.components(separator))
        let gone = old.without(new)
        let come = new.without(old)
        // Only their order differs.
        if gone.isEmpty && come.isEmpty { return "\(before) -> \(after)" }
        if gone.isEmpty { return "also \(come.joined(separator: separator))" }
        if come.isEmpty { return "no longer \(gone.joined(separator: separator))" }
        return "\(gone.joined(separator: separator)) -> \(come.joined(separator: separator))"
    }

    /// What was and what is, of sequences from where they part; so many items before that stay.
    private func changes(of separator: String, by context: Int) -> String {
        let (old, new) = (beforeWords.components(separator), afterWords.components(separator))
        let start = max(0, zip(old, new).prefix { $0 == $1 }.count - context)
        func words(_ items: [Substring]) -> String {
            (start > 0 ? "…" + separator : "") + items[min(start, items.count)...].joined(separator: separator)
        }
        return "\(words(old)), now \(words(new))"
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] { split(separator: separator) }
}

extension [Substring] {
    /// Without one of its own for each of the others.
    fileprivate func without(_ others: [Substring]) -> [Substring] {
        var waiting = others
        return filter { item in
            guard let place = waiting.firstIndex(of: item) else { return true }
            waiting.remove(at: place)
            return false
        }
    }
}
