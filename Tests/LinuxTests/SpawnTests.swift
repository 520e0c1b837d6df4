import Glibc
import Linux
import Testing

/// Processes of ours, by programs that every system has.
@Suite struct SpawnTests {
    @Test func standardDescriptorsGoWhereTheyAreSaidTo() throws {
        let result = try shell("cat; echo error >&2; exit 7", input: "input\n")
        #expect(result.output == "input\n" && result.errors == "error\n")
        #expect(result.status == .exited(7))
    }

    @Test func otherDescriptorsAreNumberedFromThree() throws {
        let (first, second) = (try ScratchFile("first"), try ScratchFile("second"))
        // The same one twice, and in another order than they were made.
        let numbers = [second.raw, first.raw, second.raw]
        let result = try shell("for i in 3 4 5; do readlink /proc/self/fd/$i; done", descriptors: numbers)
        #expect(result.output == [second, first, second].map { "\($0.path)\n" }.joined())
    }

    /// Whatever else this process has open stays its own, unless it was opened to be inherited.
    @Test func nothingElseIsInherited() throws {
        let (inheritable, ours, given) = (try ScratchFile(), try ScratchFile(), try ScratchFile())
        let leak = fcntl(inheritable.raw, F_DUPFD, 40)
        defer { close(leak) }
        let script = "for fd in /proc/self/fd/*; do readlink $fd; done"
        let seen = try shell(script, descriptors: [given.raw]).output
        // The probe is good: it shows what does leak.
        #expect(seen.contains(inheritable.path) && seen.contains(given.path))
        #expect(!seen.contains(ours.path))
    }

    /// Neither a child nor one that could not be started costs a descriptor.
    @Test func noDescriptorIsLeftBehind() throws {
        let file = try ScratchFile()
        let second = dup(file.raw)
        // The probe is good: it counts one more.
        #expect(file.count == 2)
        close(second)
        #expect(file.count == 1)
        for _ in 0..<8 {
            #expect(try shell("exit 0", descriptors: [file.raw]).status == .exited(0))
            #expect(throws: SystemError.self) {
                try ChildProcess("/nowhere/program", [], descriptors: [file.raw])
            }
            #expect(throws: SystemError.self) {
                try ChildProcess("/bin/true", [], descriptors: [file.raw, 100_000])
            }
        }
        #expect(file.count == 1)
    }

    @Test func itWorksWhereItIsSaidTo() throws {
        #expect(try shell("pwd -P", directory: "/proc/self/..").output == "/proc\n")
        let here = try #require(getcwd(nil, 0))
        defer { free(here) }
        #expect(try shell("pwd -P").output == "\(String(cString: here))\n")
    }

    @Test func noFileGrowsLongerThanAllowed() throws {
        let file = try ScratchFile()
        let result = try shell("exec head -c 5000 /dev/zero >&3", descriptors: [file.raw], longestFile: 4096)
        #expect(result.status == .killed(SIGXFSZ))
        #expect(try file.text.utf8.count == 4096)
        let shorter = try ScratchFile()
        let whole = try shell(
            "exec head -c 4096 /dev/zero >&3", descriptors: [shorter.raw], longestFile: 4096)
        #expect(whole.status == .exited(0))
    }

    @Test(
        arguments: [
            ("/nowhere/program", [], nil, .ENOENT), ("/etc/passwd", [], nil, .EACCES), ("/etc", [], nil, .EACCES),
            ("/bin/true", [], "/nowhere", .ENOENT), ("/bin/true", [], "/etc/passwd", .ENOTDIR),
            ("/bin/true", [100_000], nil, .EBADF), ("/bin/true", [Int32](repeating: 0, count: 17), nil, .EINVAL),
        ] as [(String, [Int32], String?, Errno)])
    func whatCannotStartSaysWhy(_ path: String, _ descriptors: [Int32], _ directory: String?, _ errno: Errno) throws {
        let error = try #require(throws: SystemError.self) {
            try ChildProcess(path, [], descriptors: descriptors, directory: directory)
        }
        #expect(error.errno == errno && error.call == "start \(path)")
    }

    @Test func signalsAreAsTheyAreByDefault() throws {
        // One that no other test minds, for they share this process.
        signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, SIG_DFL) }
        #expect(try shell("kill -s USR2 $$; exit 3").status == .killed(SIGUSR2))
    }

    @Test func itDiesWithTheThreadThatStartedIt() async throws {
        let child = try await onThread { try ChildProcess("/bin/sleep", ["600"]) }
        #expect(ends(child))
        #expect(try child.wait() == .killed(SIGKILL))
        #expect(!isAlive(process: child.pid))
    }

    @Test func itOutlivesTheThreadWhereItShall() async throws {
        let child = try await onThread { try ChildProcess("/bin/sleep", ["600"], survives: true) }
        // One that does not survive is gone soon after.
        let other = try await onThread { try ChildProcess("/bin/sleep", ["600"]) }
        #expect(ends(other))
        _ = try other.wait()
        #expect(isAlive(process: child.pid) && !ends(child, within: 0))
        try child.signal(SIGTERM)
        #expect(try child.wait() == .killed(SIGTERM))
    }

    /// Its own session: the first field after the process group in /proc/PID/stat.
    @Test(arguments: [false, true]) func ownSession(_ own: Bool) throws {
        let child = try ChildProcess("/bin/sleep", ["600"], ownSession: own)
        let status = try Files.read("/proc/\(child.pid)/stat")
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        #expect(fields.dropFirst(3).first == (own ? "\(child.pid)" : "\(getsid(0))"))
        try child.signal(SIGKILL)
        #expect(try child.wait() == .killed(SIGKILL))
    }

    @Test func stopsAreSeen() throws {
        let child = try ChildProcess("/bin/sleep", ["600"])
        #expect(!child.isStopped && !child.takeStops())
        try child.signal(SIGSTOP)
        var info = siginfo_t()
        #expect(waitid(P_PID, id_t(child.pid), &info, WSTOPPED | WNOWAIT) == 0)
        #expect(child.isStopped)
        #expect(child.takeStops() && !child.takeStops())
        try child.signal(SIGKILL)
        _ = try child.wait()
    }

    @Test(.enabled(if: isRoot, "needs root")) func isolatedItIsTheFirstProcess() throws {
        #expect(try shell("echo $$", isolated: true).output == "1\n")
        #expect(try shell("echo $$").output != "1\n")
    }

    @Test(.enabled(if: isRoot, "needs root")) func itEntersANamespace() throws {
        let namespace = try NetworkNamespace()
        let script = "readlink /proc/self/ns/net"
        let inside = try shell(script, namespace: namespace).output
        let (outside, expected) = (try shell(script).output, try namespace.inside { try shell(script).output })
        #expect(inside != outside && inside == expected)
    }

    @Test func programsAreFoundAsAShellFindsThem() throws {
        let file = try ScratchFile()
        #expect(findProgram("sh", in: "/nowhere:/bin:/usr/bin") == "/bin/sh")
        #expect(findProgram("/bin/sh", in: "/nowhere") == "/bin/sh")
        #expect(findProgram("sh", in: "/nowhere") == nil && findProgram("sh", in: "") == nil)
        // No program, though it is a file.
        #expect(findProgram(file.path) == nil)
    }

    /// Runs `body` on a thread that ends with it.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try startThread { continuation.resume(with: Swift.Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
