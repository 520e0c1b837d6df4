import Foundation
import Record
import Testing

/// Every report that the command line writes from a record.
@Suite struct ReportFormatTests {
    private static let formats = ["--junit", "--html", "--ktap", "--json", "--markdown", "--kcidb"]

    private static let all = formats.flatMap { [$0, "out\($0)"] } + ["--pcap", "captures", "--github"]

    @Test func everyFormatAtOnce() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .failed))), to: "r.jsonl")
        let result = try bench.run(["report", "r.jsonl"] + Self.all)
        #expect(result.errors == "")
        #expect(result.status == 1)
        #expect(
            result.output.contains("\n::error file=Harness/Scenarios/Here.swift,line=1,title=close.simultaneous FAILED")
        )
        #expect(bench.files == (["captures", "r.jsonl"] + Self.formats.map { "out\($0)" }).sorted())
        #expect(try bench.read("out--ktap").hasPrefix("KTAP version 1\n1..2\n"))
        #expect(try bench.read("out--html").hasPrefix("<!doctype html>"))
        #expect(
            try bench.read("out--markdown").hasPrefix("## Linux 6.12.0: 2 scenarios: 1 passed, 1 failed in 50 ms\n"))
    }

    /// Wherever a record is cut, what it has is rendered in every format, and the cut is told.
    @Test func aCutOffRecordIsRenderedInEveryFormat() throws {
        let bench = try Workbench()
        let lines = Stream.whole((.passed, .passed)).map { Stream.bytes([$0]) }
        for count in 1..<lines.count {
            let torn = lines[..<count].flatMap(\.self) + lines[count].prefix(9)
            try bench.write(torn, to: "r.jsonl")
            let result = try bench.run(["report", "r.jsonl"] + Self.all)
            #expect(result.errors == "tcpwitness: r.jsonl: cut off inside line \(count + 1)\n")
            #expect(result.status == 2)
            for format in Self.formats {
                #expect(try bench.read("out\(format)").contains("cut off inside line \(count + 1)"), "\(format)")
            }
        }
    }

    @Test func severalRecordsMakeOneReport() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "a.jsonl")
        try bench.write(Stream.bytes(Stream.whole((.passed, .error))), to: "b.jsonl")
        let result = try bench.run(["report", "a.jsonl", "b.jsonl", "--json", "j", "--html", "h", "--pcap", "p"])
        #expect(result.status == 3)
        #expect(try bench.read("j").contains("\"name\" : \"6.12.0 (b.jsonl)\""))
        #expect(try bench.read("h").contains("6.12.0 (a.jsonl)"))
    }

    @Test(arguments: [
        (["--html", "r.jsonl"], "--html names the record itself"),
        (["--html", "x", "--ktap", "x"], "--html and --ktap name the same file"),
        (["--pcap", "r.jsonl"], "--pcap r.jsonl: is no directory"),
        (["--pcap", "no/such"], "--pcap no/such: ENOENT (No such file or directory)"),
        (["--attachments", "gitlab"], "--attachments needs --junit and --pcap"),
        (["--attachment-prefix", "x"], "--attachment-prefix needs --attachments"),
        (["--kcidb-origin", "x"], "--kcidb-origin needs --kcidb"),
        (
            ["--kcidb", "x", "--kcidb-origin", "My CI"],
            "--kcidb-origin must have lower-case letters, digits and underscores only"
        ),
        (
            ["--kcidb", "x", "--kcidb-build", "4711"],
            "--kcidb-build must be an origin and an id, such as mine:4711"
        ),
    ])
    func badInputIsFoundFirst(_ arguments: [String], _ line: String) throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        try bench.write("", to: "x")
        let result = try bench.run(["report", "r.jsonl"] + arguments)
        #expect(result.errors.hasPrefix("tcpwitness: \(line)"), "\(result.errors)")
        #expect(result.status == 2)
        #expect(result.output == "")
    }

    @Test func attachmentsAreNamedAsTheReaderWants() throws {
        let bench = try Workbench()
        var events = Stream.whole((.passed, .passed))
        let segment = SegmentFact(
            attempt: Stream.first, at: 1, from: "A", flags: "S", sequence: 0, acknowledgement: nil, length: 0,
            window: 100, options: [], fate: .passed, sourcePort: 1, destinationPort: 2,
            frame: FrameBytes(Array(repeating: 0, count: 54)))
        events.insert(.segment(segment), at: 5)
        try bench.write(Stream.bytes(events), to: "r.jsonl")
        for (more, path) in [
            (["--attachments", "gitlab"], "captures/open.three-way.A.pcapng"),
            (["--attachments", "jenkins"], bench.path("captures/open.three-way.A.pcapng")),
            (["--attachments", "gitlab", "--attachment-prefix", "build/x"], "build/x/open.three-way.A.pcapng"),
        ] {
            let result = try bench.run(["report", "r.jsonl", "--junit", "j.xml", "--pcap", "captures"] + more)
            #expect(result.errors == "")
            #expect(try bench.read("j.xml").contains("[[ATTACHMENT|\(path)]]"), "\(path)")
        }
        #expect(FileManager.default.fileExists(atPath: bench.path("captures/open.three-way.A.pcapng")))
    }

    @Test func aRecordedAttemptIsShown() throws {
        let bench = try Workbench()
        let note = NoteFact(attempt: Stream.second, at: 1_000_000, text: "the wire is frozen")
        var events = Stream.whole((.passed, .passed))
        events.insert(.note(note), at: 5)
        try bench.write(Stream.bytes(events), to: "r.jsonl")
        let shown = try bench.run(["show", "--record", "r.jsonl", "close.simultaneous", "--width", "80"])
        #expect(shown.errors == "")
        #expect(shown.output.hasPrefix("close.simultaneous  passed  Here.swift:1\n"))
        #expect(shown.output.contains("  0.001000  --- the wire is frozen ---\n"))
        let unknown = try bench.run(["show", "--record", "r.jsonl", "close.simultaneus"])
        #expect(unknown.errors.contains("did you mean 'close.simultaneous'?"))
        let second = try bench.run(["show", "--record", "r.jsonl", "close.simultaneous", "--attempt", "2"])
        #expect(second.errors == "tcpwitness: r.jsonl has no attempt 2 at close.simultaneous; it has 1\n")
        // One of the catalogue that the record does not have is not unknown.
        let other = try bench.run(["show", "--record", "r.jsonl", "timewait.sixty-seconds"])
        #expect(
            other.errors
                == "tcpwitness: r.jsonl has no scenario 'timewait.sixty-seconds'; "
                + "'tcpwitness report r.jsonl' lists what it has\n")
        #expect(other.status == 2)
    }

    @Test func choosesByTagAndEarlierFailure() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .failed))), to: "r.jsonl")
        func listed(_ arguments: String...) throws -> [String] {
            let result = try bench.run(["list"] + arguments)
            return result.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        }
        #expect(try listed("--only-failed", "r.jsonl") == ["close.simultaneous"])
        #expect(try listed("open.*", "--only-failed", "r.jsonl") == [])
        // Where nothing failed, all are to be run again.
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "good.jsonl")
        let good = try bench.run(["list", "open.t*", "--only-failed", "good.jsonl"])
        #expect(good.output.hasPrefix("open.three-way"))
        #expect(good.errors == "tcpwitness: nothing failed in good.jsonl (2 scenarios: 2 passed): all are selected\n")
        let closing = try listed("--tag", "close")
        #expect(!closing.isEmpty && closing.allSatisfy { $0.hasPrefix("close.") })
        #expect(try listed("--tag", "timewait", "--tag", "slow").contains("timewait.sixty-seconds"))
        let unknown = try bench.run(["list", "--tag", "nonsense"])
        #expect(unknown.errors.hasPrefix("tcpwitness: no scenario has the tag 'nonsense'; there are open, "))
        #expect(unknown.status == 2)
    }
}
