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
            OwnProcess.raiseDescriptorLimit(to: 1 << 16)
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
        let stream = try SerialLine.open(line)
        _ = LabCommand.run(
            arguments, through: LabCommand.Channels(events: EventStream(descriptor: stream.raw), control: nil))
        try SerialLine.drain(stream.raw)
    }

    /// Ends the machine.
    private static func end() -> Never {
        try? SerialLine.drain(Descriptor.standardError)
        FirstProcess.restart()
    }

    private static func mountAll() throws(SystemError) {
        let mounts = [
            ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("tracefs", "/sys/kernel/tracing"),
        ]
        for (type, path) in mounts {
            do {
                try OwnProcess.mount(type, on: path)
            } catch  where type == "tracefs" {
                // The lab does without tracepoints then, and says so.
            }
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
            try FirstProcess.loadModule(path)
        } catch {
            LabCommand.complain("\(error)")
        }
    }
}
