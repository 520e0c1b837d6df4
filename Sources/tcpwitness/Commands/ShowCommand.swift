internal import ArgumentParser
internal import Record
internal import Report
internal import Sequences

struct ShowCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a scenario's claim, citations and steps.")

    @Argument(help: "The scenario's id.", completion: .scenarios)
    var scenario: String

    @Option(help: "Which kernel timers it waits for: scaled or default.")
    var lane: Lane = .scaled

    @Option(
        help: ArgumentHelp("Show what happened in a run, as a ladder diagram.", valueName: "path"), completion: .file())
    var record: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Which of the record's attempts at it.", valueName: "n"))
    var attempt: Int?

    @Option(
        name: .customLong("as"),
        help: "With --record: ladder, or sequence, a text that 'run' performs again.")
    var form: StoryForm = .ladder

    @Flag(help: "Show every call in the record, including set-up.")
    var all = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How wide the diagram may be; as wide as the terminal without.", valueName: "columns"))
    var width: Int?

    func validate() throws {
        if let attempt, attempt < 1 { throw ValidationError("--attempt must be at least 1") }
        if let width, width < LadderText.narrowest {
            throw ValidationError("--width must be at least \(LadderText.narrowest)")
        }
        guard record == nil else { return }
        for (option, isGiven) in [
            ("--attempt", attempt != nil), ("--as", form != .ladder), ("--all", all), ("--width", width != nil),
        ]
        where isGiven {
            throw ValidationError("\(option) needs --record")
        }
    }

    func perform() throws -> ExitStatus {
        if let record { return try show(record) }
        let all = catalogue(lane: lane)
        let id = try resolve(scenario, all)
        guard let scenario = all.first(where: { $0.id == id }) else { return .usage }
        var lines = [
            "\(scenario.id)  \(scenario.location)",
            "  claim     \(scenario.claim)",
        ]
        lines += field(
            "cites",
            scenario.citations.map { citation in
                citation.source + (citation.section.map { ", \($0)" } ?? "")
            })
        lines += field("standing", scenario.standings.map(\.line))
        let timer = scenario.nominalSeconds
        lines.append("  waits     " + (timer > 0 ? "\(timer) s for its longest kernel timer" : "for no kernel timer"))
        lines += field("steps", scenario.steps)
        try Terminal.tell(lines.map { $0 + "\n" }.joined())
        return .asExpected
    }

    private func replay(_ scenario: ScenarioDescription, _ attempt: Attempt, _ path: String) throws -> ExitStatus {
        let events = try InputFile.record(path).events
        do {
            try Terminal.print(try TextSequence(replaying: scenario, attempt, from: events).text)
        } catch let error as SequenceError {
            throw Complaint("\(path): \(error.problem)")
        }
        return .asExpected
    }

    private func show(_ path: String) throws -> ExitStatus {
        let run = try InputFile.run(path, .whole, on: .all)
        let outcomes = run.outcomes.filter { $0.scenario.id == scenario }
        guard run.plan.contains(where: { $0.id == scenario }) else {
            let near = nearest(scenario, run.plan.map(\.id)).map { "; did you mean '\($0)'?" }
            throw Complaint(
                "\(path) has no scenario '\(scenario)'" + (near ?? "; 'tcpwitness report \(path)' lists what it has"))
        }
        let name = Attempt(scenario: scenario, number: attempt ?? 1).name
        guard let outcome = outcomes.first(where: { $0.name == name }) else {
            let finished = outcomes.isEmpty ? "none" : outcomes.map(\.number).map(String.init).joined(separator: ", ")
            throw Complaint("\(path) has no attempt \(attempt ?? 1) at \(scenario); it has \(finished)")
        }
        if form == .sequence {
            return try replay(outcome.scenario, Attempt(scenario: scenario, number: attempt ?? 1), path)
        }
        let drawing = LadderText(
            width: width ?? Terminal.width, unicode: Terminal.isUnicode, colour: Terminal.hasColour, showsMinor: all)
        let story = OutcomeText(outcome, header: run.header, colour: Terminal.hasColour)
        try Terminal.tell(story.text + "\n")
        try Terminal.print(drawing.render(Ladder(outcome)))
        if let truncation = run.truncation { throw Complaint("\(path): \(truncation)") }
        return .asExpected
    }

    private func field(_ name: String, _ values: [String]) -> [String] {
        values.enumerated().map { index, value in
            let label = index == 0 ? name : ""
            return "  " + label + String(repeating: " ", count: 10 - label.count) + value
        }
    }
}

/// How an attempt is shown.
enum StoryForm: String, ExpressibleByArgument, CaseIterable {
    case ladder
    case sequence
}
