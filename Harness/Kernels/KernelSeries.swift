/// A kernel series that can be fetched by name, and where a distribution keeps its releases.
package struct KernelSeries: Hashable, Sendable {
    /// An archive and one of its suites.
    package struct Source: Hashable, Sendable {
        package var archive: KernelArchive
        package var suite: String

        package init(_ archive: KernelArchive, _ suite: String) {
            self.archive = archive
            self.suite = suite
        }
    }

    /// What tells one release of a series from the next.
    package enum Numbering: Hashable, Sendable {
        /// The upstream part of the package's version: `6.12.118` of `6.12.118-1`, `7.3-rc7` of `7.3~rc7-1~exp1`.
        case upstream
        /// The number in the package's name, where the version never moves: `5.15.0-91` of
        /// `linux-image-5.15.0-91-generic`.
        case packageName
    }

    /// `6.12`, `ubuntu-5.15`; what `--kernel` takes. The name of a release begins with it.
    package var name: String
    /// `6.12`: what the names of the image's packages have after `linux-image-`.
    package var version: String
    package var sources: [Source]
    /// Builds of one release, the first that there is being taken: the name ends with it.
    package var flavours: [String]
    package var numbering: Numbering

    package init(
        name: String, version: String, sources: [Source], flavours: [String], numbering: Numbering = .upstream
    ) {
        self.name = name
        self.version = version
        self.sources = sources
        self.flavours = flavours
        self.numbering = numbering
    }

    /// What stands before the version in its name, `ubuntu-`.
    package var prefix: String { String(name.dropLast(version.count)) }
}

extension KernelSeries {
    /// The kernels we compare, oldest first, then those of other distributions.
    package static let all =
        [
            debian("5.10", main: ["bullseye"], security: ["bullseye-security"]),
            debian("6.1", main: ["bookworm"], security: ["bookworm-security", "bullseye-security"]),
            debian(
                "6.12", main: ["trixie", "bookworm-backports"], security: ["trixie-security", "bookworm-security"]),
        ] + ["6.16", "6.17", "6.18", "6.19", "7.0", "7.1"].map { debian($0, main: ["trixie-backports"]) } + [
            debian("7.2", main: ["forky", "sid", "trixie-backports"]),
            debian("7.3", main: ["sid", "experimental", "trixie-backports"]),
            ubuntu("5.4", "focal"), ubuntu("5.15", "jammy"), ubuntu("6.8", "noble"), ubuntu("6.14", "noble"),
        ]

    /// The cloud flavour has no drivers that a guest would wait for.
    private static func debian(_ version: String, main: [String], security: [String] = []) -> KernelSeries {
        KernelSeries(
            name: version, version: version,
            sources: main.map { Source(.debian, $0) } + security.map { Source(.debianSecurity, $0) },
            flavours: ["cloud-amd64", "amd64"])
    }

    private static func ubuntu(_ version: String, _ suite: String) -> KernelSeries {
        KernelSeries(
            name: "ubuntu-\(version)", version: version,
            sources: [suite, "\(suite)-updates", "\(suite)-security"].map { Source(.ubuntu, $0) },
            flavours: ["kvm", "generic"], numbering: .packageName)
    }
}
