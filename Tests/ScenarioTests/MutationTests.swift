import Acts
import Lab
import Record
import Scenarios
import Testing

@Suite(
    "Scenarios on a wrong kernel", .enabled(if: isRoot, "needs root: real kernels behave in namespaces of their own"))
struct MutationTests {
    /// All at once: nearly all of them wait for something that never comes.
    private static let outcomes = Mutation.chosen.map { mutation in
        Task {
            // A mutation of an unknown scenario is what `everyScenarioHasOne` is about.
            guard let scenario = allScenarios.first(where: { $0.id == mutation.scenario }) else { throw NoScenario() }
            var outcome: Outcome
            // A machine that is too slow for hundreds of attempts at once is no reason to call a wrong kernel unknown, and
            // none to call it good: where something was sent again, the fault may have met that and done no harm.
            var tries = 0
            repeat {
                tries += 1
                outcome = try await Attempts.run(scenario, timeout: .seconds(2)) {
                    $0.faults = mutation.faults()
                }
            } while outcome.finished.verdict != .failed && outcome.isSuspicious && tries < 6
            return outcome
        }
    }

    private struct NoScenario: Error {}

    @Test("Each one fails, and its first failure names what is wrong", arguments: Mutation.chosen.indices)
    func turnsRed(_ index: Int) async throws {
        let mutation = Mutation.chosen[index]
        let outcome = try await Self.outcomes[index].value
        #expect(outcome.finished.verdict == .failed, "\(mutation.testDescription): \(outcome.words)")
        // What a late machine can explain comes after what it cannot, and the latter is then the reason.
        let others = outcome.isSuspicious ? outcome.failures.map { "expected \($0.expected); seen \($0.seen)" } : []
        let reasons = [outcome.finished.reason ?? ""] + others
        #expect(
            reasons.contains { mutation.isNamed(by: $0) },
            "\(mutation.testDescription): no \(mutation.says) in \(reasons)")
    }

    @Test("The choice names some of them")
    func theChoiceIsNotEmpty() {
        #expect(!Mutation.chosen.isEmpty, "no scenario with a mutation is called \(Mutation.choice ?? "")")
    }

    @Test("Every scenario has a wrong kernel to notice")
    func everyScenarioHasOne() {
        #expect(Set(Mutation.all.map(\.scenario)) == Set(allScenarios.map(\.id)))
    }
}
