import Foundation
import Glibc
import Record
import Testing

/// Records and file systems that want the command line to write where, or what, it must not.
@Suite struct HostileRecordTests {
    private static let escape = "\u{1b}]0;title\u{7}\u{1b}[2J\r\u{9b}31m\u{202e}"
    private static let outputs = [
        "--junit", "out/j.xml", "--html", "out/h.html", "--ktap", "out/k", "--json", "out/s.json", "--markdown",
        "out/s.md", "--pcap", "out/captures", "--github", "--verbose",
    ]

    /// A failed attempt with segments, in which every text that may be anything is hostile.
    private static func events(release: String = "6.1") -> [Event] {
        var header = Stream.header
        header.kernel = Kernel(release: release, version: escape, machine: escape)
        header.startedAt = "2026-01-02T03:04:05Z"
        header.place = escape
        header.limits = [escape]
        let attempt = Stream.first
        let segment = SegmentFact(
            attempt: attempt, at: 2000, from: "A", flags: "S", sequence: 0, acknowledgement: nil, length: 0, window: 1,
            options: [escape], fate: .passed, sourcePort: 1, destinationPort: 2,
            frame: FrameBytes(Array(repeating: 2, count: 54)))
        return [
            .run(header),
            .plan(
                ScenarioDescription(
                    id: attempt.scenario, claim: escape,
                    citations: [
                        Citation(
                            source: escape, section: escape, standing: .refuted, text: escape, part: escape,
                            standings: [escape: .holds])
                    ], location: escape,
                    steps: [escape], nominalSeconds: 0)),
            .started(Started(attempt: attempt, at: 1000)), .segment(segment),
            .call(
                CallFact(
                    attempt: attempt, at: 2000, took: 5_000_000, host: "A", process: escape, socket: escape,
                    call: escape, arguments: escape, result: 0, errno: escape, output: escape, signals: [escape])),
            .note(NoteFact(attempt: attempt, at: 2000, text: escape)),
            .check(
                Check(
                    attempt: attempt, at: 3000, status: .broken, expected: escape, seen: escape, witnesses: [escape],
                    wire: escape, location: escape)),
            .measurement(Measurement(attempt: attempt, name: escape, value: 1, unit: escape, comparison: .exact)),
            .finished(
                Finished(
                    attempt: attempt, verdict: .failed, reason: escape, variant: escape, link: escape, duration: 5000)),
            .end(RunEnd(duration: 6000, interrupted: escape)),
        ]
    }

    private func isPlain(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { !$0.isControl } }

