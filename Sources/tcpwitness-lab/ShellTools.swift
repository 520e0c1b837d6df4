internal import Linux
internal import Record

/// What the shell of a guest has as commands: `A` and `B`, which run something on a host, and `run`.
enum ShellTools {
    /// Where network namespaces have names.
    static let hosts = "/run/netns"

    /// Runs a command in a host's network namespace; returns the exit status where that is impossible.
    static func enter(_ arguments: [String]) -> Int32 {
        guard arguments.count >= 2 else {
            LabCommand.complain("usage: \(arguments.first ?? "HOST") COMMAND [ARGUMENT ...]")
            return 2
        }
        do {
            try OwnProcess.enterNetwork("\(hosts)/\(arguments[0])")
        } catch {
            LabCommand.complain("\(error)")
            return 2
        }
        do throws(SystemError) {
            try OwnProcess.execute(Array(arguments.dropFirst()))
        } catch {
            LabCommand.complain("\(error)")
            return error.errno == .ENOENT ? 127 : 126
        }
    }

    /// Runs scenarios, and prints how each ended and which of its expectations were broken.
    static func tryOut(_ arguments: [String]) -> Int32 {
        let words = arguments.flatMap { $0.hasSuffix(".tcp") ? ["--sequence", $0] : [$0] }
        guard !words.isEmpty else {
            LabCommand.complain("usage: run [--lane default] ID|FILE.tcp ...")
            return 2
        }
        let worst = Worst()
        let stream = EventStream(events: { events in
            for event in events { worst.take(event) }
        })
        let status = LabCommand.run(
            ["--place", "guest"] + words, through: LabCommand.Channels(events: stream, control: nil))
        return status == 0 ? worst.status : status
    }

    /// Prints what is to be said of events, and remembers the worst. It is used on one thread.
    private final class Worst: @unchecked Sendable {
        private(set) var status: Int32 = 0

        func take(_ event: Event) {
            switch event {
            case .check(let check) where check.isBroken:
                say("  \(check.location)\n    expected  \(check.expected)\n    seen      \(check.seen)")
            case .finished(let end):
                say("\(end.verdict.rawValue)  \(end.attempt.name)" + (end.reason.map { "  \($0)" } ?? ""))
                if end.verdict == .failed { status = 1 }
                if end.verdict == .error && status == 0 { status = 3 }
            default: break
            }
        }

        private func say(_ text: String) {
            try? Descriptor.write(Array("\(text)\n".utf8), to: Descriptor.standardOutput)
        }
    }
}
