internal import CLinux
internal import Glibc
internal import Linux

/// This executable as the first process of a guest: prepares the kernel, runs the lab, ends the machine.
///
/// The image brings its orders in files, because the kernel's command line holds no more than a few dozen words.
enum GuestInit {
    /// One argument of `tcpwitness-lab` a line.
    static let argumentsFile = "/arguments"
    /// Paths of modules, one a line, in the order in which they can be loaded.
    private static let modulesFile = "/modules/order"
    /// The second serial line, for kernels without PCI; the first is the kernel's console.
    private static let line = "/dev/ttyS1"

    static func run() -> Never {
        do {
            try mountAll()
            let arguments = try Files.read(argumentsFile).split(separator: "\n").map(String.init)
            let shell = GuestShell(arguments)
            if shell == nil {
                silenceConsole()
                quieten()
            }
            for module in try Files.read(modulesFile).split(separator: "\n") { load(String(module)) }
            // Descriptors are plenty: a lab takes two dozen, and the default limit is 4096.
            var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            if let shell {
                try shell.run(tellingStatusOver: line)
            } else if let memory = try SharedMemory.find() {
                let stream = EventStream { bytes in
                    if memory.append(bytes) { return }
                    LabCommand.complain("the results do not fit into the memory that the guest shares with its host")
                    end()
                }
                _ = LabCommand.run(
                    arguments,
                    through: LabCommand.Channels(
                        events: stream, control: nil, willPerform: { memory.stop(before: $0, at: $1) }))
            } else {
                try run(arguments, over: line)
            }
        } catch {
            LabCommand.complain("\(error)")
        }
        end()
    }

    private static func run(_ arguments: [String], over line: String) throws {
        let stream = try open(line: line)
        _ = LabCommand.run(
            arguments, through: LabCommand.Channels(events: EventStream(descriptor: stream.raw), control: nil))
        try check(clx_tty_drain(stream.raw), "drain \(line)")
    }

    /// A serial line that carries bytes as they are.
    static func open(line: String) throws -> Descriptor {
        let stream = try Descriptor.open(line, O_RDWR | O_NOCTTY)
        try check(clx_tty_raw(stream.raw), "make \(line) raw")
        return stream
    }

    /// Ends the machine.
    private static func end() -> Never {
        clx_tty_drain(STDERR_FILENO)
        let refusal = clx_reboot()
        fatalError("reboot: \(Errno(rawValue: -refusal))")
    }

    private static func mountAll() throws(SystemError) {
        let mounts = [
            ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("tracefs", "/sys/kernel/tracing"),
        ]
        for (type, path) in mounts {
            let result = clx_mount(type, path, type, 0)
            // Without tracefs the lab does without tracepoints, and says so.
            if result < 0 && type != "tracefs" { try check(result, "mount \(type) on \(path)") }
        }
    }

    /// Leaves only what cannot be helped any more on the console: each character costs the guest time.
    ///
    /// A kernel without the file goes on talking.
    private static func silenceConsole() { try? Files.write("1", to: "/proc/sys/kernel/printk") }

    /// Stops memory management from waking the processor several times a second, which is most of what an idle hour
    /// costs in virtual time. The guest writes nothing and lives too short to need it.
    private static func quieten() {
        let settings = [
            ("compaction_proactiveness", "0"), ("stat_interval", "1000000"), ("dirty_writeback_centisecs", "0"),
        ]
        // A kernel that lacks one has nothing to stop.
        for (name, value) in settings { try? Files.write(value, to: "/proc/sys/vm/\(name)") }
    }

    /// Loads a module; a failure is reported and no more, since the lab checks what it needs by trying.
    private static func load(_ path: String) {
        do {
            let file = try Descriptor.open(path, O_RDONLY)
            let result = clx_finit_module(file.raw)
            if result < 0 && result != -Glibc.EEXIST { throw SystemError("load \(path)", Errno(rawValue: -result)) }
        } catch {
            LabCommand.complain("\(error)")
        }
    }
}
