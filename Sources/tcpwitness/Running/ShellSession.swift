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
        let before = isTyped ? TerminalMode.makeRaw(Descriptor.standardInput) : nil
        defer { before?.restore() }
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
        let (output, errors) = (Descriptor.standardOutput, Descriptor.standardError)
        let deadline = Instant.now + bootTimeout
        var hasBegun = false
        var hasInput = isTyped
        while true {
            // What is typed before the shell reads it would be lost.
            let input = hasInput && hasBegun ? Descriptor.standardInput : -1
            let ready = Polling.readable(
                [signals.raw, guest.console.raw, input, guest.pidfd],
                timeout: hasBegun ? nil : max(.zero, deadline - .now))
            if ready[0] { return .user(LabProcess.stop(told: signals)) }
            if ready[1] {
                // A guest that has ended has closed its side; its last words are read first.
                let bytes = (try? guest.console.read(capacity: 1 << 16)) ?? []
                if bytes.isEmpty { return .guest }
                if hasBegun {
                    try Descriptor.write(bytes, to: output)
                } else if let place = bytes.firstIndex(of: Self.ready) {
                    hasBegun = true
                    try Descriptor.write(Array(bytes[..<place]), to: errors)
                    try Descriptor.write(Array(bytes[(place + 1)...]), to: output)
                } else {
                    try Descriptor.write(bytes, to: errors)
                }
                continue
            }
            if ready[2] {
                let bytes = try Descriptor.read(Descriptor.standardInput, capacity: 4096)
                if bytes.contains(Self.escape) { return .user(.interrupted) }
                hasInput = !bytes.isEmpty
                // To a terminal that is gone nobody types; the shell is told so.
                try guest.console.write(bytes.isEmpty ? [4] : bytes)
            }
            if ready[3] { return .guest }
            if !hasBegun && .now >= deadline { return .neverBegan }
        }
    }
}
