internal import Acts
internal import Record

extension Acts.Scenario {
    /// A scenario in the words of the vocabulary.
    ///
    /// - Parameters:
    ///   - id: `topic.name`, as in the catalogue; stable for ever.
    ///   - claim: what is asserted, in one or two sentences: what Linux does.
    ///   - says: what articles that are cited say instead, in our own words, where they differ or are refuted.
    ///   - citations: where it is claimed or can be read up; each has its own standing.
    ///   - link: what lies between A and B.
    ///   - alone: it changes the whole machine, so nothing may run beside it.
    ///   - restsOnPaths: what is claimed shows in the paths alone, in no row, no segment and no answer.
    ///   - sysctls: changes to what both hosts start from, by lane.
    ///   - longestTimer: seconds of the longest kernel timer, by lane.
    ///   - body: its steps. Outside of steps it only makes connections and goes through cases; what depends on what the
    ///     kernel does is inside one, so that the list of steps is known beforehand.
    package init(
        _ id: String, claim: String, says otherwise: String? = nil, cites citations: [Citation],
        link: Link = .relay, ipv6: Bool = false, alone: Bool = false, restsOnPaths: Bool = false,
        sysctls: @escaping @Sendable (Lane) -> [String: String] = { _ in [:] },
        longestTimer: @escaping @Sendable (Lane) -> Double = { _ in 0 },
        file: StaticString = #fileID, line: Int = #line, body: @escaping @Sendable () throws -> Void
    ) {
        self.init(
            id, claim: claim, cites: citations.map { $0.saying(otherwise) }, link: link, ipv6: ipv6, alone: alone,
            restsOnPaths: restsOnPaths, sysctls: sysctls, longestTimer: longestTimer,
            location: "\(Self.folder(of: id))/\(SourceLocation(file, line).words)", body: body)
    }

    /// The folder of Harness/Scenarios that a scenario is in, by the first word of its id.
    private static func folder(of id: String) -> String {
        let topic = String(id.prefix { $0 != "." })
        return ["timewait": "TimeWait", "halfopen": "HalfOpen"][topic] ?? topic.prefix(1).uppercased()
            + topic.dropFirst()
    }
}
