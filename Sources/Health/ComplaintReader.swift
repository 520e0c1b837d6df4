internal import Record

/// Finds complaints among the kernel's messages.
package struct ComplaintReader: Sendable {
    /// Begins that tell a complaint, the first that fits; what is not among them is ordinary.
    private static let begins: [(kind: HealthKind, marks: [String])] = [
        (
            .lockdep,
            [
                "WARNING: possible ", "WARNING: inconsistent lock state", "WARNING: bad unlock balance",
                "WARNING: held lock freed", "WARNING: lock held when returning", "WARNING: Nested lock was not taken",
                "WARNING: suspicious RCU usage", "WARNING: bad contention detected",
                "INFO: trying to register non-static",
                "BUG: looking up invalid subclass", "BUG: MAX_LOCK", "[ BUG: Invalid wait context ]",
                "BUG: sleeping function called from invalid context",
            ]
        ),
        (.sanitizer, ["BUG: KASAN", "BUG: KCSAN", "BUG: KMSAN", "BUG: KFENCE", "UBSAN: "]),
        (
            .stall,
            [
                "self-detected stall", "detected stalls on", "detected expedited stalls", "blocked for more than",
                "soft lockup", "hard LOCKUP", "BUG: workqueue lockup", "rcu_tasks detected stalls",
            ]
        ),
        (
            .reference,
            [
                "refcount_t: ", "unregister_netdevice: waiting for", "ref_tracker: ", "leaked reference",
                "Attempt to release TCP socket in state", "Attempt to release alive inet socket", "kmemleak: ",
                "Objects remaining in ", "IPv4: Attempt to release",
            ]
        ),
        (
            .bug,
            [
                "BUG: ", "kernel BUG at ", "Oops: ", "Oops - ", "general protection fault", "Unable to handle kernel",
                "Kernel panic - not syncing", "list_add corruption", "list_del corruption", "double fault",
                "Bad page state", "stack-protector: ", "kernel stack overflow", "invalid opcode: ",
            ]
        ),
        (.warning, ["WARNING: ", "DEBUG_LOCKS_WARN_ON", "ODEBUG: ", "WARN_ON"]),
    ]

    /// Lines of one complaint that are kept at most: lockdep's longest reports have about this many.
    private static let mostLines = 160
    /// A report is printed in one go; what comes this much later is about something else.
    private static let longestGap: UInt64 = 200_000

    private var open: Complaint?
    private var lastTime: UInt64 = 0
    /// Lines before the one that tells: a cut, a row of signs.
    private var lead: [String] = []

    package init() {}

    /// Takes the next message; gives the complaint that it ends, if any.
    package mutating func add(_ record: LogRecord) -> Complaint? {
        guard record.isKernels else { return nil }
        var ended: Complaint?
        if record.microseconds > lastTime + Self.longestGap { ended = end() }
        lastTime = record.microseconds
        let line = record.text
        if var complaint = open {
            complaint.lines.append(line)
            open = complaint
            let isOver = line.contains("---[ end ") || complaint.lines.count >= Self.mostLines
            return isOver ? end() : ended
        }
        if let kind = Self.kind(line) {
            open = Complaint(kind: kind, sequence: record.sequence, summary: Self.summary(line), lines: lead + [line])
            lead = []
        } else {
            let isLead = line.contains("[ cut here ]") || line.count > 20 && Set(line).count == 1
            lead = isLead ? [line] : []
        }
        return ended
    }

    /// Ends the complaint that is open, since nothing more of it can come.
    package mutating func end() -> Complaint? {
        defer { open = nil }
        guard var complaint = open else { return nil }
        // Blank lines and rows of signs at the end belong to whatever would have come.
        while let last = complaint.lines.last, last.isEmpty { complaint.lines.removeLast() }
        return complaint
    }

    static func kind(_ line: String) -> HealthKind? {
        begins.first { $0.marks.contains { line.contains($0) } }?.kind
    }

    /// A line without the rows of signs that some reports are framed in.
    private static func summary(_ line: String) -> String {
        line.hasPrefix("[ ") && line.hasSuffix(" ]") ? String(line.dropFirst(2).dropLast(2)) : line
    }
}
