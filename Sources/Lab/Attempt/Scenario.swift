package import Record

/// One documented behaviour: what is claimed, by whom, and the steps that show what the kernel does.
package struct Scenario: Sendable {
    package let id: String
    package let claim: String
    /// What the documents say, where that is not what Linux does.
    package let documentSays: String?
    package let citations: [Citation]
    package let verdict: DocumentVerdict
    package let link: Link
    /// What it does, by lane.
    package let steps: @Sendable (Lane) -> [String]
    /// Sysctls of both hosts besides the baseline, per lane.
    package let sysctls: @Sendable (Lane) -> [String: String]
    /// The longest kernel timer it waits for, in seconds, per lane.
    package let longestTimer: @Sendable (Lane) -> Double
    /// Whether the hosts have IPv6 addresses besides their IPv4 ones.
    package let ipv6: Bool
    /// Whether it must be the only one that runs, since it changes what others would notice.
    package let alone: Bool
    /// Whether the claim rests on paths that nothing but the tracepoint shows; without it the claim is not judged.
    package let restsOnPaths: Bool
    package let location: String
    package let run: @Sendable (Lab) throws -> Void

    /// - Parameters:
    ///   - id: `topic.name`, as in the catalogue; stable for ever.
    ///   - claim: what is asserted, in one or two sentences: what Linux does.
    ///   - says: what the documents say instead, in our own words; needed where the verdict is not that it holds.
    ///   - verdict: how the documents' claim fares.
    ///   - link: what lies between A and B.
    ///   - steps: what it does, for people who do not read Swift.
    ///   - sysctls: changes to the baseline, by lane.
    ///   - longestTimer: seconds of the longest kernel timer, by lane.
    ///   - restsOnPaths: what is claimed shows in the paths alone, in no row, no segment and no answer.
    ///   - alone: it changes the whole machine, so nothing may run beside it.
    package init(
        _ id: String, claim: String, says documentSays: String? = nil, cites citations: [Citation],
        verdict: DocumentVerdict = .holds,
        link: Link = .relay, ipv6: Bool = false, alone: Bool = false,
        restsOnPaths: Bool = false, steps: [String],
        sysctls: @escaping @Sendable (Lane) -> [String: String] = { _ in [:] },
        longestTimer: @escaping @Sendable (Lane) -> Double = { _ in 0 },
        file: StaticString = #fileID, line: Int = #line, run: @escaping @Sendable (Lab) throws -> Void
    ) {
        self.init(
            id, claim: claim, says: documentSays, cites: citations, verdict: verdict, link: link, ipv6: ipv6,
            alone: alone, restsOnPaths: restsOnPaths, stepsOf: { _ in steps }, sysctls: sysctls,
            longestTimer: longestTimer,
            location: shortLocation(file, line), run: run)
    }

    /// The same where the steps are what `run` itself says.
    package init(
        _ id: String, claim: String, says documentSays: String?, cites citations: [Citation],
        verdict: DocumentVerdict, link: Link, ipv6: Bool, alone: Bool, restsOnPaths: Bool = false,
        stepsOf steps: @escaping @Sendable (Lane) -> [String],
        sysctls: @escaping @Sendable (Lane) -> [String: String],
        longestTimer: @escaping @Sendable (Lane) -> Double, location: String,
        run: @escaping @Sendable (Lab) throws -> Void
    ) {
        self.id = id
        self.claim = claim
        self.documentSays = documentSays
        self.citations = citations
        self.verdict = verdict
        self.link = link
        self.steps = steps
        self.sysctls = sysctls
        self.longestTimer = longestTimer
        self.ipv6 = ipv6
        self.alone = alone
        self.restsOnPaths = restsOnPaths
        self.location = location
        self.run = run
    }

    /// The scenario in words, for lists and records.
    package func describe(lane: Lane) -> ScenarioDescription {
        ScenarioDescription(
            id: id, claim: claim, documentSays: documentSays, citations: citations, documentVerdict: verdict,
            location: location, steps: steps(lane),
            nominalSeconds: longestTimer(lane), chance: link.isLossy ? .loss : nil)
    }
}

/// What lies between the two hosts.
package enum Link: Sendable, Equatable {
    /// A veth pair, nothing else.
    case direct
    /// Our relay, which can hold, drop, delay, copy and forge.
    case relay
    /// Host A's own loopback; host B has no part.
    case loopback
    /// A long or lossy way, one way each: by netem where the kernel has it, by the relay otherwise.
    case impaired(delay: Duration, jitter: Duration = .zero, loss: Double = 0)

    /// Whether it loses segments at random.
    var isLossy: Bool {
        guard case .impaired(_, _, let loss) = self else { return false }
        return loss > 0
    }

    /// Whether netem or the relay may make it.
    var isImpaired: Bool { if case .impaired = self { true } else { false } }
}

extension Citation {
    /// A section of one of the five documents, by the number in its file name.
    package static func document(_ number: String, _ section: String) -> Citation {
        Citation(source: number, section: section)
    }

    /// A section of a request for comments.
    package static func rfc(_ number: Int, _ section: String) -> Citation {
        Citation(source: "RFC \(number)", section: section)
    }

    /// A function of the kernel's source.
    package static func kernel(_ file: String, _ function: String) -> Citation {
        Citation(source: "net/ipv4/\(file)", section: function)
    }

    /// A kernel commit.
    package static func commit(_ id: String, _ since: String) -> Citation {
        Citation(source: "commit \(id)", section: since)
    }
}

/// `Closing.swift:31`.
package func shortLocation(_ file: StaticString, _ line: Int) -> String {
    "\(file)".split(separator: "/").last.map { "\($0):\(line)" } ?? "\(file):\(line)"
}
