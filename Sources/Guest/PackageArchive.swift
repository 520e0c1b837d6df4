internal import FoundationEssentials
internal import Kernels
internal import Linux

/// A distribution's archive as apt sees it, with state, cache and sources apart from the machine's.
///
/// The machine's apt configuration still holds (proxies, time-outs), and its mirrors are used. apt verifies the
/// archive's signature and, by it, every file; nothing is installed.
package struct PackageArchive {
    package struct Package: Equatable, Sendable {
        let name: String
        let version: PackageVersion
        /// The names of what it depends on, alternatives left out.
        var dependencies: [String] = []
        /// Bytes to fetch.
        var size = 0
    }

    private let series: KernelSeries
    private let directory: String
    /// Suites that the archive no longer has.
    private(set) var gone: [String] = []

    /// Sets the private directory up and fetches the indexes. Throws `GuestError`, also when offline.
    init(_ series: KernelSeries, directory: String) throws {
        self.series = series
        self.directory = directory
        for archive in series.sources.map(\.archive) where !Files.exists(archive.keyring) {
            throw GuestError("no \(archive.keyring): install the package \(archive.keyringPackage)")
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
        guard update.status != .exited(0) else { return }
        gone = Self.gone(in: update.errors)
        let isOnlyThat = Self.complaints(update.errors).allSatisfy { Self.isAboutGone($0) }
        guard isOnlyThat, !gone.isEmpty, gone.count < series.sources.count else {
            throw GuestError("cannot fetch the package lists of \(series.name): \(Self.complaint(update.errors))")
        }
    }

    /// The releases that the archive has, oldest first. Throws `GuestError`.
    func releases() throws -> [KernelRelease] {
        let version = series.version.replacing(".", with: "\\.")
        let wanted = "^linux-(image|binary|modules|modules-extra)-(unsigned-)?\(version)([.+-]|$)"
        let names = try Tool.output(of: ["apt-cache"] + options + ["search", "--names-only", wanted]).text
            .split(separator: "\n").compactMap { $0.split(separator: " ").first }.map(String.init)
        guard !names.isEmpty else { return [] }
        let text = try Tool.output(of: ["apt-cache"] + options + ["show"] + names).text
        return KernelRelease.all(of: series, among: Self.packages(in: text))
    }

    /// Downloads the packages of a release and unpacks them into one tree. Throws `GuestError`.
    ///
    /// - Parameter progress: called with the bytes that are here, while they come.
    func unpack(_ release: KernelRelease, into tree: String, progress: (Int) -> Void) throws {
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
            ["apt-get"] + options + ["download"] + release.packages.map { "\($0.name)=\($0.version.text)" },
            in: downloads
        ) { progress(Self.size(of: [downloads, "\(directory)/cache/archives/partial"])) }
        guard download.status == .exited(0) else {
            throw GuestError("cannot download \(release.name): \(Self.complaint(download.errors))")
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: downloads) where file.hasSuffix(".deb") {
            _ = try Tool.output(of: ["dpkg-deb", "-x", "\(downloads)/\(file)", tree])
        }
    }

    private static func size(of directories: [String]) -> Int {
        directories.reduce(0) { sum, directory in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.reduce(sum) { sum, name in
                sum + (Files.status("\(directory)/\(name)")?.size ?? 0)
            }
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
    private static func mirrors() throws -> [String: String] {
        let listed = try Tool.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
        return mirrors(among: listed.text.split(separator: "\n").map(String.init))
    }

    static func mirrors(among addresses: [String]) -> [String: String] {
        addresses.reduce(into: [:]) { found, address in
            let name = address.split(separator: "/").last.map(String.init) ?? ""
            found[name] = found[name] ?? address
        }
    }

    static func line(for source: KernelSeries.Source, mirrors: [String: String]) -> String {
        let address = mirrors[source.archive.name] ?? source.archive.address
        return "deb [signed-by=\(source.archive.keyring)] \(address) \(source.suite) main\n"
    }

    /// The packages that `apt-cache show` describes.
    package static func packages(in text: String) -> [Package] {
        text.split(separator: "\n\n").compactMap { stanza in
            func field(_ name: String) -> String? {
                stanza.split(separator: "\n").first { $0.hasPrefix("\(name): ") }
                    .map { String($0.dropFirst(name.count + 2)) }
            }
            guard let name = field("Package"), let version = field("Version") else { return nil }
            let needs = (field("Depends") ?? "").split(separator: ",").filter { !$0.contains("|") }
                .compactMap { $0.split(whereSeparator: { " (".contains($0) }).first.map(String.init) }
            return Package(
                name: name, version: PackageVersion(version), dependencies: needs,
                size: field("Size").flatMap { Int($0) } ?? 0)
        }
    }

    /// The suites in apt's complaints that a mirror no longer has.
    package static func gone(in errors: String) -> [String] {
        // The repository 'http://deb.debian.org/debian bullseye-backports Release' does not have a Release file.
        complaints(errors).filter(isAboutGone).compactMap { line in
            line.split(separator: "'").dropFirst().first?.split(separator: " ").dropFirst().first.map(String.init)
        }
    }

    private static func isAboutGone(_ complaint: String) -> Bool { complaint.contains("does not have a Release file") }

    private static func complaints(_ errors: String) -> [String] {
        errors.split(separator: "\n").map { String($0).trimmed }.filter { $0.hasPrefix("E: ") }
            .map { String($0.dropFirst(3)) }
    }

    /// apt's first error, in one line.
    package static func complaint(_ errors: String) -> String {
        let lines = errors.split(separator: "\n").map { String($0).trimmed }
        let error = lines.first { $0.hasPrefix("E: ") || $0.hasPrefix("Err:") } ?? lines.last ?? "apt-get failed"
        return error.hasPrefix("E: ") ? String(error.dropFirst(3)) : error
    }
}
