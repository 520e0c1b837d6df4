import Baselines
import Compare
import Foundation
import Record
import Testing

/// Golden outputs; `UPDATE_GOLDEN=1` writes them anew.
@Suite struct RenderingTests {
    private static let comparison = Comparison(
        [(Sample.old, Sample.before()), (Sample.new, Sample.after())], knowing: knownChanges)

    /// Three kernels, a flip, a run that was cut off, and what the formats must escape.
    private static let chain: Comparison = {
        let id = "open.three-way"
        let text = "expected <RST> & \"x|y\" `z` \u{1b}[31m]]>\nsecond line"
        return Comparison(
            [
                ("5.10", Sample.run("5.10.1", [.of(id), .of(id, number: 2, .failed, "a flip")])),
                ("6.1", Sample.run("6.1.1", [.of(id), .of("open.gone"), .of("open.lost")])),
                ("6.12", Sample.run("6.12.1", [.of(id, .failed, text)], plan: [id, "open.lost"], end: nil)),
            ], knowing: knownChanges)
    }()

    @Test(arguments: [("comparison", comparison), ("chain", chain)])
    func allFormatsAsExpected(_ name: String, _ comparison: Comparison) throws {
        for (suffix, telling) in [
            ("", Telling()), ("-verbose", Telling(.everything)), ("-stat", Telling(.counts)),
            ("-unexplained", Telling(onlyUnexplained: true)),
        ] {
            try Golden.expect(comparison.text(telling), equals: "\(name)\(suffix).txt")
            try Golden.expect(comparison.markdown(telling), equals: "\(name)\(suffix).md")
        }
        try Golden.expect(String(decoding: comparison.json(), as: UTF8.self), equals: "\(name).json")
        try Golden.expect(String(decoding: comparison.junit, as: UTF8.self), equals: "\(name).xml")
    }

    @Test func sameRunsSaySo() {
        let run = Sample.before()
        let same = Comparison([("old", run), ("new", run)], knowing: knownChanges)
        #expect(same.text() == "old -> new  (default lane)\nno differences in 4 scenarios\n")
        #expect(same.markdown() == "## old → new\n\nNo differences in 4 scenarios.\n")
    }

    /// Of a commit that shows in many scenarios some lines say enough, and of what is only counted the number.
    @Test func aWideChangeIsFolded() {
        let ids = (1...12).map { "open.simultaneous-\($0)" }
        func kernel(_ release: String, _ variant: String, _ acks: Int64, _ reset: String?) -> RunRecord {
            let crossed = ids.map { id in
                SampleAttempt.of(id, variant: variant) { $0.counters(["TCPChallengeACK": acks]) }
            }
            let others = ["close.a", "close.b", "est.a", "est.b"].map { id in
                SampleAttempt.of(id) { $0.packet("tcp_send_reset", state: "CLOSE", reason: reset) }
            }
            return Sample.run(release, crossed + others)
        }
        let comparison = Comparison(
            [("old", kernel("6.9.1", "challenge ACK", 1, nil)), ("new", kernel("6.12.1", "DSACK", 0, "TCP_STATE"))],
            knowing: knownChanges)
        let text = comparison.text()
        #expect(text.contains("\n    open.simultaneous-8  challenge ACK -> DSACK (+1)\n"))
        #expect(!text.contains("open.simultaneous-9  "))
        #expect(text.contains("    and 4 more: open.simultaneous-9, open.simultaneous-10, open.simultaneous-11, "))
        #expect(text.contains("TRACEPOINTS ONLY: 1 change\n19822a980e19, b533fb9cf4f7 (6.10): "))
        #expect(text.contains("\n    4 scenarios: 2 close, 2 est\n"))
        let cut = comparison.text(Telling(width: 60)).split(separator: "\n").filter { $0.contains("-> DSACK") }
        #expect(cut.allSatisfy { $0.count <= 60 } && cut.count == 8)
    }

    @Test(.enabled(if: xmllint != nil, "xmllint is not installed (libxml2-utils)"), arguments: [comparison, chain])
    func theJUnitIsValid(_ comparison: Comparison) throws {
        let bench = try Bench()
        try bench.write(comparison.junit, to: "j.xml")
        let schema = Golden.directory.appending(path: "../../ReportTests/Fixtures/junit.xsd").path()
        let answer = try bench.run(["--noout", "--schema", schema, "j.xml"], executable: try #require(Self.xmllint))
        #expect(answer.status == 0, "\(answer.errors)")
    }

    private static let xmllint = ["/usr/bin/xmllint", "/usr/local/bin/xmllint"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

enum Golden {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = directory.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOf: file, encoding: .utf8), sourceLocation: sourceLocation)
    }
}
