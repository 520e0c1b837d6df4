package import Linux

/// A kernel under QEMU with a shell on its console, in real time.
///
/// Nothing of it is left behind however this process ends, as with `Guest`.
package final class ShellGuest {
    private let child: ChildProcess
    private let results: TemporaryFile
    private let messages: TemporaryFile
    /// What the shell prints, and what is typed.
    package let console: Descriptor

    /// What of this machine's programs a shell finds, where they are installed here.
    package static let usualPrograms = [
        "sh", "bash", "cat", "cp", "cut", "date", "dmesg", "echo", "env", "ethtool", "find", "grep", "head", "ip",
        "kill",
        "less", "ls", "mkdir", "mount", "mv", "nc", "nstat", "od", "ping", "ps", "rm", "sed", "seq", "sleep", "socat",
        "sort", "ss", "strace", "stty", "sysctl", "tail", "tc", "tcpdump", "timeout", "tr", "umount", "uname", "wc",
    ]

    /// Boots a kernel with a shell.
    ///
    /// - Parameters:
    ///   - arguments: `shell` and what the lab's `GuestShell` takes.
    ///   - files: what the shell finds besides; their folders are made.
    package init(
        _ kernel: GuestKernel, _ qemu: QEMU, image: GuestImage, arguments: [String],
        files: [(path: String, bytes: [UInt8])]
    ) throws {
        let kernelFile = try TemporaryFile(try kernel.bootable())
        let imageFile = try TemporaryFile(
            image.archive(modules: kernel.neededModules(), arguments: arguments, files: files))
        results = try TemporaryFile()
        messages = try TemporaryFile()
        let pair = try streamPair()
        console = Descriptor(owning: pair.ours)
        let theirs = Descriptor(owning: pair.theirs)
        let nothing = try Descriptor.open("/dev/null", .O_RDONLY)
        child = try ChildProcess(
            Guest.program(), qemu.arguments, environment: Tool.environment,
            standard: StandardDescriptors(
                input: nothing.raw, output: messages.descriptor.raw, errors: messages.descriptor.raw),
            // In the order of QEMU.File.
            descriptors: [
                kernelFile.descriptor.raw, imageFile.descriptor.raw, theirs.raw, results.descriptor.raw,
            ], ownSession: true)
    }

    /// Readable once QEMU has ended.
    package var pidfd: Int32 { child.pidfd.raw }

    /// Waits for QEMU, which has ended or shall end now; returns the shell's exit status, nil where it never ended.
    package func reap(killing: Bool) throws -> Int32? {
        if killing { try? child.signal(SignalNumber.SIGKILL) }
        _ = try child.wait()
        return Int32(String(decoding: try results.contents(), as: UTF8.self).trimmed)
    }

    /// What QEMU itself has printed last, if anything.
    package var complaint: String? {
        let text = String(decoding: (try? messages.ends(of: 1 << 16)) ?? [], as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map { String($0).trimmed }.last { !$0.isEmpty }
    }
}
