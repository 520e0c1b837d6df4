internal import Foundation
package import Linux

/// Why a guest gave no whole result, from all that is known of its end.
package struct GuestEnding {
    /// How QEMU ended; nil when it had to be killed because nothing came any more.
    package var status: WaitStatus?
    package var console: String
    /// What QEMU itself printed.
    package var messages: String
    package var hasBegun: Bool
    package var hasEnd: Bool

    package init(status: WaitStatus?, console: String, messages: String, hasBegun: Bool, hasEnd: Bool) {
        self.status = status
        self.console = console
        self.messages = messages
        self.hasBegun = hasBegun
        self.hasEnd = hasEnd
    }

    /// What went wrong, in one line; nil for a guest that did its job.
    package var failure: String? {
        if case .killed(let signal) = status { return "QEMU was killed: \(signalSymbol(signal))" }
        if status == .exited(Self.notFound) { return "qemu-system-x86_64 is not installed (package qemu-system-x86)" }
        if case .exited(let code) = status, code != 0 {
            return "QEMU failed: " + (lastLine(messages) ?? "exit \(code)")
        }
        if let crash { return crash }
        if let complaint { return "the lab in the guest: \(complaint)" }
        guard status != nil else {
            return "the guest hangs: " + (hasBegun ? "no more results" : "it never sent a result")
        }
        if !hasBegun { return "the guest ended without a result" }
        return hasEnd ? nil : "the guest ended before its results did"
    }

    /// The last lines of the console, for whoever has to find the cause.
    package var consoleTail: [String] { lines(console).suffix(20).map { $0 } }

    /// The shell's exit status for a command that is not there.
    private static let notFound: Int32 = 127

    /// An oops comes before the panic it leads to.
    private var crash: String? {
        let all = lines(console)
        if let oops = all.first(where: { $0.contains("Oops:") || $0.hasPrefix("BUG:") || $0.contains("] BUG:") }) {
            return "the kernel oopsed: \(message(oops))"
        }
        let marker = "Kernel panic - not syncing: "
        guard let panic = all.first(where: { $0.contains(marker) }), let place = panic.range(of: marker) else {
            return nil
        }
        return "the kernel panicked: \(panic[place.upperBound...])"
    }

    /// The last, since what cannot be loaded comes before what the lab then lacks.
    private var complaint: String? {
        let prefix = "tcpwitness: "
        return lines(console).last { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// Without the kernel's time stamp.
    private func message(_ line: String) -> String {
        guard line.hasPrefix("["), let close = line.firstIndex(of: "]") else { return line }
        return String(line[line.index(after: close)...]).trimmed
    }

    private func lastLine(_ text: String) -> String? { lines(text).last }

    private func lines(_ text: String) -> [String] {
        // Lines are for people: what is longer is no message.
        text.split(whereSeparator: \.isNewline).map { String($0.prefix(400)).trimmed }.filter { !$0.isEmpty }
    }
}
