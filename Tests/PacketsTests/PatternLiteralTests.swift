import Foundation
import Packets
import Testing

/// The patterns that are written in scenarios, all of them: a typing mistake in one is otherwise only found where the
/// scenario comes to that line.
@Suite struct PatternLiteralTests {
    private static let scenarios = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Harness/Scenarios")

    /// `FIN>`, `<DATA len=5`, `2 × SYN>`: what begins with a kind and the direction.
    private static var literal: Regex<(Substring, Substring)> {
        /"((?:[0-9]+ × )?(?:<[A-Z]+(?:\/[A-Z]+)*|[A-Z]+(?:\/[A-Z]+)*>)(?: [^"\\]*)?)"/
    }

    @Test func allCanBeRead() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.scenarios, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                for match in line.matches(of: Self.literal) {
                    count += 1
                    #expect(throws: Never.self, "\(file.lastPathComponent): \(line)") {
                        try SegmentPattern(parsing: String(match.1))
                    }
                }
            }
        }
        // Less would mean that they are written otherwise now, and that this test looks for the wrong thing.
        #expect(count > 300)
    }
}
