internal import ArgumentParser
internal import Acts
internal import Record
internal import Report
internal import Sequences

struct CheckCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says whether text sequences can be read, and what they do.",
        discussion: "Nothing is run, and no root is needed. See tcpwitness-sequence(7) for the language.")

    @Argument(help: "Files that end in .tcp, and folders with such files.", completion: .file(extensions: ["tcp"]))
    var sequences: [String]

    func perform() throws -> ExitStatus {
        for file in try SequenceFiles.all(sequences) {
            let description = file.scenario.describe(lane: .default)
            let acts = file.sequence.parts.reduce(0) { count, part in
                if case .step(_, let lines) = part { count + lines.count } else { count + 1 }
            }
            let steps = description.steps.count
            try Terminal.tell(
                "\(file.path): \(description.id), \(acts) act\(acts == 1 ? "" : "s") in \(steps) "
                    + "step\(steps == 1 ? "" : "s")\n")
        }
        return .asExpected
    }
}

struct FormatCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Writes text sequences as everybody writes them.",
        discussion:
            "Words are put into columns; what a sequence does stays the same. Without -w it goes to standard output.")

    @Flag(name: .customShort("w"), help: "Write the files themselves, if anything changes.")
    var write = false

    @Argument(help: "Files that end in .tcp, and folders with such files.", completion: .file(extensions: ["tcp"]))
    var sequences: [String]

    func perform() throws -> ExitStatus {
        for file in try SequenceFiles.all(sequences) {
            let text = String(decoding: file.bytes, as: UTF8.self)
            let formatted: String
            do {
                formatted = try TextSequence.formatted(text, file: file.path)
            } catch {
                throw Complaint("\(error)")
            }
            guard write else {
                try Terminal.tell(formatted)
                continue
            }
            if formatted != text { try OutputFile(checking: file.path, option: "-w").create(Array(formatted.utf8)) }
        }
        return .asExpected
    }
}

extension SequenceFiles {
    /// All that arguments name, where nothing but sequences can be meant. Throws a complaint.
    fileprivate static func all(_ arguments: [String]) throws -> [File] {
        try arguments.flatMap { argument in
            argument.hasSuffix(".tcp") ? [try read(argument)] : try files(under: argument).map(read)
        }
    }
}
