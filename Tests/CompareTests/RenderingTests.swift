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
                ("6.1", Sample.run("6.1.1", [.of(id)])),
                ("6.12", Sample.run("6.12.1", [.of(id, .failed, text)], plan: [id, "open.lost"], end: nil)),
            ], knowing: knownChanges)
    }()

    @Test(arguments: [("comparison", comparison), ("chain", chain)])
    func allFormatsAsExpected(_ name: String, _ comparison: Comparison) throws {
        try Golden.expect(comparison.text, equals: "\(name).txt")
        try Golden.expect(comparison.markdown, equals: "\(name).md")
        try Golden.expect(String(decoding: comparison.json, as: UTF8.self), equals: "\(name).json")
        try Golden.expect(String(decoding: comparison.junit, as: UTF8.self), equals: "\(name).xml")
    }

    @Test func sameRunsSaySo() {
        let run = Sample.before()
        let same = Comparison([("old", run), ("new", run)], knowing: knownChanges)
        #expect(same.text == "old -> new  (default lane)\n\nno differences in 4 scenarios\n")
        #expect(same.markdown == "## old → new\n\nNo differences in 4 scenarios.\n")
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
