internal import Acts
internal import Documents
internal import Record
internal import Scenarios

/// Every scenario in the order in which reports show them.
func catalogue(lane: Lane) -> [ScenarioDescription] { allScenarios.map { $0.describe(lane: lane) } }

/// The documents' titles by their numbers.
let documentTitles = Dictionary(uniqueKeysWithValues: Document.articles.map { ($0.name, $0.title) })
