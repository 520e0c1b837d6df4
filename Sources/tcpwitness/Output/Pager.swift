internal import ArgumentParser
internal import Linux

/// Whether long output goes through a pager.
struct PagerOptions: ParsableArguments {
    @Flag(help: "Print on the terminal without a pager, which is $PAGER, or else less.")
    var noPager = false

    /// Prints prose, on a terminal through a pager. Throws a complaint.
    func tell(_ text: String) throws {
        guard !noPager, Terminal.isInteractive, let pager = Pager.command else { return try Terminal.tell(text) }
        try Pager.show(Terminal.folded(text), through: pager)
    }
}

/// A program that shows a text by the screen.
enum Pager {
    /// A command for the shell; nil where none is wanted or to be had.
    static var command: String? {
        if let wanted = Terminal.variable("PAGER") { return wanted.isEmpty || wanted == "cat" ? nil : wanted }
        let places = (Terminal.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        return places.contains { Files.isExecutable("\($0)/less") } ? "less" : nil
    }

    /// Shows a text until the reader has had enough of it. Throws a complaint.
    static func show(_ text: String, through command: String) throws {
        let ends: (reading: Int32, writing: Int32)
        do {
            ends = try makePipe()
        } catch {
            throw Complaint("cannot start a pager: \(error.errno)")
        }
        let reading = Descriptor(owning: ends.reading)
        let writing = Descriptor(owning: ends.writing)
        let child: ChildProcess
        do {
            child = try ChildProcess(
                "/bin/sh", ["-c", "exec <&3 3<&-; \(command)"], environment: environment, descriptors: [reading.raw])
        } catch {
            throw Complaint("PAGER \(command): \(error.errno)")
        }
        reading.close()
        // The reader may leave early, and a Ctrl-C is the pager's.
        let signals = [SignalNumber.SIGPIPE, SignalNumber.SIGINT]
        signals.forEach(SignalNumber.ignore)
        defer { signals.forEach(SignalNumber.restore) }
        try? writing.write(Array(text.utf8))
        writing.close()
        let notFound: Int32 = 127
        if (try? child.wait()) == .exited(notFound) {
            Terminal.printError("tcpwitness: PAGER '\(command)' is not installed\n")
            try Terminal.print(text)
        }
    }

    /// This process's own; less leaves a text on the screen that fits, unless it is told otherwise.
    private static var environment: [String] {
        let own = Environment.all
        return own + (own.contains { $0.hasPrefix("LESS=") } ? [] : ["LESS=FRX"])
    }
}
