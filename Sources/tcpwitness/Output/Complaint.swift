internal import Linux
internal import Report

/// What is said to the user, in one line on standard error, when a command cannot do what it was asked.
struct Complaint: Error {
    let line: String
    let status: ExitStatus

    init(_ line: String, status: ExitStatus = .usage) {
        self.line = line.split(whereSeparator: \.isNewline).map { String($0).trimmed }.joined(separator: " ")
        self.status = status
    }

    func print() { Terminal.printError("tcpwitness: \(line)\n") }
}
