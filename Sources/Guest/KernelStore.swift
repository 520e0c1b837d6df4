internal import Foundation
internal import Glibc
package import Kernels
internal import Linux

/// Kernels unpacked from a distribution's packages, kept for the next run and never installed.
package struct KernelStore {
    /// A kernel of a series that is in the store.
    package struct Entry: Equatable {
        /// The package's version, `6.1.192-2`.
        package let version: String
        package let kernel: GuestKernel
    }

    private let root: String

    /// - Parameter root: where kernels are kept; by default in the user's cache directory (XDG).
    package init(root: String = Self.defaultRoot) { self.root = root }

    package static var defaultRoot: String {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "/root") + "/.cache"
        return cache + "/tcpwitness/kernels"
    }

    /// The series of that name. Throws nothing, since a path is no error.
    package static func series(_ name: String) -> KernelSeries? { KernelSeries.all.first { $0.name == name } }

    /// What is in the store of a series, oldest first.
    package func entries(of series: KernelSeries) -> [Entry] {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: directory(of: series))) ?? []
        return versions.filter { !$0.hasPrefix(".") }.sorted(by: Self.isOlder).compactMap { version in
            kernel(of: series, in: "\(directory(of: series))/\(version)").map { Entry(version: version, kernel: $0) }
        }
    }

    /// Puts the newest kernel of a series into the store, unless it is there. Throws `GuestError`.
    package func fetch(_ series: KernelSeries) throws -> Entry {
        let directory = directory(of: series)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw GuestError("cannot make \(directory)")
        }
        // Two fetches at once would unpack into each other.
        let lock = try Descriptor.open("\(directory)/.lock", O_RDWR | O_CREAT)
        flock(lock.raw, LOCK_EX)
        let archive = try PackageArchive(series, directory: "\(directory)/.apt")
        let package = try archive.newest()
        if let known = entries(of: series).first(where: { $0.version == package.version }) { return known }
        let staging = "\(directory)/.staging"
        try? FileManager.default.removeItem(atPath: staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try archive.unpack(package, into: staging)
        guard kernel(of: series, in: staging) != nil else {
            throw GuestError("\(package.name) \(package.version) contains no kernel where one was expected")
        }
        guard rename(staging, "\(directory)/\(package.version)") == 0 else {
            throw GuestError("cannot keep \(package.version) in \(directory): \(Errno.current)")
        }
        guard let entry = entries(of: series).first(where: { $0.version == package.version }) else {
            throw GuestError("\(package.version) is not in \(directory)")
        }
        return entry
    }

    private func directory(of series: KernelSeries) -> String { "\(root)/\(series.name)" }

    /// The kernel of an unpacked package; before 7.0 it lay in /boot, since then beside its modules.
    private func kernel(of series: KernelSeries, in tree: String) -> GuestKernel? {
        func names(_ path: String) -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: "\(tree)/\(path)")) ?? []
        }
        for modules in ["lib/modules", "usr/lib/modules"] {
            for release in names(modules) {
                let images = ["boot/vmlinuz-\(release)", "\(modules)/\(release)/vmlinuz"].map { "\(tree)/\($0)" }
                guard let image = images.first(where: Files.exists) else { continue }
                return GuestKernel(label: series.name, image: image, modules: "\(tree)/\(modules)/\(release)")
            }
        }
        return nil
    }

    /// Numbers in versions count as numbers.
    static func isOlder(_ left: String, _ right: String) -> Bool {
        left.compare(right, options: .numeric) == .orderedAscending
    }
}
