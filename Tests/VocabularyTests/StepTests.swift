import Acts
import Foundation
import Lab
import Record
import Scenarios
import Testing

/// The steps of scenarios, which are known without a kernel.
struct StepTests {
    @Test("Every scenario says its steps", arguments: Lane.allCases)
    func steps(lane: Lane) {
        for scenario in allScenarios {
            #expect(!scenario.describe(lane: lane).steps.isEmpty, "\(scenario.id) says no step")
        }
    }

    @Test("A scenario that is in a folder is in the one of its topic")
    func places() {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Harness/Scenarios")
        for scenario in allScenarios {
            let file = String(scenario.location.prefix { $0 != ":" })
            #expect(
                FileManager.default.fileExists(atPath: folder.appending(path: file).path()),
                "\(scenario.id) is not in \(file)")
        }
    }
}
