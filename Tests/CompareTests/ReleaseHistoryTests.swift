import Baselines
import Compare
import Foundation
import Record
import Testing

/// The table of releases: what each kernel showed, where that changed, and why.
@Suite struct ReleaseHistoryTests {
    private static let change = KnownChange(
        commits: ["0123456789ab"], mainline: KernelVersion(6, 12), backports: [Backport(6, 1, 5...)],
        scenarios: ["a.known"], signs: [.variant(without: "old", with: "new")], words: "it is new")

    private func run(_ release: String, known: String, other: String, lost: Verdict = .passed) -> RunRecord {
        Sample.run(
            release, lane: .default, place: "guest, virtual time",
            [
                .of("a.known", variant: known), .of("a.other", variant: other), .of("a.same"),
                .of("a.skipped", lost, lost == .skipped ? "no such thing" : nil),
            ])
    }

    private var history: ReleaseHistory {
        ReleaseHistory([
            run("6.1.1", known: "old", other: "one"), run("6.1.9", known: "new", other: "one"),
            run("6.6.1", known: "old", other: "one", lost: .skipped), run("6.12.1", known: "new", other: "two"),
        ])
    }

    @Test func eachChangeHasItsReleaseAndItsCommit() {
        let table = ReleaseTable(history, knowing: [Self.change])
        #expect(table.title == "Linux TCP, 6.1.1 to 6.12.1")
        #expect(
            table.summary == "4 kernels, 4 scenarios, of which 1 is the same on all; 1 difference not yet explained")
        #expect(table.rows.map(\.row.id) == ["a.known", "a.other", "a.skipped"])
        #expect(table.rows.map { String($0.cells.map(\.letter)) } == [".KKK", "...?", "..s."])
        #expect(table.turns.map(\.after) == ["6.1.9", "6.6.1", "6.12.1"])
        // What a series had by a backport, and the next one's older point release had not.
        #expect(table.turns.map { $0.reasons[0].isGone } == [false, true, false])
        #expect(table.text.contains("  not in 6.6.1: 0123456789ab (6.12): it is new\n"))
        #expect(table.text.contains("      a.other: variant: one -> two\n"))
        #expect(table.markdown.contains("- a.other: variant: one -\\> two\n"))
        #expect(table.markdown.contains("| `a.known` |  | ● | ● | ● |\n"))
    }

    @Test func withoutTheChangeNothingIsExplained() {
        #expect(ReleaseTable(history, knowing: []).unexplainedCount == 4)
    }

    @Test func theFileHoldsAllOfIt() throws {
        #expect(try ReleaseHistory(json: history.json) == history)
    }

    @Test(arguments: [
        ("", "not a history that 'tcpwitness releases --format json' wrote"),
        (
            #"{"head":{"version":2,"lane":"default","releases":[]},"scenarios":[]}"#,
            "the history has version 2: use a newer tcpwitness"
        ),
        (
            #"{"head":{"version":1,"lane":"default","releases":[]},"scenarios":[]}"#,
            "not a history of releases: its scenarios are not of its 0 kernels"
        ),
    ])
    func brokenFilesAreTold(_ text: String, _ complaint: String) {
        #expect(throws: BaselineError(complaint)) { try ReleaseHistory(json: Array(text.utf8)) }
    }

    @Test func candidatesComeBeforeWhatBecameOfThem() {
        func kernel(_ release: String) -> Kernel { Kernel(release: release, version: "#1", machine: "x86_64") }
        let ordered = ["6.1.9", "6.12.1", "7.3-rc7+deb14-amd64", "7.3+deb14-amd64", "7.3.4"].map(kernel)
        #expect(ordered.reversed().sorted { ReleaseHistory.areInOrder($0, $1) } == ordered)
    }

    /// Debian's candidates have it in the version of the build only.
    @Test func aCandidateIsCalledSo() {
        var run = run("7.3-cloud-amd64", known: "old", other: "one")
        run.header.kernel.version = "#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)"
        let later = self.run("7.3.4", known: "old", other: "one")
        #expect(ReleaseHistory([run, later]).releases.map(\.name) == ["7.3-rc7", "7.3.4"])
    }

    /// The page in the tree is what its data and the known changes of today make.
    @Test func thePageIsOfItsData() throws {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs").standardized
        let history = try ReleaseHistory(json: Array(Data(contentsOf: docs.appending(path: "releases.json"))))
        let page = try String(contentsOf: docs.appending(path: "releases.md"), encoding: .utf8)
        let isCurrent = ReleaseTable(history, knowing: knownChanges).markdown == page
        #expect(isCurrent, "'make releases-page' writes docs/releases.md anew")
        #expect(history.releases.count >= 20)
        #expect(Set(history.releases.compactMap { KernelVersion(release: $0.name)?.series }).count >= 8)
    }
}
