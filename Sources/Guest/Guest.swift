internal import Glibc
internal import Linux

/// A kernel under QEMU: started, listened to, and ended.
///
/// Nothing of it is left behind however this process ends: its files have no names, and QEMU dies with the thread that
/// started it.
package final class Guest {
    private let child: ChildProcess
    private let console: TemporaryFile
    private let results: TemporaryFile
    private let messages: TemporaryFile
    private let memory: TemporaryFile
    private var taken = 0
    private var takenFromMemory = 0
    private var takenFromConsole = 0
    private var status: WaitStatus?
    private let processor: Processor?

    /// Boots a kernel with the lab as its first process.
    ///
    /// - Parameters:
    ///   - arguments: those of `tcpwitness-lab run`.
    ///   - files: what these name besides; their folders are made.
    package init(
        _ kernel: GuestKernel, _ qemu: QEMU, image: GuestImage, arguments: [String],
        files: [(path: String, bytes: [UInt8])] = []
    ) throws {
        let kernelFile = try TemporaryFile(try kernel.bootable())
        let imageFile = try TemporaryFile(
            image.archive(modules: kernel.neededModules(), arguments: arguments, files: files))
        console = try TemporaryFile()
        results = try TemporaryFile()
        messages = try TemporaryFile()
        memory = try TemporaryFile()
        // In the order of QEMU.File.
        let files = [
            kernelFile.descriptor.raw, imageFile.descriptor.raw, console.descriptor.raw, results.descriptor.raw,
            memory.descriptor.raw,
        ]
        let nothing = try Descriptor.open("/dev/null", O_RDONLY)
        let standard = StandardDescriptors(
            input: nothing.raw, output: messages.descriptor.raw, errors: messages.descriptor.raw)
        let program = try Self.program()
        let processor = qemu.clock == .virtual ? Processor() : nil
        let start = {
            // A guest may write what it likes, but not without end.
            try ChildProcess(
                program, qemu.arguments, environment: Tool.environment, standard: standard, descriptors: files,
                longestFile: 2 * QEMU.memorySize << 20, ownSession: true)
        }
        child = try processor?.lending(start) ?? start()
        self.processor = processor
    }

    /// `TCPWITNESS_QEMU` overrides it: a hook for tests, which put a QEMU there that does what they want.
    static var executable: String {
        getenv("TCPWITNESS_QEMU").map { String(cString: $0) } ?? "qemu-system-x86_64"
    }

    /// Its path. Throws a guest error where there is none.
    static func program() throws -> String {
        guard let program = findProgram(executable) else { throw GuestError("\(executable) is not installed") }
        return program
    }

    /// Readable once QEMU has ended.
    package var pidfd: Int32 { child.pidfd.raw }

    /// Whether QEMU has ended.
    package var hasEnded: Bool {
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// More of what the guest has sent, a few megabytes at most; empty when that was all. Throws the error of the
    /// failing call, or a guest error for a count that cannot be.
    package func read() throws -> [UInt8] {
        let line = try results.contents(from: taken, count: Self.piece)
        taken += line.count
        let shared = try sharedResults()
        takenFromMemory += shared.count
        return line + shared
    }

    /// What has come through the shared memory: a count of bytes, which grows when they are there, and the bytes.
    ///
    /// The guest may write any count at any time. It only ever grows, and the bytes have to be in the memory.
    private func sharedResults() throws -> [UInt8] {
        let head = try memory.contents(from: 0, count: MemoryLayout<UInt64>.size)
        // QEMU makes the file as large as the memory.
        guard head.count == MemoryLayout<UInt64>.size else { return [] }
        let count = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard UInt64(takenFromMemory)...UInt64((QEMU.memorySize << 20) - head.count) ~= count else {
            throw GuestError("its memory cannot hold \(count) bytes of results, of which \(takenFromMemory) were read")
        }
        let missing = min(Int(count) - takenFromMemory, Self.piece)
        return try memory.contents(from: head.count + takenFromMemory, count: missing)
    }

    private static let piece = 4 << 20

    /// Waits for QEMU, which has ended or shall end now.
    package func reap(killing: Bool) {
        guard status == nil else { return }
        if killing { try? child.signal(SIGKILL) }
        status = try? child.wait()
    }

    /// What the kernel has printed since the last time. Throws the error of the failing call.
    package func readConsole() throws -> [UInt8] {
        let bytes = try console.contents(from: takenFromConsole, count: Self.piece)
        takenFromConsole += bytes.count
        return bytes
    }

    /// All that the kernel has printed; of one that never stops, the begin and the end.
    package var wholeConsole: [UInt8] { (try? console.ends(of: 16 << 20)) ?? [] }

    /// How it stands now, for `GuestWatch`.
    package var reading: GuestWatch.Reading { .now(of: child.pid) }

    /// Whether a signal has stopped it.
    package var isStopped: Bool { child.isStopped }

    /// What is known of its end; call it after `reap`.
    ///
    /// - Parameters:
    ///   - verdict: why it was us who ended it; nil when it was not.
    ///   - console: all that was seen of its console.
    package func ending(verdict: String?, console: GuestConsole, hasBegun: Bool, hasEnd: Bool) -> GuestEnding {
        let text = String(decoding: (try? messages.ends(of: 1 << 20)) ?? [], as: UTF8.self)
        return GuestEnding(
            status: verdict == nil ? status : nil, verdict: verdict, console: console, messages: text,
            hasBegun: hasBegun, hasEnd: hasEnd)
    }
}
