internal import ArgumentParser
internal import Compare
internal import Kernels
internal import Record
internal import Report

struct BehavioursCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "behaviours",
        abstract: "Prints every claim, what Linux does and where kernels differ, as Markdown.")

    @Option(help: "The directory of baselines.")
    var baselines: String?

    func perform() throws -> ExitStatus {
        let directory = try BaselineDirectory.find(baselines)
        let page = BehavioursPage(
            scenarios: catalogue(lane: .default),
            baselines: try KernelSeries.all.compactMap { try directory.baseline($0.name) })
        try Terminal.print(page.markdown)
        return .asExpected
    }
}
