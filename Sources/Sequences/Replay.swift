internal import FoundationEssentials
internal import Acts
package import Record

extension TextSequence {
    /// What an attempt did, as a sequence that does the same.
    ///
    /// What a scenario reckons in between (a bound that follows from what it has seen) is no act; such an expectation is
    /// not in the sequence, though what was done for it is.
    ///
    /// - Parameters:
    ///   - scenario: the plan of the attempt's scenario.
    ///   - events: the record's; those of other attempts are left out.
    /// - Throws: `SequenceError` where the record has acts that this version does not know.
    package init(
        replaying scenario: ScenarioDescription, _ attempt: Attempt, from events: [Event]
    ) throws(SequenceError) {
        self.init(id: scenario.id, claim: scenario.claim)
        citations = scenario.citations
        if let recorded = scenario.setting {
            setting = try Setting(recorded)
            setting.longestTimer = .milliseconds(Int64(scenario.nominalSeconds * 1000))
        }
        var number = 0
        var assembly = Assembly()
        for event in events {
            switch event {
            case .step(let fact) where fact.attempt == attempt: assembly.beginStep(fact.words)
            case .act(let fact) where fact.attempt == attempt:
                number += 1
                assembly.add(Line(try Act(recorded: fact), number))
            default: break
            }
        }
        assembly.endStep()
        parts = assembly.parts
        guard number > 0 else {
            throw SequenceError(
                file: scenario.id, line: 1, column: 1, problem: "the record has no acts of this attempt")
        }
    }
}

extension Act {
    /// The act that a record has. Throws where this version does not know it.
    package init(recorded fact: ActFact) throws(SequenceError) {
        do {
            self = try JSONDecoder().decode(Act.self, from: JSONEncoder().encode(fact.act))
        } catch {
            throw SequenceError(
                file: fact.location, line: 1, column: 1, problem: "the record's act is none that this version knows")
        }
    }
}

extension TextSequence.Setting {
    fileprivate init(_ setting: ScenarioSetting) throws(SequenceError) {
        self.init()
        do {
            var words = try Words(setting.link)
            link = try words.link()
        } catch {
            throw SequenceError(file: "the record", line: 1, column: error.column, problem: error.problem)
        }
        isAlone = setting.isAlone
        isOverIPv6 = setting.isOverIPv6
        restsOnPaths = setting.restsOnPaths
        sysctls = setting.sysctls
    }
}
