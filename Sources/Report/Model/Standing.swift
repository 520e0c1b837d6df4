package import Record

extension ScenarioDescription {
    /// What documents that it cites are worth on this claim, as a note to the reader.
    package struct Standing: Equatable, Sendable {
        /// `document 001 says otherwise`.
        package var note: String
        /// What it says, where that is not what Linux does.
        package var says: String?

        /// Both, as a line of text.
        package var line: String { note + (says.map { ": \($0.oneLine)" } ?? "") }
    }

    /// One for each thing that documents say, in the order in which they are cited; empty where none claims anything.
    package var standings: [Standing] {
        var groups: [[Citation]] = []
        for citation in citations where citation.standing != nil {
            if let place = groups.firstIndex(where: { $0[0].isSaidWith(citation) }) {
                groups[place].append(citation)
            } else {
                groups.append([citation])
            }
        }
        return groups.compactMap(Standing.init)
    }
}

extension ScenarioDescription.Standing {
    fileprivate init?(_ group: [Citation]) {
        guard let first = group.first, let standing = first.standing else { return nil }
        let names = group.map { first.isArticle ? $0.source : $0.section ?? "" }.distinct
        let who = "\(first.isArticle ? "document" : first.source) \(names.joined(separator: ", "))"
        let part = first.part.map { " (only \($0))" } ?? ""
        let isOne = names.count == 1
        let verb = isOne ? "says" : "say"
        let words =
            switch standing {
            case .holds: "\(verb) the same"
            case .absent: "\(isOne ? "speaks" : "speak") of what there is not"
            case .unstated: "\(isOne ? "does" : "do") not say"
            case .differs: "\(verb) nearly the same"
            case .refuted: "\(verb) otherwise"
            }
        note = "\(who) \(words)\(part)"
        says = [.differs, .refuted].contains(standing) ? first.text : nil
    }
}

extension Citation {
    /// Whether both are one thing said: articles say it together, rows of one document only where they hold.
    fileprivate func isSaidWith(_ other: Citation) -> Bool {
        guard standing == other.standing, isArticle == other.isArticle, part == other.part else { return false }
        if isArticle { return true }
        return source == other.source && (standing == .holds || standing == .unstated)
    }
}

extension [String] {
    /// Each once, in order.
    fileprivate var distinct: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
