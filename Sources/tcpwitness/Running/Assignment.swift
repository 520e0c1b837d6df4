internal import Acts
internal import Record

extension Assignment {
    /// What the lab makes of its arguments.
    ///
    /// - Parameters:
    ///   - header: what the orchestrator knows of the run, the kernel aside.
    ///   - bothLinks: whether what netem does is also done by the relay.
    init(_ header: RunHeader, _ selected: [Scenario], repetitions: Int, bothLinks: Bool) {
        let attempts = selected.map { ($0.id, $0.attempts(repetitions: repetitions, bothLinks: bothLinks)) }
        self.init(header, attempts: Dictionary(attempts) { $1 })
    }
}
