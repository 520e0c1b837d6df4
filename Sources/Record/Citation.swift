/// A place that says what a scenario tests.
package struct Citation: Codable, Equatable, Sendable {
    /// `000`, `RFC 9293`, `tcp(7)`, `net/ipv4/tcp_input.c`, `commit 23e89e8ee7be`.
    package var source: String
    /// The section, requirement, term or function, if any.
    package var section: String?
    /// How what it claims fares on Linux; nil where it is only pointed to.
    package var standing: Standing?
    /// What it claims, in our own words.
    package var text: String?
    /// The only part of the claim that the scenario shows; nil where it shows all of it.
    package var part: String?
    /// How the claim fares instead on kernels that show one of these variants.
    package var standings: [String: Standing]?

    package init(
        source: String, section: String? = nil, standing: Standing? = nil, text: String? = nil, part: String? = nil,
        standings: [String: Standing]? = nil
    ) {
        self.source = source
        self.section = section
        self.standing = standing
        self.text = text
        self.part = part
        self.standings = standings
    }

    /// How a document's claim fares on Linux.
    package enum Standing: String, Codable, Sendable, CaseIterable {
        /// The kernel has nothing of what the document speaks of.
        case absent
        /// The kernel does what the document says.
        case holds
        /// The document leaves open what the kernel does.
        case unstated
        /// True in spirit, but the kernel does something a reader must know.
        case differs
        /// The kernel does something else; the scenario asserts the kernel.
        case refuted

        /// The gravest of some.
        package static func gravest(of standings: some Sequence<Standing>) -> Standing? {
            standings.max { $0.gravity < $1.gravity }
        }

        private var gravity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Whether it is of one of the articles, which have numbers for names.
    package var isArticle: Bool { !source.isEmpty && source.allSatisfy(\.isNumber) }

    /// How the claim fares on a kernel that showed these variants.
    package func standing(in variants: [String]) -> Standing? {
        variants.compactMap { standings?[$0] }.first ?? standing
    }
}

extension ScenarioDescription {
    /// Every standing that the claims it cites have, or `uncited`: for filters.
    package var standingTags: [String] {
        let tags = Citation.Standing.allCases.filter { standing in citations.contains { $0.standing == standing } }
        return tags.isEmpty ? ["uncited"] : tags.map(\.rawValue)
    }

    /// The gravest standing of the claims that it cites; nil where it cites none.
    package var gravestStanding: Citation.Standing? {
        Citation.Standing.gravest(of: citations.compactMap(\.standing))
    }
}
