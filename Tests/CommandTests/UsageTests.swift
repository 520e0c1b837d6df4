import Foundation
import Record
import Testing

/// Bad input gets exactly one line and exit status 2.
@Suite struct UsageTests {
    @Test(arguments: [
        (["frobnicate"], "unknown command 'frobnicate'; 'tcpwitness --help' lists them"),
        (["runn", "--jobs", "2"], "unknown command 'runn'; did you mean 'run'?"),
        (["help", "help", "nosuch"], "unknown command 'nosuch'; 'tcpwitness --help' lists them"),
        (["help", "nosuch"], "unknown command 'nosuch'; 'tcpwitness --help' lists them"),
        (["kernel", "fech"], "unknown command 'fech'; did you mean 'fetch'?"),
        (["help", "kernel", "nosuch"], "unknown command 'nosuch'; 'tcpwitness kernel --help' lists them"),
        (
            ["run", "--lane", "slow"],
            "The value 'slow' is invalid for '--lane <lane>'. Please provide one of 'scaled' and 'default'."
        ),
        (
            ["run", "--link", "wire"],
            "The value 'wire' is invalid for '--link <link>'. Please provide one of 'auto', 'netem' or 'relay'."
        ),
        (["run", "--jobs", "0"], "--jobs must be at least 1"),
        (["run", "--jobs", "-1"], "--jobs must be at least 1"),
        (["run", "--repeat", "-3"], "--repeat must be at least 1"),
        (["run", "--timeout", "-0.5"], "--timeout must be a positive number of seconds"),
        (["history", "--last", "-1"], "--last must be at least 1"),
        (["run", "--shard", "3/2"], "The value '3/2' is invalid for '--shard <i/n>': the parts of 2 are 1/2 to 2/2"),
        (["run", "--shard", "0/2"], "The value '0/2' is invalid for '--shard <i/n>': the parts of 2 are 1/2 to 2/2"),
        (["run", "--shard", "-1/2"], "The value '-1/2' is invalid for '--shard <i/n>': the parts of 2 are 1/2 to 2/2"),
        (
            ["run", "--shard", "half"],
            "The value 'half' is invalid for '--shard <i/n>': it must be two numbers, such as 1/4"
        ),
        (["run", "--kernel", ""], "--kernel '' names no kernel"),
        (
            ["run", "--kernel", "5.10:/nonexistent"],
            "--kernel 5.10:/nonexistent: 5.10 is a series, which has its own modules; only an image takes :MODULES_DIR"
        ),
        (
            ["run", "--baselines", "/nonexistent"],
            "--baselines needs --kernel: only guest runs are compared with a baseline"
        ),
        (["debug", "open.three-way", "--kernel", ""], "--kernel '' names no kernel"),
        (["debug", "open.three-way", "--kernel", "6.12", "--before", "0"], "--before must be at least 1"),
        (["debug", "close.*", "--kernel", "6.12"], "close.* means several scenarios; a debugger looks at one"),
        (["shell", "--kernel", ""], "--kernel '' names no kernel"),
        (["shell", "--kernel", "6.12", "--boot-timeout", "0"], "--boot-timeout must be a positive number of seconds"),
        (["shell", "--kernel", "6.12", "--program", "nosuch"], "--program nosuch: there is no such program"),
        (
            ["shell", "--kernel", "6.12", "--file", "nosuch"],
            "--file nosuch: ENOENT (No such file or directory)"
        ),
        (["show", "open.three-way", "--attempt", "2"], "--attempt needs --record"),
        (["show", "open.three-way", "--width", "80"], "--width needs --record"),
        (["show", "open.three-way", "--all"], "--all needs --record"),
        (["show", "open.three-way", "--record", "r", "--width", "0"], "--width must be at least 60"),
        (["show", "open.three-way", "--record", "r", "--width", "-80"], "--width must be at least 60"),
        (["show", "open.three-way", "--record", "r", "--attempt", "0"], "--attempt must be at least 1"),
        (["run", "--jobs", "many"], "The value 'many' is invalid for '--jobs <n>'"),
        (["run", "--repeat", "0"], "--repeat must be at least 1"),
        (["run", "--timeout", "nan"], "--timeout must be a positive number of seconds"),
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

    @Test func aVersionThatNothingHasIsNoFileThatIsMissing() throws {
        let result = try Workbench().run(["compare", "9.9", "5.10"])
        #expect(result.errors.hasPrefix("tcpwitness: 9.9 is neither a file nor a kernel series; known are 5.10, 6.1, "))
        #expect(result.errors.split(separator: "\n").count == 1)
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

    /// The page of options has every subcommand, and every option of `run`.
    @Test func thePageOfOptionsIsComplete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let page = try String(contentsOf: root.appending(path: "docs/options.md"), encoding: .utf8)
        let overview = try Workbench().run(["--help"]).output
        let commands = overview.matches(of: /\n {2}([a-z]+) {2,}[A-Z]/).map { String($0.1) }
        #expect(commands.count > 8)
        for command in commands { #expect(page.contains("| `\(command)"), "\(command)") }
        let options = try Workbench().run(["run", "--help"]).output.split(separator: "\n")
            .filter { $0.hasPrefix("  -") }
            .flatMap { $0.prefix(30).split { " ,/".contains($0) }.filter { $0.hasPrefix("--") } }
        #expect(options.count > 20)
        for option in options where option != "--help" && option != "--version" {
            #expect(page.contains(option), "\(option)")
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

    @Test(arguments: [["list"], ["show", "open.three-way"], ["doctor"], ["kernel", "list"]])
    func aFullOutputIsAnError(_ arguments: [String]) throws {
        let bench = try Workbench()
        bench.environment["TCPWITNESS_LAB"] = Workbench.executable + "-lab"
        let result = try bench.run(arguments, output: "/dev/full")
        #expect(result.errors == "tcpwitness: cannot write to standard output: ENOSPC (No space left on device)\n")
        #expect(result.status == 2)
    }

    /// What is printed must not get into a file that is opened instead.
    @Test func aClosedOutputIsAnError() throws {
        let bench = try Workbench()
        try bench.write(Stream.bytes(Stream.whole((.passed, .passed))), to: "r.jsonl")
        let closed = ["/bin/sh", "-c", "exec \"$@\" >&-", "sh"]
        let list = try bench.run(["list"], through: closed)
        #expect(list.errors == "tcpwitness: cannot write to standard output: EBADF (Bad file descriptor)\n")
        #expect(list.status == 2)
        let report = try bench.run(["report", "r.jsonl", "--json", "out.json"], through: closed)
        #expect(report.status == 2)
        if bench.files.contains("out.json") { #expect(try bench.read("out.json").hasPrefix("{")) }
    }

    /// A reader that goes away ends the process as it ends any other.
    @Test func aClosedPipeEndsIt() throws {
        let result = try Workbench().run(
            [], through: ["/bin/bash", "-c", "\"$@\" behaviours | true; exit ${PIPESTATUS[0]}", "bash"])
        #expect([141, 0].contains(result.status))
        let slow = try Workbench().run(
            [], through: ["/bin/bash", "-c", "(sleep 0.2; exec \"$@\" list) | true; exit ${PIPESTATUS[0]}", "bash"])
        #expect(slow.status == 141)
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
