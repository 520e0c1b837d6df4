internal import ArgumentParser
internal import Guest
internal import Kernels
internal import Linux
internal import Report

struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel", abstract: "Lists, fetches and describes kernels for guests.",
        subcommands: [KernelListCommand.self, KernelFetchCommand.self, KernelInfoCommand.self])
}

struct KernelListCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the series that can be fetched, and what is here of each.")

    func perform() throws -> ExitStatus {
        let store = KernelStore()
        let lines = KernelSeries.all.map { series in
            let versions = store.entries(of: series).map(\.version).joined(separator: ", ")
            let suites = series.sources.map(\.suite).joined(separator: ", ")
            return "\(series.name)  \(versions.isEmpty ? "not fetched" : versions)  (\(suites))\n"
        }
        try Terminal.tell(lines.joined())
        return .asExpected
    }
}

struct KernelFetchCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Downloads the newest kernel of each series with the distribution's own apt. Installs nothing.")

    @Argument(help: "Series that 'kernel list' shows; all without any.")
    var series: [String] = []

    func perform() throws -> ExitStatus {
        let chosen = try series.isEmpty ? KernelSeries.all : series.map(Self.find)
        let store = KernelStore()
        for series in chosen {
            let known = store.entries(of: series)
            let entry: KernelStore.Entry
            do {
                entry = try store.fetch(series)
            } catch let error as GuestError {
                throw Complaint("\(error)", status: .harnessError)
            }
            let isNew = !known.contains(entry)
            try Terminal.tell("\(series.name)  \(entry.version)  \(isNew ? "fetched" : "is here already")\n")
        }
        return .asExpected
    }

    static func find(_ name: String) throws -> KernelSeries {
        guard let series = KernelStore.series(name) else {
            let names = KernelSeries.all.map(\.name).joined(separator: ", ")
            throw Complaint("unknown kernel series '\(name)'; known are \(names)")
        }
        return series
    }
}

struct KernelInfoCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what a guest would boot.")

    @Argument(help: "A series or an image, as for 'run --kernel'.", completion: .kernels)
    var kernel: String

    func perform() throws -> ExitStatus {
        do {
            let kernel: GuestKernel
            var version: String?
            if let series = KernelStore.series(self.kernel) {
                guard let entry = KernelStore().entries(of: series).last else {
                    throw Complaint("\(series.name) is not here; 'tcpwitness kernel fetch \(series.name)' gets it")
                }
                (kernel, version) = (entry.kernel, entry.version)
            } else {
                kernel = try GuestKernel(path: self.kernel)
            }
            try Terminal.tell(try lines(kernel, version).map { $0 + "\n" }.joined())
            return .asExpected
        } catch let error as GuestError {
            throw Complaint("\(error)")
        }
    }

    private func lines(_ kernel: GuestKernel, _ version: String?) throws -> [String] {
        let image = try GuestKernel.inspect(kernel.image)
        let format =
            switch image.kind {
            case .elf: "uncompressed kernel"
            case .bzImage(_, let compression?): "bzImage, \(compression)"
            case .bzImage(_, nil): "bzImage"
            }
        let modules = try kernel.moduleNames()
        return [
            kernel.label,
            version.map { "  package   \($0)" },
            image.release.map { "  release   \($0)" },
            "  image     \(kernel.image) (\(format))",
            "  modules   \(kernel.modules ?? "none")",
            "  loads     \(modules.isEmpty ? "none: all must be built in" : modules.joined(separator: ", "))",
        ].compactMap(\.self)
    }
}
