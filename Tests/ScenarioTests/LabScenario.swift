import Acts
import Lab
import Record

@testable import Engine

extension Scenario {
    /// A scenario that works in the laboratory itself, beside the vocabulary: for tests of how attempts are judged.
    init(
        _ id: String, claim: String, cites citations: [Citation] = [], link: Link = .relay, ipv6: Bool = false,
        alone: Bool = false, restsOnPaths: Bool = false, steps: [String] = [],
        sysctls: @escaping @Sendable (Lane) -> [String: String] = { _ in [:] },
        longestTimer: @escaping @Sendable (Lane) -> Double = { _ in 0 }, file: StaticString = #fileID,
        line: Int = #line,
        run: @escaping @Sendable (Lab) throws -> Void
    ) {
        self.init(
            id, claim: claim, cites: citations, link: link, ipv6: ipv6, alone: alone,
            restsOnPaths: restsOnPaths, steps: { _ in steps }, sysctls: sysctls, longestTimer: longestTimer,
            location: shortLocation(file, line)
        ) {
            guard let performer = Attempting.executor as? Performer else {
                throw ScenarioStop.harness("\(id) needs a laboratory")
            }
            try run(performer.lab)
        }
    }
}
