package import Compare
internal import Record

/// Something about a sequence that is worth being told: the kernels differ, or one does what no kernel may.
package struct Sight: Hashable, Sendable {
    /// What sequences have in common that show the same.
    package var key: String
    /// It in words, as this sequence shows it.
    package var words: String
    /// Why it is no surprise; nil when nothing explains it.
    package var known: Explanation?

    package init(key: String, words: String, known: Explanation? = nil) {
        self.key = key
        self.words = words
        self.known = known
    }
}

/// What became of a sequence on both sides.
package struct SequenceOutcome: Hashable, Sendable {
    /// The cause before its consequences.
    package var sights: [Sight] = []
    /// What it has come to: transitions, errors of calls, segments, counters.
    package var features: Set<String> = []
    /// Why nothing can be said of it; nil when something can.
    package var unjudged: String?

    package init(sights: [Sight] = [], features: Set<String> = [], unjudged: String? = nil) {
        self.sights = sights
        self.features = features
        self.unjudged = unjudged
    }

    /// What nobody can explain.
    package var surprises: [Sight] { sights.filter { $0.known == nil } }
}

extension Sight {
    /// A difference, with what it has in common with others of its kind: neither names nor numbers, but what came, what
    /// went, and of what.
    package init(_ difference: Difference) {
        key = "\(difference.aspect.rawValue) \(difference.kindWords)"
        words = difference.line
        known = difference.known
    }

    /// What a kernel has broken that holds always.
    init(broken rule: String, seen: String, on kernel: String) {
        key = "broken on \(kernel): \(rule)"
        words = "\(kernel): \(rule); seen \(seen)"
    }

    /// What comes first in a sequence is what was sent; what is counted and traced comes last.
    static let order: [Aspect] = [
        .segment, .path, .call, .verdict, .variant, .presence, .measurement, .counter, .packet,
    ]
}

extension Difference {
    /// The difference in a line.
    fileprivate var line: String {
        let what = subject.isEmpty ? aspect.rawValue : subject
        return "\(what): \(before ?? "nothing") -> \(after ?? "nothing")"
    }

    fileprivate var kindWords: String {
        if aspect == .counter {
            let (old, new) = (Int64(before ?? "0") ?? 0, Int64(after ?? "0") ?? 0)
            let name = subject.prefix { $0 != " " }
            return "\(name) \(old < new ? "up" : "down")"
        }
        let (old, new) = (kinds(before), kinds(after))
        let (gone, come) = (old.subtracting(new).sorted(), new.subtracting(old).sorted())
        // How often something comes, or in which order.
        if gone.isEmpty, come.isEmpty { return "other count or order of \(old.sorted().joined(separator: ", "))" }
        return (gone.map { "-\($0)" } + come.map { "+\($0)" }).joined(separator: " ")
    }

    /// What a list is made of, without names and numbers.
    private func kinds(_ text: String?) -> Set<String> {
        let separator = aspect == .path ? " > " : "; "
        return Set(
            (text ?? "").split(separator: separator).map { item in
                var words = item.split(separator: " ").map { String($0).withoutNumbers }
                if aspect == .call { words = words.map { $0.hasPrefix("#") || $0.hasPrefix("\"") ? "#" : $0 } }
                // Of a segment its flags and options say what it is.
                if aspect == .segment {
                    words = words.enumerated().filter { $0 == 0 || $1.hasPrefix("<") }.map(\.element)
                }
                return words.filter { !$0.hasPrefix("×") }.joined(separator: " ")
            })
    }
}

extension String {
    /// With a sign for each number.
    var withoutNumbers: String {
        reduce(into: "") { text, character in
            if !character.isNumber {
                text.append(character)
            } else if text.last != "#" {
                text.append("#")
            }
        }
    }
}
