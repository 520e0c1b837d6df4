internal import Acts

// Where something is written.
extension Lab {
    /// Where the scenario has it that something is asked or expected.
    ///
    /// A place in the harness tells nobody what the scenario was at: the act that is being performed is meant instead,
    /// or, of one that is not made of acts, the scenario as a whole.
    package func here(_ file: StaticString, _ line: Int) -> String {
        let module = "\(file)".prefix { $0 != "/" }
        return Self.modules.contains(module) ? actLocation ?? location : shortLocation(file, line)
    }

    /// Those a scenario is performed by.
    private static let modules: Set<Substring> = ["Acts", "Engine", "Lab", "Vocabulary"]
}
