internal import Packets
package import Acts
package import Record
package import SockDiag

// For scenarios that are not yet written in the vocabulary; goes with the last of them.

extension RowExpectation {
    package typealias Kind = RowKind
}

extension Lab {
    package func backoffLimit(retries: Int) -> Duration { .backoffLimit(retries: retries) }
}

/// The laboratory of the attempt that the calling thread is at.
package final class CurrentLab: @unchecked Sendable {
    @TaskLocal package static var current: CurrentLab?
    package let lab: Lab
    package init(_ lab: Lab) { self.lab = lab }
}

extension Acts.Scenario {
    package init(
        _ id: String, claim: String, says documentSays: String? = nil, cites citations: [Citation],
        verdict: DocumentVerdict = .holds, link: Link = .relay, ipv6: Bool = false, alone: Bool = false,
        restsOnPaths: Bool = false, steps: [String],
        sysctls: @escaping @Sendable (Lane) -> [String: String] = { _ in [:] },
        longestTimer: @escaping @Sendable (Lane) -> Double = { _ in 0 },
        file: StaticString = #fileID, line: Int = #line, run: @escaping @Sendable (Lab) throws -> Void
    ) {
        self.init(
            id, claim: claim, says: documentSays, cites: citations, verdict: verdict, link: link, ipv6: ipv6,
            alone: alone, restsOnPaths: restsOnPaths, steps: { _ in steps }, sysctls: sysctls,
            longestTimer: longestTimer, location: shortLocation(file, line)
        ) {
            guard let current = CurrentLab.current else { throw ScenarioStop.harness("\(id) needs a laboratory") }
            try run(current.lab)
        }
    }
}
