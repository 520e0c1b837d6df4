import Foundation
import Glibc
import Testing

/// A shell in a guest, and a guest that stops for a debugger.
extension GuestBootTests {
    private static func bench() throws -> Workbench {
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory(), "TERM": "dumb"]
        return bench
    }

    /// A process with this text at its standard input, which stays open.
    private static func run(_ command: [String], typing text: String, in bench: Workbench) throws -> Workbench.Result {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["--signal=KILL", "240"] + command
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(bench.environment) { $1 }
        process.currentDirectoryURL = bench.directory
        for name in ["bench-out", "bench-err"] { try bench.write("", to: name) }
        process.standardOutput = FileHandle(forWritingAtPath: bench.path("bench-out"))
        process.standardError = FileHandle(forWritingAtPath: bench.path("bench-err"))
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        // Through a terminal the end of what is typed would come before the shell that it is for.
        if command[0] != "script" { try input.fileHandleForWriting.close() }
        process.waitUntilExit()
        return Workbench.Result(
            status: process.terminationStatus, output: try bench.read("bench-out"), errors: try bench.read("bench-err"))
    }

    /// What comes through a pipe is a script: its output is what the hosts, a scenario and a sequence say, byte by byte,
    /// and its status is the command's.
    @Test func aShellRunsAScript() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Self.bench()
        try bench.write("claim  A connection is made.\nconnect client server\n", to: "connect.tcp")
        let script = """
            uname -r
            A cat /proc/net/fib_trie | grep -c 192.0.2.1
            B sh -c 'echo "$1 of B"' sh word
            run open.three-way connect.tcp
            run open.nothing || echo "and $?"
            exit 7
            """
        let result = try Self.run(
            [Workbench.executable, "shell", "--kernel", series, "--file", "connect.tcp"], typing: script, in: bench)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(result.status == 7, "\(result.output)\(result.errors)")
        #expect(lines.count >= 6, "\(result.output)\(result.errors)")
        guard lines.count >= 6 else { return }
        #expect(lines[0].hasPrefix("\(series)."))
        #expect(Int(lines[1]).map { $0 > 0 } == true)
        #expect(lines[2] == "word of B")
        #expect(Set(lines[3...4]) == ["passed  open.three-way", "passed  connect"])
        #expect(lines[5...6].joined(separator: "\n") == "tcpwitness: no scenario open.nothing\nand 3")
        #expect(!result.output.contains("\r"))
    }

    /// On a terminal what is typed before the shell is there is not lost, and has a terminal of its own in the guest.
    @Test func aShellOnATerminal() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Self.bench()
        let command = "\(Workbench.executable) shell --kernel \(series)"
        let result = try Self.run(
            ["script", "--quiet", "--return", "--command", command, "/dev/null"],
            typing: "echo $((6 * 7))-$(stty size | wc -w)\nexit 3\n", in: bench)
        #expect(result.status == 3, "\(result.output)\(result.errors)")
        #expect(result.output.contains("42-2"), "\(result.output)")
    }

    private static let sequence = """
        id      example.wrong
        claim   After shutdown(SHUT_WR) data of the peer is answered by a reset.
        connect client server
        client  shutdown SHUT_WR
        server  send "late"
        wire    carries "<RST"

        """

    /// gdb finds a guest that stands still before the call that brings about what is not expected, at the nanosecond of
    /// the first run, and lets it go on to the same end.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gdb"), "needs gdb"))
    func aDebuggerStopsBeforeTheFault() throws {
        let series = try #require(StockKernel.cached).series
        let bench = try Self.bench()
        try bench.write(Self.sequence, to: "wrong.tcp")
        let running = try bench.start(["debug", "wrong.tcp", "--kernel", series, "--gdb", bench.path("gdb")])
        let deadline = Date.now + 120
        while !running.output.contains("target remote"), running.process.isRunning, Date.now < deadline {
            usleep(50_000)
        }
        let stopped = running.output
        #expect(stopped.contains("\n  -> 10  wrong.tcp:5  server send \"late\"\n"), "\(stopped)")
        #expect(stopped.contains("\n    expected  the wire carries <RST\n"), "\(stopped)")
        // It waits for as long as nobody goes on: the attempt has not ended a second time.
        #expect(stopped.components(separatedBy: "FAILED   example.wrong").count == 2)
        let gdb = try Self.run(
            [
                "/usr/bin/gdb", "-nx", "-batch", "-ex", "target remote \(bench.path("gdb"))", "-ex",
                "info registers rip",
                "-ex", "detach",
            ], typing: "", in: bench)
        #expect(gdb.output.contains("rip "), "\(gdb.output)\(gdb.errors)")
        let result = try running.wait()
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.components(separatedBy: "FAILED   example.wrong").count == 3, "\(result.output)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("gdb")))
    }

    /// Where nothing fails there is nothing to stop before.
    @Test func nothingToDebug() throws {
        let series = try #require(StockKernel.cached).series
        let result = try Self.bench().run(["debug", "open.three-way", "--kernel", series])
        #expect(result.status == 4)
        #expect(
            result.errors
                == "tcpwitness: nothing failed, so there is nothing to stop before; --before NUMBER stops before any act\n"
        )
    }
}
