internal import Guest
internal import Kernels
internal import Linux
internal import Report

/// Finds the kernels that a command line names, and checks that this machine can boot them.
struct GuestKernels {
    /// Whether no line is to move while something is fetched.
    let isQuiet: Bool
    /// What it means that there is no such kernel: to a bisection, one that was not built is no reason to end.
    var failingAs = ExitStatus.usage

    /// The kernels of each argument; those that are not here are fetched. Throws a complaint.
    func resolve(_ arguments: [String]) throws -> [[GuestKernel]] {
        let fetching = FetchProgress(isQuiet: isQuiet)
        let finder = KernelFinder(progress: fetching.show) { Terminal.printError("tcpwitness: \($0)\n") }
        let check = GuestPrerequisiteCheck()
        try stop(for: check.obstacle(fetching: Self.complaining(failingAs) { try finder.missing(for: arguments) }))
        let kernels = try arguments.map { argument in
            defer { fetching.end() }
            try checkModules(of: argument)
            return try Self.complaining(failingAs) { try finder.kernels(argument) }
        }
        try stop(for: Self.complaining(failingAs) { try check.obstacle(unpacking: kernels.flatMap(\.self)) })
        return kernels
    }

    /// The only kernel of an argument. Throws a complaint.
    func one(_ argument: String) throws -> GuestKernel {
        let kernels = try resolve([argument]).flatMap(\.self)
        guard kernels.count == 1, let kernel = kernels.first else {
            throw Complaint("--kernel \(argument): these are \(kernels.count) kernels; name one")
        }
        return kernel
    }

    /// Complains about a directory of modules for a series.
    private func checkModules(of argument: String) throws {
        guard let series = argument.split(separator: ":").first, series.count < argument.count,
            !Files.exists(argument), !Files.exists(String(series)), KernelStore.series(String(series)) != nil
        else { return }
        throw Complaint(
            "--kernel \(argument): \(series) is a series, which has its own modules; only an image takes :MODULES_DIR")
    }

    /// Complains about what is missing, before anything runs.
    private func stop(for obstacle: String?) throws {
        if let obstacle { throw Complaint(obstacle, status: .harnessError) }
    }

    /// Whether guests can be accelerated, which virtual time excludes; says why not.
    static func hasKVM() -> Bool {
        guard let obstacle = KVMProbe.obstacle() else { return true }
        Terminal.printError("tcpwitness: guests are emulated: \(obstacle)\n")
        return false
    }

    static func complaining<Result>(_ status: ExitStatus, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GuestError {
            throw Complaint("\(error)", status: status)
        } catch let error as SystemError {
            throw Complaint("\(error)", status: .harnessError)
        }
    }
}
