internal import FoundationEssentials
package import Kernels
internal import Linux

/// Kernels unpacked from a distribution's packages, kept for the next run and never installed.
///
/// Each has a list of the sums of its files, and only what still has its sum is handed out.
package struct KernelStore {
    /// A kernel of a series that is in the store.
    package struct Entry: Equatable {
        /// What `--kernel` takes for it, `6.1.192`.
        package let name: String
        /// The package's version, `6.1.192-2`.
        package let version: String
        package let kernel: GuestKernel
    }

    private let root: String

    /// - Parameter root: where kernels are kept; by default in the user's cache directory (XDG).
    package init(root: String = Self.defaultRoot) { self.root = root }

    package static var defaultRoot: String { "\(defaultDirectory)/kernels" }

    /// All that is kept for the next run.
    package static var defaultDirectory: String {
        func variable(_ name: String) -> String? {
            Environment.variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        return (variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "/root") + "/.cache") + "/tcpwitness"
    }

    /// The series of that name; nil for others, since a path is no error.
    package static func series(_ name: String) -> KernelSeries? { KernelSeries.all.first { $0.name == name } }

    /// Where kernels out of package files are kept.
    var filesRoot: String { "\(root)/files" }

    /// What is in the store of a series, oldest first.
    package func entries(of series: KernelSeries) -> [Entry] {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: directory(of: series))) ?? []
        let found = versions.filter { !$0.hasPrefix(".") }.compactMap { version -> (PackageVersion, Entry)? in
            let tree = "\(directory(of: series))/\(version)"
            guard Files.exists(KernelTree.sums(of: tree)), var kernel = try? KernelTree(tree).kernel
            else { return nil }
            kernel.tree = tree
            let named = (try? Files.read("\(tree)/.release"))?.trimmed
            let name = named ?? series.prefix + PackageVersion(version).upstream
            return (PackageVersion(version), Entry(name: name, version: version, kernel: kernel.called(name)))
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The releases that the archive has now, oldest first. Throws `GuestError`.
    package func releases(of series: KernelSeries) throws -> [KernelRelease] {
        try withArchive(of: series) { archive in try archive.releases() }
    }

    /// Puts a release into the store, unless it is there whole. Throws `GuestError`.
    ///
    /// - Parameters:
    ///   - name: the release's; the newest without one.
    ///   - progress: called with the bytes that are here and those wanted, while they come.
    package func fetch(
        _ series: KernelSeries, _ name: String? = nil, progress: (KernelRelease, Int) -> Void = { _, _ in }
    ) throws -> Entry {
        try withArchive(of: series) { archive in
            let releases = try archive.releases()
            guard let release = name.map({ name in releases.first { $0.name == name } }) ?? releases.last else {
                throw missing(name, of: series, among: releases, gone: archive.gone)
            }
            if let known = try whole(release, of: series) { return known }
            let directory = directory(of: series)
            let staging = "\(directory)/.staging"
            try? FileManager.default.removeItem(atPath: staging)
            defer { try? FileManager.default.removeItem(atPath: staging) }
            progress(release, 0)
            try archive.unpack(release, into: staging) { progress(release, $0) }
            try KernelTree(staging).seal(release: release.name)
            let place = "\(directory)/\(release.packageVersion)"
            try? FileManager.default.removeItem(atPath: place)
            do throws(SystemError) {
                try Files.rename(staging, to: place)
            } catch {
                throw GuestError("cannot keep \(release.packageVersion) in \(directory): \(error.errno)")
            }
            guard let entry = try whole(release, of: series) else {
                throw GuestError("\(release.packageVersion) is not in \(directory)")
            }
            return entry
        }
    }

    /// A release that is in the store, if all its files still have their sums.
    private func whole(_ release: KernelRelease, of series: KernelSeries) throws -> Entry? {
        guard let entry = entries(of: series).first(where: { $0.version == release.packageVersion }),
            try KernelTree("\(directory(of: series))/\(entry.version)").isWhole()
        else { return nil }
        return entry
    }

    /// One line that says what there is instead.
    private func missing(
        _ name: String?, of series: KernelSeries, among releases: [KernelRelease], gone: [String]
    ) -> GuestError {
        let suites = gone.isEmpty ? "" : " (it no longer has \(gone.joined(separator: ", ")))"
        let there = releases.isEmpty ? "it has none of this series" : "it has \(Self.listed(releases.map(\.name)))"
        let here = entries(of: series).map(\.name)
        let kept = here.isEmpty ? "" : "; fetched before: \(Self.listed(here))"
        return GuestError("the archive has no kernel \(name ?? series.name)\(suites); \(there)\(kept)")
    }

    static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }

    private func withArchive<Result>(of series: KernelSeries, _ body: (PackageArchive) throws -> Result) throws
        -> Result
    {
        let directory = directory(of: series)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw GuestError("cannot make \(directory)")
        }
        // Two fetches at once would unpack into each other.
        let lock = try Descriptor.open("\(directory)/.lock", [.O_RDWR, .O_CREAT])
        try lock.lock()
        return try body(PackageArchive(series, directory: "\(directory)/.apt"))
    }

    private func directory(of series: KernelSeries) -> String { "\(root)/\(series.name)" }
}
