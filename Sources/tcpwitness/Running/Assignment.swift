internal import Lab
internal import Record
internal import Scenarios

extension Assignment {
    /// What the lab makes of its arguments.
    ///
    /// - Parameters:
    ///   - header: what the orchestrator knows of the run, the kernel aside.
    ///   - bothLinks: whether what netem does is also done by the relay.
    init(_ header: RunHeader, _ selected: [ScenarioDescription], repetitions: Int, bothLinks: Bool) {
        let ids = Set(selected.map(\.id))
        let plan = Scheduler.Plan(
            scenarios: allScenarios.filter { ids.contains($0.id) }, repetitions: repetitions, bothLinks: bothLinks)
        self.init(header, attempts: Dictionary(plan.scenarios.map { ($0.id, plan.count(of: $0)) }) { $1 })
    }
}
