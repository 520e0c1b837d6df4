internal import JUnitXML
internal import Record

extension Comparison {
    /// The comparison as JUnit XML: a suite for every step, a case for every scenario, which fails where something
    /// changed that nothing explains. What was to be expected stands in the suite's output.
    package var junit: [UInt8] { TestSuites(steps.enumerated().map { TestSuite($0.element, id: $0.offset) }).bytes }
}

extension TestSuite {
    fileprivate init(_ step: Comparison.Step, id: Int) {
        let (before, after) = (step.before, step.after)
        let known = step.scenarios.flatMap { change in
            change.differences.compactMap { difference in
                difference.known.map { "\(difference.line(withScenario: true)); known: \($0.line)" }
            }
        }
        self.init(
            id: id, name: step.title, startedAt: after.header.startedAt, time: "0.000",
            properties: [
                ("kernel before", before.header.kernel.release), ("kernel after", after.header.kernel.release),
                ("lane", after.header.lane.rawValue), ("place before", before.header.place),
                ("place after", after.header.place),
            ],
            cases: step.scenarios.map { TestCase($0, after: after.name) }
                + step.onlyBefore.map { TestCase($0, missingIn: after.name, after: after.name) }
                + step.onlyAfter.map { TestCase($0, missingIn: before.name, after: after.name) },
            output: known.joined(separator: "\n"),
            errorOutput: [before, after].compactMap(\.cautionLine).joined(separator: "\n"))
    }
}

extension TestCase {
    fileprivate init(_ change: Comparison.Change, after: String) {
        let lines = change.unexplained.map { $0.line(withScenario: false) }
        var trouble: Trouble?
        if let first = lines.first {
            trouble = .failure(message: first, type: "change", body: lines.joined(separator: "\n"))
        } else if change.isUnjudged {
            trouble = .skipped(message: "neither run has judged it")
        }
        self.init(change.scenario, after: after, trouble)
    }

    fileprivate init(_ scenario: ScenarioDescription, missingIn run: String, after: String) {
        self.init(scenario, after: after, .skipped(message: "not run on \(run)"))
    }

    private init(_ scenario: ScenarioDescription, after: String, _ trouble: Trouble?) {
        // Jenkins takes a dot for the end of a package, which no kernel's release is.
        let kernel = String(after.map { $0 == "." ? "_" : $0 })
        self.init(
            classname: "tcpwitness.compare.\(kernel).\(scenario.topic)", name: scenario.id, time: "0.000",
            trouble: trouble)
    }
}

extension Difference {
    fileprivate func line(withScenario: Bool) -> String {
        (withScenario ? "\(scenario): " : "") + "\(heading): was \(beforeWords), now \(afterWords)"
    }
}
