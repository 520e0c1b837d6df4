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
    ///   - stop: the number that the lab reads for the place to stop at; 0 for none.
    package init(
        _ kernel: GuestKernel, _ qemu: QEMU, image: GuestImage, arguments: [String],
        files: [(path: String, bytes: [UInt8])] = [], stop: UInt64 = 0
    ) throws {
        let kernelFile = try TemporaryFile(try kernel.bootable())
        let imageFile = try TemporaryFile(
            image.archive(modules: kernel.neededModules(), arguments: arguments, files: files))
        console = try TemporaryFile()
        results = try TemporaryFile()
        messages = try TemporaryFile()
        memory = try TemporaryFile(Self.words(0, stop))
        // QEMU takes a file that is not empty only at its full length.
        try memory.extend(to: QEMU.memorySize << 20)
        // In the order of QEMU.File.
        let files = [
            kernelFile.descriptor.raw, imageFile.descriptor.raw, console.descriptor.raw, results.descriptor.raw,
            memory.descriptor.raw,
        ]
        let nothing = try Descriptor.open("/dev/null", .O_RDONLY)
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
        Environment.variable("TCPWITNESS_QEMU") ?? "qemu-system-x86_64"
    }

    /// Its path. Throws a guest error where there is none.
    static func program() throws -> String {
        guard let program = findProgram(executable) else { throw GuestError("\(executable) is not installed") }
        return program
    }

    /// Readable once QEMU has ended.
    package var pidfd: Int32 { child.pidfd.raw }

    /// Whether QEMU has ended.
    package var hasEnded: Bool { Polling.isReadable(pidfd) }

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
        guard let count = try word(0) else { return [] }
        guard UInt64(takenFromMemory)...UInt64((QEMU.memorySize << 20) - Self.head) ~= count else {
            throw GuestError("its memory cannot hold \(count) bytes of results, of which \(takenFromMemory) were read")
        }
        let missing = min(Int(count) - takenFromMemory, Self.piece)
        return try memory.contents(from: Self.head + takenFromMemory, count: missing)
    }

    /// When in its attempt's time, in nanoseconds, the guest has stopped where it was told to; nil as long as it has not.
    package var arrival: Int64? {
        guard let word = (try? word(2)) ?? nil, word >> 63 == 1 else { return nil }
        return Int64(word & ~(1 << 63))
    }

    /// How many bytes of the shared memory come before the results; what they hold is said in the lab's `SharedMemory`.
    static let head = 64

    private func word(_ number: Int) throws -> UInt64? {
        let size = MemoryLayout<UInt64>.size
        let bytes = try memory.contents(from: number * size, count: size)
        return bytes.count == size ? bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } : nil
    }

    private static func words(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }

    private static let piece = 4 << 20

    /// Waits for QEMU, which has ended or shall end now.
    package func reap(killing: Bool) {
        guard status == nil else { return }
        if killing { try? child.signal(SignalNumber.SIGKILL) }
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
