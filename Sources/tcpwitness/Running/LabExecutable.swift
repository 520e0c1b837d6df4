internal import Linux
internal import Report

/// Where the lab's executable is.
enum LabExecutable {
    /// The one beside this executable. `TCPWITNESS_LAB` overrides that: a hook for tests, which put a lab there that
    /// plays a given stream.
    static func find() throws -> String {
        if let path = Terminal.variable("TCPWITNESS_LAB") { return path }
        let lab = try directory() + "/tcpwitness-lab"
        guard Files.isExecutable(lab) else {
            throw Complaint("no executable \(lab): \(Errno.current)", status: .harnessError)
        }
        return lab
    }

    /// Where the executables that belong to this one are: beside it as they are built, in `libexec` beside its `bin`
    /// where they are installed.
    static func directory() throws -> String {
        guard let path = OwnProcess.executable else {
            throw Complaint("cannot find this executable: \(Errno.current)", status: .harnessError)
        }
        let beside = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let installed = "\(beside)/../libexec/tcpwitness"
        return !Files.exists("\(beside)/tcpwitness-lab") && Files.exists(installed) ? installed : beside
    }
}
