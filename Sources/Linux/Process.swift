internal import CLinux
internal import Glibc

/// How a process ended.
package enum WaitStatus: Hashable, Sendable {
    case exited(Int32)
    /// Killed by this signal.
    case killed(Int32)
}

/// Where a child's standard input, output and errors go; nil leaves one where the parent's goes.
package struct StandardDescriptors: Sendable {
    package var input: Int32?
    package var output: Int32?
    package var errors: Int32?

    package init(input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil) {
        self.input = input
        self.output = output
        self.errors = errors
    }
}

/// The path of a program that may be executed: as it is where it has a slash, else the first in PATH; nil where there is
/// none.
package func findProgram(_ name: String, in path: String? = nil) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let path = path ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}

/// A child process that, unless told otherwise, dies with the thread that started it.
package final class ChildProcess: Sendable {
    package let pid: Int32
    /// Readable once the process has ended.
    package let pidfd: Descriptor

    /// Starts an executable. Throws the error of the first step that failed.
    ///
    /// - Parameters:
    ///   - standard: the first three descriptors of the child.
    ///   - descriptors: descriptor i becomes number 3 + i of the child; no other is inherited.
    ///   - directory: where it works; nil for where this process does.
    ///   - longestFile: how many bytes any file it writes may have; the signal SIGXFSZ ends it at one more.
    ///   - namespace: the network namespace to enter.
    ///   - isolated: makes it the first process of a new pid namespace and session, so that all its descendants
    ///     end when it does and a Ctrl-C of the terminal does not reach them.
    ///   - ownSession: makes a session for it, so that a Ctrl-C of the terminal does not reach it.
    ///   - survives: lets it outlive its parent, in a session of its own.
    package init(
        _ path: String, _ arguments: [String], environment: [String] = [],
        standard: StandardDescriptors = StandardDescriptors(), descriptors: [Int32] = [], directory: String? = nil,
        longestFile: Int? = nil, namespace: NetworkNamespace? = nil, isolated: Bool = false, ownSession: Bool = false,
        survives: Bool = false
    ) throws(SystemError) {
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        let place = directory.flatMap { strdup($0) }
        defer { for string in argv + envp + [place] { free(string) } }
        let numbered = [standard.input ?? -1, standard.output ?? -1, standard.errors ?? -1] + descriptors
        var pid: pid_t = 0
        var fd: Int32 = -1
        let result = argv.withUnsafeMutableBufferPointer { argv in
            envp.withUnsafeMutableBufferPointer { envp in
                path.withCString { path in
                    numbered.withUnsafeBufferPointer { numbered in
                        var spawn = clx_spawn_request(
                            path: path, argv: argv.baseAddress, envp: envp.baseAddress, fds: numbered.baseAddress,
                            fd_count: Int32(numbered.count), directory: place, file_limit: Int64(longestFile ?? 0),
                            netns: namespace?.descriptor ?? -1,
                            new_pid_namespace: isolated ? 1 : 0,
                            new_session: isolated || ownSession || survives ? 1 : 0,
                            death_signal: survives ? 0 : SIGKILL)
                        return clx_spawn(&spawn, &pid, &fd)
                    }
                }
            }
        }
        try check(result, "start \(path)")
        self.pid = pid
        pidfd = Descriptor(owning: fd)
    }

    /// Takes charge of a child that another process made for us (clone(2) with CLONE_PARENT).
    ///
    /// Throws the `pidfd_open(2)` error.
    package init(adopting pid: Int32) throws(SystemError) {
        pidfd = Descriptor(owning: try check(clx_pidfd_open(pid), "pidfd_open \(pid)"))
        self.pid = pid
    }

    /// Sends a signal. Throws the `kill(2)` error.
    package func signal(_ number: Int32) throws(SystemError) {
        guard kill(pid, number) == 0 else { throw SystemError("kill \(pid) \(signalSymbol(number))") }
    }

    /// Whether a signal has stopped it, as wait(2) tells its parent; /proc may be another pid namespace's.
    package var isStopped: Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(pid), &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
    }

    /// Whether a signal has stopped it, or let it go on, since this was last asked.
    package func takeStops() -> Bool {
        var found = false
        while true {
            var info = siginfo_t()
            guard waitid(P_PID, id_t(pid), &info, WSTOPPED | WCONTINUED | WNOHANG) == 0, info.si_signo == SIGCHLD else {
                return found
            }
            found = true
        }
    }

    /// Waits until it has ended. Call once. Throws the `waitpid(2)` error.
    package func wait() throws(SystemError) -> WaitStatus { try waitForProcess(pid) }
}

/// Whether a process is there, by its number in /proc, and has not ended; one that only waits to be reaped has.
package func isAlive(process pid: Int32) -> Bool {
    guard let status = try? Files.read("/proc/\(pid)/stat") else { return false }
    // The name before it is in parentheses and may hold anything.
    guard let end = status.lastIndex(of: ")") else { return false }
    let state = status[end...].dropFirst(2).first
    return state != "Z" && state != "X"
}

/// Waits for a child of this process. Throws the `waitpid(2)` error.
package func waitForProcess(_ pid: Int32) throws(SystemError) -> WaitStatus {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
        if errno != Glibc.EINTR { throw SystemError("waitpid \(pid)") }
    }
    return clx_wifsignaled(status) != 0 ? .killed(clx_wtermsig(status)) : .exited(clx_wexitstatus(status))
}

/// Gives the calling thread the name that the kernel shows of it, of which it keeps 15 bytes.
package func nameThread(_ name: String) { try? Files.write(name, to: "/proc/thread-self/comm") }

/// Runs `body` on a thread of its own. Throws the pthread_create(3) error.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(Box(body))
    let result = pthread_create(
        &thread, &attributes,
        { pointer in
            Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard result == 0 else {
        box.release()
        throw SystemError("pthread_create", Errno(rawValue: result))
    }
}
