internal import ArgumentParser
internal import Guest
internal import Linux
internal import Report

struct ShellCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Boots a kernel into a shell, in real time, with a laboratory at hand.",
        discussion: """
            The guest has two hosts, A and B, joined by a veth pair: 'A COMMAND' and 'B COMMAND' run something there \
            ('ip netns' knows them too), and 'run ID' or 'run FILE.tcp' runs a scenario. 192.0.2.1 and 2001:db8::1 are \
            A's addresses, those with 2 are B's. The programs are this machine's; what is changed goes with the guest. \
            What comes through a pipe is a script, and its exit status is that of the command. On a terminal Ctrl-] \
            ends the guest.
            """)

    @Option(
        help: ArgumentHelp("The kernel, as 'run' takes it.", valueName: "name|path"), completion: .kernels)
    var kernel: String

    @Option(
        help: ArgumentHelp("Put this file into the guest's /root; may be given several times.", valueName: "path"),
        completion: .file())
    var file: [String] = []

    @Option(
        help: ArgumentHelp(
            "Put this program into the guest, with what it is linked with; may be given several times.",
            valueName: "name|path"))
    var program: [String] = []

    @Option(help: ArgumentHelp("More words for the command line of the kernel.", valueName: "words"))
    var append: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long the shell may take to begin.", valueName: "seconds"))
    var bootTimeout: Double = 120

    func validate() throws {
        if kernel.isEmpty { throw ValidationError("--kernel '' names no kernel") }
        guard bootTimeout > 0, bootTimeout < 1e6 else {
            throw ValidationError("--boot-timeout must be a positive number of seconds")
        }
    }

    func perform() throws -> ExitStatus {
        let isTyped = Descriptor.isTerminal(Descriptor.standardInput)
        let wanted = try program.map { name in
            guard let path = findProgram(name) else { throw Complaint("--program \(name): there is no such program") }
            return path
        }
        var files = try file.map { (path: "/root/\(Self.name(of: $0))", bytes: try Self.bytes($0)) }
        if let twice = Dictionary(grouping: files, by: \.path).first(where: { $1.count > 1 })?.key {
            throw Complaint("--file: two of them would be \(twice)")
        }
        files += Self.tools + [("/environment", Array(environment.utf8))]
        if !isTyped { files.append(("/script", try Self.script())) }
        let image = try GuestKernels(isQuiet: false).one(kernel)
        let guest = try GuestKernels.complaining(.harnessError) {
            try ShellGuest(
                image,
                QEMU(
                    clock: .real, isAccelerated: GuestKernels.hasKVM(), extraWords: append, purpose: .shell),
                image: GuestImage(
                    executablesIn: LabExecutable.directory(),
                    programs: ShellGuest.usualPrograms.compactMap { findProgram($0) } + wanted),
                arguments: ["shell"] + Self.size + (isTyped ? [] : ["script"]), files: files)
        }
        if isTyped { Terminal.printError("tcpwitness: booting \(image.label); 'exit' or Ctrl-] ends it\n") }
        let status = try ShellSession(guest: guest, isTyped: isTyped, bootTimeout: .seconds(bootTimeout)).run()
        // The shell's status is nobody's verdict, and may be any.
        if status != 0 { OwnProcess.exit(status) }
        return .asExpected
    }

    /// What has names in the guest and is no program of this machine.
    private static let tools: [(path: String, bytes: [UInt8])] = [
        ("/bin/A", script("/tcpwitness-lab in A \"$@\"")), ("/bin/B", script("/tcpwitness-lab in B \"$@\"")),
        ("/bin/run", script("/tcpwitness-lab try \"$@\"")),
    ]

    private static func script(_ command: String) -> [UInt8] { Array("#!/bin/sh\nexec \(command)\n".utf8) }

    private var environment: String {
        let terminal = Terminal.variable("TERM") ?? "dumb"
        return "PATH=/bin\nHOME=/root\nTERM=\(terminal.contains("\n") ? "dumb" : terminal)\nPS1=\(promptName)# \n"
    }

    /// What the prompt calls the kernel; a shell would interpret other characters.
    private var promptName: String {
        String(kernel.filter { $0.isLetter || $0.isNumber || ".-@".contains($0) }.suffix(20))
    }

    /// The terminal's rows and columns.
    private static var size: [String] {
        let size = Descriptor.size(of: Descriptor.standardInput) ?? (0, 0)
        return [String(size.rows), String(size.columns)]
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func bytes(_ path: String) throws -> [UInt8] {
        do {
            let file = try Descriptor.open(path, [.O_RDONLY, .O_NONBLOCK])
            return try all(of: file, path)
        } catch let error as SystemError {
            throw Complaint("--file \(path): \(error.errno)")
        }
    }

    /// What comes through standard input, whole.
    private static func script() throws -> [UInt8] {
        do {
            return try all(of: Descriptor.duplicate(Descriptor.standardInput), "standard input")
        } catch let error as SystemError {
            throw Complaint("cannot read standard input: \(error.errno)")
        }
    }

    private static let longest = 64 << 20

    private static func all(of file: borrowing Descriptor, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let more = try file.read(capacity: 1 << 20), !more.isEmpty {
            bytes += more
            if bytes.count > longest { throw Complaint("\(name) has more than \(longest >> 20) MB") }
        }
        return bytes
    }
}
