package import Record

/// What the kernel says when something is wrong with it: the line that says so, and those that belong to it.
package struct Complaint: Equatable, Sendable {
    package let kind: HealthKind
    /// Where it begins in the kernel's log.
    package let sequence: UInt64
    /// The line that says what is wrong.
    package let summary: String
    package internal(set) var lines: [String]

    /// Whose process the kernel was in: its number as the first pid namespace has it, and its name.
    ///
    /// Nil where the kernel does not say, or where an interrupt came upon a process that has nothing to do with it.
    package var task: (pid: Int32?, name: String)? {
        guard !isInterrupt else { return nil }
        for line in lines {
            if let task = Self.task(line) { return task }
        }
        return nil
    }

    /// Whether the work was done on behalf of an interrupt, not of the process that happened to run.
    private var isInterrupt: Bool {
        guard let start = lines.firstIndex(where: { $0.hasSuffix("<IRQ>") }) else { return false }
        let end = lines[start...].firstIndex { $0.hasSuffix("</IRQ>") } ?? lines.endIndex
        // A softirq that a process set off itself, by sending, runs between the same marks.
        let after = lines[end...].prefix(4)
        return (lines[start..<end] + after).contains {
            $0.contains("asm_sysvec_") || $0.contains("asm_common_interrupt") || $0.contains("ret_from_intr")
        }
    }

    /// `CPU: 0 PID: 71 Comm: worker Not tainted`, `CPU#0: worker/71`, `by task worker/71`, `INFO: task worker:71 blocked`,
    /// `worker/71 is trying to acquire lock:`.
    static func task(_ line: String) -> (pid: Int32?, name: String)? {
        if let pid = after("PID: ", in: line), let name = after("Comm: ", in: line) { return (Int32(pid), name) }
        for mark in ["CPU#0: ", "by task ", "INFO: task "] {
            guard let word = after(mark, in: line) else { continue }
            let trimmed = word.hasSuffix(":") ? String(word.dropLast()) : word
            if let cut = trimmed.lastIndex(where: { $0 == "/" || $0 == ":" }) {
                return (Int32(trimmed[trimmed.index(after: cut)...]), String(trimmed[..<cut]))
            }
        }
        if line.contains(" is trying to acquire lock") || line.contains(" is trying to release lock") {
            let word = line.prefix { $0 != " " }
            guard let cut = word.lastIndex(of: "/") else { return nil }
            return (Int32(word[word.index(after: cut)...]), String(word[..<cut]))
        }
        return nil
    }

    private static func after(_ mark: String, in line: String) -> String? {
        guard let range = line.firstRange(of: mark) else { return nil }
        let word = line[range.upperBound...].prefix { $0 != " " }
        return word.isEmpty ? nil : String(word)
    }

    /// Whether it speaks of TCP or of the code below and above it.
    package var concernsNetworking: Bool {
        lines.contains { line in
            ["net/ipv4/", "net/ipv6/", "net/mptcp/", "net/core/", "TCP", "inet_sock", "unregister_netdevice"]
                .contains { line.contains($0) }
                || line.split(whereSeparator: { $0 == " " || $0 == "+" }).contains {
                    $0.hasPrefix("tcp_") || $0.hasPrefix("__tcp_") || $0.hasPrefix("inet_") || $0.hasPrefix("mptcp_")
                }
        }
    }

    package static func == (left: Complaint, right: Complaint) -> Bool {
        left.kind == right.kind && left.sequence == right.sequence && left.summary == right.summary
            && left.lines == right.lines
    }
}
