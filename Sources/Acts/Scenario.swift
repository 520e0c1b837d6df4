internal import Linux
package import Record

/// One documented behaviour: what is claimed, by whom, and the steps that show what the kernel does.
package struct Scenario: Sendable {
    package let id: String
    package let claim: String
    package let citations: [Citation]
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
    package let body: @Sendable () throws -> Void

    /// - Parameters:
    ///   - id: `topic.name`, as in the catalogue; stable for ever.
    ///   - body: what it says, to the executor that the calling thread is at.
    package init(
        _ id: String, claim: String, cites citations: [Citation], link: Link, ipv6: Bool, alone: Bool,
        restsOnPaths: Bool,
        steps: (@Sendable (Lane) -> [String])? = nil, sysctls: @escaping @Sendable (Lane) -> [String: String],
        longestTimer: @escaping @Sendable (Lane) -> Double, location: String,
        body: @escaping @Sendable () throws -> Void
    ) {
        self.id = id
        self.claim = claim
        self.citations = citations
        self.link = link
        self.steps = steps ?? { lane in StepList.steps(of: id, lane: lane, body) }
        self.sysctls = sysctls
        self.longestTimer = longestTimer
        self.ipv6 = ipv6
        self.alone = alone
        self.restsOnPaths = restsOnPaths
        self.location = location
        self.body = body
    }

    /// The scenario in words, for lists and records.
    package func describe(lane: Lane) -> ScenarioDescription {
        ScenarioDescription(
            id: id, claim: claim, citations: citations, location: location, steps: steps(lane),
            nominalSeconds: longestTimer(lane), chance: link.isLossy ? .loss : nil,
            setting: ScenarioSetting(
                link: link.words, isAlone: alone, isOverIPv6: ipv6, restsOnPaths: restsOnPaths,
                sysctls: sysctls(lane)))
    }

    /// How many attempts there are at it in a run, numbered from 1.
    ///
    /// - Parameter bothLinks: whether an impaired link is also made by the relay, as further attempts.
    package func attempts(repetitions: Int, bothLinks: Bool) -> Int {
        max(1, repetitions) * (bothLinks && link.isImpaired ? 2 : 1)
    }
}

extension Scenario {
    /// How long an attempt may take in all before it is given up.
    package static func allowance(
        longestTimer: Double, timeout: Duration, grace: Duration = usualGrace
    ) -> Duration {
        .seconds(2 * longestTimer) + grace + timeout * 10
    }

    /// What an attempt may take besides kernel timers and timeout.
    package static let usualGrace = Duration.seconds(30)
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

    /// As a text sequence says it: `relay`, `impaired delay 50ms jitter 5ms loss 1%`.
    package var words: String {
        switch self {
        case .direct: "direct"
        case .relay: "relay"
        case .loopback: "loopback"
        case .impaired(let delay, let jitter, let loss):
            "impaired delay \(delay.written)" + (jitter > .zero ? " jitter \(jitter.written)" : "")
                + (loss > 0 ? " loss \(loss * 100)%" : "")
        }
    }

    /// Whether it loses segments at random.
    var isLossy: Bool {
        guard case .impaired(_, _, let loss) = self else { return false }
        return loss > 0
    }

    /// Whether netem or the relay may make it.
    package var isImpaired: Bool { if case .impaired = self { true } else { false } }
}
