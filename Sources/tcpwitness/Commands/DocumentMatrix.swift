internal import Compare
internal import Documents
internal import Invariants
internal import Record

/// Documents by rows by kernels: how each claim fares, by which scenario, and since when.
struct DocumentMatrix {
    /// A kernel that was looked at.
    struct Column: Encodable {
        let series: String
        let kernel: String
        /// Where it stands in the history of releases, if it is taken from there.
        fileprivate let place: Int?

        enum CodingKeys: CodingKey { case series, kernel }
    }

    /// What shows how a claim fares.
    struct Assertion: Encodable {
        /// A scenario's id, or an invariant's.
        let by: String
        /// An invariant is held against every segment of every scenario.
        let isInvariant: Bool
        /// Where it is written, for a scenario.
        let location: String?
        /// The only part of the claim that it shows; nil for all of it.
        let part: String?
        /// A standing for each column; nil where it was not judged.
        let standings: [Citation.Standing?]
        /// The first release from which on it has been so, where it once was otherwise.
        let since: String?

        var newest: Citation.Standing? { standings.compactMap(\.self).last }
    }

    struct Line: Encodable {
        let id: String
        let section: String?
        let claim: String
        let assertions: [Assertion]
        /// Why nothing asserts it; nil where something does.
        let omission: String?

        /// On the newest kernel that it was judged on; the gravest where parts fare differently.
        var standing: Citation.Standing? { .gravest(of: assertions.compactMap(\.newest)) }
        /// Whether nothing shows the whole claim.
        var isPartial: Bool { !assertions.isEmpty && assertions.allSatisfy { $0.part != nil } }
    }

    struct Sheet: Encodable {
        let name: String
        let title: String
        let gloss: String?
        let language: String
        let date: String?
        let lines: [Line]

        func count(_ standing: Citation.Standing) -> Int { lines.count { $0.standing == standing } }
        func count(omitted words: String) -> Int { lines.count { $0.omission?.hasPrefix(words) == true } }
    }

    static let toDo = "to do"

    let columns: [Column]
    let sheets: [Sheet]

    init(documents: [Document], scenarios: [ScenarioDescription], baselines: [Baseline], history: ReleaseHistory?) {
        let columns = Self.columns(baselines, history)
        self.columns = columns
        let witness = Witness(columns: columns, baselines: baselines, history: history)
        var cited: [String: [Assertion]] = [:]
        for scenario in scenarios {
            for citation in scenario.citations where citation.standing != nil {
                cited["\(citation.source) \(citation.section ?? "")", default: []]
                    .append(witness.assertion(citation, scenario))
            }
        }
        for invariant in Invariant.all {
            for source in invariant.sources { cited[source, default: []].append(witness.assertion(invariant)) }
        }
        sheets = documents.map { document in
            Sheet(
                name: document.name, title: document.title, gloss: document.gloss, language: document.language,
                date: document.date,
                lines: document.rows.map { row in
                    let assertions = cited["\(document.name) \(row.id)"] ?? []
                    return Line(
                        id: row.id, section: row.section, claim: row.text, assertions: assertions,
                        omission: assertions.isEmpty ? row.omission?.words ?? Self.toDo : nil)
                })
        }
    }

    /// The series of the baselines, and the newest release of each other series in the history, in order.
    private static func columns(_ baselines: [Baseline], _ history: ReleaseHistory?) -> [Column] {
        var columns = baselines.map { Column(series: $0.series, kernel: $0.kernel, place: nil) }
        for (place, release) in (history?.releases ?? []).enumerated() {
            guard let version = KernelVersion(release: release.name),
                !baselines.contains(where: { $0.series == version.series })
            else { continue }
            columns.removeAll { $0.series == version.series }
            columns.append(Column(series: version.series, kernel: release.kernel.release, place: place))
        }
        return columns.sorted { one, other in
            guard let left = KernelVersion(release: one.series), let right = KernelVersion(release: other.series)
            else { return false }
            return (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// What kernels showed.
    private struct Witness {
        let columns: [Column]
        let baselines: [Baseline]
        let history: ReleaseHistory?

        func assertion(_ citation: Citation, _ scenario: ScenarioDescription) -> Assertion {
            let standings = columns.map { column -> Citation.Standing? in
                if let place = column.place { return standing(citation, scenario.id, at: place) }
                guard let seen = baselines.first(where: { $0.series == column.series })?[scenario.id, .default],
                    seen.verdict == .passed
                else { return nil }
                let variants = (seen.variant ?? "").split(separator: "; ").map { String($0) }
                return citation.standing(in: variants)
            }
            return Assertion(
                by: scenario.id, isInvariant: false, location: String(scenario.location.prefix { $0 != ":" }),
                part: citation.part, standings: standings, since: since(citation, scenario.id))
        }

        /// Invariants are held against everything that scenarios do, on every kernel.
        func assertion(_ invariant: Invariant) -> Assertion {
            let isKnownBroken = KnownException.all.contains { $0.invariant == invariant.id && $0.until == nil }
            return Assertion(
                by: invariant.id, isInvariant: true, location: nil, part: nil,
                standings: columns.map { _ in isKnownBroken ? .differs : .holds }, since: nil)
        }

        private func standing(_ citation: Citation, _ scenario: String, at place: Int) -> Citation.Standing? {
            guard let history, history.passed(scenario, at: place) == true else { return nil }
            let shown = (citation.standings ?? [:]).keys.filter {
                history.showed($0, of: scenario, at: place) ?? isShownByAll($0, of: scenario)
            }
            return citation.standing(in: shown.sorted())
        }

        /// For a variant that never came or went in the history.
        private func isShownByAll(_ variant: String, of scenario: String) -> Bool {
            let seen = baselines.compactMap { $0[scenario, .default]?.variant }
            return !seen.isEmpty && seen.allSatisfy { $0.split(separator: "; ").contains { $0 == variant } }
        }

        /// The release at which the newest standing began; nil where it has been so on all that were judged.
        private func since(_ citation: Citation, _ scenario: String) -> String? {
            guard let history else { return nil }
            let judged = history.releases.indices.compactMap { place in
                standing(citation, scenario, at: place).map { (history.releases[place].name, $0) }
            }
            guard let newest = judged.last, let before = judged.lastIndex(where: { $0.1 != newest.1 }) else {
                return nil
            }
            return judged[before + 1].0
        }
    }
}