    @Test func noTextReachesATerminalAsACommand() throws {
        let bench = try Workbench()
        mkdir(bench.path("out"), 0o755)
        try bench.write(Stream.bytes(Self.events()), to: "r.jsonl")
        try bench.write(Stream.bytes(Self.events(release: "6.12")), to: "s.jsonl")
        for arguments in [
            ["report", "r.jsonl"] + Self.outputs, ["show", "--record", "r.jsonl", "--all", "open.three-way"],
            ["compare", "r.jsonl", "s.jsonl"], ["compare", "r.jsonl", "s.jsonl", "--format", "markdown"],
            ["compare", "r.jsonl", "s.jsonl", "--format", "json"],
            ["compare", "r.jsonl", "s.jsonl", "--format", "junit"], ["history", "add", "--file", "h", "r.jsonl"],
            ["history", "--file", "h"], ["merge", "--record", "m", "r.jsonl"], ["report", Self.escape],
            ["run", Self.escape],
        ] {
            let result = try bench.run(arguments)
            #expect(isPlain(result.output) && isPlain(result.errors), "\(arguments)")
            #expect(!result.output.isEmpty || !result.errors.isEmpty)
            #expect(result.status >= 0)
        }
        for file in ["j.xml", "k", "s.json", "s.md"] { #expect(try isPlain(bench.read("out/\(file)")), "\(file)") }
        // Colours, which a terminal gets, let nothing else through.
        let script = ["/usr/bin/script", "--quiet", "--return", "/dev/null", "--command"]
        guard FileManager.default.isExecutableFile(atPath: script[0]) else { return }
        let wrapper = [
            "/usr/bin/env", "TERM=xterm", "/bin/sh", "-c", "exec \(script.joined(separator: " ")) \"$*\"", "sh",
        ]
        let shown = try bench.run(["report", "r.jsonl"], through: wrapper).output
        #expect(shown.contains("\u{1b}[31m"))
        #expect(isPlain(shown.replacing(/\u{1b}\[(0|1|2|31|32|33|35|36)m/, with: "").replacing("\r\n", with: "\n")))
    }

    /// Names of files are made of releases and ids, which may be anything.
    @Test(arguments: ["..", ".", "../../evil", "/tmp/evil", "6.1/../..", "6.1\\x"])
    func nothingIsWrittenOutsideTheDirectory(_ release: String) throws {
        let bench = try Workbench()
        mkdir(bench.path("out"), 0o755)
        try bench.write(Stream.bytes(Self.events(release: release)), to: "r.jsonl")
        try bench.write(Stream.bytes(Self.events(release: "6.12")), to: "s.jsonl")
        let result = try bench.run(["report", "r.jsonl", "s.jsonl"] + Self.outputs)
        #expect(result.status == 1)
        #expect(bench.files == ["out", "r.jsonl", "s.jsonl"])
        let captures = try FileManager.default.contentsOfDirectory(atPath: bench.path("out/captures"))
        #expect(captures.count == 2)
        for directory in captures {
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: bench.path("out/captures/\(directory)")).sorted()
                    == ["open.three-way.A.pcapng", "open.three-way.B.pcapng"])
        }
    }

    /// A link that somebody has put where a file or directory is to come.
    @Test(arguments: [
        ("out/captures", "--pcap out/captures: is a symbolic link, which is not written through"),
        ("out/captures/", "--pcap out/captures: is a symbolic link, which is not written through"),
        ("out/captures/6.1", "--pcap out/captures/6.1: is no directory"),
        (
            "out/captures/6.1/open.three-way.A.pcapng",
            "--pcap out/captures/6.1/open.three-way.A.pcapng: is a symbolic link, which is not written through"
        ),
        ("out/j.xml", "--junit out/j.xml: is a symbolic link, which is not written through"),
        ("out/h.html", "--html out/h.html: is a symbolic link, which is not written through"),
    ])
    func aPlantedLinkIsNotFollowed(_ path: String, _ line: String) throws {
        let bench = try Workbench()
        let link = URL(filePath: bench.path(path.hasSuffix("/") ? String(path.dropLast()) : path))
        try FileManager.default.createDirectory(
            at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
        mkdir(bench.path("precious"), 0o755)
        try bench.write("precious", to: "precious/file")
        let isDirectory = !path.contains(".pcapng") && path.contains("captures")
        try FileManager.default.createSymbolicLink(
            at: link, withDestinationURL: URL(filePath: bench.path(isDirectory ? "precious" : "precious/file")))
        try bench.write(Stream.bytes(Self.events()), to: "r.jsonl")
        try bench.write(Stream.bytes(Self.events(release: "6.12")), to: "s.jsonl")
        let outputs = Self.outputs.map { path.hasSuffix("/") && $0 == "out/captures" ? path : $0 }
        let result = try bench.run(["report", "r.jsonl", "s.jsonl"] + outputs)
        #expect(
            result.errors.hasPrefix("tcpwitness: \(line)")
                || result.errors.contains("--pcap out/captures/: is a symbolic link"))
        #expect([1, 2].contains(result.status))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.path("precious")) == ["file"])
        #expect(try bench.read("precious/file") == "precious")
    }

    /// The kernel's own names for a process's descriptors are no planted links.
    @Test(arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    func aReportMayGoToStandardOutput(_ path: String) throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        let result = try bench.run(["report", "--quiet", "r.jsonl", "--ktap", path])
        #expect(result.status == 0)
        #expect(result.output.contains("2 scenarios: 2 passed in 0.05 s\nKTAP version 1\n"))
    }

    /// Files without an end are no records, which is known before the memory is full.
    @Test(arguments: ["/dev/zero", "/dev/urandom"]) func aFileWithoutEnd(_ path: String) throws {
        let limit = ["/bin/sh", "-c", "ulimit -v 1000000; exec \"$@\"", "sh"]
        let result = try Workbench().run(["report", path], through: limit)
        #expect(result.errors.hasPrefix("tcpwitness: \(path): "))
        #expect(result.status == 2)
        let kernel = try Workbench().run(["run", "--kernel", path, "open.three-way"], through: limit)
        #expect(kernel.errors == "tcpwitness: \(path): is no regular file\n")
        #expect(kernel.status == 2)
    }
}
