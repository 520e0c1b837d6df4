internal import ArgumentParser
internal import Compare
internal import Documents
internal import Kernels
internal import Record
internal import Report

struct DocumentsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "documents",
        abstract: "Shows what documents claim, row by row, and how each claim fares on each kernel.",
        discussion: """
            Standards, manual pages, the kernel's own document of its settings, and the articles that the catalogue \
            began with. What no scenario asserts is shown too, with the reason.
            """)

    @Argument(help: "Documents such as 'RFC 9293', 'tcp(7)' or ip-sysctl; all if none is given.")
    var documents: [String] = []

    @Option(help: "How to say it: terminal, markdown or json.")
    var format: DocumentsFormat = .terminal

    @Option(help: "The directory of baselines.")
    var baselines: String?

    @Option(
        help: ArgumentHelp(
            "What 'releases --format json' wrote: adds kernels, and since when each claim fares as it does.",
            valueName: "path"), completion: .file())
    var releases: String?

    func perform() throws -> ExitStatus {
        let chosen = try documents.isEmpty ? Document.all : documents.map(document)
        let directory = try BaselineDirectory.find(baselines)
        let matrix = DocumentMatrix(
            documents: chosen, scenarios: catalogue(lane: .default),
            baselines: try KernelSeries.all.compactMap { try directory.baseline($0.name) },
            history: try releases.map { path in
                do {
                    return try ReleaseHistory(json: InputFile.bytes(path))
                } catch let error as BaselineError {
                    throw Complaint("\(path): \(error)")
                }
            })
        switch format {
        case .terminal: try Terminal.tell(matrix.text)
        case .markdown: try Terminal.print(matrix.markdown)
        case .json: try Terminal.print(matrix.json)
        }
        return .asExpected
    }

    private func document(_ name: String) throws -> Document {
        if let document = Document.all.first(where: { $0.name == name }) { return document }
        let names = Document.all.map(\.name)
        throw Complaint(
            "unknown document '\(name)'"
                + (nearest(name, names).map { "; did you mean '\($0)'?" }
                    ?? "; there are \(names.joined(separator: ", "))"))
    }
}

/// How the matrix of documents is told.
enum DocumentsFormat: String, ExpressibleByArgument, CaseIterable {
    case terminal, markdown, json
}
