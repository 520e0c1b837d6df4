import Foundation
import Testing

/// The pages that people link to say what the scenarios, the documents and the baselines say.
@Suite struct BehavioursTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    private static let baselines = ["--baselines", root.appending(path: "Harness/Baselines").path()]
    private static let releases = ["--releases", root.appending(path: "docs/releases.json").path()]

    @Test(arguments: [
        ("BEHAVIOURS.md", ["behaviours"]), ("docs/documents.md", ["documents", "--format", "markdown"] + releases),
    ])
    func pageIsNotStale(_ page: String, _ command: [String]) throws {
        let made = try Workbench().run(command + Self.baselines)
        #expect(made.status == 0 && made.errors.isEmpty)
        let kept = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
        #expect(made.output == kept, "run 'make behaviours'")
    }

    /// A claim that fares otherwise on some kernels says so, and since when; one that nothing asserts says why.
    @Test func documentsAreToldByKernel() throws {
        let bench = try Workbench()
        let text = try bench.run(["documents", "RFC 9293", "ip-sysctl"] + Self.baselines + Self.releases).output
        for line in [
            "open.syn-retransmit-schedule (only backoff of SYNs): 5.10, 6.1 holds; 6.12 to 7.3 differs, since 6.12.43",
            "invariant options.syn-only: 5.10 to 7.3 holds", "not testable: Linux offers no such call",
            "open.syn-retransmit-schedule: 5.10, 6.1 the kernel has no such thing; 6.12 to 7.3 holds, since 6.12.43",
        ] { #expect(text.contains(line), "\(line)") }
        let json = try bench.run(["documents", "ip-sysctl", "--format", "json"] + Self.baselines).output
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let sheets = try #require(whole["documents"] as? [[String: Any]])
        let lines = try #require(sheets.first?["lines"] as? [[String: Any]])
        #expect(sheets.count == 1 && lines.count == 97)
        #expect(lines.contains { $0["omission"] as? String == "out of field" })
        // Without the history of releases the baselines' kernels are all that is known.
        #expect(
            (whole["kernels"] as? [[String: Any]])?.compactMap { $0["series"] as? String } == [
                "5.10", "6.1", "6.12", "7.2",
            ])
        let unknown = try bench.run(["documents", "RFC 9294"] + Self.baselines)
        #expect(unknown.status == 2 && unknown.errors.contains("did you mean 'RFC 9293'?"))
    }
}
