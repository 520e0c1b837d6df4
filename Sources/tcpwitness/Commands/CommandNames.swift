internal import ArgumentParser

/// The words that name commands, which the parser would only call unexpected where they name none.
enum CommandNames {
    /// Throws a complaint about a word where a command should stand.
    static func check(_ arguments: some Sequence<String>) throws {
        var words = Array(arguments)[...]
        while words.first == "help" { words.removeFirst() }
        var command: any ParsableCommand.Type = Tcpwitness.self
        var path = "tcpwitness"
        while let word = words.popFirst(), !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let known = command.configuration.subcommands
            guard let next = known.first(where: { $0._commandName == word }) else {
                // Then it is an argument of the command that stands for none.
                if command.configuration.defaultSubcommand != nil { return }
                let meant = nearest(word, known.map { $0._commandName }).map { "did you mean '\($0)'?" }
                throw Complaint("unknown command '\(word)'; \(meant ?? "'\(path) --help' lists them")")
            }
            command = next
            path += " \(word)"
        }
    }
}
