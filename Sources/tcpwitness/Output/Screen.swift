/// Standard output with a last line that is overwritten, where that is a terminal and no CI log.
final class Screen {
    /// Whether there is such a line.
    let isLive: Bool
    private let isSilent: Bool
    private var statuses: [(label: String, text: String)] = []
    private var isShown = false

    /// Shows nothing at all.
    static var silent: Screen { Screen(isSilent: true) }

    convenience init(quiet: Bool) { self.init(quiet: quiet, isSilent: false) }

    private init(quiet: Bool = false, isSilent: Bool) {
        self.isSilent = isSilent
        // CI systems give some jobs a terminal, and keep every overwritten line in their logs.
        isLive = Terminal.isInteractive && (Terminal.variable("CI") ?? "").isEmpty && !quiet && !isSilent
    }

    /// Prints lines above the status. Throws a complaint.
    func print(_ text: String) throws {
        if text.isEmpty || isSilent { return }
        try Terminal.command(clearing)
        try Terminal.tell(text)
        isShown = false
        try draw()
    }

    /// Prints lines to standard error, above the status. Throws a complaint.
    func printError(_ text: String) throws {
        if text.isEmpty { return }
        try Terminal.print(clearing)
        Terminal.printError(text)
        isShown = false
        try draw()
    }

    /// Shows how far one of the runs is. Throws a complaint.
    func show(_ text: String, of label: String) throws {
        guard isLive else { return }
        if let place = statuses.firstIndex(where: { $0.label == label }) {
            if statuses[place].text == text, isShown { return }
            statuses[place].text = text
        } else {
            statuses.append((label, text))
        }
        try draw()
    }

    /// Takes the status of a run away. Throws a complaint.
    func forget(_ label: String) throws {
        guard isLive else { return }
        statuses.removeAll { $0.label == label }
        try Terminal.command(clearing)
        isShown = false
        try draw()
    }

    private func draw() throws {
        guard isLive, !statuses.isEmpty else { return }
        let line = statuses.map { $0.label.isEmpty ? $0.text : "\($0.label): \($0.text)" }.joined(separator: "  ")
        // A line that wraps could not be overwritten.
        try Terminal.command(clearing)
        try Terminal.print(String(line.prefix(max(20, Terminal.width - 1))))
        isShown = true
    }

    private var clearing: String { isLive && isShown ? "\r\u{1b}[K" : "" }
}
