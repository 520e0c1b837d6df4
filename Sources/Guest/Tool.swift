internal import Glibc
internal import Linux

/// A program of the system that is run to its end.
///
/// It dies with the thread that runs it.
struct Tool {
    /// What it printed, and how it ended.
    struct Result {
        let output: [UInt8]
        let errors: String
        let status: WaitStatus

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a command to its end whatever its exit status. Throws `GuestError` when it cannot be started.
    ///
    /// - Parameter meanwhile: called a few times a second until it has ended.
    static func run(
        _ command: [String], input: [UInt8] = [], in directory: String = "/", meanwhile: () -> Void = {}
    ) throws -> Result {
        let input = try TemporaryFile(input)
        let output = try TemporaryFile()
        let errors = try TemporaryFile()
        guard let program = findProgram(command[0]) else { throw GuestError("\(command[0]) is not installed") }
        let child: ChildProcess
        do {
            child = try ChildProcess(
                program, Array(command.dropFirst()), environment: environment,
                standard: StandardDescriptors(
                    input: input.descriptor.raw, output: output.descriptor.raw, errors: errors.descriptor.raw),
                directory: directory, longestFile: longestFile)
        } catch {
            throw GuestError("cannot run \(command[0]): \(error.errno)")
        }
        var entry = pollfd(fd: child.pidfd.raw, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 200) == 0 { meanwhile() }
        let status = try child.wait()
        return Result(
            output: try output.contents(), errors: String(decoding: try errors.contents(), as: UTF8.self),
            status: status)
    }

    /// Runs a command that has to succeed. Throws `GuestError` with its last words otherwise.
    static func output(of command: [String], input: [UInt8] = [], in directory: String = "/") throws -> Result {
        let result = try run(command, input: input, in: directory)
        guard result.status == .exited(0) else {
            let last = result.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
            throw GuestError("\(command[0]) failed\(last)")
        }
        return result
    }

    /// The environment of this process, with messages in English.
    static var environment: [String] {
        let bytes = (try? Files.read("/proc/self/environ")) ?? ""
        return bytes.split(separator: "\0").map(String.init).filter { !$0.hasPrefix("LC_ALL=") } + ["LC_ALL=C"]
    }
}

/// A file without a name, which nobody can leave behind.
struct TemporaryFile: ~Copyable {
    let descriptor: Descriptor

    /// Makes one with these contents, to be read from its beginning. Throws the error of the failing call.
    init(_ bytes: [UInt8] = []) throws(SystemError) {
        let file = try Self.make()
        try file.write(bytes)
        lseek(file.raw, 0, SEEK_SET)
        descriptor = file
    }

    /// Gives it a length; what is new of it are zeros.
    func extend(to length: Int) throws(SystemError) {
        guard ftruncate(descriptor.raw, length) == 0 else { throw SystemError("ftruncate") }
    }

    private static func make() throws(SystemError) -> Descriptor {
        var path = Array("\(temporaryDirectory)/tcpwitness-XXXXXX".utf8CString)
        let inheritable = mkstemp(&path)
        guard inheritable >= 0 else { throw SystemError("make a file in \(temporaryDirectory)") }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink(name)
            close(inheritable)
        }
        return try Descriptor.open(name, O_RDWR)
    }

    /// All that is in it now.
    func contents() throws(SystemError) -> [UInt8] { try contents(from: 0) }

    /// What is in it from a place on; the place of others who write to it does not change.
    func contents(from start: Int) throws(SystemError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else { throw SystemError("fstat") }
        return try contents(from: start, count: Int(status.st_size) - start)
    }

    /// What it begins with, and what it ends with, each in so many bytes at most.
    func ends(of length: Int) throws(SystemError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else { throw SystemError("fstat") }
        let size = Int(status.st_size)
        if size <= 2 * length { return try contents(from: 0, count: size) }
        let newline = [UInt8(ascii: "\n")]
        return try contents(from: 0, count: length) + newline + contents(from: size - length, count: length)
    }

    /// At most so many bytes from a place on.
    func contents(from start: Int, count wanted: Int) throws(SystemError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else { throw SystemError("fstat") }
        // No more than there is, whoever says how much that should be.
        let room = max(0, min(wanted, Int(status.st_size) - start))
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            while count < room {
                let more = pread(descriptor.raw, buffer.baseAddress! + count, room - count, start + count)
                if more < 0 && errno != Glibc.EINTR { failure = SystemError("pread") }
                if more == 0 || failure != nil { return }
                count += max(0, more)
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Where temporary files go.
private var temporaryDirectory: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

/// No kernel, module or executable is as long, nor anything that is unpacked or fetched for a guest.
private let longestFile = 1 << 30

/// A whole file. Throws `GuestError` when it cannot be read.
func readFile(_ path: String) throws -> [UInt8] {
    do {
        let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw SystemError("fstat") }
        if status.st_mode & S_IFMT == S_IFDIR { throw SystemError("read", .EISDIR) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw GuestError("\(path): is no regular file") }
        guard status.st_size <= longestFile else { throw GuestError("\(path): longer than \(longestFile) bytes") }
        var bytes: [UInt8] = []
        while case let more = try file.read(capacity: 1 << 22), !more.isEmpty { bytes += more }
        return bytes
    } catch let error as SystemError {
        throw GuestError("cannot read \(path): \(error.errno)")
    }
}
