internal import Foundation
internal import Glibc
internal import Kernels
internal import Linux

/// A distribution's archive as its own apt sees it, with state, cache and sources apart from the machine's.
///
/// The machine's apt configuration still holds (proxies, time-outs), and its mirrors are used. apt verifies the
/// archive's signature and, by it, every file; nothing is installed.
package struct PackageArchive {
    package struct Package: Equatable {
        let name: String
        let version: String
    }

    private let series: KernelSeries
    private let directory: String
    private static let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

    /// Sets the private directory up and fetches the indexes. Throws `GuestError`, also when offline.
    init(_ series: KernelSeries, directory: String) throws {
        self.series = series
        self.directory = directory
        guard Files.exists(Self.keyring) else {
            throw GuestError("no \(Self.keyring): install debian-archive-keyring")
        }
        let mirrors = try Self.mirrors()
        do {
            for path in ["state/lists/partial", "cache/archives/partial", "sources.d"] {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(path)", withIntermediateDirectories: true)
            }
            let sources = series.sources.map { Self.line(for: $0, mirrors: mirrors) }
            try Data(sources.joined().utf8).write(to: URL(filePath: "\(directory)/sources.list"))
            try Data().write(to: URL(filePath: "\(directory)/status"))
        } catch {
            throw GuestError("cannot write in \(directory)")
        }
        let update = try Tool.run(["apt-get"] + options + ["--error-on=any", "update"])
        guard update.status == .exited(0) else {
            throw GuestError("cannot fetch the package lists of \(series.name): \(Self.complaint(update.errors))")
        }
    }

    /// The newest image of the series. Throws `GuestError` when the archive has none any more.
    func newest() throws -> Package {
        let names = try Tool.output(of: ["apt-cache"] + options + ["search", "--names-only", series.package]).text
            .split(separator: "\n").compactMap { $0.split(separator: " ").first }.map(String.init)
        guard !names.isEmpty else { throw GuestError("the archive has no kernel \(series.name) any more") }
        let text = try Tool.output(of: ["apt-cache"] + options + ["show", "--no-all-versions"] + names).text
        guard let newest = Self.packages(in: text).max(by: { KernelStore.isOlder($0.version, $1.version) }) else {
            throw GuestError("the archive does not describe its kernels \(series.name)")
        }
        return newest
    }

    /// Downloads a package and its parts and unpacks them into one tree. Throws `GuestError`.
    func unpack(_ package: Package, into tree: String) throws {
        let suffix = package.name.dropFirst("linux-image".count)
        let names = [package.name] + series.parts.map { $0 + suffix }
        let downloads = "\(directory)/downloads"
        try? FileManager.default.removeItem(atPath: downloads)
        defer { try? FileManager.default.removeItem(atPath: downloads) }
        do {
            for path in [downloads, tree] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        } catch {
            throw GuestError("cannot write in \(directory)")
        }
        let download = try Tool.run(
            ["apt-get"] + options + ["download"] + names.map { "\($0)=\(package.version)" }, in: downloads)
        guard download.status == .exited(0) else {
            throw GuestError("cannot download \(package.name): \(Self.complaint(download.errors))")
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: downloads) where file.hasSuffix(".deb") {
            _ = try Tool.output(of: ["dpkg-deb", "-x", "\(downloads)/\(file)", tree])
        }
    }

    private var options: [String] {
        [
            "Dir::State=\(directory)/state", "Dir::State::status=\(directory)/status",
            "Dir::Cache=\(directory)/cache", "Dir::Etc::sourcelist=\(directory)/sources.list",
            "Dir::Etc::sourceparts=\(directory)/sources.d", "APT::Architecture=amd64", "APT::Architectures=amd64",
            "APT::Sandbox::User=root", "APT::Get::AllowUnauthenticated=false",
            "Acquire::AllowInsecureRepositories=false", "Acquire::Languages=none",
            // What the machine does after its own updates is no concern of these.
            "APT::Update::Post-Invoke=", "APT::Update::Post-Invoke-Success=",
        ].flatMap { ["-o", $0] }
    }

    /// Where this machine has its archives from, by the last part of the address.
    private static func mirrors() throws -> [KernelSeries.Source.Archive: String] {
        let listed = try Tool.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
        return mirrors(among: listed.text.split(separator: "\n").map(String.init))
    }

    static func mirrors(among addresses: [String]) -> [KernelSeries.Source.Archive: String] {
        addresses.reduce(into: [:]) { found, address in
            let name = address.split(separator: "/").last.map(String.init) ?? ""
            guard let archive = KernelSeries.Source.Archive(rawValue: name) else { return }
            found[archive] = found[archive] ?? address
        }
    }

    static func line(for source: KernelSeries.Source, mirrors: [KernelSeries.Source.Archive: String]) -> String {
        let address = mirrors[source.archive] ?? "http://deb.debian.org/\(source.archive.rawValue)"
        return "deb [signed-by=\(keyring)] \(address) \(source.suite) main\n"
    }

    /// The packages that `apt-cache show` describes.
    package static func packages(in text: String) -> [Package] {
        text.components(separatedBy: "\n\n").compactMap { stanza in
            func field(_ name: String) -> String? {
                stanza.split(separator: "\n").first { $0.hasPrefix("\(name): ") }
                    .map { String($0.dropFirst(name.count + 2)) }
            }
            guard let name = field("Package"), let version = field("Version") else { return nil }
            return Package(name: name, version: version)
        }
    }

    /// apt's first error, in one line.
    package static func complaint(_ errors: String) -> String {
        let lines = errors.split(separator: "\n").map { String($0).trimmed }
        let error = lines.first { $0.hasPrefix("E: ") || $0.hasPrefix("Err:") } ?? lines.last ?? "apt-get failed"
        return error.hasPrefix("E: ") ? String(error.dropFirst(3)) : error
    }
}
