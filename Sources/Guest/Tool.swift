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
        while !Polling.isReadable(child.pidfd.raw, timeout: .milliseconds(200)) { meanwhile() }
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
        Environment.all.filter { !$0.hasPrefix("LC_ALL=") } + ["LC_ALL=C"]
    }
}

/// No kernel, module or executable is as long, nor anything that is unpacked or fetched for a guest.
private let longestFile = 1 << 30

/// A whole file. Throws `GuestError` when it cannot be read.
func readFile(_ path: String) throws -> [UInt8] {
    do {
        let file = try Descriptor.open(path, [.O_RDONLY, .O_NONBLOCK])
        let status = try file.status()
        if status.kind == .directory { throw SystemError("read", .EISDIR) }
        guard status.kind == .regular else { throw GuestError("\(path): is no regular file") }
        guard status.size <= longestFile else { throw GuestError("\(path): longer than \(longestFile) bytes") }
        var bytes: [UInt8] = []
        while case let more = try file.read(capacity: 1 << 22), !more.isEmpty { bytes += more }
        return bytes
    } catch let error as SystemError {
        throw GuestError("cannot read \(path): \(error.errno)")
    }
}
