import Foundation
import Record
import Testing

/// Bad input gets exactly one line and exit status 2.
@Suite struct UsageTests {
    @Test(arguments: [
        (["frobnicate"], "Unexpected argument 'frobnicate'"),
        (
            ["run", "--lane", "slow"],
            "The value 'slow' is invalid for '--lane <lane>'. Please provide one of 'scaled' and 'default'."
        ),
        (
            ["run", "--link", "wire"],
            "The value 'wire' is invalid for '--link <link>'. Please provide one of 'auto', 'netem' or 'relay'."
        ),
        (["run", "--jobs", "0"], "--jobs must be at least 1"),
        (["run", "--jobs", "many"], "The value 'many' is invalid for '--jobs <n>'"),
        (["run", "--repeat", "0"], "--repeat must be at least 1"),
        (["run", "--patience", "nan"], "--patience must be a positive number of seconds"),
        (["run", "--colour"], "Unknown option '--colour'"),
        (["run", "close.simultaneus"], "unknown scenario 'close.simultaneus'; did you mean 'close.simultaneous'?"),
        (
            ["run", "open.three-way", "nothing-like-it"],
            "unknown scenario 'nothing-like-it'; 'tcpwitness list' shows all"
        ),
        (["run", "nothing.*"], "no scenario matches 'nothing.*'; 'tcpwitness list' shows all"),
        (["run", "close.[a-"], "bad pattern 'close.[a-': '[' is not closed"),
        (["run", "close\\"], "bad pattern 'close\\': nothing follows the last '\\'"),
        (["list", "nothing.*"], "no scenario matches 'nothing.*'; 'tcpwitness list' shows all"),
        (["show"], "Missing expected argument '<scenario>'"),
        (["show", "open.tree-way"], "unknown scenario 'open.tree-way'; did you mean 'open.three-way'?"),
        (
            ["kernel", "fetch", "3.2"],
            "unknown kernel series '3.2'; known are 5.10, 6.1, 6.12, 6.16, 6.17, 6.18, 6.19, 7.0, 7.1, "
                + "7.2, 7.3, ubuntu-5.4, ubuntu-5.15, ubuntu-6.8, ubuntu-6.14"
        ),
        (
            ["kernel", "info", "nowhere"],
            "no kernel nowhere: no such file, nor a series that 'tcpwitness kernel list' shows"
        ),
        (["report"], "Missing expected argument '<record> ...'"),
        (["report", "missing"], "cannot read missing: ENOENT (No such file or directory)"),
        (["report", "/"], "cannot read /: EISDIR (Is a directory)"),
    ])
    func oneLine(_ arguments: [String], _ line: String) throws {
        let result = try Workbench().run(arguments)
        #expect(result.errors == "tcpwitness: \(line)\n")
        #expect(result.output == "")
        #expect(result.status == 2)
    }

    @Test func versionAndHelpAreNoErrors() throws {
        let bench = try Workbench()
        #expect(try bench.run(["--version"]).output.hasPrefix("tcpwitness \(toolVersion) ("))
        for (arguments, usage) in [
            ([], "<subcommand>"), (["--help"], "<subcommand>"), (["help", "run"], "run [<options>] [<scenarios> ...]"),
            (["run", "--help"], "run [<options>] [<scenarios> ...]"), (["kernel"], "kernel <subcommand>"),
            (["kernel", "fetch", "--help"], "kernel fetch [<kernels> ...]"),
        ] {
            let result = try bench.run(arguments)
            #expect(result.status == 0)
            #expect(result.output.contains("USAGE: tcpwitness \(usage)"), "\(arguments)")
            #expect(result.errors == "")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func shellsComplete(_ shell: String) throws {
        let result = try Workbench().run(["--generate-completion-script", shell])
        #expect(result.status == 0)
        // Subcommands, options, and the ids of scenarios.
        for word in ["behaviours", "only-failed", "close.simultaneous"] { #expect(result.output.contains(word)) }
    }

    /// The README has every subcommand, and every option of `run`.
    @Test func theReadmeIsComplete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let overview = try Workbench().run(["--help"]).output
        let commands = overview.matches(of: /\n {2}([a-z]+) {2,}[A-Z]/).map { String($0.1) }
        #expect(commands.count > 8)
        for command in commands { #expect(readme.contains("`tcpwitness \(command)"), "\(command)") }
        let options = try Workbench().run(["run", "--help"]).output.split(separator: "\n")
            .filter { $0.hasPrefix("  -") }
            .flatMap { $0.prefix(30).split { " ,/".contains($0) }.filter { $0.hasPrefix("--") } }
        #expect(options.count > 20)
        for option in options where option != "--help" && option != "--version" {
            #expect(readme.contains(option), "\(option)")
        }
    }

    @Test func listTakesGlobs() throws {
        let result = try Workbench().run(["list", "close.simultaneou[s]", "open.three-way"])
        let ids = result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        // In the catalogue's order, not in that of the arguments.
        #expect(ids == ["open.three-way", "close.simultaneous"])
    }

    @Test func showTellsTheClaim() throws {
        let result = try Workbench().run(["show", "close.simultaneous"])
        #expect(result.status == 0)
        #expect(result.output.contains("  claim     When FINs cross"))
    }

    @Test func aFullOutputIsAnError() throws {
        let result = try Workbench().run(["list"], output: "/dev/full")
        #expect(result.errors == "tcpwitness: cannot write to standard output: ENOSPC (No space left on device)\n")
        #expect(result.status == 2)
    }

    @Test(.enabled(if: isRoot, "needs root to drop a capability"))
    func aMissingCapabilityIsNamed() throws {
        let result = try Workbench().run(["run"], through: ["/usr/bin/setpriv", "--bounding-set", "-net_raw"])
        #expect(
            result.errors
                == "tcpwitness: run needs CAP_NET_RAW, which this root lacks; a container may have dropped it\n")
        #expect(result.status == 2)
    }
}
