import Foundation
import Testing

/// The page that people link to says what the scenarios and the baselines say.
@Suite struct BehavioursTests {
    @Test func pageIsNotStale() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let bench = try Workbench()
        let made = try bench.run(["behaviours", "--baselines", root.appending(path: "Harness/Baselines").path()])
        #expect(made.status == 0 && made.errors.isEmpty)
        let kept = try String(contentsOf: root.appending(path: "BEHAVIOURS.md"), encoding: .utf8)
        #expect(made.output == kept, "run 'make behaviours'")
    }
}
