package import Linux

/// Why a guest gave no whole result, from all that is known of its end.
package struct GuestEnding {
    /// How QEMU ended; nil when it had to be killed.
    package var status: WaitStatus?
    /// Why it had to be killed, if that is known.
    package var verdict: String?
    package var console: GuestConsole
    /// What QEMU itself printed.
    package var messages: String
    package var hasBegun: Bool
    package var hasEnd: Bool

    package init(
        status: WaitStatus?, verdict: String? = nil, console: GuestConsole, messages: String, hasBegun: Bool,
        hasEnd: Bool
    ) {
        self.status = status
        self.verdict = verdict
        self.console = console
        self.messages = messages
        self.hasBegun = hasBegun
        self.hasEnd = hasEnd
    }

    /// What went wrong, in one line; nil for a guest that did its job.
    package var failure: String? {
        if case .killed(let signal) = status { return "QEMU was killed: \(signalSymbol(signal))" }
        if case .exited(let code) = status, code != 0 {
            return "QEMU failed: " + (lastLine(messages) ?? "exit \(code)")
        }
        if let crash { return crash }
        if let complaint = console.complaint { return "the lab in the guest: \(complaint)" }
        guard status != nil else {
            return "the guest hangs: " + (verdict ?? (hasBegun ? "no more results" : "it never sent a result"))
        }
        if !hasBegun { return "the guest ended without a result" }
        return hasEnd ? nil : "the guest ended before its results did"
    }

    /// An oops comes before the panic it leads to.
    private var crash: String? {
        if let oops = console.oops { return "the kernel oopsed: \(oops)" }
        return console.panic.map { "the kernel panicked: \($0)" + Self.hint(to: $0) }
    }

    /// What a panic means that the machine or the image brings about, for those who do not know the words.
    private static func hint(to panic: String) -> String {
        let hints = [
            ("Unable to mount root fs", "it found no init in the initramfs"),
            ("No working init found", "it found no init that it can run"),
            ("Requested init", "the init that was asked for is not there"),
            ("Cannot find place for new RAMDISK", "too little memory"),
            ("System is deadlocked on memory", "too little memory"),
            ("Out of memory", "too little memory"),
        ]
        return hints.first { panic.contains($0.0) }.map { " (\($0.1))" } ?? ""
    }

    private func lastLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline).map { String($0.prefix(400)).trimmed }.last { !$0.isEmpty }
    }
}
