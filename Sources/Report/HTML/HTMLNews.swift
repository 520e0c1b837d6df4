internal import Compare
internal import Pages

/// What changed from one run to the next, by commit; each is a link that filters the table.
struct HTMLNews {
    struct Change {
        /// What the filter calls it.
        let key: String
        /// The commits with the release, or that there are none.
        let title: String
        let kind: String
        let isKnown: Bool
        let count: Int
        let words: String
    }

    let before: String
    let after: String
    let summary: String
    let leftOut: String?
    let changes: [Change]

    /// - Parameter number: of the step, since a commit may show in several.
    init(_ step: Comparison.Step, number: Int) {
        before = step.before.name
        after = step.after.name
        summary = step.summary
        leftOut = step.leftOut(Telling())
        changes = step.groups.map { group in
            Change(
                key: Self.key(group.explanations.first, step: number),
                title: !group.isKnown ? "nothing explains" : group.source.isEmpty ? "no commit known" : group.source,
                kind: group.isKnown ? group.kind.rawValue : "", isKnown: group.isKnown, count: group.items.count,
                words: group.words)
        }
    }

    /// What the filter calls an explanation; what the same commits do to another kind of facts is another change.
    static func key(_ explanation: Explanation?, step: Int) -> String {
        guard let explanation else { return "\(step):unexplained" }
        // Without a commit, the words tell one from the other.
        let words = explanation.words.lowercased().split { !$0.isLetter && !$0.isNumber }
        let source = explanation.commits.isEmpty ? words[...] : explanation.commits.map { $0[...] }[...]
        return "\(step):\(source.joined(separator: "-")):\(explanation.kind.rawValue)"
    }
}

extension HTMLNews {
    private var isSurprising: Bool { changes.contains { !$0.isKnown } }

    /// Folded, unless it is the only step and has something that nobody knew.
    func html(isOnly: Bool) -> HTML {
        guard !changes.isEmpty else {
            return "<p class=\"news\"><b>\(before) → \(after)</b> \(summary)\(aside)</p>\n"
        }
        let opening: HTML = isSurprising ? "class=\"news surprising\"" : "class=\"news\""
        return """
            <details \(opening)\(verbatim: isSurprising && isOnly ? " open" : "")>\
            <summary><b>\(before) → \(after)</b> \(summary)\(aside)</summary>
            <ul>
            \(changes.map(\.html))\
            </ul>
            </details>

            """
    }

    private var aside: HTML? { leftOut.map { " <small>\($0)</small>" } }

    /// The changes as choices of the filter.
    func choices(among steps: Int) -> HTML {
        let options = changes.map { change -> HTML in
            "<option value=\"\(change.key)\">\(change.title)\(change.kind.isEmpty ? "" : ", \(change.kind)")</option>"
        }
        return steps > 1 ? "<optgroup label=\"\(before) → \(after)\">\(options)</optgroup>" : "\(options)"
    }
}

extension HTMLNews.Change {
    fileprivate var html: HTML {
        """
        <li class="\(isKnown ? kind : "new")"><a href="#?differs=\(key)">\(title)</a> \
        <span>\(kind.isEmpty ? "" : "\(kind), ")\(count) scenario\(count == 1 ? "" : "s")</span> \(words)</li>

        """
    }
}
