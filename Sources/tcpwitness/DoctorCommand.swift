internal import ArgumentParser
internal import Linux
internal import Report

struct DoctorCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks each prerequisite and says what to do about what is missing.")

    func perform() throws -> ExitStatus {
        // What it finds is what a run of this user would find.
        try Privileges.acquire()
        let lab = try LabExecutable.find()
        let child: ChildProcess
        do {
            child = try ChildProcess(lab, ["doctor"], environment: LabExecutable.environment)
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
