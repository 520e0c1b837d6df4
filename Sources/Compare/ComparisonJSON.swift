#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import Record

extension Comparison {
    /// The comparison for programs: `{"version": 1, "records": [...], "steps": [...], ...}`.
    package func json(_ telling: Telling = Telling()) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Document(self, telling))) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and whole numbers are always expressible.
            fatalError("cannot encode a comparison: \(error)")
        }
    }
}

private struct Document: Encodable {
    struct Side: Encodable {
        let name: String
        let kernel: Kernel
        let lane: Lane
        let link: LinkChoice
        let place: String
        let caution: String?
    }

    /// What changed for one reason.
    struct Change: Encodable {
        /// What is known of it; empty where nothing explains it.
        let known: [Explanation]
        let kind: Aspect.Kind
        let scenarios: [String]

        init(_ group: ChangeGroup) {
            known = group.explanations
            kind = group.kind
            scenarios = group.items.map(\.scenario.id)
        }
    }

    struct Step: Encodable {
        let before: String
        let after: String
        /// How many scenarios were compared.
        let scenarios: Int
        /// Scenarios that only the earlier run has begun.
        let onlyBefore: [String]
        /// Scenarios that only the later run has begun.
        let onlyAfter: [String]
        /// By their reason, what nothing explains first.
        let changes: [Change]
        /// All that differs; nil where only the counts are wanted.
        let differences: [Difference]?
        let notCompared: [Exemption]
    }

    let version = 1
    let records: [Side]
    let steps: [Step]
    let flips: [Flip]
    /// How many differences nothing explains.
    let unexplained: Int

    init(_ comparison: Comparison, _ telling: Telling) {
        records = comparison.sides.map {
            Side(
                name: $0.name, kernel: $0.header.kernel, lane: $0.header.lane, link: $0.header.link,
                place: $0.header.place, caution: $0.caution)
        }
        steps = comparison.steps.map { step in
            let differences = step.scenarios.flatMap(\.differences)
            return Step(
                before: step.before.name, after: step.after.name, scenarios: step.scenarios.count,
                onlyBefore: step.onlyBefore.map(\.id), onlyAfter: step.onlyAfter.map(\.id),
                changes: telling.groups(of: step).map(Change.init),
                differences: telling.detail == .counts
                    ? nil : telling.onlyUnexplained ? differences.filter { $0.known == nil } : differences,
                notCompared: step.scenarios.flatMap(\.exemptions))
        }
        flips = comparison.flips
        unexplained = comparison.unexplained.count
    }
}
