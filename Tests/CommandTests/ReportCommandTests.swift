import Foundation
import Record
import Testing

@Suite struct ReportCommandTests {
    @Test(
        arguments: [
            ((.passed, .passed), 0), ((.passed, .skipped), 0), ((.passed, .failed), 1), ((.failed, .error), 1),
            ((.passed, .error), 3), ((.skipped, .skipped), 4),
        ] as [((Verdict, Verdict), Int32)])
    func exitStatus(_ verdicts: (Verdict, Verdict), _ status: Int32) throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole(verdicts)), to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl", "--junit", "j.xml"])
        #expect(result.status == status)
        #expect(result.errors == "")
        #expect(try bench.read("j.xml").contains("<testsuites>"))
        #expect(bench.files == ["j.xml", "r.jsonl"])
    }

    @Test func printsAsMuchAsRunDoes() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        let quiet = try bench.run(["report", "--quiet", "r.jsonl", "--ktap", "k"])
        #expect(quiet.output.split(separator: "\n").count == 1 && quiet.output.contains("2 passed"))
        #expect(try bench.run(["report", "r.jsonl"]).output.contains("passed   open.three-way"))
        #expect(try bench.run(["report", "-q", "-v", "r.jsonl"]).status == 2)
    }

    @Test(arguments: [
        ("", "the record is empty"),
        ("hello\n", "line 1: not a line of a tcpwitness record"),
        (
            #"{"version":2,"kind":"run","payload":{}}"# + "\n",
            "line 1: this record is of a newer tcpwitness (version 2)"
        ),
    ])
    func aRecordThatIsNoneIsRefused(_ text: String, _ line: String) throws {
        let bench = try Workbench()
        try bench.write(text, to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl", "--junit", "j.xml"])
        #expect(result.errors == "tcpwitness: r.jsonl: \(line)\n")
        #expect(result.output == "")
        #expect(result.status == 2)
        #expect(bench.files == ["r.jsonl"])
    }

    /// What people take for a record is named, with the way to a record.
    @Test(
        arguments: [
            ([0x1f, 0x8b, 8, 0, 0, 0], "this is compressed (gzip); 'zcat r | tcpwitness ... -' reads it"),
            ([0x28, 0xb5, 0x2f, 0xfd, 0], "this is compressed (zstd); 'zstdcat r | tcpwitness ... -' reads it"),
            (Array("<?xml version".utf8), "this is XML, such as --junit writes; a record is what --record writes"),
            (Array("{\n  \"runs\"".utf8), "this is JSON, such as --json writes; a record is what --record writes"),
        ] as [([UInt8], String)])
    func whatIsTakenForARecordIsNamed(_ bytes: [UInt8], _ line: String) throws {
        let bench = try Workbench()
        try bench.write(bytes, to: "r")
        let result = try bench.run(["report", "r"])
        #expect(result.errors == "tcpwitness: r: \(line)\n")
        #expect(result.status == 2)
    }

    /// A record through a pipe, which is read more than once for its reports.
    @Test func aRecordComesThroughStandardInput() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .failed))), to: "r.jsonl")
        let file = try bench.run(["report", "r.jsonl", "--html", "file.html", "--junit", "file.xml"])
        let piped = try bench.run(
            ["report", "-", "--html", "pipe.html", "--junit", "pipe.xml"],
            through: ["/bin/sh", "-c", "cat r.jsonl | \"$0\" \"$@\""])
        #expect(piped.output == file.output && piped.errors == file.errors && piped.status == file.status)
        for kind in ["html", "xml"] { #expect(try bench.read("pipe.\(kind)") == bench.read("file.\(kind)")) }
    }

    /// Two runs of one kernel are told apart by their files.
    @Test(arguments: [[], ["--quiet"]])
    func severalRecordsAreNamed(_ options: [String]) throws {
        let bench = try Workbench()
        for name in ["one.jsonl", "two.jsonl"] {
            try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: name)
        }
        let result = try bench.run(["report", "one.jsonl", "two.jsonl"] + options)
        for name in ["one.jsonl", "two.jsonl"] {
            #expect(
                result.output.contains(
                    "tcpwitness 0.1.0 on Linux 6.12.0, scaled lane, \(name)\n2 scenarios: 2 passed in 0.05 s\n"))
        }
    }

    @Test func aCutOffRecordIsRenderedAllTheSame() throws {
        let bench = try Workbench()
        try bench.write(Array(Stream.bytes(Stream.half).dropLast(5)), to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl", "--junit", "j.xml"])
        #expect(result.errors == "tcpwitness: r.jsonl: cut off inside line 7\n")
        #expect(result.status == 2)
        #expect(result.output.contains("open.three-way did not finish: the record is cut off inside line 7"))
        #expect(result.output.contains("cut off inside line 7; 2 scenarios: 2 in error\n"))
        #expect(try bench.read("j.xml").contains("close.simultaneous did not finish"))
    }

    @Test(arguments: [
        ("missing/j.xml", "--junit missing/j.xml: ENOENT (No such file or directory)"),
        ("/", "--junit /: is a directory"),
        ("", "--junit '': not a file name"),
        ("new/", "--junit 'new/': not a file name"),
        ("/proc/j.xml", "--junit /proc/j.xml: ENOENT (No such file or directory)"),
        ("r.jsonl", "--junit names the record itself"),
        ("link.jsonl", "--junit link.jsonl: is a symbolic link, which is not written through"),
        ("dangling", "--junit dangling: is a symbolic link, which is not written through"),
    ])
    func anUnwritableReportIsFoundFirst(_ path: String, _ line: String) throws {
        let bench = try Workbench()
        let record = Stream.bytes(Stream.whole((.passed, .passed)))
        try bench.write(record, to: "r.jsonl")
        try FileManager.default.createSymbolicLink(
            atPath: bench.path("link.jsonl"), withDestinationPath: bench.path("r.jsonl"))
        try FileManager.default.createSymbolicLink(atPath: bench.path("dangling"), withDestinationPath: "new")
        let result = try bench.run(["report", "r.jsonl", "--junit", path])
        #expect(result.errors == "tcpwitness: \(line)\n")
        #expect(result.output == "")
        #expect(result.status == 2)
        #expect(bench.files == ["dangling", "link.jsonl", "r.jsonl"])
        #expect(try Array(bench.read("r.jsonl").utf8) == record)
    }

    @Test func aFullDeviceIsAnError() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl", "--junit", "/dev/full"])
        #expect(result.errors == "tcpwitness: --junit /dev/full: ENOSPC (No space left on device)\n")
        #expect(result.status == 2)
        // It must be written to, never replaced.
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }

    /// The old report survives, and nothing half-written appears beside it.
    @Test(.enabled(if: isRoot, "needs root to mount a small file system"))
    func aFullDiskLeavesWhatWasThere() throws {
        let bench = try Workbench()
        let notes = (0..<2000).map { Event.note(NoteFact(attempt: Stream.second, at: Int64($0), text: "a long story")) }
        try bench.write(Stream.bytes(Stream.half + notes), to: "r.jsonl")
        let script = """
            mkdir small && mount -t tmpfs -o size=16k none small && echo old > small/j.xml || exit 99
            "$@"
            status=$?
            ls -A small > seen
            cat small/j.xml >> seen
            exit $status
            """
        let result = try bench.run(
            ["report", "r.jsonl", "--junit", "small/j.xml"],
            through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"])
        #expect(result.errors.hasPrefix("tcpwitness: --junit small/j.xml: ENOSPC (No space left on device)\n"))
        #expect(result.status == 2)
        #expect(try bench.read("seen") == "j.xml\nold\n")
    }

    @Test func anOldReportIsReplacedWhole() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        try bench.write(String(repeating: "old ", count: 100_000), to: "j.xml")
        #expect(try bench.run(["report", "r.jsonl", "--junit", "j.xml"]).status == 0)
        #expect(try bench.read("j.xml").hasSuffix("</testsuites>\n"))
        #expect(bench.files == ["j.xml", "r.jsonl"])
    }
}
