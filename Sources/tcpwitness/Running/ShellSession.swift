internal import CLinux
internal import Glibc
internal import Guest
internal import Linux
internal import Report

/// Carries bytes between this terminal and the shell of a guest, until the guest has ended.
struct ShellSession {
    let guest: ShellGuest
    /// Whether standard input is a terminal that types into the shell.
    let isTyped: Bool
    /// How long the shell may take to begin.
    let bootTimeout: Duration

    /// Ends the guest, as telnet's does: Ctrl-].
    private static let escape: UInt8 = 0x1d
    /// Stands before what the shell prints; see the lab's `GuestShell`.
    private static let ready: UInt8 = 6

    private enum End {
        case guest
        case user(RunStop)
        case neverBegan
    }

    /// Returns the shell's exit status. Throws a complaint where the shell never ended.
    func run() throws -> Int32 {
        let signals = try LabProcess.interruptions()
        let before = isTyped ? Self.makeRaw() : nil
        defer { if var before { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) } }
        let end = try carry(signals)
        var hasEnded = false
        if case .guest = end { hasEnded = true }
        let status = try guest.reap(killing: !hasEnded)
        switch end {
        case .user(let stop): throw Complaint("the guest was ended", status: stop.status ?? .interrupted)
        case .neverBegan:
            throw Complaint("no shell within \(bootTimeout.seconds) s", status: .harnessError)
        case .guest:
            guard let status else {
                let cause = guest.complaint.map { ": \($0)" } ?? ""
                throw Complaint("the guest ended before its shell did\(cause)", status: .harnessError)
            }
            return status
        }
    }

    private func carry(_ signals: borrowing Descriptor) throws -> End {
        let output = Descriptor(owning: dup(STDOUT_FILENO))
        let errors = Descriptor(owning: dup(STDERR_FILENO))
        let deadline = Instant.now + bootTimeout
        var hasBegun = false
        var hasInput = isTyped
        while true {
            // What is typed before the shell reads it would be lost.
            let input = hasInput && hasBegun ? STDIN_FILENO : -1
            var entries = [signals.raw, guest.console.raw, input, guest.pidfd].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let timeout = hasBegun ? -1 : max(0, (deadline - .now).nanoseconds)
            try check(clx_poll(&entries, UInt(entries.count), timeout), "poll")
            if entries[0].revents != 0 { return .user(LabProcess.stop(told: signals)) }
            if entries[1].revents != 0 {
                // A guest that has ended has closed its side; its last words are read first.
                let bytes = (try? guest.console.read(capacity: 1 << 16)) ?? []
                if bytes.isEmpty { return .guest }
                if hasBegun {
                    try output.write(bytes)
                } else if let place = bytes.firstIndex(of: Self.ready) {
                    hasBegun = true
                    try errors.write(Array(bytes[..<place]))
                    try output.write(Array(bytes[(place + 1)...]))
                } else {
                    try errors.write(bytes)
                }
                continue
            }
            if entries[2].revents != 0 {
                let bytes = try Descriptor.readStandardInput(capacity: 4096)
                if bytes.contains(Self.escape) { return .user(.interrupted) }
                hasInput = !bytes.isEmpty
                // To a terminal that is gone nobody types; the shell is told so.
                try guest.console.write(bytes.isEmpty ? [4] : bytes)
            }
            if entries[3].revents != 0 { return .guest }
            if !hasBegun && .now >= deadline { return .neverBegan }
        }
    }

    /// Lets the terminal pass on every key; returns how it was.
    private static func makeRaw() -> termios? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let before = settings
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        return before
    }
}

extension Descriptor {
    fileprivate static func readStandardInput(capacity: Int) throws -> [UInt8] {
        let input = Descriptor(owning: STDIN_FILENO)
        let bytes = Result { try input.read(capacity: capacity) }
        _ = input.release()
        return try bytes.get()
    }
}
