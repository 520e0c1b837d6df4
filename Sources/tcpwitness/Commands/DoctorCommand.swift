internal import ArgumentParser
internal import Guest
internal import Linux
internal import Report

struct DoctorCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the prerequisites and says how to get what is missing.",
        discussion: """
            First what scenarios need of this machine's kernel, then what guests need. The exit status is that of the \
            first, for no guest has to run.
            """)

    func perform() throws -> ExitStatus {
        // As the user who asks, who may become root of a namespace below.
        let guests = GuestPrerequisiteCheck().all().map { "\($0.line)\n" }.joined()
        let status = Result { try host() }
        do {
            try Terminal.print("\nguests (run --kernel):\n\(guests)")
        } catch {
            // The lab, which prints to the same place, has said so.
            if case .success = status { return .usage }
            throw error
        }
        return try status.get()
    }

    /// What this machine's own kernel has.
    private func host() throws -> ExitStatus {
        // What it finds is what a run of this user would find.
        try Privileges.acquire()
        let lab = try LabExecutable.find()
        let child: ChildProcess
        do {
            child = try ChildProcess(lab, ["doctor"], environment: Environment.all)
        } catch {
            throw Complaint("cannot start the lab: \(error)", status: .harnessError)
        }
        switch try child.wait() {
        case .exited(let code): return ExitStatus(rawValue: code) ?? .harnessError
        case .killed(let signal):
            throw Complaint("the lab ended: \(signalSymbol(signal))", status: .harnessError)
        }
    }
}
