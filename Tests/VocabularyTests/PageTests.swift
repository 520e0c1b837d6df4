import Foundation
import Testing

/// docs/vocabulary.md, which is made from the comments in Harness/Vocabulary; `UPDATE_GOLDEN=1` writes it anew.
struct PageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("The page says what the comments say")
    func page() throws {
        let folder = Self.root.appending(path: "Harness/Vocabulary")
        let text = try Self.chapters.reduce(Self.head) { text, chapter in
            let source = try String(contentsOf: folder.appending(path: "\(chapter.file).swift"), encoding: .utf8)
            return text + "\n## \(chapter.title)\n" + VocabularySource(source).markdown
        }
        let page = Self.root.appending(path: "docs/vocabulary.md")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(text == (try? String(contentsOf: page, encoding: .utf8)), "UPDATE_GOLDEN=1 writes it anew")
    }

    @Test("Every file of the vocabulary is on the page")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.root.path() + "Harness/Vocabulary")
            .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
        #expect(Set(files).subtracting(Self.chapters.map(\.file)) == ["Exports"])
    }

    @Test("What is said of a verb is its comment and its declaration without the source location")
    func entry() {
        let source = """
            extension Socket {
                /// Is sent.
                ///
                /// - Parameter flags: those of send(2).
                package func send(
                    _ text: String, _ flags: Int = 0, file: StaticString = #fileID, line: Int = #line
                ) {
                    perform(text)
                }

                func hidden() {}
            }
            """
        #expect(
            VocabularySource(source).markdown == """

                ### Socket

                `send(_ text: String, _ flags: Int = 0)`
                : Is sent. *flags*: those of send(2).

                """)
    }

    private static let head = """
        # The vocabulary

        The words in which scenarios are written, made from the comments in `Harness/Vocabulary`: do not edit this page.
        A verb without `try` acts or expects; after the attempt has stopped it does nothing. A `try` stands where a
        scenario takes a value out of the attempt.

        """

    private static let chapters: [(title: String, file: String)] = [
        ("A scenario", "Scenario"), ("Where it is claimed, and how the claim fares", "Citations"),
        ("Steps and what concerns the whole attempt", "Attempt"),
        ("Connections", "Connections"), ("Sockets: calls", "Sockets"),
        ("Sockets: calls whose end matters", "SocketCalls"), ("Sockets: what is seen of them", "SocketStates"),
        ("The wire", "Wire"), ("Segments that no kernel makes", "Forging"), ("Hosts", "Hosts"),
        ("Processes", "Processes"), ("Times", "Times"),
        ("What a scenario works out", "Evidence"),
    ]
}

/// The comments and declarations of one source file.
struct VocabularySource {
    private var entries: [String] = []

    init(_ source: String) {
        var comment: [String] = []
        var declaration: String?
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.trimmingCharacters(in: .whitespaces)
            if let begun = declaration {
                declaration = begun + (begun.hasSuffix("(") || words.hasPrefix(")") ? "" : " ") + words
            } else if words.hasPrefix("///") {
                comment.append(String(words.dropFirst(3)).trimmingCharacters(in: .whitespaces))
                continue
            } else if words.hasPrefix("package ") || (line.hasPrefix("extension ") && words.hasSuffix("{")) {
                declaration = words
            } else if !words.hasPrefix("@") && !words.hasPrefix("// swift-format") {
                comment = []
            }
            guard let whole = declaration, Self.isWhole(whole) else { continue }
            add(whole, comment)
            (declaration, comment) = (nil, [])
        }
    }

    /// Whether a declaration has got to its body, whole in one line or not, or has none.
    private static func isWhole(_ declaration: String) -> Bool {
        declaration.hasSuffix("{") || declaration.hasSuffix("}") || declaration.hasPrefix("package let ")
    }

    private mutating func add(_ declaration: String, _ comment: [String]) {
        let head = declaration.hasSuffix("{") ? declaration.dropLast() : declaration.prefix { $0 != "{" }
        var text = head.trimmingCharacters(in: .whitespaces)
        for noise in ["package ", "func ", "static ", "var "] {
            if text.hasPrefix(noise) { text.removeFirst(noise.count) }
        }
        let isType = ["struct ", "enum ", "protocol ", "extension "].first { text.hasPrefix($0) }
        if let isType {
            let name = text.dropFirst(isType.count).prefix { $0.isLetter }
            return entries.append("\n### \(name)\n\n" + (comment.isEmpty ? "" : Self.prose(comment) + "\n\n"))
        }
        guard !comment.isEmpty else { return }
        text.replace(#/,? ?file: StaticString = #fileID, line: Int = #line/#, with: "")
        text.replace("(, ", with: "(")
        text.replace(#/ rethrows$/#, with: "")
        entries.append("`\(text)`\n: \(Self.prose(comment))\n\n")
    }

    /// A comment as one paragraph, its parameters in italics.
    private static func prose(_ comment: [String]) -> String {
        comment.filter { !$0.isEmpty && $0 != "- Parameters:" }.joined(separator: " ")
            .replacing(#/- (?:Parameter )?(\w+): /#) { "*\($0.1)*: " }
    }

    var markdown: String {
        var text = entries.joined()
        if !text.hasPrefix("\n") { text = "\n" + text }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }
}
