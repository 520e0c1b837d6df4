package import Record

extension ScenarioDescription {
    /// What the documents that it cites are worth on this claim, as a note to the reader.
    package struct Standing: Equatable, Sendable {
        /// `001 says otherwise`.
        package var note: String
        /// What they say, where that is not what Linux does.
        package var says: String?

        /// Both, as a line of text.
        package var line: String { note + (says.map { ": \($0.oneLine)" } ?? "") }
    }

    /// Nil where no document claims it.
    package var standing: Standing? {
        let names = citations.filter(\.isDocument).map(\.source).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let who = names.isEmpty ? "text" : names.joined(separator: ", ")
        let verb = names.count > 1 ? "say" : "says"
        return switch documentVerdict {
        case .unclaimed: nil
        case .holds: Standing(note: "\(who) \(verb) the same", says: nil)
        case .differs: Standing(note: "\(who) \(verb) nearly the same", says: documentSays)
        case .refuted: Standing(note: "\(who) \(verb) otherwise", says: documentSays)
        }
    }
}

extension Citation {
    /// Whether it is one of the numbered documents, and neither a standard nor the kernel's source.
    var isDocument: Bool { !source.isEmpty && source.allSatisfy(\.isNumber) }
}
