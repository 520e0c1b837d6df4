internal import Lab
internal import Record
internal import Scenarios

/// Every scenario in the order in which reports show them.
func catalogue(lane: Lane) -> [ScenarioDescription] { allScenarios.map { $0.describe(lane: lane) } }

/// The ids, which shells complete.
let scenarioNames = catalogue(lane: .scaled).map(\.id)
