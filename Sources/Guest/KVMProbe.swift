internal import Linux

/// Whether this machine's KVM really runs guests.
///
/// That /dev/kvm is there says little: under nested virtualisation QEMU may fail at start or the guest never get
/// anywhere. So a guest of one sector is run that goes to 64-bit mode and says a word.
package enum KVMProbe {
    /// Runs the probe. Returns nil when KVM works, else why it does not, in one line.
    ///
    /// - Parameters:
    ///   - accelerator: another one for tests, of which many run where there is no KVM.
    ///   - deadline: how long the guest may take; it needs some tens of milliseconds.
    package static func obstacle(
        accelerator: [String] = ["-accel", "kvm", "-cpu", "host"], deadline: Duration = .seconds(5)
    ) -> String? {
        do {
            let disk = try TemporaryFile(bootSector)
            let messages = try TemporaryFile()
            let nothing = try Descriptor.open("/dev/null", .O_RDONLY)
            let output = messages.descriptor.raw
            let child = try ChildProcess(
                Guest.program(), arguments + accelerator, environment: Tool.environment,
                standard: StandardDescriptors(input: nothing.raw, output: output, errors: output),
                descriptors: [disk.descriptor.raw], ownSession: true)
            guard Polling.isReadable(child.pidfd.raw, timeout: deadline) else {
                try? child.signal(SignalNumber.SIGKILL)
                _ = try child.wait()
                return "a probe under KVM did nothing for \(deadline.nanoseconds / 1_000_000_000) s"
            }
            let status = try child.wait()
            if status == .exited(word) { return nil }
            let text = String(decoding: try messages.contents(), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
            switch status {
            case .killed(let signal): return "QEMU was killed under KVM (\(signalSymbol(signal)))\(line)"
            case .exited(let code): return "QEMU failed under KVM (exit \(code))\(line)"
            }
        } catch {
            return "\(error)"
        }
    }

    private static let arguments = [
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none", "-M", "pc",
        "-m", "16M", "-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-drive",
        "if=floppy,format=raw,readonly=on,file=/dev/fd/3",
    ]

    /// The exit status that QEMU makes of the guest's word, 0x2a.
    private static let word: Int32 = 0x2a << 1 | 1

    /// A boot sector; offsets are from 0x7c00.
    private static let bootSector: [UInt8] = {
        let code: [UInt8] = [
            0xfa,  // cli
            0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0,  // ds, es and ss are 0
            0xbc, 0x00, 0x7c, 0xfc,  // mov $0x7c00, %sp; cld
            // Page tables at 0x1000, 0x2000 and 0x3000 that map the first 2 MiB.
            0xbf, 0x00, 0x10, 0xb9, 0x00, 0x18, 0xf3, 0xab,  // clear them
            0xc7, 0x06, 0x00, 0x10, 0x03, 0x20, 0xc7, 0x06, 0x00, 0x20, 0x03, 0x30,
            0xc7, 0x06, 0x00, 0x30, 0x83, 0x00,
            0x66, 0xb8, 0x20, 0x00, 0x00, 0x00, 0x0f, 0x22, 0xe0,  // cr4: PAE
            0x66, 0xb8, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x22, 0xd8,  // cr3: 0x1000
            0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32,  // EFER:
            0x66, 0x0d, 0x00, 0x01, 0x00, 0x00, 0x0f, 0x30,  // long mode
            0x0f, 0x01, 0x16, 0x78, 0x7c,  // lgdt
            0x0f, 0x20, 0xc0, 0x66, 0x0d, 0x01, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0,  // cr0: protection, paging
            0xea, 0x5f, 0x7c, 0x08, 0x00,  // to the next instruction, in 64-bit mode
            0xb0, 0x2a, 0xe6, 0xf4,  // out 0x2a to the exit device
            0xf4, 0xeb, 0xfd,  // hlt for ever
            0x66, 0x90,
            // At 0x68 the descriptors: none, and 64-bit code. At 0x78 where they are.
            0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0x9a, 0x20, 0,
            0x0f, 0, 0x68, 0x7c, 0, 0,
        ]
        return code + [UInt8](repeating: 0, count: 510 - code.count) + [0x55, 0xaa]
    }()
}
