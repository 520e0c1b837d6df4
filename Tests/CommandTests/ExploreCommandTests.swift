import Foundation
import Testing

/// What `explore` says of wrong arguments, before anything runs or is written.
@Suite struct ExploreCommandTests {
    @Test(arguments: [
        (["explore"], "Missing expected argument '<kernels> ...'"),
        (["explore", "6.1"], "explore takes two kernels"),
        (["explore", "6.1", "6.12", "7.2"], "explore takes two kernels"),
        (["explore", "6.1", "6.1"], "6.1 is named twice; a kernel in virtual time does the same each time"),
        (["explore", "6.1", "host"], "explore runs kernels in guests; this machine's own image is called 'running'"),
        (["explore", "6.1", "6.12@all"], "6.12@all is a range; explore takes one kernel a name"),
        (["explore", "6.1", ""], "'' names no kernel"),
        (["explore", "6.1", "6.12", "--within", "families"], "--within takes one kernel"),
        (
            ["explore", "6.1", "--within", "links", "--topics", "wire"],
            "--within links leaves no room for the topic wire"
        ),
        (["explore", "6.1", "6.12", "--sequences", "0"], "--sequences must be from 1 to 1000000"),
        (["explore", "6.1", "6.12", "--batch", "0"], "--batch must be from 1 to 1000"),
        (
            ["explore", "6.1", "6.12", "--for", "never"],
            "The value 'never' is invalid for '--for <time>': it must be a time such as 90s, 10m or 1h30m"
        ),
        (
            ["explore", "6.1", "6.12", "--topics", "close,wires"],
            "The value 'close,wires' is invalid for '--topics <topics>': 'wires' is none of open, close, data, options, sysctls, wire, forge, icmp, timers, "
                + "ipv6; did you mean 'wire'?"
        ),
        (["explore", "6.1", "6.12", "--output", "full"], "--output full: is not empty, it has file"),
        (["explore", "6.1", "6.12", "--output", "full/file"], "--output full/file: ENOTDIR (Not a directory)"),
        (["explore", "6.1", "6.12", "--output", "none/new"], "--output none/new: ENOENT (No such file or directory)"),
        (
            ["explore", "6.1", "nowhere", "--output", "new"],
            "no kernel nowhere: no such file, nor a series that 'tcpwitness kernel list' shows"
        ),
    ])
    func oneLine(_ arguments: [String], _ line: String) throws {
        let bench = try Workbench()
        try FileManager.default.createDirectory(atPath: bench.path("full"), withIntermediateDirectories: true)
        try bench.write([], to: "full/file")
        let result = try bench.run(arguments)
        #expect(result.errors == "tcpwitness: \(line)\n")
        #expect(result.output == "")
        #expect(result.status == 2)
        #expect(bench.files == ["full"])
    }
}

/// A small exploration of a real kernel, which takes minutes: `make check-exploration` runs it.
@Suite(
    .enabled(if: StockKernel.cached != nil && StockKernel.hasQEMU, "needs QEMU and a fetched kernel"),
    .enabled(if: ProcessInfo.processInfo.environment["TCPWITNESS_LONG_TESTS"] != nil, "make check-exploration runs it"))
struct ExploreGuestBootTests {
    /// One kernel over IPv4 and over IPv6, twice with one seed: the same sequences, to the same end.
    @Test func twoExplorationsAreTheSame() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let command = [
            "explore", series, "--within", "families", "--sequences", "10", "--seed", "5", "--format", "json",
        ]
        let results = try ["one", "two"].map { try bench.run(command + ["--output", $0]) }
        for result in results {
            #expect(result.status == 0 || result.status == 1, "\(result.output)\(result.errors)")
            #expect(result.errors == "")
        }
        let (one, two) = (try Self.summary(results[0].output), try Self.summary(results[1].output))
        #expect(one.sequences == 10)
        // So few come to a few dozen states, segments and counters, and most of them can be judged.
        #expect(one.reached > 30)
        #expect(one.unjudged.values.reduce(0, +) < 6, "\(one.unjudged)")
        #expect(one == two)
        #expect(try bench.read("one/summary.json") == results[0].output)
        for finding in one.findings {
            let file = try #require(finding.file)
            #expect(try bench.read("one/\(file)") == finding.text)
            #expect(try bench.run(["check", "one/\(file)"]).status == 0)
            for side in ["IPv4", "IPv6"] {
                #expect(bench.exists("one/\(finding.id)-\(side).jsonl"))
            }
        }
    }

    /// What does not depend on how fast this machine is.
    private struct Summary: Decodable, Equatable {
        struct Found: Decodable, Equatable {
            var id: String
            var file: String?
            var text: String
            var differences: [String]
        }

        var sequences: Int
        var rerun: Int
        var reached: Int
        var virtualSeconds: Double
        var findings: [Found]
        var unjudged: [String: Int]
    }

    private static func summary(_ text: String) throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: Data(text.utf8))
    }
}

extension Workbench {
    fileprivate func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
