/// QEMU's command line for a guest, whose files are inherited descriptors.
package struct QEMU: Equatable {
    /// Whether the guest's clock runs by itself or with the instructions it executes.
    package enum Clock: String, Sendable {
        case virtual
        case real
    }

    /// Descriptors of the guest's files in QEMU, as ChildProcess numbers them.
    enum File: Int32, CaseIterable {
        case kernel = 3
        case image
        case console
        case results
        /// Memory that the guest shares with us, for the results of a kernel that has PCI.
        case memory

        var path: String { "/dev/fd/\(rawValue)" }
    }

    /// What a guest is for.
    package enum Purpose: Sendable {
        /// It runs scenarios; its console is heard.
        case scenarios
        /// It runs a shell on its console, which goes both ways.
        case shell
    }

    /// What is wanted of a guest besides that it runs.
    package enum Debugging: Equatable, Sendable {
        /// It is to be the same as one that stops.
        case rehearsal
        /// It stops where the lab finds its place, for a debugger at this address (`-gdb` of QEMU).
        case stop(gdb: String)
    }

    package let clock: Clock
    package let isAccelerated: Bool
    /// More words for the kernel's command line.
    package let extraWords: String?

    package let debugging: Debugging?
    package let purpose: Purpose

    package init(
        clock: Clock, isAccelerated: Bool, extraWords: String? = nil, debugging: Debugging? = nil,
        purpose: Purpose = .scenarios
    ) {
        self.purpose = purpose
        self.clock = clock
        self.isAccelerated = isAccelerated
        self.extraWords = extraWords
        self.debugging = debugging
    }

    /// Where a kernel runs, for the record.
    package var place: String {
        let place = "guest, \(isAccelerated ? "KVM" : "TCG"), \(clock.rawValue) time"
        return extraWords.map { "\(place), \($0)" } ?? place
    }

    package var arguments: [String] {
        var words = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none"]
        words += ["-accel", isAccelerated ? "kvm" : "tcg", "-M", "pc"]
        // Five-level page tables only make emulation slower, and so do string instructions that are said to be fast:
        // emulated, each byte of theirs is an instruction.
        words += ["-cpu", isAccelerated ? "host" : "max,-la57,-erms,-fsrm", "-smp", "1"]
        // A shell's programs take room.
        words += ["-m", purpose == .shell ? "512M" : "256M"]
        if clock == .virtual {
            // One nanosecond an instruction, and idle time is skipped: a larger step would make the processor's work
            // cost time and bend the timers. Seed and date make one run like the next, byte by byte: see Processor.
            words += ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"]
        }
        words += ["-kernel", File.kernel.path, "-initrd", File.image.path, "-append", kernelArguments]
        // The results go to a plain file: a socket's pace would show in the guest.
        for file in [File.console, .results] {
            let goesBothWays = purpose == .shell && file == .console
            let device = goesBothWays ? "socket,id=\(file),fd=\(file.rawValue)" : "file,id=\(file),path=\(file.path)"
            words += ["-chardev", device, "-serial", "chardev:\(file)"]
        }
        if purpose == .shell { return words }
        // Through shared memory results cost the guest a copy; through the line above each byte costs it what thousands
        // of bytes cost in memory.
        let memory =
            "memory-backend-file,id=\(File.memory),mem-path=\(File.memory.path),size=\(Self.memorySize)M,share=on"
        words += ["-object", memory, "-device", "ivshmem-plain,memdev=\(File.memory)"]
        // The lab's brake. The rehearsal has it too: another device makes another boot.
        if debugging != nil { words += ["-device", "pvpanic-pci"] }
        if case .stop(let gdb) = debugging { words += ["-action", "panic=pause", "-gdb", gdb] }
        return words
    }

    /// In megabytes. Far more than any run has to say; what the guest does not write to takes no room.
    static let memorySize = 256

    private var kernelArguments: String {
        // A panic or an oops ends the guest at once. acpi=off would make idling seven times as costly. What the kernel
        // says while it boots shows that it lives, and costs nothing that could be measured; init makes it be quiet.
        var words = ["rdinit=/tcpwitness-lab", "panic=-1", "oops=panic", "reboot=t"]
        // At a shell's prompt only what is wrong is news.
        words += purpose == .shell ? ["loglevel=4"] : ["loglevel=7", "earlyprintk=serial,ttyS0,115200"]
        words += ["console=ttyS0", "nokaslr", "nowatchdog", "mitigations=off", "cryptomgr.notests"]
        if clock == .virtual {
            words += ["tsc=reliable", "no_timer_check", "lpj=4000000", "noreplace-smp", "acpi=noirq"]
        }
        return (words + [extraWords].compactMap(\.self)).joined(separator: " ")
    }
}
