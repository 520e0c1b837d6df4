import Acts
import Lab
import Record
import Scenarios
import Testing

@Suite("Scenarios on this kernel", .enabled(if: isRoot, "needs root: real kernels behave in namespaces of their own"))
struct NoFaultTests {
    /// Without timewait.sixty-seconds, whose minute `make test` spends; its mutations run here.
    private static let scenarios = allScenarios.filter { $0.longestTimer(.scaled) < 30 }

    private static let outcomes = scenarios.map { scenario in
        Task { try await Attempts.run(scenario, timeout: .seconds(20)) }
    }

    @Test("Each one passes", arguments: scenarios.indices)
    func passes(_ index: Int) async throws {
        let outcome = try await Self.outcomes[index].value
        // What changes the whole machine runs in guests only.
        let expected: Verdict = Self.scenarios[index].alone ? .skipped : .passed
        #expect(outcome.finished.verdict == expected, "\(Self.scenarios[index].id): \(outcome.words)")
        #expect(outcome.failures.isEmpty)
    }
}
