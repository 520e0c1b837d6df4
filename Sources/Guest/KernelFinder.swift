package import Kernels

/// Finds the kernels that arguments of `--kernel` mean, and fetches those that are not here.
package struct KernelFinder {
    private let store: KernelStore
    private let series: [KernelSeries]
    private let certificates: String?
    /// Called when something is fetched: what, how many bytes are here, how many there will be.
    private let progress: (String, Int, Int) -> Void
    /// Called with what the user should know, a line.
    private let tell: (String) -> Void

    package init(
        store: KernelStore = KernelStore(), series: [KernelSeries] = KernelSeries.all,
        trusting certificates: String? = nil,
        progress: @escaping (String, Int, Int) -> Void = { _, _, _ in }, tell: @escaping (String) -> Void = { _ in }
    ) {
        self.store = store
        self.series = series
        self.certificates = certificates
        self.progress = progress
        self.tell = tell
    }

    /// The series of which something will have to be fetched for these arguments. Throws `GuestError`.
    package func missing(for arguments: [String]) throws -> [KernelSeries] {
        try arguments.filter { !Self.isFiles($0) }.compactMap { argument -> KernelSeries? in
            guard let name = try KernelName(argument, among: series) else { return nil }
            let here = name.select(store.entries(of: name.series).map(\.name))
            if case .range = name.choice { return name.series }
            return here.isEmpty ? name.series : nil
        }
    }

    /// The kernels of an argument, oldest first: one, except for a range. Throws `GuestError`.
    package func kernels(_ argument: String) throws -> [GuestKernel] {
        if Self.isFiles(argument) {
            return [try KernelFiles(argument, trusting: certificates).kernel(in: store, progress: progress)]
        }
        guard let name = try KernelName(argument, among: series) else { return [try GuestKernel(path: argument)] }
        let here = store.entries(of: name.series)
        switch name.choice {
        case .newest:
            if let newest = here.max(by: { KernelRelease.order(of: $0.name) < KernelRelease.order(of: $1.name) }) {
                return [newest.kernel.called(name.series.name)]
            }
            return [try fetch(name.series, nil).called(name.series.name)]
        case .one(let release):
            // The newest build of it.
            if let known = here.last(where: { $0.name == release }) { return [known.kernel] }
            return [try fetch(name.series, release)]
        case .range:
            return try releases(name, here: here.map(\.name)).map { release in
                if let known = here.last(where: { $0.name == release }) { return known.kernel }
                return try fetch(name.series, release)
            }
        }
    }

    /// The names of the releases of a range, those of the archive and those that are only here.
    private func releases(_ name: KernelName, here: [String]) throws -> [String] {
        var names = here
        do {
            names += try store.releases(of: name.series).map(\.name).filter { !here.contains($0) }
        } catch let error as GuestError where !here.isEmpty {
            tell("\(error); only what is here is taken")
        }
        let chosen = name.select(Array(Set(names)))
        guard !chosen.isEmpty else {
            let all = KernelStore.listed(
                Array(Set(names)).sorted { KernelRelease.order(of: $0) < KernelRelease.order(of: $1) })
            throw GuestError(
                names.isEmpty
                    ? "the archive has no kernel \(name.series.name) any more"
                    : "no release of \(name.series.name) is in that range; there is \(all)")
        }
        return chosen
    }

    private func fetch(_ series: KernelSeries, _ release: String?) throws -> GuestKernel {
        try store.fetch(series, release) { release, bytes in progress(release.name, bytes, release.size) }.kernel
    }

    /// Whether an argument means packages or an address.
    private static func isFiles(_ argument: String) -> Bool {
        argument.split(separator: ",").contains { part in
            part.hasPrefix("https://") || part.hasPrefix("http://") || [".deb", ".rpm"].contains { part.hasSuffix($0) }
        }
    }
}
