internal import Glibc
internal import Linux
internal import Report

/// Where the lab's executable is.
enum LabExecutable {
    /// The one beside this executable. `TCPWITNESS_LAB` overrides that: a hook for tests, which put a lab there that
    /// plays a given stream.
    static func find() throws -> String {
        if let path = Terminal.variable("TCPWITNESS_LAB") { return path }
        let lab = try directory() + "/tcpwitness-lab"
        guard access(lab, X_OK) == 0 else {
            throw Complaint("no executable \(lab): \(Errno.current)", status: .harnessError)
        }
        return lab
    }

    /// Where the executables that belong to this one are: beside it as they are built, in `libexec` beside its `bin`
    /// where they are installed.
    static func directory() throws -> String {
        guard let own = realpath("/proc/self/exe", nil) else {
            throw Complaint("cannot find this executable: \(Errno.current)", status: .harnessError)
        }
        defer { free(own) }
        let path = String(cString: own)
        let beside = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let installed = "\(beside)/../libexec/tcpwitness"
        return access("\(beside)/tcpwitness-lab", F_OK) != 0 && access(installed, F_OK) == 0 ? installed : beside
    }

    /// This process's environment, for the lab.
    static var environment: [String] {
        let bytes = (try? Files.read("/proc/self/environ")) ?? ""
        return bytes.split(separator: "\0").map(String.init)
    }
}
