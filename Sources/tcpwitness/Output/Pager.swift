internal import ArgumentParser
internal import CLinux
internal import Glibc
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
        return places.contains { access("\($0)/less", X_OK) == 0 } ? "less" : nil
    }

    /// Shows a text until the reader has had enough of it. Throws a complaint.
    static func show(_ text: String, through command: String) throws {
        var ends: [Int32] = [-1, -1]
        guard clx_pipe(&ends) == 0 else { throw Complaint("cannot start a pager: \(Errno.current)") }
        let reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        let child: ChildProcess
        do {
            child = try ChildProcess(
                "/bin/sh", ["-c", "exec <&3 3<&-; \(command)"], environment: environment, descriptors: [reading.raw])
        } catch {
            throw Complaint("PAGER \(command): \(error.errno)")
        }
        close(consume reading)
        // The reader may leave early, and a Ctrl-C is the pager's.
        for number in [SIGPIPE, SIGINT] { signal(number, SIG_IGN) }
        defer { for number in [SIGPIPE, SIGINT] { signal(number, SIG_DFL) } }
        try? writing.write(Array(text.utf8))
        close(consume writing)
        let notFound: Int32 = 127
        if (try? child.wait()) == .exited(notFound) {
            Terminal.printError("tcpwitness: PAGER '\(command)' is not installed\n")
            try Terminal.print(text)
        }
    }

    private static func close(_ descriptor: consuming Descriptor) {}

    /// This process's own; less leaves a text on the screen that fits, unless it is told otherwise.
    private static var environment: [String] {
        let own = ((try? Files.read("/proc/self/environ")) ?? "").split(separator: "\0").map { String($0) }
        return own + (own.contains { $0.hasPrefix("LESS=") } ? [] : ["LESS=FRX"])
    }
}
