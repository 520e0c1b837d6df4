package import Kernels

/// One release of a series, as an archive or the store has it.
package struct KernelRelease: Equatable, Sendable {
    /// What `--kernel` takes: `6.12.118`, `ubuntu-5.15.0-91`.
    package let name: String
    /// The package's whole version, by which the store keeps it.
    let version: PackageVersion
    /// The packages to unpack, the image's first; empty for what is only in the store.
    let packages: [PackageArchive.Package]

    /// How many bytes are to be fetched.
    package var size: Int { packages.reduce(0) { $0 + $1.size } }

    /// The package's whole version, `6.12.118-1`.
    package var packageVersion: String { version.text }

    /// The releases whose image's packages these are, oldest first: of two builds of one release the newer, of its
    /// flavours the first there is.
    package static func all(of series: KernelSeries, among packages: [PackageArchive.Package]) -> [KernelRelease] {
        var found: [String: (rank: Int, release: KernelRelease)] = [:]
        for image in packages {
            guard let flavour = series.flavours.firstIndex(where: { image.isImage(of: series.version, flavour: $0) }),
                !image.dependencies.contains(where: { $0.hasPrefix("linux-image-") })
            else { continue }
            let parts = image.dependencies.filter { name in
                ["linux-binary-", "linux-modules-"].contains { name.hasPrefix($0) }
            }.compactMap { name in
                packages.filter { $0.name == name }.max {
                    ($0.version == image.version ? 1 : 0, $0.version) < (
                        $1.version == image.version ? 1 : 0, $1.version
                    )
                }
            }
            // What distributions keep apart of the modules; nothing depends on it.
            let extra = packages.filter { package in
                package.version == image.version
                    && package.name == image.name.replacing("linux-image-", with: "linux-modules-extra-")
            }
            let release = KernelRelease(
                name: image.releaseName(in: series, flavour: series.flavours[flavour]), version: image.version,
                packages: [image] + parts + extra.prefix(1))
            let known = found[release.name]
            if known.map({ ($0.rank, $0.release.version) > (-flavour, release.version) }) ?? false { continue }
            found[release.name] = (-flavour, release)
        }
        return found.values.map(\.release).sorted { $0.order < $1.order }
    }

    /// Numbers in names count as numbers; a candidate comes before its release.
    var order: PackageVersion { Self.order(of: name) }

    static func order(of name: String) -> PackageVersion { PackageVersion(name.replacing("-rc", with: "~rc")) }
}

extension PackageArchive.Package {
    /// Whether it is an image of a series in a flavour: the version, the build's numbers, the flavour.
    fileprivate func isImage(of series: String, flavour: String) -> Bool {
        var rest = name[...]
        guard let start = ["linux-image-unsigned-", "linux-image-"].first(where: { name.hasPrefix($0) }),
            name.hasSuffix("-\(flavour)")
        else { return false }
        rest = rest.dropFirst(start.count).dropLast(flavour.count + 1)
        guard rest.hasPrefix(series) else { return false }
        rest = rest.dropFirst(series.count)
        guard rest.isEmpty || ".+-".contains(rest.first!) else { return false }
        return rest.split(separator: "-").dropFirst(rest.hasPrefix("-") ? 0 : 1).allSatisfy { $0.first!.isNumber }
    }

    fileprivate func releaseName(in series: KernelSeries, flavour: String) -> String {
        switch series.numbering {
        case .upstream: series.prefix + version.upstream
        case .packageName:
            series.prefix
                + name.replacing("unsigned-", with: "").dropFirst("linux-image-".count).dropLast(flavour.count + 1)
        }
    }
}
