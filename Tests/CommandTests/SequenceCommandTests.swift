import Foundation
import Testing

private let examples = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Harness/Sequences").path()

/// Text sequences by command, without a kernel.
@Suite struct SequenceCommandTests {
    @Test func theExamplesCanBeRead() throws {
        let bench = try Workbench()
        let result = try bench.run(["check", examples])
        #expect(result.errors == "")
        #expect(result.status == 0)
        #expect(result.output.split(separator: "\n").count >= 20)
        #expect(!result.output.contains("1 steps"))
    }

    @Test func theExamplesAreFormatted() throws {
        let bench = try Workbench()
        for name in try FileManager.default.contentsOfDirectory(atPath: examples) where name.hasSuffix(".tcp") {
            let result = try bench.run(["fmt", "\(examples)/\(name)"])
            #expect(try result.output == String(contentsOfFile: "\(examples)/\(name)", encoding: .utf8), "\(name)")
        }
    }

    @Test(arguments: [
        (["check", "wrong.tcp"], "wrong.tcp:2:8: \"shuts\" is nothing that a socket does or shows"),
        (["run", "wrong.tcp"], "wrong.tcp:2:8: \"shuts\" is nothing that a socket does or shows"),
        (["fmt", "-w", "wrong.tcp"], "wrong.tcp:2:8: \"shuts\" is nothing that a socket does or shows"),
        (["check", "none.tcp"], "cannot read none.tcp: ENOENT"),
        (["run", "./empty/"], "./empty/: no file in it ends in .tcp"),
        (["run", "./none/"], "cannot read ./none/: ENOENT"),
        (["run", "good.tcp", "same.tcp"], "same.tcp: good.tcp is called good too"),
        (["check", "binary.tcp"], "binary.tcp: not UTF-8"),
    ])
    func whatIsWrongIsOneLine(_ arguments: [String], _ expected: String) throws {
        let bench = try Workbench()
        try bench.write("connect client server\nclient shuts\n", to: "wrong.tcp")
        try bench.write("id good\nconnect client server\n", to: "good.tcp")
        try bench.write("id good\nconnect client server\n", to: "same.tcp")
        try bench.write([0xff, 0xfe], to: "binary.tcp")
        try FileManager.default.createDirectory(atPath: bench.path("empty"), withIntermediateDirectories: true)
        let result = try bench.run(arguments)
        #expect(result.errors.hasPrefix("tcpwitness: \(expected)"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(result.output == "")
        #expect(result.status == 2)
        #expect(try bench.read("wrong.tcp") == "connect client server\nclient shuts\n")
    }

    @Test func formattingWritesTheFile() throws {
        let bench = try Workbench()
        try bench.write("connect   client server\nclient close\n", to: "a.tcp")
        #expect(try bench.run(["fmt", "-w", "a.tcp"]).status == 0)
        #expect(try bench.read("a.tcp") == "connect client server\nclient  close\n")
    }
}

/// Text sequences on this kernel.
@Suite(.enabled(if: isRoot, "needs root")) struct SequenceRunTests {
    /// With the real laboratory.
    private static func bench() throws -> Workbench {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = Workbench.executable + "-lab"
        return bench
    }

    @Test func theExamplesPass() throws {
        let bench = try Self.bench()
        let result = try bench.run(["run", examples + "/", "--record", "r.jsonl"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains(" scenarios: 20 passed"))
    }

    /// An attempt is printed as a sequence, which does the same when it is run.
    @Test func anAttemptIsRunAgain() throws {
        let bench = try Self.bench()
        let ids = ["open.simultaneous", "open.refused", "close.refcount-fork", "shutdown.wr-half-close"]
        #expect(try bench.run(["run"] + ids + ["--record", "r.jsonl"]).status == 0)
        for id in ids {
            let shown = try bench.run(["show", id, "--record", "r.jsonl", "--as", "sequence"])
            #expect(shown.status == 0, "\(shown.errors)")
            try bench.write(shown.output, to: "\(id).tcp")
        }
        let again = try bench.run(["run", "./", "--record", "again.jsonl"])
        #expect(again.status == 0, "\(again.output)\(again.errors)")
        for id in ids {
            let shown = try bench.run(["show", id, "--record", "again.jsonl", "--as", "sequence"])
            #expect(try shown.output == bench.read("\(id).tcp"))
        }
    }

    /// A broken expectation names the line of the text.
    @Test func aFailureNamesItsLine() throws {
        let bench = try Self.bench()
        try bench.write(
            """
            claim It is wrong.
            connect client server
            step B hears of a close
            client close
            server receives "what nobody sent"

            """, to: "wrong.tcp")
        let result = try bench.run(["run", "wrong.tcp"])
        #expect(result.status == 1)
        #expect(result.output.contains("wrong.tcp:5"), "\(result.output)")
    }
}
