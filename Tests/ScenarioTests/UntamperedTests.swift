import Lab
import Record
import Scenarios
import Testing

@Suite("Scenarios on this kernel", .enabled(if: isRoot, "needs root: real kernels behave in namespaces of their own"))
struct UntamperedTests {
    /// Without timewait.sixty-seconds, whose minute `make test` spends; its mutations run here.
    private static let scenarios = allScenarios.filter { $0.longestTimer(.scaled) < 30 }

    private static let outcomes = scenarios.map { scenario in
        Task { try await Attempts.run(scenario, patience: .seconds(20)) }
    }

    @Test("Each one passes", arguments: scenarios.indices)
    func passes(_ index: Int) async throws {
        let outcome = try await Self.outcomes[index].value
        #expect(outcome.finished.verdict == .passed, "\(Self.scenarios[index].id): \(outcome.words)")
        #expect(outcome.failures.isEmpty)
    }
}
