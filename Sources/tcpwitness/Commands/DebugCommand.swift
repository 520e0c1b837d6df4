internal import ArgumentParser
internal import Guest
internal import Linux
internal import Record
internal import Report

struct DebugCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "debug",
        abstract: "Stops a guest before its kernel does what a scenario does not expect, for gdb.",
        discussion: """
            Runs the scenario twice. The second run is the first again, to the nanosecond, and stops before the last \
            act that did something before the first broken expectation: a call is about to be made, or segments are \
            about to be delivered. gdb then connects to QEMU, sets breakpoints in the kernel, and goes on.
            """)

    @Argument(help: "A scenario's id, or a text sequence (FILE.tcp).", completion: .scenarios)
    var scenario: String

    @Option(
        help: ArgumentHelp("The kernel, as 'run' takes it; one with symbols at hand.", valueName: "name|path"),
        completion: .kernels)
    var kernel: String

    @Option(
        help: ArgumentHelp(
            "Where gdb connects: the path of a socket to be made, or [HOST]:PORT; without it, a socket of its own.",
            valueName: "address"))
    var gdb: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop before this act instead, counted from 1, whatever passes or fails.", valueName: "number"))
    var before: Int?

    @Option(help: "Kernel timers: scaled (shortened by sysctl) or default (the kernel's own).")
    var lane: Lane = .default

    @Option(help: "What emulates delay and loss where the scenario leaves the choice: auto, netem or relay.")
    var link: LinkChoice = .auto

    @Option(help: ArgumentHelp("More words for the command line of the kernel.", valueName: "words"))
    var append: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a scenario may take beyond its kernel timers.", valueName: "seconds"))
    var timeout: Double = 20

    @Option(
        help: ArgumentHelp("Write everything seen in the second run, for 'show'.", valueName: "path"),
        completion: .file())
    var record: String?

    func validate() throws {
        if let before, before < 1 { throw ValidationError("--before must be at least 1") }
        if kernel.isEmpty { throw ValidationError("--kernel '' names no kernel") }
    }

    func perform() throws -> ExitStatus {
        let sequences = try SequenceFiles(in: [scenario])
        let selected = try select(sequences.wanted, from: sequences.candidates(lane))
        guard selected.count == 1 else {
            throw Complaint("\(scenario) means several scenarios; a debugger looks at one")
        }
        let image = try GuestKernels(isQuiet: false).one(kernel)
        let stub = try Stub(gdb)
        let words =
            ["--kernel", kernel, "--link", link.rawValue, "--timeout", String(timeout)]
            + (append.map { ["--append", $0] } ?? [])
        let failures = OutputFailures()
        func run(_ stop: MatrixRun.Stop?) throws -> RunRecord? {
            let command = try RunCommand.parse(words + (stop == nil ? [] : self.record.map { ["--record", $0] } ?? []))
            return try MatrixRun(
                command, lane: lane, selected: selected, sequences: sequences, failures: failures, stop: stop,
                isRehearsal: stop == nil
            ).run().first
        }
        guard let rehearsal = try run(nil) else { return .nothingRan }
        if let stop = rehearsal.stop { return stop.status ?? rehearsal.exitStatus }
        if rehearsal.end?.interrupted != nil { return rehearsal.exitStatus }
        let place = try StopPlace(in: rehearsal, before: before)
        defer { stub.remove() }
        var arrival: Int64?
        let record = try run(
            MatrixRun.Stop(point: place.point, gdb: stub.words) { time in
                arrival = time
                try Terminal.print("\n" + place.words(at: time) + stub.hint(symbols: Self.symbols(of: image, kernel)))
            })
        guard let arrival else {
            if let stop = record?.stop { return stop.status ?? .harnessError }
            throw Complaint(
                "the second run did not come to act \(place.point.act): a kernel without PCI cannot be stopped",
                status: .harnessError)
        }
        guard arrival == place.time else {
            throw Complaint(
                "the second run came to act \(place.point.act) at \(arrival) ns, the first at \(place.time) ns: "
                    + "they are not the same", status: .harnessError)
        }
        return failures.conclude(.asExpected)
    }

    /// The file with the kernel's symbols, where it is known or where distributions put it.
    private static func symbols(of kernel: GuestKernel, _ argument: String) -> String {
        let release = (try? GuestKernel.inspect(kernel.image).release) ?? nil
        let installed = release.map {
            ["/usr/lib/debug/boot/vmlinux-\($0)", "/usr/lib/debug/lib/modules/\($0)/vmlinux"]
        }
        return (["\(argument)/vmlinux"] + (installed ?? [])).first(where: Files.exists) ?? "VMLINUX"
    }

    /// The address at which QEMU listens for gdb.
    struct Stub {
        /// For people and gdb.
        private let address: String
        /// For QEMU.
        let words: String
        private let path: String?

        /// Throws a complaint about an address that is none.
        init(_ address: String?) throws {
            let address = address ?? "\(TemporaryFile.directory)/tcpwitness-gdb-\(OwnProcess.id)"
            if let colon = address.lastIndex(of: ":"), !address.contains("/") {
                guard let port = UInt16(address[address.index(after: colon)...]), port > 0 else {
                    throw Complaint("--gdb \(address): the port must be a number up to 65535")
                }
                // Not every interface, as QEMU would have it.
                let host = colon == address.startIndex ? "localhost" : String(address[..<colon])
                guard !host.contains(",") else { throw Complaint("--gdb \(address): is no address") }
                self.address = "\(host):\(port)"
                words = "tcp:\(host):\(port),server=on,wait=off"
                path = nil
                return
            }
            guard address.utf8.count < 100 else {
                throw Complaint("--gdb \(address): the path of a socket has fewer than 100 bytes")
            }
            guard !Files.exists(address) else { throw Complaint("--gdb \(address): is there already") }
            self.address = address
            words = "unix:\(address.replacing(",", with: ",,")),server=on,wait=off"
            path = address
        }

        /// How to connect.
        func hint(symbols: String) -> String {
            """
              gdb \(symbols) -ex 'target remote \(address)'
              The guest waits; 'continue' goes on, 'kill' or Ctrl-C here ends it.

            """
        }

        /// Takes the socket away.
        func remove() {
            if let path { try? Files.remove(path) }
        }
    }
}
