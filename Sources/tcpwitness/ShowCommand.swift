internal import ArgumentParser
internal import Record
internal import Report

struct ShowCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what a scenario claims, where that is written and what it does.")

    @Argument(help: "The scenario's id.", completion: .scenarios)
    var scenario: String

    @Option(help: "Whose timers it waits for: scaled or default.")
    var lane: Lane = .scaled

    @Option(
        help: ArgumentHelp("Show what happened in a run, as a ladder diagram.", valueName: "path"), completion: .file())
    var record: String?

    @Option(help: ArgumentHelp("Which of the record's attempts at it.", valueName: "n"))
    var attempt: Int = 1

    @Flag(help: "Show every call of the record, also those that only prepare.")
    var all = false

    @Option(help: ArgumentHelp("How wide the diagram may be; as wide as the terminal without.", valueName: "columns"))
    var width: Int?

    func perform() throws -> ExitStatus {
        if let record { return try show(record) }
        let all = catalogue(lane: lane)
        let id = try resolve(scenario, all)
        guard let scenario = all.first(where: { $0.id == id }) else { return .usage }
        var lines = [
            "\(scenario.id)  \(scenario.location)",
            "  claim     \(scenario.claim)",
            "  document  \(scenario.documentVerdict.words)",
        ]
        if let says = scenario.documentSays { lines.append("  it says   \(says)") }
        lines += field(
            "cites",
            scenario.citations.map { citation in
                citation.source + (citation.section.map { ", \($0)" } ?? "")
            })
        let timer = scenario.nominalSeconds
        lines.append("  waits     " + (timer > 0 ? "\(timer) s for its longest kernel timer" : "for no kernel timer"))
        lines += field("steps", scenario.steps)
        try Terminal.tell(lines.map { $0 + "\n" }.joined())
        return .asExpected
    }

    private func show(_ path: String) throws -> ExitStatus {
        let run = try InputFile.run(path)
        let id = try resolve(scenario, run.plan)
        let outcomes = run.outcomes.filter { $0.scenario.id == id }
        let name = attempt == 1 ? id : "\(id) #\(attempt)"
        guard let outcome = outcomes.first(where: { $0.name == name }) else {
            throw Complaint("\(path) has no finished attempt \(attempt) at \(id)")
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

extension DocumentVerdict {
    fileprivate var words: String {
        switch self {
        case .holds: "holds: the kernel does what the document says"
        case .differs: "differs: true in spirit, but the kernel does something a reader must know"
        case .refuted: "refuted: the kernel does something else, which is what is asserted"
        case .unclaimed: "unclaimed: no document says it"
        }
    }
}
