import Acts
import Glibc
import Lab
import Linux
import SockDiag
import Record
import Testing
import Worker

/// Where a failure says it is written: what the harness does for a scenario is at the scenario's line, not at its own.
@Suite("Locations", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct LocationTests {
    private struct Case: Sendable {
        let name: String
        let act: @Sendable (Lab, Socket) throws -> Void
    }

    /// Each asks something of a process that does not answer.
    private static let cases = [
        Case(name: "socket") { lab, server in _ = try server.process.socket("late") },
        Case(name: "listen") { lab, server in _ = try server.process.listen("late", port: 99) },
        Case(name: "ask") { lab, server in _ = try server.ask(.recv(1)) },
        Case(name: "begin") { lab, server in _ = try server.begin(.recv(1)).answer() },
        Case(name: "names") { lab, server in try server.learnNames() },
        Case(name: "send") { lab, server in try server.send("late") },
        Case(name: "close") { lab, server in try server.close() },
        Case(name: "signal") { lab, server in try server.process.setSignal(SIGPIPE, .ignored) },
        Case(name: "exit") { lab, server in try server.process.exit() },
        Case(name: "fork") { lab, server in _ = try server.process.fork("child") },
        Case(name: "fill") { lab, server in _ = try lab.fill(server) },
        Case(name: "error") { lab, server in try lab.expect(server, soError: nil) },
        Case(name: "poll") { lab, server in try lab.expect(server, polls: .IN) },
        Case(name: "tcp_info") { lab, server in try lab.expect(server, tcpInfo: .ESTABLISHED) },
    ]

    @Test(arguments: cases.map(\.name), [true, false])
    func isTheScenarios(_ name: String, _ isAct: Bool) async throws {
        let one = try #require(Self.cases.first { $0.name == name })
        let scenario = Scenario("test.location", claim: "A claim.", cites: [], link: .direct, steps: []) { lab in
            let pair = try lab.connectedPair()
            try pair.server.process.stop()
            if isAct { lab.actLocation = "Closing.swift:31" }
            try one.act(lab, pair.server)
        }
        let outcome = try await Attempts.run(scenario, timeout: .milliseconds(300))
        let failure = try #require(outcome.failures.first, "\(outcome.words)")
        #expect(failure.seen.hasPrefix("still blocked after"), "\(outcome.words)")
        // The cases say where they are themselves where the verb takes it.
        let places = isAct ? ["Closing.swift:31", "LocationTests.swift"] : ["LocationTests.swift"]
        #expect(places.contains { failure.location.hasPrefix($0) }, "\(outcome.words)")
    }
}
