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
        commandName: "list",
        abstract: "Lists the series that can be fetched and what is here of each, or one series' releases.")

    @Argument(help: "A series: ask the archive for its releases.")
    var series: String?

    func perform() throws -> ExitStatus {
        let store = KernelStore()
        if let series { return try list(KernelFetchCommand.find(series), in: store) }
        let width = KernelSeries.all.map(\.name.count).max() ?? 0
        let lines = KernelSeries.all.map { series in
            let here = store.entries(of: series).map(\.name).joined(separator: ", ")
            let suites = series.sources.map(\.suite).joined(separator: ", ")
            let name = series.name.padded(to: width)
            return "\(name)  \(here.isEmpty ? "not fetched" : here)  (\(suites))\n"
        }
        try Terminal.tell(lines.joined())
        return .asExpected
    }

    private func list(_ series: KernelSeries, in store: KernelStore) throws -> ExitStatus {
        let here = Set(store.entries(of: series).map(\.name))
        do {
            let releases = try store.releases(of: series)
            let width = releases.map(\.name.count).max() ?? 0
            let lines = releases.map { release in
                let name = release.name.padded(to: width)
                return "\(name)  \(release.packageVersion)\(here.contains(release.name) ? "  (here)" : "")\n"
            }
            try Terminal.tell(lines.joined())
            let gone = here.subtracting(releases.map(\.name)).sorted()
            if !gone.isEmpty {
                try Terminal.tell("here, and no longer in the archive: \(gone.joined(separator: ", "))\n")
            }
        } catch let error as GuestError {
            throw Complaint("\(error)", status: .harnessError)
        }
        return .asExpected
    }
}

struct KernelFetchCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Downloads kernels with the distribution's own apt: the newest of a series, a release, or several.",
        discussion: "Nothing is installed. Kernels fetched before are verified against the checksums of their files.")

    @Argument(
        help: """
            Series that 'kernel list' shows, releases such as 6.12.107, or ranges: 6.12@all, 6.12@90..newest. Without \
            any, the newest of each of Debian's series.
            """)
    var kernels: [String] = []

    func perform() throws -> ExitStatus {
        let all = KernelSeries.all.filter { $0.prefix.isEmpty }.map(\.name)
        let store = KernelStore()
        for argument in kernels.isEmpty ? all : kernels {
            guard let name = try Self.complaining(.usage, { try KernelName(argument) }) else {
                throw Self.unknown(argument)
            }
            let known = store.entries(of: name.series)
            for release in try releases(name, in: store) {
                let progress = FetchProgress()
                let entry = try Self.complaining(.harnessError) {
                    defer { progress.end() }
                    return try store.fetch(name.series, release) { release, bytes in
                        progress.show(release.name, bytes: bytes, size: release.size)
                    }
                }
                let isNew = !known.contains(entry)
                try Terminal.tell("\(entry.name)  \(entry.version)  \(isNew ? "fetched" : "is here already")\n")
            }
        }
        return .asExpected
    }

    /// The releases that a name asks for; nil is the newest.
    private func releases(_ name: KernelName, in store: KernelStore) throws -> [String?] {
        switch name.choice {
        case .newest: return [nil]
        case .one(let release): return [release]
        case .range:
            let all = try Self.complaining(.harnessError) { try store.releases(of: name.series).map(\.name) }
            let chosen = name.select(all)
            if chosen.isEmpty {
                throw Complaint(
                    "no release of \(name.series.name) is in that range; there is \(all.joined(separator: ", "))")
            }
            return chosen
        }
    }

    static func find(_ name: String) throws -> KernelSeries {
        guard let series = KernelStore.series(name) else { throw unknown(name) }
        return series
    }

    private static func unknown(_ name: String) -> Complaint {
        let names = KernelSeries.all.map(\.name).joined(separator: ", ")
        return Complaint("unknown kernel series '\(name)'; known are \(names)")
    }

    private static func complaining<Result>(_ status: ExitStatus, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GuestError {
            throw Complaint("\(error)", status: status)
        }
    }
}

struct KernelInfoCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what a guest would boot. Fetches nothing by name.")

    @Argument(help: "What 'run --kernel' takes: a release that is here, packages, an image.", completion: .kernels)
    var kernel: String

    func perform() throws -> ExitStatus {
        do {
            let kernels: [GuestKernel]
            var version: String?
            if let name = try KernelName(self.kernel) {
                let entries = KernelStore().entries(of: name.series)
                let chosen = name.select(entries.map(\.name))
                guard !chosen.isEmpty else {
                    throw Complaint("\(self.kernel) is not here; 'tcpwitness kernel fetch \(self.kernel)' gets it")
                }
                let found = chosen.compactMap { name in entries.last { $0.name == name } }
                kernels = found.map(\.kernel)
                if found.count == 1 { version = found[0].version }
            } else {
                kernels = try KernelFinder().kernels(self.kernel)
            }
            for kernel in kernels { try Terminal.tell(try lines(kernel, version).map { $0 + "\n" }.joined()) }
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

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
