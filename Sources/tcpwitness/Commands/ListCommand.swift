internal import ArgumentParser
internal import Record
internal import Report

struct ListCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the scenarios with their claims.")

    @Argument(help: "Ids or globs such as 'close.*'; all scenarios if none is given.", completion: .scenarios)
    var scenarios: [String] = []

    @OptionGroup
    var choice: SelectionOptions

    func perform() throws -> ExitStatus {
        let chosen = try choice.select(scenarios, from: catalogue(lane: .scaled))
        let width = chosen.map(\.id.count).max() ?? 0
        let lines = chosen.map { scenario in
            scenario.id + String(repeating: " ", count: width - scenario.id.count) + "  \(scenario.claim)\n"
        }
        try Terminal.tell(lines.joined())
        return .asExpected
    }
}
